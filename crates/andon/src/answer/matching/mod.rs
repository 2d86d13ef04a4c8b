//! Which pipeline is called that? By its name, by its words, by their sound and by what people shorten them to.

/// The names of a fleet, prepared for being looked for.
#[derive(Debug)]
pub struct Index {
    names: Vec<String>,
}

/// What a name that was heard stands for, by the places of the names in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// This one.
    One(usize),
    /// One of these, the likeliest first.
    Several(Vec<usize>),
    /// None; these, at most two, are the nearest.
    Unknown {
        /// The nearest, the nearest first.
        nearest: Vec<usize>,
    },
}

impl Index {
    /// Prepares the names.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { names: names.into_iter().map(str::to_owned).collect() }
    }

    /// What was heard, as a name.
    pub fn find(&self, heard: &str) -> Match {
        match self.names.iter().position(|name| name == heard) {
            Some(at) => Match::One(at),
            None => Match::Unknown { nearest: Vec::new() },
        }
    }
}
