//! The grammar of typed questions: from an English sentence to a question.
//!
//! A sentence is compared with patterns in order; the first match wins. In a pattern, `a/b` is one word or the other, `[a/b]`
//! is optional, and `*` is a pipeline's name.

use super::{Group, Locale, Question, Subject, Topic, Voice};

/// The most words of a sentence that are read.
const MAX_WORDS: usize = 40;
/// A name by itself has at most so many words.
const MAX_NAME: usize = 8;

/// What fits a pattern is asked.
type Asked = fn(Subject) -> Question;

const PATTERNS: &[(&str, Asked)] = &[
    ("help [me]", |_| Question::Help),
    ("what can i/you ask/do/say", |_| Question::Help),
    ("stop/quit/exit/bye/goodbye/cancel", |_| Question::Goodbye),
    ("yes/yeah/yep/sure/ok/okay", |_| Question::Yes),
    ("no/nope/nah", |_| Question::No),
    // More of what was just said.
    ("which [one/ones/pipelines]", |_| Question::Which),
    ("name/list/read [all] [of] them [to] [me]", |_| Question::Which),
    ("what/which are they", |_| Question::Which),
    ("[go] on", |_| Question::Which),
    ("[tell] [me] [what] more/else", |_| Question::Which),
    ("tell me all [of] [them]", |_| Question::Which),
    ("[and/what/how] [about] the other/next/others/rest [one/ones/pipeline/pipelines]", |_| Question::Other),
    ("why did/is/has the other/next one/pipeline fail/failed/failing/red", |_| Question::Other),
    ("[the] first/former [one]", |_| Question::Nth(1)),
    ("[the] second/latter [one]", |_| Question::Nth(2)),
    ("[the] third [one]", |_| Question::Nth(3)),
    ("[the] fourth [one]", |_| Question::Nth(4)),
    ("number one/1", |_| Question::Nth(1)),
    ("number two/2", |_| Question::Nth(2)),
    // The four keys.
    (
        "[tell/give/show/what/how] [me/are/is] [the/my/our] [four/dora/delivery] keys/metrics/dora of/for/in [the] *",
        keys_of,
    ),
    (
        "[tell/give/show/what/how] [me/are/is] [the/my/our] [four/dora/delivery] keys/metrics/dora \
         [doing/like/numbers]",
        |_| Question::Keys,
    ),
    ("how is [our/the/my] delivery [going/doing]", |_| Question::Keys),
    ("how often do we deploy/ship/release", |_| Question::Keys),
    ("how often do we deploy/ship/release [the] *", keys_of),
    ("how often does/do [the] * deploy/ship/release", keys_of),
    ("how often is [the] * deployed/shipped/released", keys_of),
    ("how fast/quickly/soon do we recover", |_| Question::Keys),
    ("how fast/quickly/soon does [the] * recover", keys_of),
    ("what is [the/our/my] lead/recovery time of/for/in [the] *", keys_of),
    ("what is [the/our/my] lead/recovery time", |_| Question::Keys),
    ("what is [the/our/my] [change] failure rate of/for/in [the] *", keys_of),
    ("what is [the/our/my] [change] failure rate", |_| Question::Keys),
    // All of them.
    ("[show/tell/list/name] [me] [what/which] [is/are/has/have] failing/failed/broken/red/down/wrong [now]", failing),
    ("[what/which] pipeline/pipelines [is/are/has/have] failing/failed/broken/red/down/wrong [now]", failing),
    (
        "is/are/has/have/did [there] anything/something/any [pipeline/pipelines] \
         fail/failing/failed/broken/red/down/wrong",
        failing,
    ),
    ("is/are/has/have [there] [been] [any] failures", failing),
    ("[show/tell/list/name] [me] [the/all/any] failures", failing),
    ("[show/tell/list/name] [me] [the/all] failing/failed/broken/red pipelines", failing),
    ("what [has] broke/fails/failed", failing),
    ("[show/tell/list/name] [me] [what/which] [is/are] running/deploying/building [right] [now]", running),
    ("[show/tell/list/name] [me] [what/which] [pipelines] [is/are] in progress [right] [now]", running),
    ("[what/which] pipeline/pipelines [is/are] running/deploying/building [right] [now]", running),
    ("is/are [there] anything/something/any [pipeline/pipelines] running/deploying/building [right] [now]", running),
    ("[show/tell/list/name] [me] [the/all] running pipelines", running),
    ("what runs", running),
    (
        "[show/tell] [me] [what/who/which] [pipeline/pipelines] [is/are] waiting/waits/wait [for] [my/an] \
         [approval/me/somebody/someone]",
        waiting,
    ),
    ("[what/which] [pipeline/pipelines] need/needs/want/wants [an/my] approval", waiting),
    ("does/do anything/something/any [pipeline/pipelines] need/want [an/my] approval", waiting),
    ("is/are [there] anything/something/any [pipeline/pipelines] waiting [for] [my/an] [approval/me]", waiting),
    (
        "[show/list] [me] [what/which] [are/is] [there] [the/any] [pending/open/waiting] approvals [are] \
         [waiting/pending/open]",
        waiting,
    ),
    ("what do i/we have to approve", waiting),
    ("what is there to approve", waiting),
    ("how is/are everything/things [going/doing/looking]", overview),
    ("how is it going", overview),
    ("how is/are/do [all] [of] [the/my/our] pipelines [stand/doing/going/looking]", overview),
    ("is everything/all ok/okay/fine/green/well/good/alright", overview),
    (
        "[give/tell/show] [me] [what] [is] [an/a/the] status/overview/summary/situation/board [of] \
         [all/everything/things]",
        overview,
    ),
    ("what is the state of [the] things/everything/pipelines", overview),
    ("brief me", overview),
    ("what is going on/up", overview),
    ("any/the/what [is] [the] news", overview),
    ("show/tell [me] everything/all", overview),
    ("[show/list] [me] [all] [the/my/our] pipelines", overview),
    // Why?
    ("why [is] [that/this/it]", |_| about(Topic::Why, Subject::Last)),
    ("what happened", |_| about(Topic::Why, Subject::Last)),
    ("what is/was/went wrong", |_| about(Topic::Why, Subject::Last)),
    (
        "why [is/did/has/was/does] [the] * [pipeline] \
         fail/failed/failing/fails/broken/break/broke/red/down/rejected/stopped/canceled/cancelled",
        why,
    ),
    ("why [is/did/has/was] fail/failed/failing/broken/red [the] *", why),
    ("why [is/did] [the] *", why),
    ("what broke/stopped/happened [to/in/with] [the] *", why),
    ("what is/was/went wrong with/in [the] *", why),
    ("what caused [the] * to fail/break", why),
    ("what is the reason/cause [of/for] [the] *", why),
    ("when did [the] * fail/break/go [red]", why),
    ("explain [the] failure of/in [the] *", why),
    ("explain [the] *", why),
    // Who changed what?
    ("who changed/broke/committed/pushed/touched [what/it/that]", |_| about(Topic::Change, Subject::Last)),
    ("who was it", |_| about(Topic::Change, Subject::Last)),
    ("what [has] changed", |_| about(Topic::Change, Subject::Last)),
    ("whose change/commit is/was it/that", |_| about(Topic::Change, Subject::Last)),
    ("who [has/last] changed/broke/committed/pushed/touched [what] [last/to] [in/on] [the] *", change),
    ("who is/was [it/behind] [in/on] [the] *", change),
    ("what [has] changed [last] [in/on/with] [the] *", change),
    ("[what/which] [is/was] [the] [last/latest/newest] change/commit [is/was] in/of/to/on [the] *", change),
    ("[what/which] [is/was] [the] last/latest/newest change/commit [the] *", change),
    ("whose change/commit is/was [in/on] [the] *", change),
    // When did it last deploy?
    ("when did we last deploy/ship/release [the] *", last_deployment),
    ("when did/has [the] * last deploy/deployed/ship/release/succeed/run", last_deployment),
    ("when was [the] last deployment/deploy/release/success of/in/for [the] *", last_deployment),
    ("when was [the] * last deployed/shipped/released", last_deployment),
    ("when did/was/has [the] * deploy/deployed/ship/shipped/release/released/succeed [last]", last_deployment),
    ("how long ago did [the] * [last] deploy/ship/release/succeed", last_deployment),
    ("how long ago was [the] * [last] deployed/shipped/released", last_deployment),
    ("how long since [the] * [was] [last] deployed/shipped/released/succeeded", last_deployment),
    ("[when] [was/is] [the] last deployment/deploy/release/success of/in/for [the] *", last_deployment),
    // How does it stand?
    ("[what] [is] [the] status [of/for] [the] *", status),
    ("what is [the] * doing", status),
    ("how is/are/does/do [the] * doing/going/looking/look/stand/standing", status),
    ("how far/well is [the] *", status),
    ("how long has [the] * been failing/broken/red/down/waiting/running/green", status),
    ("where is [the] *", status),
    (
        "did/has/was/is [the] last/latest deployment/deploy/release/run of [the] * \
         ok/succeed/succeeded/successful/fail/failed/work/worked/pass/passed",
        status,
    ),
    ("[and] what/how about [the] *", Question::Named),
    ("how is/are [the] *", status),
    (
        "is/has/did [the] * \
         ok/okay/fine/healthy/green/red/broken/failing/failed/fail/running/deployed/done/finished/passing/pass/passed/\
         succeed/succeeded/work/worked/down/up/waiting/stuck",
        status,
    ),
    ("tell me about [the] *", status),
    ("check [on] [the] *", status),
    ("show [me] [the] *", status),
    // Nothing but a name.
    ("[and/no] [i] mean/meant [the] *", Question::Named),
    ("[the] one called/named *", Question::Named),
    ("it is [the] *", Question::Named),
    ("and [the] *", Question::Named),
    ("the pipeline *", Question::Named),
    ("the * one/pipeline", Question::Named),
];

/// Words that begin a question: what begins so and fits no pattern is no name.
const ASKING: &[&str] =
    &["what", "which", "who", "whose", "why", "when", "how", "where", "is", "are", "do", "does", "did", "can", "tell"];

/// What a sentence asks.
pub fn question(text: &str) -> Question {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).take(MAX_WORDS).collect();
    let found = PATTERNS.iter().find_map(|(pattern, asked)| {
        let parts: Vec<&str> = pattern.split(' ').collect();
        captured(&parts, &words).map(|name| asked(subject(name)))
    });
    found.unwrap_or_else(|| match words.as_slice() {
        [] => Question::Help,
        [first, ..] if ASKING.contains(first) || words.len() > MAX_NAME => Question::NotUnderstood,
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
    Subject::heard(&name.join(" "), Voice::of(Locale::EnUs))
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
            ("is the website down?", Topic::Status, "website"),
            ("did payments api succeed", Topic::Status, "payments api"),
            ("why was website rejected", Topic::Why, "website"),
            ("when did payments api break", Topic::Why, "payments api"),
            ("how long has payments api been red", Topic::Status, "payments api"),
            ("where is data lake etl", Topic::Status, "data lake etl"),
            ("did the last deployment of payments api succeed", Topic::Status, "payments api"),
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
        for text in ["checkout service prod", "what about checkout service prod", "I mean checkout service prod"] {
            assert_eq!(question(text), Question::Named(heard("checkout service prod")), "{text}");
        }
    }

    #[test]
    fn what_is_no_question_for_pipelines_is_not_understood() {
        for text in ["what is the weather", "can you dance", &"word ".repeat(60)] {
            assert_eq!(question(text), Question::NotUnderstood, "{text}");
        }
        assert_eq!(question("  ?! "), Question::Help);
    }
}
