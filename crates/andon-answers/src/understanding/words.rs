//! A question as words, each with what it may stand for.

use crate::spoken::{self, folded};

/// The most words that are read of a question.
const MAX_WORDS: usize = 48;
/// The most characters that are read of a question.
const MAX_CHARACTERS: usize = 400;
/// The shortest word that a slip of the keyboard is forgiven in; one letter less where only the order is wrong or one is
/// missing.
const SHORTEST_TYPO: usize = 5;

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In small letters, without accents.
    pub(super) text: String,
    /// As it was typed.
    pub(super) raw: String,
    /// Whether a hyphen or the like joins it to the word before.
    pub(super) is_joined: bool,
    /// What stands before it.
    pub(super) pause: Pause,
    /// What it begins where that has a slash in it or is a number sign and a number: `release/2`, `#17`.
    pub(super) path: Option<String>,
    /// What it may stand for; nothing where the word is not known.
    pub(super) tags: Vec<&'static str>,
    /// Whether it stands for one of the parts found already.
    pub(super) is_used: bool,
    /// Whether it is the plural of a word in names: "storefronts".
    pub(super) is_plural: bool,
}

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    /// A space.
    None,
    /// A comma.
    Comma,
    /// The end of a sentence, a colon or a semicolon; also before the first word.
    Stop,
}

impl Word {
    pub(super) fn is(&self, tag: &str) -> bool {
        self.tags.contains(&tag)
    }

    /// Whether it is in no list of words: it may be a name.
    pub(super) fn is_unknown(&self) -> bool {
        self.tags.is_empty()
    }
}

/// What a word may stand for, by the words that do. A word may stand in several rows.
const LEXICON: &[(&str, &str)] = &[
    (
        "filler",
        "a an the is are am was were be been being it its this that these those there here of for in on at to from \
         with into by and or do does did doing done has have had having i me my mine we our you your us ours let lets \
         please pls andon hey hi hello ok so just now right currently moment still yet again really actually any some \
         much very too also then if as about up out over per go going goes get gets got gone went come comes give gives \
         tell show see look looks like looking look thing things stuff pipeline pipelines only ever already today's \
         want wants need needs know can could would will shall may might must should im id ill theres anybody anyone \
         someone somebody everybody everyone else other others which what who whose when where why how not no never none \
         hasnt havent isnt arent wasnt didnt doesnt dont cant wont check find one ones them they he she his her their \
         itself way bit lot quick quickly good morning evening afternoon thank thanks um uh erm well since between \
         during within after before until till ago per every each all both either neither whether everywhere anywhere more most less least many few \
         several than ever team guys people man mate kind sort actually exactly maybe perhaps side through across off \
         down back far long time times make makes made take takes took keep put set said say says think mean means \
         happen happens happened happening turn turns turned turning became become becomes went ahead news present transition transitions alert alerts notification-rule hour minutes nothing together",
    ),
    ("what", "what whats"),
    ("which", "which what whats wich"),
    ("who", "who whos whom anybody anyone someone somebody"),
    ("whose", "whose"),
    ("when", "when"),
    ("where", "where"),
    ("why", "why y how-come"),
    ("how", "how hows"),
    ("many", "many number count total amount"),
    ("often", "often frequently"),
    ("long", "long"),
    ("fast", "fast quickly soon quick"),
    ("any", "any anything something some nothing"),
    ("all", "all every everything each"),
    ("is", "is are was were"),
    ("was", "was were went"),
    ("do", "do does did doing done handle"),
    ("we", "we i us"),
    ("may", "can may could should ok"),
    ("should", "should can shall must"),
    ("than", "than"),
    ("since", "since"),
    ("or", "or"),
    ("in", "in of"),
    ("not", "not no never none nothing hasnt havent isnt arent didnt doesnt without"),
    ("never", "never"),
    ("again", "again"),
    ("ago", "ago"),
    ("on", "on"),
    ("time", "time times"),
    ("still", "still"),
    ("retry", "retry retried retries"),
    ("before", "before earlier previously past"),
    ("like", "like similar"),
    ("up", "up"),
    ("out", "out through"),
    ("go", "go went gone goes"),
    ("going", "going doing looking"),
    ("happened", "happened happen happening new news missed"),
    (
        "fail",
        "fail failed fails failing failure failures broke broken break breaks breaking crash crashed crashes crashing \
         flop flopped die died dead blew",
    ),
    ("failures", "failure failures failed incidents breakages crashes"),
    ("red", "red down unhealthy failing broken failed"),
    ("bad", "wrong problem problems issue issues trouble troubles incident incidents outage outages"),
    (
        "ok",
        "ok okay green fine healthy good well alright passing pass passed passes working works stable clean fixed recovered happy",
    ),
    ("success", "success successful successfully succeeded succeed succeeds green passed worked"),
    ("fixed", "fixed recovered fix resolved repaired mended"),
    (
        "deploy",
        "deploy deploys deployed deployment deployments ship shipped ships shipping release released releases releasing \
         rollout rollouts rolled delivered delivery deliver push pushed land landed lands",
    ),
    ("deploying", "deploying shipping releasing"),
    ("live", "live running deployed production prod current"),
    ("run", "run runs ran execution executions build builds built"),
    ("runs", "runs executions builds times attempts"),
    ("running", "running progress deploying building active ongoing executing underway flight"),
    ("wait", "wait waits waiting pending approval approvals awaiting queued"),
    ("approve", "approve approves sign click signoff decision"),
    ("occasion", "night nights standup retro sprint meeting"),
    ("attention", "know worry worried concern concerned concerning aware matter matters attention urgent worrying"),
    ("except", "except excluding besides minus"),
    ("only", "only alone solely elsewhere everyone everybody"),
    ("together", "together both"),
    ("contact", "call ask talk speak contact ring ping page escalate"),
    ("decided", "signed approved rejected stopped aborted cancelled canceled denied declined stop reject rejects"),
    ("started", "started triggered launched kicked start starts trigger"),
    ("last", "last latest newest recent previous most-recent"),
    ("recent", "recent recently lately"),
    ("status", "status state standing doing situation condition stand health"),
    (
        "summary",
        "summary overview brief briefing rundown recap report handover digest update picture summarise summarize",
    ),
    ("everything", "everything fleet everyone things all"),
    ("pipelines", "pipeline pipelines"),
    ("list", "list show name display enumerate get"),
    ("customers", "customer customers client clients tenant tenants"),
    ("customer", "customer customers client clients tenant tenants"),
    ("account", "account accounts"),
    ("region", "region regions"),
    ("related", "related connected linked correlated unrelated"),
    ("same", "same common shared identical"),
    ("reason", "reason reasons cause causes caused causing root rootcause"),
    ("error", "error errors message exception output stacktrace trace"),
    ("explain", "explain explanation"),
    ("stage", "stage stages step steps action actions phase"),
    ("stuck", "stuck hanging hangs hung blocked"),
    ("id", "id ids identifier uuid"),
    ("execution", "execution run"),
    ("link", "link links url urls log logs console page address href open"),
    ("history", "history timeline log-of"),
    ("branch", "branch branches"),
    ("branches", "branches"),
    ("muted", "muted mute mutes silenced snoozed unmuted"),
    ("commit", "commit commits committed commited change changes sha hash push pushed merged merge pr pull request"),
    ("version", "version versions revision revisions tag"),
    ("changed", "changed change changes diff differs difference different delta commits merged"),
    ("aws", "aws amazon"),
    ("author", "touch author committer wrote committed commited pushed changed touched merged"),
    ("fault", "responsible fault culprit behind blame guilty"),
    (
        "on-it",
        "looking working investigating handling handles fixing assigned owns owner acknowledged acked ack taken oncall care",
    ),
    ("slow", "slow slower slowest longer"),
    ("usual", "usual normal normally usually average typical typically median mean expected"),
    ("duration", "duration durations runtime"),
    ("take", "take takes took taking need needs"),
    ("eta", "eta"),
    ("longer", "longer"),
    ("about", "about with"),
    ("finish", "finish finished finishes end ends ready complete completed completes eta remaining left"),
    ("flaky", "flaky flakey flakiest flakyest unstable unreliable intermittent flakiness"),
    ("figure", "mttr dora metrics metric keys frequency figures kpis kpi leadtime"),
    ("rate", "rate percentage percent ratio share"),
    ("lead", "lead"),
    ("recover", "recover recovery recovering restore"),
    ("four", "four"),
    ("mean", "mean median"),
    ("next", "next"),
    ("step", "step steps"),
    (
        "runbook",
        "runbook runbooks playbook hint hints advice recommend recommendation recommendations suggest suggestion tip",
    ),
    ("fix", "fix solve repair resolve mend remedy"),
    ("safe", "safe risky dangerous wise idea sensible"),
    ("compare", "compare compared comparison vs versus against"),
    (
        "better",
        "better worse improve improved improving improvement trend trends trending developing progress declining worsening",
    ),
    ("us", "us ours our we code own my mine"),
    ("infrastructure", "infrastructure infra aws amazon network cloud platform hardware"),
    ("stale", "stale dormant unused inactive idle abandoned dead old outdated"),
    ("top", "top worst best most"),
    ("week", "week"),
    (
        "superlative",
        "worst best slowest fastest flakiest longest shortest most least top biggest highest lowest oldest flakyest",
    ),
    ("help", "help"),
    ("thanks", "thanks thank cheers ta bye goodbye"),
    ("test", "test tests testing unit"),
    ("lint", "lint linter"),
    (
        "offtopic",
        "weather music song joke jokes cost costs price prices money dollar dollars euro euros salary lunch dinner \
         coffee love hate poem story game alarm timer lights recipe football temperature rain traffic stock stocks \
         capital president bitcoin raining sunny snow snowing favourite favorite dance sing birthday movie",
    ),
    (
        "other",
        "once twice weekly daily monthly acting act weird strange suddenly finally guess wonder wondering curious overall \
         altogether roughly nearly almost due new old first current next important interesting urgent bigger smaller enough because while even anyway",
    ),
];

/// Forms of speech that are one word, or several, in another form. Longer ones first.
const CONTRACTED: &[(&str, &str)] = &[
    ("what's up with", "status"),
    ("whats up with", "status"),
    ("what is up with", "status"),
    ("what's the deal with", "status"),
    ("whats the deal with", "status"),
    ("what is the deal with", "status"),
    ("how come", "why"),
    ("most recently", "last"),
    ("most recent", "last"),
    ("everything but", "everything except"),
    ("everyone but", "everyone except"),
    ("everybody but", "everybody except"),
    ("all but", "all except"),
    ("apart from", "except"),
    ("aside from", "except"),
    ("other than", "except"),
    ("because of", "due"),
    ("due to", "due"),
    ("timed out", "timeout"),
    ("what went into", "what changed in"),
    ("what has gone into", "what changed in"),
    ("what's new in", "what changed in"),
    ("over night", "overnight"),
    ("sign off", "signoff"),
    ("thumbs up", "approval"),
    ("go-ahead", "approval"),
    ("don't", "do not"),
    ("out of the blue", ""),
    ("roll back", "rollback"),
    ("re run", "rerun"),
    ("re-run", "rerun"),
    ("re-start", "restart"),
    ("re start", "restart"),
    ("kick off", "trigger"),
    ("root-cause", "root cause"),
    ("in flight", "underway"),
    ("in production", "in production"),
    ("e.g.", ""),
    ("can't", "cant"),
    ("won't", "wont"),
    ("'s", " is"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("n't", "nt"),
    ("'d", " would"),
    ("'m", " am"),
];

/// Words that people write together without an apostrophe.
const TOGETHER: &[(&str, &str)] = &[
    ("whats", "what is"),
    ("hows", "how is"),
    ("rn", "right now"),
    ("yesterdays", "yesterday"),
    ("todays", "today"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("dont", "do not"),
    ("whos", "who is"),
    ("wheres", "where is"),
    ("whens", "when is"),
    ("whys", "why is"),
    ("theres", "there is"),
    ("everythings", "everything is"),
    ("prs", "pull requests"),
    ("wat", "what"),
    ("wich", "which"),
    ("wht", "what"),
    ("u", "you"),
    ("ur", "your"),
    ("r", "are"),
    ("plz", "please"),
    ("pls", "please"),
    ("thx", "thanks"),
];

/// The words of a question.
pub(super) fn words(text: &str) -> Vec<Word> {
    let text: String = text.chars().take(MAX_CHARACTERS).collect();
    let mut text = text.replace(['’', '`', '‘'], "'");
    for (contracted, full) in CONTRACTED {
        text = replaced(&text, contracted, full);
    }
    let mut words: Vec<Word> = Vec::new();
    let mut pauses: Vec<(usize, Pause)> = vec![(0, Pause::Stop)];
    for chunk in text.split_whitespace() {
        let bare = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        let small = bare.to_lowercase();
        let (path, first) = (path(chunk, bare), words.len());
        if let Some((_, full)) = TOGETHER.iter().find(|(together, _)| *together == small) {
            words.extend(full.split(' ').map(|word| word_of(word, word, false)));
        } else if is_whole(&small) {
            words.push(word_of(&small, bare, false));
        } else {
            let parts = spoken::words(bare);
            words.extend(parts.iter().enumerate().map(|(at, part)| word_of(&folded(part), part, at > 0)));
        }
        if let Some(word) = words.get_mut(first) {
            word.path = path;
        }
        if chunk.ends_with(',') {
            pauses.push((words.len(), Pause::Comma));
        } else if chunk.ends_with([':', ';', '.', '!', '?']) {
            pauses.push((words.len(), Pause::Stop));
        }
    }
    for (at, pause) in pauses {
        if let Some(word) = words.get_mut(at) {
            word.pause = pause;
        }
    }
    words.truncate(MAX_WORDS);
    spelled(words)
}

fn word_of(text: &str, raw: &str, is_joined: bool) -> Word {
    Word {
        text: text.to_owned(),
        raw: raw.to_owned(),
        is_joined,
        pause: Pause::None,
        path: None,
        tags: tags(text),
        is_used: false,
        is_plural: false,
    }
}

/// `release/2` and `#17`, as they are written.
fn path(chunk: &str, bare: &str) -> Option<String> {
    let is_path = bare.contains('/') && bare.split('/').all(|part| !part.is_empty());
    let is_number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit());
    let number = chunk.trim_start_matches(['(', '"', '\'', '\u{201c}']).starts_with('#') && is_number;
    if number { Some(format!("#{bare}")) } else { is_path.then(|| bare.to_owned()) }
}

/// What a word may stand for.
pub(super) fn tags(text: &str) -> Vec<&'static str> {
    LEXICON.iter().filter(|(_, words)| words.split_whitespace().any(|word| word == text)).map(|(tag, _)| *tag).collect()
}

/// What a word that is in no list may have been meant to be: a known word but for one or two letters.
pub(super) fn mended(text: &str) -> Vec<&'static str> {
    let length = text.chars().count();
    if length + 1 < SHORTEST_TYPO || text.chars().any(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    // A letter too many, one too few, or two that changed places: another letter makes another word.
    let near = |word: &str| {
        let known = word.chars().count();
        if known.max(length) < SHORTEST_TYPO && known != length {
            return false;
        }
        let is_slip = known != length || {
            let sorted = |word: &str| {
                let mut letters: Vec<char> = word.chars().collect();
                letters.sort_unstable();
                letters
            };
            sorted(word) == sorted(text)
        };
        is_slip && word.chars().next() == text.chars().next() && strsim::osa_distance(word, text) <= 1
    };
    let meant = LEXICON
        .iter()
        .filter(|(tag, _)| *tag != "offtopic")
        .flat_map(|(_, words)| words.split_whitespace())
        .find(|word| near(word));
    meant.map(tags).unwrap_or_default()
}

/// What must not be taken apart: a number with its unit, a version, an id.
fn is_whole(text: &str) -> bool {
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    is_version(text)
        || is_hash(text)
        || (starts_with_digit && text.len() <= 12 && text.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// `4.18.0`, `v2.1`.
pub(super) fn is_version(text: &str) -> bool {
    let bare = text.strip_prefix('v').unwrap_or(text);
    let parts: Vec<&str> = bare.split('.').collect();
    parts.len() > 1 && parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

/// The start of a commit's id.
pub(super) fn is_hash(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit()) && digits > 0 && digits < text.len()
}

/// Letters that were spelled, joined: "b f f" is "bff".
fn spelled(words: Vec<Word>) -> Vec<Word> {
    let mut joined: Vec<Word> = Vec::new();
    let mut run: Vec<Word> = Vec::new();
    for word in words.into_iter().map(Some).chain([None]) {
        match word {
            Some(word) if word.text.chars().count() == 1 && !word.text.starts_with(|c: char| c.is_ascii_digit()) => {
                run.push(word);
            }
            other => {
                if run.len() > 1 {
                    let pause = run.first().map_or(Pause::None, |first| first.pause);
                    let text: String = run.drain(..).map(|word| word.text).collect();
                    joined.push(Word { pause, ..word_of(&text, &text, false) });
                } else {
                    joined.append(&mut run);
                }
                joined.extend(other);
            }
        }
    }
    joined
}

/// Replaces whole phrases, whatever their case.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let small = text.to_lowercase();
    // Letters of another length in small would shift the places.
    if small.len() != text.len() || !small.contains(from) {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut at = 0;
    for (found, _) in small.match_indices(from) {
        let before = small.get(..found).and_then(|before| before.chars().next_back());
        let after = small.get(found + from.len()..).and_then(|after| after.chars().next());
        let starts = from.starts_with('\'') || from.starts_with("n'") || before.is_none_or(|c| !c.is_alphanumeric());
        let ends = after.is_none_or(|c| !c.is_alphanumeric());
        if found < at || !starts || !ends {
            continue;
        }
        result.push_str(text.get(at..found).unwrap_or_default());
        result.push_str(to);
        at = found + from.len();
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}
