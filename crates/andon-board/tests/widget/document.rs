//! HTML as a browser reads it.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element, its attributes, and what is in it.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// Reads what stands in the body of a page.
pub(crate) fn read(html: &str) -> Element {
    let page = format!("<!doctype html><body>{html}");
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let body = element(&dom.document);
    let Node::Element(html) = body.children.into_iter().next().unwrap() else { panic!("no html") };
    html.children
        .into_iter()
        .find_map(|child| match child {
            Node::Element(child) if child.name == "body" => Some(child),
            _ => None,
        })
        .unwrap()
}

fn element(handle: &Handle) -> Element {
    let (name, attributes) = match &handle.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes = attrs.borrow();
            let pairs =
                attributes.iter().map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()));
            (name.local.to_string(), pairs.collect())
        }
        _ => (String::new(), Vec::new()),
    };
    let children = handle.children.borrow();
    let children = children.iter().filter_map(|child| match &child.data {
        NodeData::Element { .. } => Some(Node::Element(element(child))),
        NodeData::Text { contents } => Some(Node::Text(contents.borrow().to_string())),
        _ => None,
    });
    Element { name, attributes, children: children.collect() }
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_whitespace().any(|known| known == class))
    }

    /// Every element in it, itself first.
    pub(crate) fn all(&self) -> Vec<&Element> {
        let mut all = vec![self];
        for child in &self.children {
            if let Node::Element(child) = child {
                all.extend(child.all());
            }
        }
        all
    }

    /// The elements right in it with a name.
    pub(crate) fn children_named(&self, name: &str) -> Vec<&Element> {
        let children = self.children.iter().filter_map(|child| match child {
            Node::Element(child) => Some(child),
            Node::Text(_) => None,
        });
        children.filter(|child| child.name == name).collect()
    }

    /// The elements in it with a name.
    pub(crate) fn with_name(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    pub(crate) fn with_class(&self, class: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.has_class(class)).collect()
    }

    /// What a person reads: texts, and the words of pictures.
    pub(crate) fn text(&self) -> String {
        if matches!(self.name.as_str(), "style" | "cwdb-action") {
            return String::new();
        }
        if let Some(words) = self.attribute("aria-label").filter(|_| self.name == "svg") {
            return format!("[{words}]");
        }
        self.children
            .iter()
            .map(|child| match child {
                Node::Element(child) => child.text(),
                Node::Text(text) => text.clone(),
            })
            .collect()
    }

    /// The elements and texts, one a line, for a snapshot; without the style and the paths of pictures.
    pub(crate) fn outline(&self) -> String {
        let mut lines = String::new();
        self.write(0, &mut lines);
        lines
    }

    fn write(&self, depth: usize, lines: &mut String) {
        use std::fmt::Write as _;
        if matches!(self.name.as_str(), "style" | "path") {
            return;
        }
        let attributes: String =
            self.attributes.iter().fold(String::new(), |all, (name, value)| format!("{all} {name}={value:?}"));
        writeln!(lines, "{:1$}{2}{attributes}", "", depth * 2, self.name).unwrap();
        for child in &self.children {
            match child {
                Node::Element(child) => child.write(depth + 1, lines),
                Node::Text(text) if text.trim().is_empty() => {}
                Node::Text(text) => writeln!(lines, "{:1$}“{text}”", "", depth * 2 + 2).unwrap(),
            }
        }
    }
}
