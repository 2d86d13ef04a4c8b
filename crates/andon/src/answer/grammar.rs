//! From an English sentence to a question, for whoever is typed to: a command line, a slash command.
//!
//! A sentence is compared with patterns, one after the other; the first one that fits is meant. In a pattern `a/b` is
//! one word or the other, `[a/b]` may be left out, and `*` is a pipeline's name.

use super::{Group, Question, Subject, Topic};

/// The most words of a sentence that are read.
const MOST_WORDS: usize = 40;
/// A name by itself has at most so many words.
const MOST_NAME: usize = 8;

/// What fits a pattern is asked.
type Asked = fn(Subject) -> Question;

const PATTERNS: &[(&str, Asked)] = &[
    ("help [me]", |_| Question::Help),
    ("what can i/you ask/do/say", |_| Question::Help),
    ("stop/quit/exit/bye/goodbye/cancel", |_| Question::Goodbye),
    ("yes/yeah/yep/sure/ok/okay", |_| Question::Yes),
    ("no/nope/nah", |_| Question::No),
    ("which [one/ones/pipelines]", |_| Question::Which),
    ("name/list them", |_| Question::Which),
    ("what/which are they", |_| Question::Which),
    ("[and/what/how] [about] the other [one/pipeline]", |_| Question::Other),
    ("[the] first [one]", |_| Question::Nth(1)),
    ("[the] second [one]", |_| Question::Nth(2)),
    ("[the] third [one]", |_| Question::Nth(3)),
    ("[the] fourth [one]", |_| Question::Nth(4)),
    // The four keys.
    ("[what/how] [are/is] [the/my/our] [four/dora] keys/metrics/dora of/for/in *", keys_of),
    ("[what/how] [are/is] [the/my/our] [four/dora] keys/metrics/dora [doing/like/numbers]", |_| Question::Keys),
    ("how often do we deploy/ship/release", |_| Question::Keys),
    ("how often does/do [the] * deploy/ship/release", keys_of),
    // All of them.
    ("[what/which] [pipeline/pipelines] [is/are/has/have] failing/failed/broken/red/down/wrong", failing),
    ("is/are [there] anything/something/any [pipeline/pipelines] failing/failed/broken/red/down/wrong", failing),
    ("what [has] broke/fails/failed", failing),
    ("[what/which] [pipeline/pipelines] [is/are] running/deploying/building [now]", running),
    ("is/are [there] anything/something/any [pipeline/pipelines] running/deploying/building", running),
    ("what runs", running),
    ("[what/who/which] [pipeline/pipelines] [is/are] waiting/waits/wait [for] [approval/me/somebody/someone]", waiting),
    ("[what/which] [pipeline/pipelines] need/needs/wants [an/my] approval", waiting),
    ("is/are [there] anything/something/any [pipeline/pipelines] waiting [for] [approval/me]", waiting),
    ("[what/which] [are] [the] [pending/open] approvals", waiting),
    ("how is/are everything/things/it [going/doing/looking]", overview),
    ("how is/are/do [all] [of] [the/my/our] pipelines [stand/doing/going/looking]", overview),
    ("is everything/all ok/okay/fine/green/well/good/alright", overview),
    ("[what] [is] [the] status/overview/summary [of] [all/everything]", overview),
    // Why?
    ("why", |_| about(Topic::Why, Subject::Last)),
    ("why [is/did/has/was/does] [the] * [pipeline] fail/failed/failing/fails/broken/break/broke/red/down", why),
    ("why [is/did/has/was] fail/failed/failing/broken/red [the] *", why),
    ("why [is/did] [the] *", why),
    ("what broke/stopped/happened [to/in/with] [the] *", why),
    ("what is/was/went wrong with/in [the] *", why),
    ("what is the reason/cause [of/for] [the] *", why),
    // Who changed what?
    ("who [has/last] changed/broke/committed/pushed/touched [what] [last/to] [in/on] [the] *", change),
    ("who is/was [it/behind] [in/on] [the] *", change),
    ("what [has] changed [last] [in/on/with] [the] *", change),
    ("[what] [is/was] [the] last/latest/newest change/commit [in/of/to/on] [the] *", change),
    ("whose change/commit is/was [in/on] [the] *", change),
    // When did it last deploy?
    ("when did/has [the] * last deploy/deployed/ship/release/succeed/run", last_deployment),
    ("when was [the] * last deployed/shipped/released", last_deployment),
    ("when did/was/has [the] * deploy/deployed/ship/shipped/release/released/succeed [last]", last_deployment),
    ("[when] [was/is] [the] last deployment/deploy/release of/in/for [the] *", last_deployment),
    // How does it stand?
    ("[what] [is] [the] status [of/for] [the] *", status),
    ("how is/are/does/do [the] * doing/going/looking/stand/standing", status),
    ("how is/are [the] *", status),
    (
        "is/has/did [the] * ok/okay/fine/green/red/broken/failing/failed/fail/running/deployed/done/finished/passing",
        status,
    ),
    ("[and] what/how about [the] *", status),
    ("tell me about [the] *", status),
    ("show [me] [the] *", status),
];

/// Words that begin a question: what begins so and fits no pattern is no name.
const ASKING: &[&str] =
    &["what", "which", "who", "whose", "why", "when", "how", "where", "is", "are", "do", "does", "did", "can", "tell"];
/// Words that stand for the pipeline spoken of last.
const LAST: &[&str] = &["it", "that", "this", "that one", "this one", "that pipeline", "the pipeline", "they"];

/// What a sentence asks.
pub fn question(text: &str) -> Question {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).take(MOST_WORDS).collect();
    let found = PATTERNS.iter().find_map(|(pattern, asked)| {
        let parts: Vec<&str> = pattern.split(' ').collect();
        captured(&parts, &words).map(|name| asked(subject(name)))
    });
    found.unwrap_or_else(|| match words.as_slice() {
        [] => Question::Help,
        [first, ..] if ASKING.contains(first) || words.len() > MOST_NAME => Question::NotUnderstood,
        name => Question::Named(subject(name)),
    })
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['’', '`'], "'").replace("'s ", " is ").replace("'re ", " are ");
    let text = text.replace("what's", "what is").replace("who's", "who is");
    text.split_whitespace()
        .map(|word| word.trim_matches(['?', '!', '.', ',', ';', ':', '"', '\'']))
        .filter(|word| !word.is_empty() && !["please", "andon", "hey", "hi"].contains(word))
        .map(str::to_owned)
        .collect()
}

/// The name that a sentence has in a pattern's place for it; `None` if it does not fit.
fn captured<'w>(pattern: &[&str], words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let Some((part, rest)) = pattern.split_first() else {
        return words.is_empty().then_some(&[]);
    };
    if *part == "*" {
        let ends = 1..=words.len();
        return ends
            .rev()
            .find(|end| words.get(*end..).is_some_and(|after| captured(rest, after).is_some()))
            .and_then(|end| words.get(..end));
    }
    let optional = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
    let is_there = words.first().is_some_and(|word| optional.unwrap_or(part).split('/').any(|choice| choice == *word));
    let with = if is_there { captured(rest, words.get(1..)?) } else { None };
    with.or_else(|| optional.and_then(|_| captured(rest, words)))
}

fn subject(name: &[&str]) -> Subject {
    let name = name.join(" ");
    if name.is_empty() || LAST.contains(&name.as_str()) { Subject::Last } else { Subject::Heard(name) }
}

fn about(topic: Topic, subject: Subject) -> Question {
    Question::About(topic, subject)
}

fn why(subject: Subject) -> Question {
    about(Topic::Why, subject)
}

fn status(subject: Subject) -> Question {
    about(Topic::Status, subject)
}

fn change(subject: Subject) -> Question {
    about(Topic::Change, subject)
}

fn last_deployment(subject: Subject) -> Question {
    about(Topic::LastDeployment, subject)
}

fn keys_of(subject: Subject) -> Question {
    about(Topic::Keys, subject)
}

fn failing(_: Subject) -> Question {
    Question::List(Group::Failing)
}

fn running(_: Subject) -> Question {
    Question::List(Group::Running)
}

fn waiting(_: Subject) -> Question {
    Question::List(Group::Waiting)
}

fn overview(_: Subject) -> Question {
    Question::Overview
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(name: &str) -> Subject {
        Subject::Heard(name.to_owned())
    }

    #[test]
    fn a_sentence_is_understood_in_many_wordings() {
        for text in ["What is failing?", "what's broken", "which pipelines are red", "Is anything failing?", "failing"]
        {
            assert_eq!(question(text), Question::List(Group::Failing), "{text}");
        }
        for text in ["what is running", "Which pipelines are running now?", "is anything deploying"] {
            assert_eq!(question(text), Question::List(Group::Running), "{text}");
        }
        for text in
            ["what waits for approval", "what is waiting for approval?", "which pipelines need approval", "approvals"]
        {
            assert_eq!(question(text), Question::List(Group::Waiting), "{text}");
        }
        for text in ["how is everything", "how are the pipelines doing?", "is everything green", "status"] {
            assert_eq!(question(text), Question::Overview, "{text}");
        }
        for text in ["how are the four keys", "dora metrics", "How often do we deploy?"] {
            assert_eq!(question(text), Question::Keys, "{text}");
        }
    }

    #[test]
    fn a_sentence_is_about_a_pipeline() {
        let named = |topic, name: &str| Question::About(topic, heard(name));
        for (text, topic, name) in [
            ("why did payments api fail?", Topic::Why, "payments api"),
            ("Why is the checkout service red", Topic::Why, "checkout service"),
            ("what went wrong with ledger-core", Topic::Why, "ledger-core"),
            ("who changed what in orders fulfilment?", Topic::Change, "orders fulfilment"),
            ("who broke the payments api", Topic::Change, "payments api"),
            ("what changed in ledger core", Topic::Change, "ledger core"),
            ("when did the website last deploy", Topic::LastDeployment, "website"),
            ("when was search indexer last deployed?", Topic::LastDeployment, "search indexer"),
            ("how are the four keys of docs portal", Topic::Keys, "docs portal"),
            ("how often does docs portal deploy", Topic::Keys, "docs portal"),
            ("how is mobile bff doing?", Topic::Status, "mobile bff"),
            ("what's the status of mobile bff", Topic::Status, "mobile bff"),
            ("is the website green?", Topic::Status, "website"),
            ("what about ledger core", Topic::Status, "ledger core"),
        ] {
            assert_eq!(question(text), named(topic, name), "{text}");
        }
    }

    #[test]
    fn a_sentence_follows_another() {
        assert_eq!(question("why?"), Question::About(Topic::Why, Subject::Last));
        assert_eq!(question("Why did it fail?"), Question::About(Topic::Why, Subject::Last));
        assert_eq!(question("which ones?"), Question::Which);
        assert_eq!(question("And the other one?"), Question::Other);
        assert_eq!(question("the second one"), Question::Nth(2));
        assert_eq!(question("checkout service prod"), Question::Named(heard("checkout service prod")));
    }

    #[test]
    fn what_is_no_question_for_pipelines_is_not_understood() {
        for text in ["what is the weather", "can you dance", &"word ".repeat(60)] {
            assert_eq!(question(text), Question::NotUnderstood, "{text}");
        }
        assert_eq!(question("  ?! "), Question::Help);
    }
}
