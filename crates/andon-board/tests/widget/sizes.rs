//! How large the widget gets: CloudWatch takes a few megabytes, people take some dozens of rows.

use std::collections::BTreeSet;

use serde_json::json;

use crate::document::read;
use crate::{asking, fleet, shown};

const KB: usize = 1000;

#[test]
fn the_widget_stays_small_however_many_pipelines_there_are() {
    let sizes = [30, 300, 3_000].map(|count| {
        let html = shown(&fleet::of(count), &asking(json!({})));
        assert_eq!(read(&html).with_class("row").len(), 20);
        html.len()
    });
    assert!(sizes.iter().all(|size| *size < 60 * KB), "{sizes:?}");
    assert!(sizes[2].abs_diff(sizes[1]) < KB, "{sizes:?}");
    let most = shown(&fleet::of(300), &asking(json!({"rows": 1_000})));
    assert_eq!(read(&most).with_class("row").len(), 100);
    assert!(most.len() < 350 * KB, "{}", most.len());
    let popup = json!({"account": "111122223333", "region": "eu-west-1", "name": "team-00-service-0000-production"});
    let popup = shown(&fleet::of(1), &asking(json!({ "pipeline": popup })));
    assert!(popup.len() < 50 * KB, "{}", popup.len());
}

#[test]
fn every_pipeline_is_on_one_page() {
    let ledger = fleet::of(103);
    let mut names = BTreeSet::new();
    for page in 1..=6 {
        let body = read(&shown(&ledger, &asking(json!({ "page": page, "find": "" }))));
        let rows = body.with_class("row");
        assert_eq!(rows.len(), if page < 6 { 20 } else { 3 });
        for row in rows {
            assert!(names.insert(row.with_class("who")[0].text()), "on two pages");
        }
    }
    assert_eq!(names.len(), 103);
    let beyond = read(&shown(&ledger, &asking(json!({ "page": 99 }))));
    assert_eq!(beyond.with_class("row").len(), 3);
    assert!(beyond.with_class("pages")[0].text().contains("101–103 of 103"));
}
