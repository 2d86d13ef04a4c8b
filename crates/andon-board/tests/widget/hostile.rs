//! Names and messages from outside are text and nothing else.

use andon::testing::told;
use serde_json::json;

use crate::allowed::check;
use crate::{asking, fleet, shown};

const HOSTILE: &str = "</title></style></cwdb-action><script>alert(1)</script><img src=x onerror='alert(2)'>\"'&amp;";

#[test]
fn whatever_comes_from_outside_is_text() {
    let name: String = HOSTILE.chars().take(100).collect();
    let event = json!({
        "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change", "account": "1<b>", "region": "eu-west-1",
        "time": "2026-11-20T11:50:00Z",
        "detail": {
            "pipeline": name, "execution-id": format!("{name}"), "stage": name, "action": name, "state": "FAILED",
            "type": {"owner": "AWS", "category": "Deploy", "provider": name},
            "execution-result": {
                "external-execution-summary": HOSTILE, "external-execution-url": "javascript:alert(3)", "error-code": HOSTILE,
            },
            "execution-trigger": {"commit-id": HOSTILE, "commit-message": HOSTILE, "author-display-name": HOSTILE, "full-repository-name": "a/b"},
        },
    });
    let ledger = fleet::recorded(told(&event));
    let board = shown(&ledger, &asking(json!({"widgetContext": {"locale": HOSTILE, "theme": HOSTILE}})));
    let body = check(&board);
    assert!(body.text().contains(&name));
    assert!(body.text().contains(HOSTILE));
    let pipeline = json!({"account": "1<b>", "region": "eu-west-1", "name": name, "execution": name});
    let popup = check(&shown(&ledger, &asking(json!({ "pipeline": pipeline }))));
    assert!(popup.text().contains(HOSTILE));

    let searched = check(&shown(&ledger, &asking(json!({"widgetContext": {"forms": {"all": {"search": HOSTILE}}}}))));
    assert!(
        searched.all().iter().any(|element| element.attribute("value").is_some_and(|value| HOSTILE.starts_with(value)))
    );
}
