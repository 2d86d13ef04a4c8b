//! The messages and their arguments.

/// Names the phrases: each its message in the files, and the variables that message is given.
macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident = $id:literal ($($variable:literal),*),)+) => {
        /// Something that can be said. Each is a message in every language's file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Phrase {
            $($(#[$doc])* $name,)+
        }

        impl Phrase {
            /// Every one of them.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its message's name.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// What it is filled in with.
            pub fn variables(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($variable),*],)+
                }
            }
        }
    };
}

phrases! {
    /// Less than a minute ago.
    AgoNow = "ago-now" (),
    /// Minutes ago.
    AgoMinutes = "ago-minutes" ("count"),
    /// Hours ago.
    AgoHours = "ago-hours" ("count"),
    /// Days ago.
    AgoDays = "ago-days" ("count"),
    /// On a day of this year.
    OnDay = "on-day" ("day", "month"),
    /// On a day of another year.
    OnDate = "on-date" ("day", "month", "year"),
    /// For less than a minute.
    ForNow = "for-now" (),
    /// For minutes.
    ForMinutes = "for-minutes" ("count"),
    /// For hours.
    ForHours = "for-hours" ("count"),
    /// For days.
    ForDays = "for-days" ("count"),
    /// For weeks.
    ForWeeks = "for-weeks" ("count"),
    /// Since a day of this year.
    SinceDay = "since-day" ("day", "month"),
    /// Since a day of another year.
    SinceDate = "since-date" ("day", "month", "year"),
    /// A span of less than a minute.
    SpanNow = "span-now" (),
    /// A span of minutes.
    SpanMinutes = "span-minutes" ("count"),
    /// A span of hours.
    SpanHours = "span-hours" ("count"),
    /// A span of days.
    SpanDays = "span-days" ("count"),
    /// A span of weeks.
    SpanWeeks = "span-weeks" ("count"),

    /// A list that goes on.
    ListNext = "list-next" ("list", "next"),
    /// A list's last part, joined by "and".
    ListLast = "list-last" ("list", "last", "begins"),
    /// A list's last part, joined by "or".
    ListOr = "list-or" ("list", "last", "begins"),

    /// Tests failed: how many, or 0 where that is not known.
    CauseTest = "cause-test" ("count"),
    /// The code does not compile.
    CauseCompile = "cause-compile" (),
    /// The linter objects.
    CauseLint = "cause-lint" (),
    /// A dependency is missing or does not fit.
    CauseDependency = "cause-dependency" (),
    /// Something is set up wrongly.
    CauseConfig = "cause-config" (),
    /// Something was denied.
    CausePermission = "cause-permission" (),
    /// The network or the machine.
    CauseInfrastructure = "cause-infrastructure" (),
    /// It took too long.
    CauseTimeout = "cause-timeout" (),
    /// A limit or quota.
    CauseQuota = "cause-quota" (),
    /// The deployment itself failed.
    CauseDeploy = "cause-deploy" (),
    /// The source could not be fetched.
    CauseSource = "cause-source" (),
    /// Nothing that is known.
    CauseUnknown = "cause-unknown" (),
    /// A cause by itself.
    CauseAlone = "cause-alone" ("cause"),
    /// The action or stage that failed, without a known cause.
    FailedIn = "failed-in" ("place"),
    /// A cause and the action or stage it was found in.
    CauseIn = "cause-in" ("cause", "place"),

    /// A pipeline is red.
    StatusRed = "status-red" ("pipeline", "for"),
    /// The other branches and pull requests on which a pipeline is red.
    AlsoRed = "also-red" ("lines"),
    /// Who has muted a pipeline, and for how long.
    MutedFor = "muted-for" ("by", "span"),
    /// Who has muted a pipeline until it is green.
    MutedUntilGreen = "muted-until-green" ("by"),
    /// Who has muted a branch or a pull request, and for how long.
    MutedLineFor = "muted-line-for" ("line", "by", "span"),
    /// Who has muted a branch or a pull request until it is green.
    MutedLineUntilGreen = "muted-line-until-green" ("line", "by"),
    /// So many of the red pipelines are muted.
    MutedCount = "muted-count" ("count"),
    /// A red pipeline has a new run, in this stage.
    StatusRetrying = "status-retrying" ("place"),
    /// A red pipeline has a new run, which waits for approval.
    StatusRedWaiting = "status-red-waiting" ("place"),
    /// A pipeline waits for approval.
    StatusWaiting = "status-waiting" ("pipeline", "place", "for"),
    /// A pipeline is running, in this stage.
    StatusRunning = "status-running" ("pipeline", "place", "for"),
    /// A pipeline is running; its stage is unknown.
    StatusStarted = "status-started" ("pipeline", "for"),
    /// How long a run usually takes.
    StatusUsual = "status-usual" ("span"),
    /// A pipeline is well.
    StatusGreen = "status-green" ("pipeline", "ago"),
    /// A pipeline's last run was rejected, stopped, superseded or canceled.
    StatusEnded = "status-ended" ("pipeline", "how", "ago"),

    /// When a pipeline failed.
    WhyRed = "why-red" ("pipeline", "ago"),
    /// How often it has failed in a row.
    WhyStreak = "why-streak" ("count"),
    /// So many more actions failed with it.
    WhyOthers = "why-others" ("count"),
    /// The author of the change.
    WhyAuthor = "why-author" ("author"),
    /// It is not failing, and when it last succeeded.
    WhyNot = "why-not" ("pipeline", "ago"),
    /// It is not failing, as far as is known.
    WhyNever = "why-never" ("pipeline"),

    /// The latest change: who, what and when.
    ChangeKnown = "change-known" ("pipeline", "author", "title", "ago"),
    /// The latest change: who and when.
    ChangeAuthor = "change-author" ("pipeline", "author", "ago"),
    /// The latest change: what and when.
    ChangeTitle = "change-title" ("pipeline", "title", "ago"),
    /// The change that broke a pipeline: who, what and when.
    BrokeKnown = "broke-known" ("pipeline", "author", "title", "ago"),
    /// The change that broke a pipeline: who and when.
    BrokeAuthor = "broke-author" ("pipeline", "author", "ago"),
    /// The change that broke a pipeline: what and when.
    BrokeTitle = "broke-title" ("pipeline", "title", "ago"),
    /// The change is unknown.
    ChangeUnknown = "change-unknown" ("pipeline", "ago"),

    /// When a pipeline last deployed.
    Deployed = "deployed" ("pipeline", "ago"),
    /// The author of that change.
    DeployedChange = "deployed-change" ("author", "title"),
    /// It has been red since.
    DeployedRed = "deployed-red" ("for"),
    /// It has not deployed yet.
    DeployedNever = "deployed-never" ("pipeline"),

    /// How often a pipeline has deployed since then.
    KeysDeployments = "keys-deployments" ("pipeline", "count", "since"),
    /// How often all pipelines together deploy in a day: two or more.
    KeysADay = "keys-a-day" ("count"),
    /// How often all pipelines together deploy in a week: one or more.
    KeysAWeek = "keys-a-week" ("count"),
    /// How often all pipelines together deploy in a month, or 0 for less than once.
    KeysAMonth = "keys-a-month" ("count"),
    /// None of the pipelines has deployed.
    KeysNever = "keys-never" (),
    /// How long a change takes.
    KeysLead = "keys-lead" ("span"),
    /// How many of a hundred deployments failed.
    KeysFailures = "keys-failures" ("percent"),
    /// How long it takes to recover.
    KeysRecovery = "keys-recovery" ("span"),
    /// Nothing has been counted of a pipeline.
    KeysNone = "keys-none" ("pipeline"),
    /// Nothing has been counted at all.
    KeysNothing = "keys-nothing" (),

    /// A pipeline and for how long.
    Item = "item" ("pipeline", "for"),
    /// No pipeline is failing.
    FailingNone = "failing-none" (),
    /// One pipeline is failing.
    FailingOne = "failing-one" ("pipeline", "for"),
    /// A few pipelines are failing.
    FailingSome = "failing-some" ("count", "list"),
    /// More pipelines are failing than an answer lists.
    FailingMany = "failing-many" ("count", "pipeline", "for"),
    /// No pipeline is running.
    RunningNone = "running-none" (),
    /// A few pipelines are running.
    RunningSome = "running-some" ("count", "list"),
    /// More pipelines are running than an answer lists.
    RunningMany = "running-many" ("count", "pipeline", "for"),
    /// No pipeline waits.
    WaitingNone = "waiting-none" (),
    /// A few pipelines wait.
    WaitingSome = "waiting-some" ("count", "list"),
    /// More pipelines are waiting than an answer lists.
    WaitingMany = "waiting-many" ("count", "pipeline", "for"),
    /// The next names of a list.
    WhichNext = "which-next" ("list"),
    /// More names of a list.
    WhichMore = "which-more" ("list"),
    /// The last names of a list.
    WhichLast = "which-last" ("list"),
    /// There is no other one.
    OtherNone = "other-none" (),

    /// All pipelines are well.
    OverviewGreen = "overview-green" ("count"),
    /// How many pipelines are failing; a part of a sentence.
    PartFailing = "part-failing" ("count"),
    /// How many pipelines wait; a part of a sentence.
    PartWaiting = "part-waiting" ("count"),
    /// How many pipelines are running; a part of a sentence.
    PartRunning = "part-running" ("count"),
    /// How many pipelines are well; a part of a sentence.
    PartWell = "part-well" ("count"),
    /// How many pipelines were rejected, stopped or canceled; a part of a sentence.
    PartEnded = "part-ended" ("count"),
    /// The pipelines that are red, by name.
    OverviewRed = "overview-red" ("list"),
    /// The pipelines that have been red for longest, by name.
    OverviewRedLongest = "overview-red-longest" ("list"),
    /// The one red pipeline has a new run, which waits.
    RedWaiting = "red-waiting" (),
    /// The one red pipeline has a new run.
    RedRunning = "red-running" (),
    /// How many of several red pipelines have a new run, in parts of a sentence.
    RedMending = "red-mending" ("list"),
    /// The parts as a sentence.
    Overview = "overview" ("list"),
    /// There are no pipelines yet.
    Empty = "empty" (),

    /// Words for the pipeline mentioned last, separated by commas; an input, not an output.
    WordsForLast = "words-for-last" (),
    /// Asks which pipeline.
    AskPipeline = "ask-pipeline" (),
    /// Asks which of these.
    AskWhichOne = "ask-which-one" ("list"),
    /// So many have such a name: more of it is wanted.
    AskMoreWords = "ask-more-words" ("count"),
    /// No pipeline is called that.
    NoSuch = "no-such" ("heard"),
    /// The name was not understood.
    NoName = "no-name" (),
    /// A pipeline that was spoken of is no longer there.
    Gone = "gone" ("pipeline"),
    /// A pipeline with its region, if its name is not unique.
    InRegion = "in-region" ("pipeline", "region"),
    /// A pipeline with its branch or pull request, or several of them.
    OnLine = "on-line" ("pipeline", "lines"),
    /// A pipeline with the last digits of its account, if its name is not unique.
    InAccount = "in-account" ("pipeline", "account"),

    /// Offers the list.
    AskList = "ask-list" (),
    /// Shall it go on?
    AskMore = "ask-more" (),
    /// Offers the cause.
    AskWhy = "ask-why" (),
    /// Is there anything else?
    AskElse = "ask-else" (),
    /// What is wanted?
    AskWhat = "ask-what" (),
    /// What can be asked.
    Help = "help" (),
    /// Goodbye.
    Goodbye = "goodbye" (),
    /// The question was not understood.
    NotUnderstood = "not-understood" (),
    /// The second thing in a row that was not understood, with two questions that have an answer now.
    NotUnderstoodAgain = "not-understood-again" ("first", "second"),
    /// A question about a pipeline that is red.
    ExampleWhy = "example-why" ("pipeline"),
    /// A question about a pipeline.
    ExampleStatus = "example-status" ("pipeline"),
    /// A question about what waits.
    ExampleWaiting = "example-waiting" (),
    /// A question about what runs.
    ExampleRunning = "example-running" (),

    /// The ledger does not answer.
    NoLedger = "no-ledger" (),
    /// The ledger is slow; the answer is from this time.
    Stale = "stale" ("ago"),

    /// A card's title for the help.
    TitleHelp = "title-help" (),
    /// A card's title for all pipelines.
    TitleOverview = "title-overview" (),
    /// A card's title for those that fail.
    TitleFailing = "title-failing" (),
    /// A card's title for those that run.
    TitleRunning = "title-running" (),
    /// A card's title for those that wait.
    TitleWaiting = "title-waiting" (),
    /// A card's title for the four keys.
    TitleKeys = "title-keys" (),
    /// The state of a pipeline, in a word.
    Light = "light" ("light"),

    /// Nothing can be changed from here.
    ActionOff = "action-off" (),
    /// The asker may not; no reason is given.
    ActionRefused = "action-refused" (),
    /// Who calls is not listed.
    CallerRefused = "caller-refused" (),
    /// Shall this stage be retried?
    ActionAskRetry = "action-ask-retry" ("pipeline", "stage"),
    /// Shall this be approved?
    ActionAskApprove = "action-ask-approve" ("pipeline", "action"),
    /// Shall this be rejected?
    ActionAskReject = "action-ask-reject" ("pipeline", "action"),
    /// Shall this be stopped?
    ActionAskStop = "action-ask-stop" ("pipeline"),
    /// What is the code?
    ActionAskCode = "action-ask-code" (),
    /// It was not done, as the asker said no.
    ActionLeft = "action-left" (),
    /// The stage is retried.
    ActionRetried = "action-retried" ("pipeline", "stage"),
    /// It was approved.
    ActionApproved = "action-approved" ("pipeline", "action"),
    /// It was rejected.
    ActionRejected = "action-rejected" ("pipeline", "action"),
    /// It is being stopped.
    ActionStopped = "action-stopped" ("pipeline"),
    /// There is nothing to retry.
    ActionNothingFailed = "action-nothing-failed" ("pipeline"),
    /// There is nothing to approve.
    ActionNothingWaits = "action-nothing-waits" ("pipeline"),
    /// There is nothing to stop.
    ActionNothingRuns = "action-nothing-runs" ("pipeline"),
    /// The pipeline did not take it.
    ActionFailed = "action-failed" ("pipeline"),
    /// A run is under way again.
    ActionRunsAgain = "action-runs-again" ("pipeline"),
    /// The pipeline has changed since, or nothing failed there.
    ActionNotRetryable = "action-not-retryable" ("pipeline", "stage"),
    /// A later run has been through the stage.
    ActionOvertaken = "action-overtaken" ("pipeline", "stage"),
    /// Too much is going on in the pipeline.
    ActionBusy = "action-busy" ("pipeline"),
    /// Nothing waits there any more.
    ActionAnswered = "action-answered" ("pipeline"),
    /// It has ended, or is being stopped.
    ActionNotStoppable = "action-not-stoppable" ("pipeline"),
    /// It is unknown whether the action was carried out.
    ActionUnsure = "action-unsure" ("pipeline"),
}
