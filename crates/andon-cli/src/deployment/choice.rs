//! The values of the stack's parameters: given, kept from before, or the template's own; and what is wrong with them.

use std::collections::BTreeMap;

use andon_package::parameters::Parameters;
use andon_package::template::{Declared, Parameter};
use regex::Regex;

/// The values of all parameters that a template declares.
#[derive(Debug)]
pub struct Choice<'d> {
    declared: &'d Declared,
    former: Parameters,
    given: Parameters,
}

impl<'d> Choice<'d> {
    /// For a template, with the values of a stack that is there.
    pub fn new(declared: &'d Declared, former: Parameters) -> Self {
        Self { declared, former, given: Parameters::new() }
    }

    /// Gives a parameter a value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.given.insert(name.to_owned(), value.to_owned());
    }

    /// Whether a parameter was given a value, now or before.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name) || self.former.contains_key(name)
    }

    /// The value of every parameter.
    pub fn values(&self) -> Parameters {
        let value = |(name, declared): (&String, &Parameter)| {
            let value = self.given.get(name).or_else(|| self.former.get(name)).unwrap_or(&declared.default);
            (name.clone(), value.clone())
        };
        self.declared.parameters.iter().map(value).collect()
    }

    /// The parameters that get another value than they had, each with both.
    pub fn changes(&self) -> Vec<(String, String, String)> {
        let change = |(name, value): (String, String)| {
            let former = self.former.get(&name)?.clone();
            (former != value).then_some((name, former, value))
        };
        self.values().into_iter().filter_map(change).collect()
    }

    /// What CloudFormation would refuse, a sentence each.
    pub fn problems(&self) -> Vec<String> {
        let unknown = self.given.keys().filter(|name| !self.declared.parameters.contains_key(*name)).map(|name| {
            let names: Vec<&str> = self.declared.parameters.keys().map(String::as_str).collect();
            format!("there is no parameter {name}; there are {}", names.join(", "))
        });
        let values = self.values();
        let wrong = self.declared.parameters.iter().filter_map(|(name, declared)| {
            let value = values.get(name)?;
            problem(declared, value).map(|problem| format!("{name} cannot be {value:?}: {problem}"))
        });
        unknown.chain(wrong).collect()
    }
}

/// What is wrong with a value.
fn problem(declared: &Parameter, value: &str) -> Option<String> {
    let allowed = &declared.allowed_values;
    if !allowed.is_empty() && !allowed.iter().any(|allowed| allowed == value) {
        return Some(format!("it is one of {}", allowed.join(", ")));
    }
    // A pattern that this library does not know is left to CloudFormation.
    let pattern = Regex::new(&format!("^(?:{})$", declared.allowed_pattern.as_ref()?)).ok()?;
    let items: Vec<&str> = if declared.kind == "CommaDelimitedList" { value.split(',').collect() } else { vec![value] };
    if items.into_iter().all(|item| pattern.is_match(item)) {
        return None;
    }
    let described = declared.constraint_description.clone();
    Some(
        described
            .map_or_else(|| format!("it does not match {pattern}"), |described| format!("it has to be {described}")),
    )
}

/// The features that are off, by the stack's outputs, each with what turns it on.
pub fn off(outputs: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    outputs.iter().filter_map(|(name, value)| Some((name.as_str(), value.strip_prefix("off: ")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Declared {
        let template = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sam-template.yml");
        Declared::read(&std::fs::read_to_string(template).unwrap()).unwrap()
    }

    #[test]
    fn what_is_given_wins_and_what_was_given_stays() {
        let declared = declared();
        let former = [("Email", "team@example.com"), ("Rollout", "AllAtOnce"), ("Gone", "x")];
        let former = former.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut choice = Choice::new(&declared, former);
        choice.set("Email", "");
        choice.set("SecretsPath", "/andon");
        let values = choice.values();
        assert_eq!(values.len(), declared.parameters.len());
        for (name, value) in
            [("Email", ""), ("Rollout", "AllAtOnce"), ("SecretsPath", "/andon"), ("LogRetentionDays", "30")]
        {
            assert_eq!(values[name], value, "{name}");
        }
        assert_eq!(choice.changes(), [("Email".to_owned(), "team@example.com".to_owned(), String::new())]);
        assert_eq!(choice.problems(), Vec::<String>::new());
    }

    #[test]
    fn what_cloudformation_would_refuse_is_said_first() {
        let declared = declared();
        for (name, value, part) in [
            ("Email", "team", "an email address, or empty"),
            ("SecretsPath", "/andon/", "without a slash at its end"),
            ("MemberAccounts", "111122223333, 4444", "12 digits"),
            ("Rollout", "Fast", "AllAtOnce"),
            ("LogRetentionDays", "31", "one of 1, 3"),
            ("Address", "team@example.com", "there is no parameter Address"),
        ] {
            let mut choice = Choice::new(&declared, Parameters::new());
            choice.set(name, value);
            let problems = choice.problems();
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert!(problems[0].contains(part), "{problems:?}");
        }
        for (name, value) in
            [("MemberAccounts", "111122223333, 444455556666"), ("MemberAccounts", ""), ("Email", "a+b@example.com")]
        {
            let mut choice = Choice::new(&declared, Parameters::new());
            choice.set(name, value);
            assert_eq!(choice.problems(), Vec::<String>::new(), "{name}={value}");
        }
    }

    #[test]
    fn outputs_say_what_is_off() {
        let outputs = [("Email", "on: a@b.c"), ("AlexaSkill", "off: set SkillId"), ("Table", "t")];
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(off(&outputs), [("AlexaSkill", "set SkillId")]);
    }
}
