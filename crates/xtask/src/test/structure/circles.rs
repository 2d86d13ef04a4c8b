//! Circles of modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use super::modules::{Modules, Use};
use crate::workspace;

/// The circles of a crate, one text each.
///
/// A use between two modules counts for the folder in which their paths part: there, the two modules side by side are
/// connected, each standing for everything below it. A use between a module and one below it counts for none.
pub(super) fn faults(name: &str, modules: &Modules) -> Vec<String> {
    let mut folders: BTreeMap<&[String], Vec<(&str, &str, &Use)>> = BTreeMap::new();
    let uses = modules.uses();
    for one in &uses {
        let shared = one.user.iter().zip(&one.used).take_while(|(user, used)| user == used).count();
        if let (Some(user), Some(used), Some(folder)) =
            (one.user.get(shared), one.used.get(shared), one.user.get(..shared))
            && modules.file(&one.user) != modules.file(&one.used)
        {
            folders.entry(folder).or_default().push((user, used, one));
        }
    }
    let mut faults = Vec::new();
    for (folder, uses) in folders {
        let edges: Vec<(&str, &str)> = uses.iter().map(|(user, used, _)| (*user, *used)).collect();
        for circle in strongly_connected(&edges) {
            let place = folder.iter().fold(format!("`{name}`"), |place, module| format!("{place}, module `{module}`"));
            let mut text = format!("{place}: these modules use each other: {}", circle.join(", "));
            let inside: BTreeSet<&str> = circle.into_iter().collect();
            // Of what is re-exported, the module that declares it comes last.
            let uses = uses.iter().filter(|(user, used, _)| inside.contains(user) && inside.contains(used));
            let evidence: BTreeMap<(&[String], &str), &[String]> =
                uses.map(|(_, _, one)| ((&one.user[..], one.written.as_str()), &one.used[..])).collect();
            for ((user, written), used) in evidence {
                let file = modules.file(user);
                let file = file.strip_prefix(workspace::root()).unwrap_or(file).display();
                let _ = write!(text, "\n  {file}: {written} (in {})", used.join("::"));
            }
            faults.push(text);
        }
    }
    faults
}

/// The groups of two or more in which each leads to each other one, names in order.
pub(super) fn strongly_connected<'a>(edges: &[(&'a str, &'a str)]) -> Vec<Vec<&'a str>> {
    let graph: DiGraphMap<&str, ()> = DiGraphMap::from_edges(edges);
    let mut groups: Vec<Vec<&str>> = tarjan_scc(&graph).into_iter().filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::structure::modules::tests::modules;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        faults("demo", &modules(files)).iter().map(|fault| fault.lines().next().unwrap().to_owned()).collect()
    }

    #[test]
    fn two_modules_that_use_each_other_are_a_circle() {
        let lib = ("lib.rs", "mod a; mod b; mod c;");
        let (a, b) = (("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", "use crate::c::C; pub struct B;"));
        assert_eq!(circles(&[lib, a, b, ("c.rs", "pub struct C;")]), [""; 0]);
        let circle = circles(&[lib, a, b, ("c.rs", "pub struct C(crate::a::A);")]);
        assert_eq!(circle, ["`demo`: these modules use each other: a, b, c"]);
    }

    #[test]
    fn a_module_counts_with_everything_below_it() {
        let lib = ("lib.rs", "mod a; mod b;");
        let a = [("a/mod.rs", "mod one; mod two;"), ("a/one.rs", "use crate::b::B;"), ("a/two.rs", "pub struct Two;")];
        let b = ("b.rs", "pub struct B(crate::a::two::Two);");
        let circle = circles(&[&[lib, b], &a[..]].concat());
        assert_eq!(circle, ["`demo`: these modules use each other: a, b"]);
    }

    #[test]
    fn a_module_and_those_below_it_may_use_each_other() {
        let lib = ("lib.rs", "mod a;");
        let a = ("a/mod.rs", "mod one; mod two; pub struct A; fn f() { one::f(); two::f() }");
        let one = ("a/one.rs", "use super::A; pub fn f() {}");
        let two = ("a/two.rs", "use super::A; use super::one; pub fn f() { one::f() }");
        assert_eq!(circles(&[lib, a, one, two]), [""; 0]);
        let back = ("a/one.rs", "use super::two; pub fn f() { two::f() }");
        assert_eq!(circles(&[lib, a, back, two]), ["`demo`, module `a`: these modules use each other: one, two"]);
    }
}
