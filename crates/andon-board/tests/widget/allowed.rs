//! CloudWatch takes out scripts, handlers, frames and `use`: the widget holds nothing of the kind, and nothing unforeseen.

use serde_json::json;

use crate::document::{Element, Node, read};
use crate::{FUNCTION, asking, fleet, shown};

/// Every element that the widget is made of, and the attributes it may have beside those in `EVERYWHERE`.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["href", "target", "rel"]),
    ("article", &[]),
    ("b", &[]),
    ("button", &["type"]),
    ("code", &[]),
    ("cwdb-action", &["action", "display", "endpoint"]),
    ("dd", &[]),
    ("details", &["open"]),
    ("div", &["aria-valuemin", "aria-valuemax", "aria-valuenow"]),
    ("dl", &[]),
    ("dt", &[]),
    ("figcaption", &[]),
    ("figure", &[]),
    ("form", &[]),
    ("g", &[]),
    ("h2", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("i", &["style"]),
    ("input", &["type", "name", "value", "placeholder", "maxlength"]),
    ("li", &[]),
    ("nav", &[]),
    ("ol", &[]),
    ("p", &[]),
    ("path", &["d", "fill-rule"]),
    ("pre", &[]),
    ("q", &[]),
    ("section", &[]),
    ("span", &[]),
    ("style", &[]),
    ("summary", &[]),
    ("svg", &["viewBox", "width", "height", "preserveAspectRatio"]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &[]),
    ("th", &[]),
    ("thead", &[]),
    ("time", &["datetime"]),
    ("title", &[]),
    ("tr", &[]),
    ("ul", &[]),
];
const EVERYWHERE: &[&str] = &["class", "title", "role", "aria-label", "aria-hidden"];

/// Panics where a document holds what it may not.
pub(crate) fn check(html: &str) -> Element {
    let body = read(html);
    for element in body.all().into_iter().skip(1) {
        let allowed = ELEMENTS.iter().find(|(name, _)| *name == element.name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("an element <{}>", element.name));
        for (name, value) in &element.attributes {
            assert!(
                allowed.contains(&name.as_str()) || EVERYWHERE.contains(&name.as_str()),
                "<{} {name}>",
                element.name
            );
            match name.as_str() {
                "href" => assert!(value.starts_with("https://"), "{value}"),
                "style" => assert!(
                    value.strip_prefix("width:").unwrap().strip_suffix('%').unwrap().parse::<u8>().unwrap() <= 100
                ),
                _ => {}
            }
        }
        if element.name == "style" {
            let [Node::Text(style)] = element.children.as_slice() else { panic!("not a text") };
            for fetching in ["url(", "@import", "expression", "<"] {
                assert!(!style.contains(fetching), "{fetching}");
            }
        }
    }
    body
}

/// What can be clicked: an action applies to the element right before it, and says what the function is called with.
fn actions(element: &Element) -> Vec<(&Element, &Element)> {
    let mut found = Vec::new();
    for (index, child) in element.children.iter().enumerate() {
        let Node::Element(child) = child else { continue };
        if child.name == "cwdb-action" {
            let Some(Node::Element(before)) = index.checked_sub(1).map(|before| &element.children[before]) else {
                panic!("an action that applies to no element");
            };
            found.push((before, child));
        }
        found.extend(actions(child));
    }
    found
}

#[test]
fn the_widget_holds_only_what_cloudwatch_allows_and_all_that_can_be_clicked_leads_somewhere() {
    let (small, large) = (fleet::day(), fleet::of(60));
    let mut popups = 0;
    for (ledger, theme) in [(&small, "light"), (&small, "dark"), (&large, "dark")] {
        let context = json!({"widgetContext": {"theme": theme}});
        let body = check(&shown(ledger, &asking(context.clone())));
        assert_eq!(body.with_class("andon").len(), 1);
        assert!(body.with_class("andon")[0].has_class(theme));
        for (clicked, action) in actions(&body) {
            assert_eq!((clicked.name.as_str(), clicked.attribute("type")), ("button", Some("button")));
            assert_eq!((action.attribute("action"), action.attribute("endpoint")), (Some("call"), Some(FUNCTION)));
            let [Node::Text(members)] = action.children.as_slice() else { panic!("not a text") };
            let mut called = asking(serde_json::from_str(members).unwrap());
            crate::merge(&mut called, context.clone());
            let opened = check(&shown(ledger, &called));
            match action.attribute("display").unwrap() {
                "popup" => {
                    popups += 1;
                    assert!(opened.text().contains(&clicked.text()), "{}", clicked.text());
                    let leads_on = |(_, action): &(_, &Element)| action.attribute("display") == Some("popup");
                    assert!(actions(&opened).iter().all(leads_on), "a popup that takes the board away");
                }
                "widget" => assert!(!opened.with_class("row").is_empty()),
                display => panic!("{display}"),
            }
        }
    }
    assert!(popups > 30, "{popups}");
}
