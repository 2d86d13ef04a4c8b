//! What is asked: the cues by which each question is known, and how much each of them tells.

use strum::{Display, EnumString, IntoStaticStr};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Intent {
    /// How do several pipelines stand?
    Overview,
    /// How does one pipeline stand?
    State,
    /// Why did it fail?
    Why,
    /// What is to be done about it?
    Next,
    /// What is running?
    Running,
    /// What waits for approval?
    Waiting,
    /// What failed, and when?
    Failures,
    /// What was deployed, and when?
    Deployments,
    /// How many runs were there?
    Runs,
    /// When did it last fail?
    LastFailure,
    /// When did it last succeed?
    LastSuccess,
    /// In which stage is it, or did it fail?
    Stage,
    /// How long does it take?
    Duration,
    /// Since when has it been red?
    RedSince,
    /// What is the id of its execution?
    Execution,
    /// Where can that be looked at?
    Link,
    /// Whose change broke it?
    Author,
    /// Which change is live?
    Change,
    /// Which change was the last one that worked?
    LastGreen,
    /// What has changed since?
    Changed,
    /// Who started the run?
    Started,
    /// Of which branch is it?
    Branch,
    /// How do branches and pull requests stand?
    Lines,
    /// What is muted?
    Muted,
    /// What did a person deploy?
    Shipped,
    /// What did a person break?
    Broke,
    /// Who approved, rejected or stopped it?
    Decided,
    /// Who is working on it?
    OnIt,
    /// Whose change mended it?
    Fixed,
    /// Which one is the most or the least of something?
    Ranking,
    /// Is it getting better?
    Trend,
    /// How do two of them compare?
    Compare,
    /// Is it the same cause as before?
    SameCause,
    /// Have several failures one cause?
    SharedCause,
    /// Is it the code or the infrastructure?
    Blame,
    /// The delivery metrics.
    Figures,
    /// Which pipelines have not run for long?
    Stale,
    /// The latest runs.
    History,
    /// Does it fail every now and then?
    Flaky,
    /// Is the run slower than usual?
    Slower,
    /// May one deploy?
    Safe,
    /// Which pipelines are there?
    List,
    /// How do the customers stand?
    Customers,
}

/// A cue: tags that all have to be there, alternatives separated by `|`; with `!`, none of them may be.
///
/// `@pipeline`, `@two`, `@person`, `@span`, `@change`, `@scope`, `@count`, `@superlative`, `@stage`, `@branch` stand for
/// a part that was found.
type Cue = (Intent, u32, &'static [&'static str]);

use Intent as I;

#[rustfmt::skip]
const CUES: &[Cue] = &[
    (I::Safe, 10, &["safe"]),
    (I::Safe, 9, &["may", "we", "deploy", "!what|which|when|how|did|last"]),
    (I::Next, 10, &["runbook"]),
    (I::Next, 10, &["next", "step"]),
    (I::Next, 9, &["next", "what", "!deploy|run"]),
    (I::Next, 9, &["what|how", "should", "do", "!deploy|wait|approve"]),
    (I::Next, 9, &["how", "fix"]),
    (I::Next, 8, &["what", "fix"]),
    (I::Next, 8, &["what", "we", "do", "about", "!deploy|run|fail|commit"]),
    (I::Blame, 10, &["us", "infrastructure"]),
    (I::Blame, 9, &["or", "infrastructure", "fail|red|bad|is"]),
    (I::Blame, 9, &["aws", "is|due", "bad|fault|red|fail", "!us"]),
    (I::Blame, 9, &["whose", "fault", "!commit"]),
    (I::SharedCause, 10, &["related"]),
    (I::SharedCause, 9, &["together", "fail|red", "!@pipeline|@person|status|ok"]),
    (I::SharedCause, 11, &["same", "reason|error|bad|fail", "@two"]),
    (I::SharedCause, 10, &["same", "reason|error|bad|fail", "customers|pipelines|failures|all", "!@pipeline"]),
    (I::SharedCause, 9, &["same", "reason|error|bad|fail", "!@pipeline"]),
    (I::SameCause, 10, &["same", "reason|error|bad|fail|last|before", "@pipeline"]),
    (I::SameCause, 9, &["like|same", "before|last", "fail|red|error", "@pipeline"]),
    (I::SameCause, 9, &["before", "fail|red|error", "@pipeline", "!when"]),
    (I::Compare, 11, &["compare"]),
    (I::Compare, 11, &["than", "@two"]),
    (I::Compare, 10, &["fail|red|deploy|slow|flaky|bad", "or", "@two", "!same|why|both"]),
    (I::Compare, 10, &["better|top", "or", "@two"]),
    (I::Trend, 10, &["better", "!@two"]),
    (I::Trend, 9, &["than", "@span", "!slow"]),
    (I::Trend, 7, &["how", "was", "@span", "!@pipeline|fail|deploy|many"]),
    (I::Slower, 11, &["slow", "usual|than", "@pipeline"]),
    (I::Slower, 9, &["slow", "@pipeline", "!why"]),
    (I::Slower, 9, &["take", "long", "usual", "than"]),
    (I::Flaky, 9, &["flaky", "@pipeline"]),
    (I::Ranking, 10, &["@superlative", "!@pipeline"]),
    (I::Stale, 10, &["stale", "!@pipeline"]),
    (I::Stale, 10, &["not", "run|deploy", "which|pipelines|list", "!@pipeline"]),
    (I::Figures, 10, &["figure"]),
    (I::Figures, 10, &["lead", "long|time|how|what|average|@pipeline|@scope"]),
    (I::Figures, 9, &["rate", "!better"]),
    (I::Figures, 9, &["recover"]),
    (I::Figures, 9, &["how", "often", "deploy|fail|run"]),
    (I::Figures, 9, &["mean", "@pipeline|recover"]),
    (I::Fixed, 11, &["who", "fixed", "!is|should|can|may|on-it"]),
    (I::OnIt, 12, &["who", "contact"]),
    (I::OnIt, 10, &["who", "on-it"]),
    (I::OnIt, 9, &["who", "is", "@pipeline", "on", "!author|fail|commit|deploy|started|fault"]),
    (I::OnIt, 9, &["who", "is", "on", "bad", "!author|fail|commit|deploy|started|fault|decided"]),
    (I::Decided, 10, &["who", "decided"]),
    (I::Decided, 9, &["why", "decided", "!fail"]),
    (I::Started, 10, &["who", "started"]),
    (I::Broke, 11, &["@person", "fail|bad"]),
    (I::Shipped, 10, &["@person"]),
    (I::Author, 10, &["who|whose", "fail|fault|red|reason"]),
    (I::Author, 9, &["who|whose", "author|commit"]),
    (I::Author, 8, &["fault", "@pipeline|@scope"]),
    (I::Author, 9, &["commit", "fail|red|reason", "which|what"]),
    (I::LastGreen, 11, &["last", "ok|success", "commit|version"]),
    (I::Changed, 11, &["changed", "since"]),
    (I::Changed, 9, &["changed", "what|list|any", "!@span|last|live|version|@change"]),
    (I::Changed, 8, &["changed", "@span", "@pipeline"]),
    (I::Change, 10, &["@change"]),
    (I::Changed, 10, &["changed", "what", "in", "!when|who|last|live|version|@change"]),
    (I::Change, 10, &["version", "live|which|what|@pipeline|last"]),
    (I::Change, 9, &["commit", "live|last|which|what|@pipeline"]),
    (I::Change, 8, &["live", "what|which", "@scope", "!@pipeline|pipelines|still|long|fail|red|slow|who|wait|ok|running|@superlative|going"]),
    (I::Change, 8, &["live", "what|is", "@pipeline", "!still|long|fail|red|slow|who|wait|ok"]),
    (I::LastSuccess, 9, &["when", "last", "deploy|success|ok|run|go|out"]),
    (I::LastSuccess, 9, &["when", "deploy|success|ok|go", "!finish|fail|red"]),
    (I::LastSuccess, 8, &["last", "success|ok", "!commit|version|fail"]),
    (I::LastSuccess, 9, &["last", "deploy", "@pipeline", "!who|@span|many|@count|fail|commit|version|@person|runs"]),
    (I::LastSuccess, 8, &["long", "ago|since", "deploy|success|ok"]),
    (I::LastFailure, 10, &["when", "last", "fail|red|failures"]),
    (I::LastFailure, 9, &["last", "fail|failures", "!@span|same|before|like|id|link|stage|who|why|commit|since"]),
    (I::LastFailure, 11, &["who", "last", "fail|bad", "!@pipeline|@scope|@span"]),
    (I::LastFailure, 9, &["when", "fail|red", "!since|long"]),
    (I::Stage, 10, &["stage", "which|what|where|in", "!@stage|changed|retry"]),
    (I::Stage, 9, &["where", "fail|stuck|red|@pipeline"]),
    (I::Stage, 8, &["what", "fail", "in", "@pipeline", "!@span"]),
    (I::Stage, 8, &["stuck", "@pipeline"]),
    (I::Execution, 11, &["id", "execution|run|last|fail"]),
    (I::Execution, 9, &["id", "@pipeline", "!commit"]),
    (I::Link, 10, &["link", "!ok|fail|history"]),
    (I::Link, 9, &["link", "@pipeline"]),
    (I::History, 10, &["history"]),
    (I::History, 9, &["last|recent", "runs", "!who|long|fail|when|success|id|take"]),
    (I::History, 9, &["last|recent", "run", "@count|list", "!fail|success|id"]),
    (I::Runs, 9, &["many|often", "run|runs", "!fail|deploy|running|@superlative|stale|not", "@span|@pipeline"]),
    (I::Runs, 8, &["runs|run", "@span", "!fail|deploy|success|last|recent|stale|not|who|when|running|id|@superlative"]),
    (I::Muted, 12, &["muted"]),
    (I::Lines, 12, &["@branches"]),
    (I::Lines, 11, &["branches", "!@branch"]),
    (I::Lines, 11, &["branch", "which|what|any", "red|fail|ok|running", "!@branch"]),
    (I::Branch, 10, &["branch", "!@branch"]),
    (I::RedSince, 11, &["long|since", "how|when", "red|fail|bad", "!fixed|take|last"]),
    // Under an alert nobody says of what.
    (I::RedSince, 5, &["since", "when", "!fixed|take|last|deploy|wait|run"]),
    (I::Duration, 12, &["how", "longer", "!than|usual"]),
    (I::Duration, 9, &["eta"]),
    (I::Duration, 9, &["how", "long", "!ago"]),
    (I::Duration, 9, &["when", "finish"]),
    (I::Duration, 9, &["finish", "how|eta|long"]),
    (I::Duration, 9, &["duration", "!@superlative"]),
    (I::Duration, 8, &["usual", "long|time|take|run"]),
    (I::Waiting, 10, &["wait", "!fail|why"]),
    (I::Waiting, 9, &["approve", "we|any|what"]),
    (I::Waiting, 11, &["wait", "long"]),
    (I::Running, 8, &["running", "!@pipeline|fail|red|version|commit|who"]),
    (I::Running, 8, &["deploying", "!@pipeline|fail"]),
    (I::Customers, 9, &["customers", "which|list|all|summary", "!deploy|same|@superlative|figure|wait"]),
    (I::Customers, 11, &[
        "who",
        "is",
        "red|ok",
        "@customers-known",
        "!@pipeline|@scope|@person|on-it|contact|author|commit|decided|started|fault|fixed|last|bad",
    ]),
    (I::Customers, 9, &["customers", "many", "!deploy|same|@superlative"]),
    (I::Deployments, 11, &["customers", "not", "deploy"]),
    (I::Deployments, 8, &["deploy", "@span", "!fail|when|@person"]),
    (I::Deployments, 8, &["deploy", "many|who", "!fail"]),
    (I::Deployments, 7, &["deploy", "what|which|list|any|last", "!fail|when|ok|success"]),
    (I::Deployments, 6, &["deploy", "@scope", "!fail|when|ok|success"]),
    (I::Failures, 8, &["fail|bad|error", "@span", "!who|whose|why|commit"]),
    (I::Failures, 8, &["fail|red", "many", "failures|runs|often|@span", "!rate"]),
    (I::Failures, 8, &["fail|failures", "@stage"]),
    (I::Failures, 8, &["fail|failures", "@by"]),
    (I::Failures, 7, &["@stage", "any|list|@span|bad"]),
    (I::Failures, 9, &["why", "fail|red|bad", "@span", "!who|same|decided"]),
    (I::Failures, 7, &["failures", "any|list|@scope|@pipeline|all|which", "!last|why|who|reason|error|again|still"]),
    (I::Failures, 7, &["happened|summary|status|red|ok|any", "@span", "!@pipeline|deploy|better|how|customers"]),
    (I::Failures, 6, &["@span", "happened|summary|status|red|ok|was|how", "@pipeline", "!deploy|better|long"]),
    (I::Failures, 6, &["happened|summary|status", "@span", "!deploy|better|customers"]),
    (I::Why, 8, &["why", "!decided"]),
    (I::Why, 8, &["reason", "!who|whose|same|commit"]),
    (I::Why, 7, &["error", "!same|rate|many|@span"]),
    (I::Why, 7, &["explain"]),
    (I::Why, 7, &["bad", "what", "@pipeline|@scope", "!@span|which"]),
    (I::Why, 6, &["happened", "what", "@pipeline", "!@span"]),
    (I::Overview, 7, &["not", "ok|success", "pipelines|what|which|any", "!@pipeline|@span"]),
    (I::List, 6, &["many", "ok", "!red|fail|not|deploy|customers|success"]),
    (I::List, 6, &["list|which", "ok", "all|pipelines|which", "!red|fail|not|deploy|customers|success|is"]),
    (I::List, 6, &["pipelines", "many", "!red|fail|running|wait|bad|stale"]),
    (I::List, 6, &["list|all|which|what", "pipelines", "!red|fail|running|wait|bad|stale|status|summary|how|is"]),
    (I::List, 5, &["which|list", "pipelines", "ok", "!red|fail|bad"]),
    (I::List, 4, &["pipelines", "@scope", "!red|fail|running|wait|bad|stale|status|summary|how|is|ok"]),
    (I::List, 4, &["all|list", "@scope", "!red|fail|running|wait|bad|stale|status|summary|how|is|ok"]),
    (I::State, 4, &["@pipeline", "status|ok|red|fail|running|bad|fixed|how|finish|going|success|deploy|wait|run|go|summary"]),
    (I::State, 2, &["@pipeline"]),
    (I::Overview, 3, &["@branch", "!@pipeline"]),
    (I::Overview, 4, &["red|fail|ok|bad|status|summary|stuck|going", "!@pipeline"]),
    (I::Overview, 4, &["any|we|should", "attention", "!@pipeline"]),
    (I::Overview, 4, &["@scope", "only", "!@pipeline"]),
    (I::Overview, 3, &["how|everything|happened|pipelines", "!@pipeline"]),
    (I::Overview, 2, &["@scope", "!@pipeline"]),
];

/// The likeliest question, and how much tells for it.
pub(super) fn likeliest(has: &dyn Fn(&str) -> bool) -> Option<(Intent, u32)> {
    let fits = |cue: &&Cue| {
        cue.2.iter().all(|part| match part.strip_prefix('!') {
            Some(none) => !none.split('|').any(has),
            None => part.split('|').any(has),
        })
    };
    let mut best: Option<(Intent, u32)> = None;
    for (intent, weight, _) in CUES.iter().filter(fits) {
        if best.is_none_or(|(_, most)| *weight > most) {
            best = Some((*intent, *weight));
        }
    }
    best
}
