//! What is known of each tool: one table per family, tried in this order when several rules match one line.
//!
//! To teach Andon a tool, add a [`rule`](super::rule::rule) to its family's table (or a table to [`ALL`]), and a failing
//! log of it to `benchmark/`.

mod advice;
mod aws;
mod cloudformation;
mod codebuild;
mod containers;
mod dotnet;
mod ecs;
mod generic;
mod go;
mod infrastructure;
mod javascript_builds;
mod javascript_tests;
mod jvm;
mod languages;
mod native;
mod node;
mod php;
mod python;
mod ruby;
mod rust;
mod shell;
mod sources;
mod system;

use super::rule::Rule;

/// Every table: services before tools, tools before the system, then what is common to all; last what only advises.
pub(super) const ALL: &[&[Rule]] = &[
    ecs::RULES,
    aws::RULES,
    cloudformation::RULES,
    codebuild::RULES,
    javascript_builds::RULES,
    javascript_tests::RULES,
    node::RULES,
    rust::RULES,
    python::RULES,
    jvm::RULES,
    go::RULES,
    dotnet::RULES,
    ruby::RULES,
    php::RULES,
    native::RULES,
    containers::RULES,
    infrastructure::RULES,
    languages::RULES,
    sources::RULES,
    shell::RULES,
    system::RULES,
    generic::RULES,
    advice::RULES,
];
