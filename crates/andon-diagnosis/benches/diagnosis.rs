//! How long a diagnosis takes, by the log's length: it has to stay linear, and one megabyte below 30 ms.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark")]

use std::hint::black_box;
use std::path::Path;

use andon_diagnosis::{Evidence, Log, diagnose};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;

/// The lines of the project's own benchmark that `which` lets through, one after the other.
fn lines_of_the_benchmark(which: impl Fn(usize, &Value) -> bool) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benchmark");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut bytes = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let case: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let lines = case["log"].as_array().unwrap_or_else(|| panic!("{}", path.display())).iter().enumerate();
        for (_, line) in lines.filter(|(at, _)| which(*at, &case)) {
            bytes.extend_from_slice(line.as_str().unwrap_or_default().as_bytes());
            bytes.push(b'\n');
        }
    }
    bytes
}

fn diagnosis(criterion: &mut Criterion) {
    let is_cause = |at: usize, case: &Value| case["cause"].as_array().unwrap().contains(&Value::from(at));
    let shouting = b"src/app.ts(180,65): error TS2345: Error: cannot find module 'x': failed to build: permission denied, exit code 1\n";
    let kinds: [(&str, Vec<u8>); 5] = [
        ("failing logs", lines_of_the_benchmark(|_, _| true)),
        ("causes only", lines_of_the_benchmark(is_cause)),
        ("shouting", shouting.to_vec()),
        ("ordinary output", b"2025-05-26T02:33:02.6744844Z    Compiling example v1.13.1 (registry)\n".to_vec()),
        ("one line", b"error: ".to_vec()),
    ];
    for (name, seed) in kinds {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for megabytes in [1_usize, 4, 16] {
            let bytes: Vec<u8> = seed.iter().copied().cycle().take(megabytes << 20).collect();
            group.throughput(Throughput::Bytes(bytes.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(format!("{megabytes} MB")), &bytes, |bencher, bytes| {
                bencher.iter(|| diagnose(&Evidence::from_log(Log::from_bytes(black_box(bytes))), &[]));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, diagnosis);
criterion_main!(benches);
