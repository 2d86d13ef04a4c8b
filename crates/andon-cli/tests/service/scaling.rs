//! The scaling that service.yml declares, evaluated as Application Auto Scaling does.

use proptest::prelude::*;
use serde_json::Value;

use crate::template;

/// A direction: an alarm and the steps that it leads to.
#[derive(Debug, Clone)]
struct Direction {
    at_least: bool,
    threshold: f64,
    minutes: u32,
    cooldown_minutes: u32,
    /// From (inclusive or, below the threshold, exclusive), to, and what is added.
    steps: Vec<(f64, f64, i64)>,
}

impl Direction {
    fn read(service: &Value, alarm: &str, policy: &str) -> Self {
        let alarm = &service["Resources"][alarm]["Properties"];
        let policy = &service["Resources"][policy]["Properties"]["StepScalingPolicyConfiguration"];
        let parameter = alarm["Threshold"]["Ref"].as_str().unwrap();
        assert_eq!(policy["AdjustmentType"], "ChangeInCapacity");
        assert_eq!(alarm["TreatMissingData"], "notBreaching");
        let bound = |step: &Value, name: &str, none: f64| step.get(name).map_or(none, |bound| bound.as_f64().unwrap());
        let steps = policy["StepAdjustments"].as_array().unwrap().iter().map(|step| {
            let low = bound(step, "MetricIntervalLowerBound", f64::NEG_INFINITY);
            (low, bound(step, "MetricIntervalUpperBound", f64::INFINITY), step["ScalingAdjustment"].as_i64().unwrap())
        });
        let minutes = alarm["Period"].as_u64().unwrap() / 60 * alarm["EvaluationPeriods"].as_u64().unwrap();
        Self {
            at_least: match alarm["ComparisonOperator"].as_str().unwrap() {
                "GreaterThanOrEqualToThreshold" => true,
                "LessThanOrEqualToThreshold" => false,
                other => panic!("{other}"),
            },
            threshold: service["Parameters"][parameter]["Default"].as_f64().unwrap(),
            minutes: u32::try_from(minutes).unwrap(),
            cooldown_minutes: u32::try_from(policy["Cooldown"].as_u64().unwrap().div_ceil(60)).unwrap(),
            steps: steps.collect(),
        }
    }

    fn breaches(&self, cpu: f64) -> bool {
        if self.at_least { cpu >= self.threshold } else { cpu <= self.threshold }
    }

    /// What it adds at a CPU that breaches. Above the threshold a step holds its lower bound, below it its upper one.
    fn adds(&self, cpu: f64) -> Vec<i64> {
        let by = cpu - self.threshold;
        let holds = |(low, high, _): &&(f64, f64, i64)| {
            if self.at_least { *low <= by && by < *high } else { *low < by && by <= *high }
        };
        self.steps.iter().filter(holds).map(|(_, _, adds)| *adds).collect()
    }
}

/// A service under a load, in percent of one task's CPU, minute by minute.
fn simulate(load: &[f64], start: i64, minimum: i64, maximum: i64) -> Vec<i64> {
    let service = template_once();
    let directions = [Direction::read(service, "HighCpu", "ScaleOut"), Direction::read(service, "LowCpu", "ScaleIn")];
    let mut tasks = start;
    let mut breaching = [0, 0];
    let mut quiet_until = [0, 0];
    let mut history = Vec::new();
    for (minute, load) in (0_u32..).zip(load) {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tasks")]
        let cpu = (load / tasks as f64).min(100.0);
        for (index, direction) in directions.iter().enumerate() {
            breaching[index] = if direction.breaches(cpu) { breaching[index] + 1 } else { 0 };
            if breaching[index] >= direction.minutes && minute >= quiet_until[index] {
                let adds = direction.adds(cpu);
                assert_eq!(adds.len(), 1, "at {cpu} %: {adds:?}");
                tasks = (tasks + adds[0]).clamp(minimum, maximum);
                quiet_until[index] = minute + direction.cooldown_minutes;
            }
        }
        history.push(tasks);
    }
    history
}

#[test]
fn the_steps_are_those_of_the_page() {
    let service = template::read("service.yml");
    let (out, into) =
        (Direction::read(&service, "HighCpu", "ScaleOut"), Direction::read(&service, "LowCpu", "ScaleIn"));
    for (cpu, adds) in [(75.0, 2), (84.9, 2), (85.0, 4), (100.0, 4)] {
        assert_eq!(out.adds(cpu), [adds], "{cpu}");
    }
    for cpu in [30.0, 12.0, 0.0] {
        assert_eq!(into.adds(cpu), [-1], "{cpu}");
    }
    assert_eq!((out.minutes, into.minutes, into.cooldown_minutes), (3, 15, 5));
    assert!(!out.breaches(74.9) && !into.breaches(30.1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn for_every_cpu_at_most_one_policy_acts_and_by_one_step(cpu in 0.0..=100.0_f64) {
        let service = template_once();
        let directions =
            [Direction::read(service, "HighCpu", "ScaleOut"), Direction::read(service, "LowCpu", "ScaleIn")];
        let acting: Vec<&Direction> = directions.iter().filter(|direction| direction.breaches(cpu)).collect();
        prop_assert!(acting.len() <= 1);
        for direction in acting {
            let adds = direction.adds(cpu);
            prop_assert_eq!(adds.len(), 1);
            prop_assert_eq!(adds[0] > 0, direction.at_least);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_steady_load_comes_to_rest_within_the_limits(load in 0.0..2000.0_f64, minimum in 1..4_i64, room in 0..18_i64) {
        let history = simulate(&vec![load; 600], minimum, minimum, minimum + room);
        prop_assert!(history.iter().all(|tasks| (minimum..=minimum + room).contains(tasks)));
        let rest = &history[300..];
        prop_assert!(rest.iter().all(|tasks| tasks == &rest[0]), "{rest:?}");
        // It may go past the mark once, and then only comes back: it never swings.
        let turns = history.windows(2).map(|pair| pair[1] - pair[0]).filter(|change| *change != 0).collect::<Vec<_>>();
        let swings = turns.windows(2).filter(|pair| pair[0] < 0 && pair[1] > 0).count();
        prop_assert_eq!(swings, 0, "{:?}", turns);
    }

    #[test]
    fn a_load_that_hovers_at_a_threshold_does_not_make_it_swing(
        at in prop::sample::select(vec![75.0, 30.0]),
        wobble in prop::collection::vec(-1.0..1.0_f64, 600),
        tasks in 3..10_i64,
    ) {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tasks")]
        let load: Vec<f64> = wobble.iter().map(|wobble| (at + wobble) * tasks as f64).collect();
        let history = simulate(&load, tasks, 1, 20);
        let turns = history.windows(2).map(|pair| pair[1] - pair[0]).filter(|change| *change != 0).count();
        prop_assert!(turns <= 2, "{turns}");
    }
}

fn template_once() -> &'static Value {
    static SERVICE: std::sync::OnceLock<Value> = std::sync::OnceLock::new();
    SERVICE.get_or_init(|| template::read("service.yml"))
}
