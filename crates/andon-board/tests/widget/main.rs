//! The board in CloudWatch: what it holds, what it answers, how large it gets.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod allowed;
mod answers;
mod details;
mod document;
mod expected;
mod fleet;
mod hostile;
mod requests;
mod sizes;

use std::collections::BTreeMap;

use andon::account::{Account, Accounts};
use andon::environment::Environments;
use andon::issue::Trackers;
use andon::ledger::Ledger;
use andon::testing::invocation;
use andon_board::Names;
use andon_board::widget::{Reply, Request, answer};
use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The ARN that the function was called by.
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:customWidgetAndon:live";

/// When everything is looked at.
fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// What CloudWatch sends for a widget, with some members changed.
fn asking(members: Value) -> Value {
    let mut payload = json!({
        "widgetContext": {
            "dashboardName": "Pipelines-eu-west-1", "widgetId": "widget-16", "domain": "https://eu-west-1.console.aws.amazon.com",
            "accountId": "111122223333", "locale": "en", "timezone": {"label": "UTC", "offsetISO": "+00:00", "offsetInMinutes": 0},
            "period": 300, "isAutoPeriod": true,
            "timeRange": {"mode": "relative", "start": 1_795_100_000_000_i64, "end": now().as_millisecond(), "relativeStart": 10_800_000},
            "theme": "light", "linkCharts": true, "title": "Pipelines", "forms": {"all": {}}, "params": {}, "width": 1180, "height": 600,
        },
    });
    merge(&mut payload, members);
    payload
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// What the configuration says: the accounts alone.
fn names(accounts: &Accounts) -> Names<'_> {
    static NONE: (Environments, Trackers) = (Environments(Vec::new()), Trackers(Vec::new()));
    Names { accounts, environments: &NONE.0, issues: &NONE.1 }
}

/// What the widget shows for a payload.
fn shown(ledger: &impl Ledger, payload: &Value) -> String {
    let request = Request::parse(payload).unwrap();
    let account =
        |name: &str, customer: Option<&str>| Account { name: name.to_owned(), customer: customer.map(str::to_owned) };
    let accounts = Accounts(BTreeMap::from([
        ("111122223333".to_owned(), account("shop", None)),
        ("444455556666".to_owned(), account("finance", Some("Acme"))),
    ]));
    let call = andon::batch::Invocation { function: FUNCTION.to_owned(), ..invocation("1") };
    match answer(&request, ledger, names(&accounts), now(), &call).now_or_never().unwrap().unwrap() {
        Reply::Html(html) => html,
        Reply::Documentation { markdown } => panic!("{markdown}"),
    }
}
