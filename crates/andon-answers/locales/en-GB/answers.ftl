# The differences in Great Britain, Australia and India.

on-day = on { $day } { month }
on-date = on { $day } { month } { $year }
since-day = since { $day } { month }
since-date = since { $day } { month } { $year }
status-ended = { $how ->
    [rejected] The last run of { $pipeline } was rejected { $ago }.
    [superseded] The last run of { $pipeline } was replaced by a newer one { $ago }.
    [canceled] The last run of { $pipeline } was cancelled { $ago } because the pipeline was edited.
   *[stopped] The last run of { $pipeline } was stopped { $ago }.
}
keys-failures = { $percent ->
    [0] No attempt failed.
   *[other] { $percent } per cent of the attempts failed.
}
