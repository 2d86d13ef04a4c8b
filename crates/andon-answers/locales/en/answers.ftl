# The answers in English. Every message is spoken, and written on a card: plain sentences, no markup.
# Sentences are capitalised automatically. Names of pipelines, stages and people are inserted unchanged.

## Numbers and times. { number } is $count in words, for small numbers.

number = { $count ->
    [0] no
    [1] one
    [2] two
    [3] three
    [4] four
    [5] five
    [6] six
    [7] seven
    [8] eight
    [9] nine
    [10] ten
    [11] eleven
    [12] twelve
   *[other] { $count }
}

ago-now = just now
ago-minutes = { $count ->
    [one] a minute ago
   *[other] { number } minutes ago
}
ago-hours = { $count ->
    [one] an hour ago
   *[other] { number } hours ago
}
ago-days = { $count ->
    [one] a day ago
   *[other] { number } days ago
}
on-day = on { month } { $day }
on-date = on { month } { $day }, { $year }
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}

for-now = for less than a minute
for-minutes = { $count ->
    [one] for a minute
   *[other] for { number } minutes
}
for-hours = { $count ->
    [one] for an hour
   *[other] for { number } hours
}
for-days = { $count ->
    [one] for a day
   *[other] for { number } days
}
for-weeks = { $count ->
    [one] for a week
   *[other] for { number } weeks
}

since-day = since { month } { $day }
since-date = since { month } { $day }, { $year }

span-now = less than a minute
span-minutes = { $count ->
    [one] a minute
   *[other] { number } minutes
}
span-hours = { $count ->
    [one] an hour
   *[other] { number } hours
}
span-days = { $count ->
    [one] a day
   *[other] { number } days
}
span-weeks = { $count ->
    [one] a week
   *[other] { number } weeks
}

## Lists: "A, B and C", "A, B or C". $begins is the first letter of the last item.

list-next = { $list }, { $next }
list-last = { $list } and { $last }
list-or = { $list } or { $last }

## What went wrong, as a clause. $place is a stage or an action.

cause-test = { $count ->
    [0] tests failed
    [one] one test failed
   *[other] { number } tests failed
}
cause-compile = the code does not compile
cause-lint = the linter found problems
cause-dependency = a dependency could not be found
cause-config = something is misconfigured
cause-permission = a permission is missing
cause-infrastructure = the network or a machine failed
cause-timeout = it took too long
cause-quota = a limit was reached
cause-deploy = the deployment failed
cause-source = the source could not be fetched
cause-unknown = no reason was given
cause-alone = { $cause }.
cause-in = { $cause } in { $place }.
failed-in = It failed in { $place }.

## The state of one pipeline. $for is "for eleven minutes", $ago "eleven minutes ago".

status-red = { $pipeline } has been red { $for }.
also-red = It is also red on { $lines }.
muted-for = { $by } has muted it for another { $span }.
muted-until-green = { $by } has muted it until it is green.
muted-line-for = { $by } has muted { $line } for another { $span }.
muted-line-until-green = { $by } has muted { $line } until it is green.
muted-count = { $count ->
    [one] One of the red ones is muted.
   *[other] { number } of the red ones are muted.
}
status-retrying = A new run is in { $place } now.
status-red-waiting = A new run is waiting for approval in { $place }.
status-waiting = { $pipeline } has been waiting for approval in { $place } { $for }.
status-running = { $pipeline } has been running { $for } and is in { $place }.
status-started = { $pipeline } has been running { $for }.
status-usual = It usually takes { $span }.
status-green = { $pipeline } is green. It last succeeded { $ago }.
status-ended = { $how ->
    [rejected] The last run of { $pipeline } was rejected { $ago }.
    [superseded] The last run of { $pipeline } was replaced by a newer one { $ago }.
    [canceled] The last run of { $pipeline } was canceled { $ago } because the pipeline was edited.
   *[stopped] The last run of { $pipeline } was stopped { $ago }.
}

why-red = { $pipeline } failed { $ago }.
why-streak = { $count ->
    [2] It has failed twice in a row.
   *[other] It has failed { number } times in a row.
}
why-others = { $count ->
    [one] One more action failed with it.
   *[other] { number } more actions failed with it.
}
why-author = The change is by { $author }.
why-not = { $pipeline } is not failing. It last succeeded { $ago }.
why-never = { $pipeline } is not failing.

change-known = The latest change in { $pipeline } came { $ago }, by { $author }: { $title }.
change-author = The latest change in { $pipeline } came { $ago }, by { $author }.
change-title = The latest change in { $pipeline } came { $ago }: { $title }.
broke-known = { $pipeline } broke { $ago }, with a change by { $author }: { $title }.
broke-author = { $pipeline } broke { $ago }, with a change by { $author }.
broke-title = { $pipeline } broke { $ago }, with this change: { $title }.
change-unknown = The latest run of { $pipeline } started { $ago }, but I do not know what changed.

deployed = { $pipeline } last deployed { $ago }.
deployed-change = That was a change by { $author }: { $title }.
deployed-red = It has been red { $for }.
deployed-never = I have not seen { $pipeline } succeed yet.

## The four keys.

keys-deployments = { $count ->
    [0] No deployment of { $pipeline } has succeeded { $since }.
    [one] { $pipeline } has deployed once { $since }.
    [2] { $pipeline } has deployed twice { $since }.
   *[other] { $pipeline } has deployed { number } times { $since }.
}
keys-a-day = There are about { number } deployments a day.
keys-a-week = { $count ->
    [one] There is about one deployment a week.
   *[other] There are about { number } deployments a week.
}
keys-a-month = { $count ->
    [0] There is less than one deployment a month.
    [one] There is about one deployment a month.
   *[other] There are about { number } deployments a month.
}
keys-never = I have not seen a deployment succeed yet.
keys-lead = A change takes { $span } to be deployed.
keys-failures = { $percent ->
    [0] No attempt failed.
   *[other] { $percent } percent of the attempts failed.
}
keys-recovery = Recovery takes { $span }.
keys-none = I do not have enough data on { $pipeline } yet.
keys-nothing = I do not have enough data yet.

## Several pipelines.

item = { $pipeline } { $for }
failing-none = No pipeline is failing.
failing-one = Only { $pipeline } is failing. It has been red { $for }.
failing-some = { number } pipelines are failing: { $list }.
failing-many = { number } pipelines are red. The longest is { $pipeline }, { $for }.
running-none = No pipeline is running.
running-some = { $count ->
    [one] One pipeline is running: { $list }.
   *[other] { number } pipelines are running: { $list }.
}
running-many = { number } pipelines are running. The longest is { $pipeline }, { $for }.
waiting-none = Nothing is waiting for approval.
waiting-some = { $count ->
    [one] One pipeline is waiting for approval: { $list }.
   *[other] { number } pipelines are waiting for approval: { $list }.
}
waiting-many = { number } pipelines are waiting for approval. The longest is { $pipeline }, { $for }.
which-next = They are: { $list }.
which-more = Next come: { $list }.
which-last = The last ones are: { $list }.
other-none = There are no others.

overview-green = { $count ->
    [one] Your one pipeline is green.
    [2] Both pipelines are green.
   *[other] All { number } pipelines are green.
}
part-failing = { $count ->
    [one] one pipeline is red
   *[other] { number } pipelines are red
}
part-waiting = { $count ->
    [one] one is waiting for approval
   *[other] { number } are waiting for approval
}
part-running = { $count ->
    [one] one is running
   *[other] { number } are running
}
part-well = { $count ->
    [one] one is green
   *[other] { number } are green
}
part-ended = { $count ->
    [one] one ended without finishing
   *[other] { number } ended without finishing
}
overview = { $list }.
overview-red = Red: { $list }.
overview-red-longest = Red for longest: { $list }.
red-waiting = The next run of the red one is waiting for approval.
red-running = The next run of the red one is running.
red-mending = Of the red ones, { $list }.
empty = I have not seen any pipelines yet. Each one appears when it next runs.

## When it is not clear which pipeline is meant. words-for-last are words for the pipeline mentioned last.

words-for-last = it, that, this, that one, this one, the same, the same one, that pipeline, this pipeline, the pipeline, pipeline, they

ask-pipeline = Which pipeline do you mean?
ask-which-one = Do you mean { $list }?
ask-more-words = { number } pipelines have names like that. Please say more of the name.
no-such = I do not know a pipeline called { $heard }.
no-name = I did not catch the name.
gone = I no longer see { $pipeline }. It may have been deleted.
in-region = { $pipeline } in { $region }
on-line = { $pipeline } on { $lines }
in-account = { $pipeline } in the account ending in { $account }

## The conversation.

ask-list = Shall I name them?
ask-more = Shall I go on?
ask-why = Do you want to know why?
ask-else = Anything else?
ask-what = What would you like to know?
help = You can ask what is failing, what is running or what is waiting for approval. About a pipeline, you can ask how it is doing, why it failed, who changed it, and when it last deployed.
goodbye = Goodbye.
not-understood = I did not understand that.
not-understood-again = I did not understand that either. You could ask, for example: { $first } Or: { $second }
example-why = Why did { $pipeline } fail?
example-status = How is { $pipeline } doing?
example-waiting = What is waiting for approval?
example-running = What is running?

no-ledger = I cannot read my records right now. Please ask again in a minute.
stale = My records are slow right now. This is from { $ago }.

## Titles of cards.

title-help = What you can ask
title-overview = Pipelines
title-failing = Failing
title-running = Running
title-waiting = Waiting for approval
title-keys = The four keys
light = { $light ->
    [red] red
    [waiting] waiting
    [running] running
    [green] green
   *[grey] ended
}

## Actions. $stage and $action are spoken names.

action-off = I am not set up to change anything.
action-refused = I am sorry, I cannot do that.
caller-refused = This phone number is not allowed to ask Andon.
action-ask-retry = Shall I retry { $stage } of { $pipeline }?
action-ask-approve = Shall I approve { $pipeline }, at { $action }?
action-ask-reject = Shall I reject { $pipeline }, at { $action }?
action-ask-stop = Shall I stop { $pipeline }?
action-ask-code = What is the code?
action-left = All right, I will not change anything.
action-retried = { $stage } of { $pipeline } is being retried.
action-approved = { $pipeline } is approved, at { $action }.
action-rejected = { $pipeline } is rejected, at { $action }.
action-stopped = { $pipeline } is being stopped.
action-nothing-failed = There is nothing to retry in { $pipeline }.
action-nothing-waits = Nothing is waiting for approval in { $pipeline }.
action-nothing-runs = { $pipeline } is not running.
action-failed = AWS rejected that for { $pipeline }. The reason is in the log.

## Why an action was not taken.

action-runs-again = { $pipeline } is already running again.
action-not-retryable = { $stage } of { $pipeline } cannot be retried: the pipeline has changed since, or nothing in it failed.
action-overtaken = A later run has reached { $stage } of { $pipeline }. Only that run can be retried.
action-busy = Too much is going on in { $pipeline }. Please try again in a moment.
action-answered = That approval of { $pipeline } is no longer waiting: it was already answered, or it has expired.
action-not-stoppable = { $pipeline } has already ended, or is being stopped.
action-unsure = CodePipeline did not answer in time. Please check { $pipeline }: it may have been done.
