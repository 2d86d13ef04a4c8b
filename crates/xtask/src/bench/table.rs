//! The one table: a row per figure, a column per function, and the budget at the end of the row.

use std::fmt;

/// What a figure may be at most.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Budget {
    None,
    /// The same for every function but the first, which is the measure.
    AtMost(f64),
    /// One for each column.
    Each(Vec<Option<f64>>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    name: String,
    unit: &'static str,
    decimals: usize,
    values: Vec<Option<f64>>,
    budget: Budget,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    columns: Vec<String>,
    figures: Vec<Figure>,
}

impl Figure {
    pub(super) fn new(
        name: &str,
        unit: &'static str,
        decimals: usize,
        values: Vec<Option<f64>>,
        budget: Budget,
    ) -> Self {
        Self { name: name.to_owned(), unit, decimals, values, budget }
    }

    fn limit(&self, column: usize) -> Option<f64> {
        match &self.budget {
            Budget::AtMost(limit) if column > 0 => Some(*limit),
            Budget::Each(limits) => limits.get(column).copied().flatten(),
            Budget::AtMost(_) | Budget::None => None,
        }
    }

    /// A limit without a figure is not kept either: something was to be measured and was not.
    fn is_over(&self, column: usize) -> bool {
        let value = self.values.get(column).copied().flatten();
        self.limit(column).is_some_and(|limit| value.is_none_or(|value| value > limit))
    }

    fn cell(&self, column: usize) -> String {
        let value = match self.values.get(column).copied().flatten() {
            Some(value) => format!("{value:.*}", self.decimals),
            None => "-".to_owned(),
        };
        match self.limit(column) {
            Some(_) if self.is_over(column) => format!("{value} OVER"),
            Some(_) => format!("{value} ok"),
            None => value,
        }
    }

    fn budget(&self) -> String {
        match &self.budget {
            Budget::None => String::new(),
            Budget::AtMost(limit) => format!("at most {limit}"),
            Budget::Each(limits) => {
                let limits: Vec<String> = limits.iter().flatten().map(f64::to_string).collect();
                format!("at most {}", limits.join(" / "))
            }
        }
    }
}

impl Table {
    pub(super) fn new(columns: impl IntoIterator<Item = String>) -> Self {
        Self { columns: columns.into_iter().collect(), figures: Vec::new() }
    }

    pub(super) fn push(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// What exceeds its budget, in words.
    pub(super) fn over(&self) -> Vec<String> {
        let mut over = Vec::new();
        for figure in &self.figures {
            for (at, column) in self.columns.iter().enumerate() {
                if figure.is_over(at) {
                    over.push(format!("{column}: {} is {}", figure.name.trim(), figure.cell(at).replace(" OVER", "")));
                }
            }
        }
        over
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.figures.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
        write!(f, "{:first$} {:4}", "", "")?;
        for column in &self.columns {
            write!(f, " {column:>14}")?;
        }
        write!(f, "  budget")?;
        for figure in &self.figures {
            write!(f, "\n{:first$} {:4}", figure.name, figure.unit)?;
            for at in 0..self.columns.len() {
                write!(f, " {:>14}", figure.cell(at))?;
            }
            let budget = figure.budget();
            if !budget.is_empty() {
                write!(f, "  {budget}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["echo".to_owned(), "notifier".to_owned()]);
        table.push(Figure::new("memory", "MiB", 1, vec![Some(30.0), Some(20.04)], Budget::AtMost(20.0)));
        table.push(Figure::new("zip", "MB", 2, vec![Some(0.6), Some(2.5)], Budget::AtMost(5.0)));
        table.push(Figure::new("trips", "", 0, vec![None, None], Budget::Each(vec![None, Some(4.0)])));
        table
    }

    #[test]
    fn what_is_over_budget_is_told_and_the_measure_never_is() {
        assert_eq!(table().over(), ["notifier: memory is 20.0", "notifier: trips is -"]);
    }

    #[test]
    fn each_figure_stands_beside_its_budget() {
        let lines: Vec<String> = table().to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "                      echo       notifier  budget");
        assert_eq!(lines[1], "memory MiB            30.0      20.0 OVER  at most 20");
        assert_eq!(lines[2], "zip    MB             0.60        2.50 ok  at most 5");
        assert_eq!(lines[3], "trips                    -         - OVER  at most 4");
    }
}
