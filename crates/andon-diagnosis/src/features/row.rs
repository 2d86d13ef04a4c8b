//! The features of one line on its page, as numbers.

use super::super::structure::Region;
#[cfg(feature = "training")]
use super::super::{log::Log, scan::Known, structure::Structure, words::Lexicon};
use super::facts::{Facts, SHAPES, Shape, is_error};
use super::groups::GROUPS;
use super::page::{Page, SILENT};

impl Page<'_> {
    /// The features' names, in their order.
    #[cfg(feature = "training")]
    pub(in super::super) fn names() -> Vec<String> {
        let mut sink = Sink { names: Some(Vec::new()), values: Vec::new() };
        let log = Log::from_bytes(b"x\n");
        let structure = Structure::of(&log);
        let lexicon = Lexicon { bias: 0.0, scale: 1.0, weights: (&[]).into(), logs: 1.0, rarities: (&[]).into() };
        Page::of(&log, &structure, &lexicon, |_| vec![Known::default()]).fill(0, &mut sink);
        sink.names.unwrap_or_default()
    }

    /// The features of the line at `at`.
    pub(in super::super) fn row(&self, at: usize) -> Vec<f32> {
        let mut sink = Sink { names: None, values: Vec::new() };
        self.fill(at, &mut sink);
        sink.values
    }

    fn fill(&self, at: usize, sink: &mut Sink) {
        let blank = Facts { shape: 1, ..Facts::default() };
        // Neighbours are counted without the blank lines between them.
        let place = self.places.get(at).copied().unwrap_or(0);
        let neighbour =
            |offset: isize| place.checked_add_signed(offset).and_then(|place| self.solid.get(place)).copied();
        let get = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.facts.get(at)).unwrap_or(&blank)
        };
        let here = get(0);
        let beside = |offset: isize| at.checked_add_signed(offset).and_then(|at| self.facts.get(at)).unwrap_or(&blank);
        sink.yes(|| "blank-before".into(), beside(-1).is(Shape::Blank));
        sink.yes(|| "blank-after".into(), beside(1).is(Shape::Blank));
        for (group, (name, _)) in GROUPS.iter().enumerate() {
            sink.yes(|| format!("says:{name}"), here.says(group));
        }
        for (shape, name) in SHAPES.iter().enumerate() {
            sink.yes(|| format!("shape:{name}"), here.shape >> shape & 1 == 1);
        }
        sink.put(|| "indent".into(), f32::from(here.indent.min(60)));
        sink.put(|| "length".into(), f32::from(here.length));
        sink.put(|| "words".into(), f32::from(here.words));
        sink.put(|| "capitals".into(), here.capitals);
        sink.put(|| "digits".into(), here.digits);
        sink.put(|| "signs".into(), here.signs);
        sink.put(|| "first".into(), f32::from(here.first));
        sink.put(|| "group-count".into(), here.groups.count_ones() as f32);
        // Around it.
        for offset in [-3, -2, -1, 1, 2, 3] {
            let near = get(offset);
            let name = |what: &str| format!("{offset:+}:{what}");
            for (what, shape) in [
                ("numbered", Shape::Numbered),
                ("caused-by", Shape::CausedBy),
                ("sentence", Shape::Sentence),
                ("frame", Shape::Frame),
                ("level-error", Shape::LevelError),
                ("error-class", Shape::ErrorClass),
                ("place", Shape::Place),
                ("caret", Shape::Caret),
                ("code-line", Shape::CodeLine),
                ("fail-mark", Shape::FailMark),
                ("ends-colon", Shape::EndsColon),
                ("header", Shape::Header),
                ("red", Shape::Red),
                ("runner-error", Shape::RunnerError),
                ("summary", Shape::Summary),
                ("pass-mark", Shape::PassMark),
            ] {
                if offset.abs() <= 2 || matches!(shape, Shape::Frame | Shape::CausedBy) {
                    sink.yes(|| name(what), near.is(shape));
                }
            }
            if offset.abs() <= 2 {
                sink.put(|| name("indent"), f32::from(near.indent.min(60)) - f32::from(here.indent.min(60)));
                sink.put(|| name("length"), f32::from(near.length));
                for group in [0, 1, 2, 4, 5, 6, 8, 12, 13, 18, 19, 20, 21, 22, 26, 27, 29] {
                    sink.yes(|| name(GROUPS.get(group).map_or("", |(name, _)| *name)), near.says(group));
                }
            }
        }
        // Where it stands.
        let lines = self.facts.len().max(1);
        let from_end = self.last_line.saturating_sub(at);
        sink.put(|| "position".into(), at as f32 / lines as f32);
        sink.put(|| "from-end".into(), (from_end as f32).ln_1p());
        sink.put(|| "from-start".into(), (at as f32).ln_1p());
        sink.put(|| "lines".into(), (lines as f32).ln_1p());
        let region = self.structure.region(at);
        for (name, which) in [
            ("plain", Region::Plain),
            ("failing", Region::Failing),
            ("passed", Region::Passed),
            ("after", Region::After),
            ("noise", Region::Noise),
            ("echo", Region::Echo),
        ] {
            sink.yes(|| format!("region:{name}"), region == which);
        }
        sink.yes(|| "failed-known".into(), self.structure.failed.is_some());
        let distance = |to: Option<usize>| to.map_or(1e4, |to| to as f32 - at as f32);
        sink.put(|| "before-exit".into(), distance(self.structure.failed).clamp(-1e4, 1e4));
        sink.put(
            || "after-command".into(),
            self.structure.command.as_ref().map_or(1e4, |command| at as f32 - command.line as f32),
        );
        // Among the errors.
        let all_errors = self.errors_before.last().copied().unwrap_or(0) as f32;
        let before = self.errors_before.get(at).copied().unwrap_or(0) as f32;
        sink.put(|| "errors-before".into(), before);
        sink.put(|| "errors-after".into(), (all_errors - before).max(0.0));
        sink.put(|| "errors-share".into(), before / all_errors.max(1.0));
        sink.put(|| "after-first-error".into(), at as f32 - self.first_error as f32);
        sink.put(|| "before-last-error".into(), self.last_error as f32 - at as f32);
        let since = (1_isize..=40).find(|back| is_error(get(-*back))).unwrap_or(41);
        let until = (1_isize..=40).find(|on| is_error(get(*on))).unwrap_or(41);
        sink.put(|| "since-error".into(), since as f32);
        sink.put(|| "until-error".into(), until as f32);
        // Near what says that something ended badly.
        let ends = |facts: &Facts| facts.says(18) || facts.says(19);
        let since = (1_isize..=40).find(|back| ends(get(-*back))).unwrap_or(41);
        let until = (1_isize..=40).find(|on| ends(get(*on))).unwrap_or(41);
        sink.put(|| "since-end".into(), since as f32);
        sink.put(|| "until-end".into(), until as f32);
        // In its paragraph.
        let (start, end) = self.paragraphs.get(at).copied().unwrap_or((0, 0));
        sink.put(|| "paragraph".into(), (end - start) as f32);
        sink.put(|| "in-paragraph".into(), at as f32 - start as f32);
        let lead = self.facts.get(start as usize).unwrap_or(&blank);
        for (what, shape) in [
            ("level-error", Shape::LevelError),
            ("error-class", Shape::ErrorClass),
            ("fail-mark", Shape::FailMark),
            ("header", Shape::Header),
            ("numbered", Shape::Numbered),
            ("level-warn", Shape::LevelWarn),
            ("frame", Shape::Frame),
        ] {
            sink.yes(|| format!("lead:{what}"), lead.is(shape));
        }
        // A stack or a piece of code that follows.
        let stack =
            (1_isize..=30).take_while(|on| get(*on).is(Shape::Frame) || get(*on).is(Shape::PythonFrame)).count();
        sink.put(|| "stack-below".into(), stack as f32);
        let stack =
            (1_isize..=30).take_while(|back| get(-*back).is(Shape::Frame) || get(-*back).indent > here.indent).count();
        sink.put(|| "deeper-above".into(), stack as f32);
        let deeper = (1_isize..=30).take_while(|on| get(*on).indent > here.indent).count();
        sink.put(|| "deeper-below".into(), deeper as f32);
        // How much a window says error.
        let window = |from: isize, to: isize| (from..=to).filter(|offset| is_error(get(*offset))).count() as f32;
        sink.put(|| "errors-10-before".into(), window(-10, -1));
        sink.put(|| "errors-10-after".into(), window(1, 10));
        let passes =
            |from: isize, to: isize| (from..=to).filter(|offset| get(*offset).is(Shape::PassMark)).count() as f32;
        sink.put(|| "passes-10-before".into(), passes(-10, -1));
        sink.put(|| "passes-10-after".into(), passes(1, 10));
        // How often it is said.
        let (count, first) = self.repeats.get(&here.template).copied().unwrap_or((1, at as u32));
        sink.put(|| "repeated".into(), count as f32);
        sink.yes(|| "said-first".into(), first as usize == at);
        let before = self.said_before.get(at).copied().unwrap_or(0);
        sink.put(|| "said-before".into(), before as f32);
        sink.put(|| "said-after".into(), count.saturating_sub(before + 1) as f32);
        // In a chain of causes, the last one is the root.
        let causes = self.causes_before.last().copied().unwrap_or(0);
        let before = self.causes_before.get(at).copied().unwrap_or(0);
        sink.put(|| "causes-before".into(), before as f32);
        sink.put(|| "causes-after".into(), causes.saturating_sub(before) as f32);
        let further = (1_isize..=60)
            .take_while(|on| get(*on).is(Shape::Frame) || get(*on).is(Shape::CausedBy) || get(*on).indent > 0)
            .filter(|on| get(*on).is(Shape::CausedBy))
            .count();
        sink.put(|| "chain-below".into(), further as f32);
        // How much its words speak for a cause, beside the others'.
        let spoken = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.spoken.get(at)).copied().unwrap_or(SILENT)
        };
        let value = spoken(0);
        sink.put(|| "spoken".into(), value);
        for offset in [-3, -2, -1, 1, 2, 3] {
            sink.put(|| format!("spoken{offset:+}"), spoken(offset));
        }
        let near = (-5..=5).map(spoken).fold(SILENT, f32::max);
        let of = |values: &[f32]| values.get(at).copied().unwrap_or(SILENT);
        sink.put(|| "spoken-best".into(), value - self.best);
        sink.put(|| "spoken-order".into(), of(&self.order));
        sink.put(|| "spoken-near".into(), near);
        sink.put(|| "spoken-mean".into(), (-5..=5).map(spoken).sum::<f32>() / 11.0);
        sink.put(|| "spoken-near-best".into(), value - near);
        sink.put(|| "spoken-before".into(), value - of(&self.best_before));
        sink.put(|| "spoken-after".into(), value - of(&self.best_after));
        // How much it says that other logs do not.
        let rarity = |offset: isize| {
            let at = if offset == 0 { Some(at) } else { neighbour(offset) };
            at.and_then(|at| self.rarity.get(at)).copied().unwrap_or_default()
        };
        let own = rarity(0);
        sink.put(|| "rarity-mean".into(), own.mean);
        sink.put(|| "rarity-most".into(), own.most);
        sink.put(|| "rarity-sum".into(), own.sum);
        sink.put(|| "unheard".into(), own.unheard);
        sink.put(|| "rare".into(), own.rare);
        sink.put(|| "rare-shared".into(), of(&self.shared));
        for offset in [-1, 1] {
            sink.put(|| format!("rarity-sum{offset:+}"), rarity(offset).sum - own.sum);
            sink.put(|| format!("rare{offset:+}"), rarity(offset).rare);
        }
        // What rules know.
        let known = self.known.get(at).copied().unwrap_or_default();
        sink.put(|| "rule:weight".into(), f32::from(known.weight));
        sink.put(|| "rule:quoted-by".into(), f32::from(known.quoted_by));
        sink.put(|| "rule:place".into(), f32::from(known.place));
        sink.yes(|| "rule:chosen".into(), known.chosen);
        sink.yes(|| "rule:beside-chosen".into(), known.beside_chosen);
        let near = |offset: isize| neighbour(offset).and_then(|at| self.known.get(at)).copied().unwrap_or_default();
        for offset in [-2, -1, 1, 2] {
            sink.put(|| format!("rule:weight:{offset:+}"), f32::from(near(offset).weight));
        }
    }
}

struct Sink {
    names: Option<Vec<String>>,
    values: Vec<f32>,
}

impl Sink {
    fn put(&mut self, name: impl Fn() -> String, value: f32) {
        if let Some(names) = &mut self.names {
            names.push(name());
        }
        self.values.push(value);
    }

    fn yes(&mut self, name: impl Fn() -> String, holds: bool) {
        self.put(name, f32::from(u8::from(holds)));
    }
}
