//! The paths to other modules of the same crate that a piece of Rust mentions.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path as it is written: `crate::alert::due`, `super::Run`, `self::window::open`.
pub(super) type Written = Vec<String>;

/// What `use` declarations bind in one module.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The name it has here, and the path that it stands for.
    pub(super) named: Vec<(String, Written)>,
    /// The modules or types of which everything is imported.
    pub(super) globs: Vec<Written>,
}

impl Imports {
    pub(super) fn add(&mut self, tree: &syn::UseTree) {
        self.walk(tree, &mut Vec::new());
    }

    fn walk(&mut self, tree: &syn::UseTree, before: &mut Written) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.walk(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) => self.bind(&name.ident.to_string(), None, before),
            syn::UseTree::Rename(rename) => self.bind(&rename.ident.to_string(), Some(&rename.rename), before),
            syn::UseTree::Glob(_) => self.globs.push(before.clone()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.walk(tree, before)),
        }
    }

    fn bind(&mut self, name: &str, renamed: Option<&syn::Ident>, before: &Written) {
        let mut path = before.clone();
        if name != "self" {
            path.push(name.to_owned());
        }
        let bound = renamed.map_or_else(|| path.last().cloned().unwrap_or_default(), ToString::to_string);
        self.named.push((bound, path));
    }
}

/// Collects the paths that items mention outside of `use` declarations: in types, expressions, macros and attributes.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    pub(super) paths: Vec<Written>,
}

impl Mentions {
    fn note(&mut self, path: Written) {
        let starts = path.first().is_some_and(|first| matches!(first.as_str(), "crate" | "super" | "self"));
        if starts && path.len() > 1 {
            self.paths.push(path);
        }
    }

    /// What a macro gets is not parsed: the paths are found by their tokens.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path = Written::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if colons == 2 || path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && colons < 2 => colons += 1,
                other => {
                    self.note(std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Group(group) => self.scan(group.stream()),
                        // serde names functions in strings: `#[serde(with = "crate::duration")]`.
                        TokenTree::Literal(literal) => {
                            if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                                && let Ok(path) = text.parse::<syn::Path>()
                            {
                                self.note(written(&path));
                            }
                        }
                        TokenTree::Punct(_) => {}
                    }
                }
            }
        }
        self.note(path);
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note(written(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.scan(invocation.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone());
        }
    }

    /// `pub(in crate::alert)` says who may use this, not what this uses.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    /// A `use` inside of a function.
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut imports = Imports::default();
        imports.add(&item.tree);
        imports.named.into_iter().map(|(_, path)| path).chain(imports.globs).for_each(|path| self.note(path));
    }

    /// A module has paths of its own.
    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}
}

fn written(path: &syn::Path) -> Written {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentioned(source: &str) -> Vec<String> {
        let mut mentions = Mentions::default();
        mentions.visit_file(&syn::parse_file(source).unwrap());
        mentions.paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_found_in_types_expressions_macros_and_attributes() {
        let source = r#"
            #[serde(with = "crate::duration")]
            pub(in crate::outer) struct A(super::b::B);
            fn f() -> crate::c::C { let _ = format!("{}", crate::d::D::new(1)); html! { p { (super::e::e(&x)) } } }
            fn g() { use crate::f::F; std::mem::take(&mut other::x) }
            mod inner { use super::not_here; }
        "#;
        assert_eq!(
            mentioned(source),
            ["crate::duration", "super::b::B", "crate::c::C", "crate::d::D::new", "super::e::e", "crate::f::F"]
        );
    }

    #[test]
    fn imports_know_names_renamings_groups_and_globs() {
        let item: syn::ItemUse = syn::parse_str("use crate::a::{self, b::{C, D as E}, f::*};").unwrap();
        let mut imports = Imports::default();
        imports.add(&item.tree);
        let named: Vec<String> =
            imports.named.iter().map(|(name, path)| format!("{name} = {}", path.join("::"))).collect();
        assert_eq!(named, ["a = crate::a", "C = crate::a::b::C", "E = crate::a::b::D"]);
        assert_eq!(imports.globs, [["crate", "a", "f"]]);
    }
}
