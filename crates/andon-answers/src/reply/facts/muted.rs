//! What is muted, by whom and until when.

use andon::attention::{Mute, Until};
use andon::board::{PipelineRow, StatusColor};

use super::super::muted::holding;
use super::super::naming::{cut, on_line};
use super::Asked;
use super::words::{capital, counted, some};

impl<'a> Asked<'a> {
    pub(super) fn muted(&self, rows: &[&'a PipelineRow]) -> Vec<String> {
        let muted: Vec<(&PipelineRow, &Mute)> =
            rows.iter().flat_map(|row| holding(row, self.now).map(|mute| (*row, mute))).collect();
        let item = |(row, mute): &(&PipelineRow, &Mute)| {
            let name = self.name(row);
            let line = mute.line.as_ref().filter(|_| row.overview.line.is_some()).and_then(andon::line::Line::name);
            let name = line.map_or(name.clone(), |line| on_line(&name, &line, self.voice));
            let by = cut(&mute.by.name);
            match mute.until {
                Until::Time(at) => {
                    let span = self.span_of(at.duration_since(self.now).as_secs());
                    format!("{name} (by {by}, for another {span})")
                }
                Until::Recovery => format!("{name} (by {by}, until it is green)"),
            }
        };
        let items: Vec<String> = muted.iter().map(item).collect();
        let mut told = match (items.as_slice(), rows) {
            ([], [row]) => vec![format!("{} is not muted.", capital(&self.name(row)))],
            ([], _) => vec![format!("None of {} is muted.", self.subject(rows))],
            ([one], _) => vec![format!("One pipeline is muted{}: {one}.", self.place())],
            (items, _) => vec![format!("{} mutes hold{}: {}.", items.len(), self.place(), some(items))],
        };
        if rows.len() > 1 && self.parts.is_red {
            let is_loud = |row: &&PipelineRow| row.light == StatusColor::Red && holding(row, self.now).next().is_none();
            let loud: Vec<&PipelineRow> = rows.iter().copied().filter(is_loud).collect();
            told.insert(
                0,
                match loud.as_slice() {
                    [] => "Nothing is red that is not muted.".to_owned(),
                    [one] => format!("One pipeline is red and not muted: {}.", self.red_name(one)),
                    many => {
                        format!("{} are red and not muted: {}.", counted(many.len(), "pipeline"), self.red_names(many))
                    }
                },
            );
        }
        told
    }
}
