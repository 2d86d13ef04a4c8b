//! The modules of one crate, as they are written in its files, and what each of them uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use syn::visit::Visit as _;

use super::paths::{Imports, Mentions, Written};

/// The modules of a crate by their paths, such as `["alert", "due"]`; the crate's root has the empty path.
#[derive(Debug, Default)]
pub(super) struct Modules(BTreeMap<Vec<String>, Module>);

#[derive(Debug)]
struct Module {
    file: PathBuf,
    /// The names of the items that it declares, modules left out.
    items: BTreeSet<String>,
    imports: Imports,
    mentions: Vec<Written>,
}

/// One module uses something of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) user: Vec<String>,
    pub(super) used: Vec<String>,
    /// What is used, as the user writes it.
    pub(super) written: String,
}

/// How many `use` declarations may lead from a name to what it stands for.
const MAX_REEXPORTS: usize = 16;

/// Reads the modules that a file declares, in whatever files they are.
pub(super) fn read(root: &Path) -> Result<Modules> {
    let mut modules = Modules::default();
    let folder = root.parent().unwrap_or(root);
    modules.read_file(root, folder, Vec::new())?;
    Ok(modules)
}

impl Modules {
    /// The files that they are in.
    pub(super) fn files(&self) -> BTreeSet<&Path> {
        self.0.values().map(|module| module.file.as_path()).collect()
    }

    /// The file of one of them.
    pub(super) fn file(&self, path: &[String]) -> &Path {
        self.0.get(path).map_or(Path::new(""), |module| &module.file)
    }

    /// Everything that one module uses of another.
    pub(super) fn uses(&self) -> BTreeSet<Use> {
        let mut uses = BTreeSet::new();
        for (user, module) in &self.0 {
            let named = module.imports.named.iter().map(|(_, path)| path);
            for written in named.chain(&module.imports.globs).chain(&module.mentions) {
                for used in self.led_to(user, written) {
                    if used != *user {
                        uses.insert(Use { user: user.clone(), used, written: written.join("::") });
                    }
                }
            }
        }
        uses
    }

    /// The modules that a path leads to from a module: the one that declares what is used, and those on the way that
    /// re-export it.
    fn led_to(&self, from: &[String], written: &[String]) -> Vec<Vec<String>> {
        let Some(absolute) = self.absolute(from, written) else { return Vec::new() };
        let mut found = Vec::new();
        self.resolve(&absolute, MAX_REEXPORTS, &mut found);
        found
    }

    /// A path from the crate's root; `None` if it leads into another crate.
    fn absolute(&self, from: &[String], written: &[String]) -> Option<Vec<String>> {
        let (first, rest) = written.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([from, rest].concat()),
            "super" => {
                let (_, parent) = from.split_last()?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.absolute(parent, rest),
                    _ => Some([parent, rest].concat()),
                }
            }
            child => {
                let path = [from, &[child.to_owned()]].concat();
                self.0.contains_key(&path).then(|| [from, written].concat())
            }
        }
    }

    fn resolve(&self, absolute: &[String], reexports: usize, found: &mut Vec<Vec<String>>) {
        let mut depth = 0;
        while absolute.get(..=depth).is_some_and(|longer| self.0.contains_key(longer)) {
            depth += 1;
        }
        let (path, rest) = absolute.split_at(depth);
        found.push(path.to_vec());
        let (Some(module), Some((name, rest))) = (self.0.get(path), rest.split_first()) else { return };
        let Some(left) = reexports.checked_sub(1) else { return };
        if module.items.contains(name) {
            return;
        }
        if let Some((_, target)) = module.imports.named.iter().find(|(bound, _)| bound == name) {
            if let Some(target) = self.absolute(path, target) {
                self.resolve(&[&target, rest].concat(), left, found);
            }
            return;
        }
        for glob in &module.imports.globs {
            let Some(target) = self.absolute(path, glob) else { continue };
            if self.0.get(&target).is_some_and(|module| module.items.contains(name)) {
                found.push(target);
            }
        }
    }

    fn read_file(&mut self, file: &Path, folder: &Path, path: Vec<String>) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let parsed = syn::parse_file(&text).with_context(|| format!("cannot parse {}", file.display()))?;
        self.read_items(&parsed.items, file, folder, path)
    }

    /// Reads the items of a module. `folder` is where the files of its child modules are.
    fn read_items(&mut self, items: &[syn::Item], file: &Path, folder: &Path, path: Vec<String>) -> Result<()> {
        let mut module =
            Module { file: file.to_owned(), items: BTreeSet::new(), imports: Imports::default(), mentions: Vec::new() };
        let mut mentions = Mentions::default();
        for item in items.iter().filter(|item| !is_for_tests(item)) {
            match item {
                syn::Item::Use(item) => module.imports.add(&item.tree),
                syn::Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let child = [&path[..], std::slice::from_ref(&name)].concat();
                    match &item.content {
                        Some((_, items)) => self.read_items(items, file, &folder.join(&name), child)?,
                        None => self.read_file(&file_of(item, folder)?, &folder.join(&name), child)?,
                    }
                }
                item => {
                    module.items.extend(name_of(item));
                    mentions.visit_item(item);
                }
            }
        }
        module.mentions = mentions.paths;
        self.0.insert(path, module);
        Ok(())
    }
}

/// The file of `mod name;`.
fn file_of(item: &syn::ItemMod, folder: &Path) -> Result<PathBuf> {
    let name = item.ident.to_string();
    let candidates = [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")];
    match candidates.iter().find(|file| file.is_file()) {
        Some(file) => Ok(file.clone()),
        None => bail!("the module `{name}` has no file in {}", folder.display()),
    }
}

/// Whether an item is compiled for the crate's own tests only.
fn is_for_tests(item: &syn::Item) -> bool {
    attributes(item).iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|cfg| cfg.is_ident("test"))
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name_of(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The modules of a crate with these files.
    pub(crate) fn modules(files: &[(&str, &str)]) -> Modules {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        read(&folder.path().join("lib.rs")).unwrap()
    }

    fn uses(files: &[(&str, &str)]) -> Vec<String> {
        let named = |path: &[String]| if path.is_empty() { "crate".to_owned() } else { path.join("::") };
        modules(files).uses().iter().map(|one| format!("{} -> {}", named(&one.user), named(&one.used))).collect()
    }

    #[test]
    fn a_use_leads_to_the_module_that_declares_what_is_used() {
        let lib = ("lib.rs", "mod a; mod b; mod c; pub use b::B;");
        let b = ("b/mod.rs", "mod inner; pub use inner::{B, *};");
        let inner = ("b/inner.rs", "pub struct B; pub fn by_glob() {}");
        let direct = uses(&[lib, b, inner, ("a.rs", "use crate::b::B;"), ("c.rs", "fn f() { crate::b::by_glob() }")]);
        assert!(direct.contains(&"a -> b".to_owned()) && direct.contains(&"a -> b::inner".to_owned()), "{direct:?}");
        assert!(direct.contains(&"c -> b::inner".to_owned()), "{direct:?}");
        let through_the_root = uses(&[lib, b, inner, ("a.rs", "use crate::B;"), ("c.rs", "")]);
        assert!(through_the_root.contains(&"a -> b::inner".to_owned()), "{through_the_root:?}");
    }

    #[test]
    fn inline_modules_and_steps_upwards_are_followed() {
        let lib = ("lib.rs", "mod a; mod b { pub mod deep { pub fn f() { super::super::a::g() } } }");
        assert_eq!(uses(&[lib, ("a.rs", "pub fn g() { std::mem::take(&mut 1); }")]), ["b::deep -> a"]);
    }

    #[test]
    fn tests_of_a_module_use_what_they_like() {
        let a = ("a.rs", "#[cfg(test)] mod tests { use crate::b::B; } #[cfg(test)] use crate::b::B;");
        assert_eq!(uses(&[("lib.rs", "mod a; mod b;"), a, ("b.rs", "pub struct B;")]), [""; 0]);
    }
}
