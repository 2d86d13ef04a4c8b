//! What a service costs in a month, by AWS's public prices.
//!
//! Prices of `us-east-1` in 2026, in US dollars, with 730 hours to a month and without the free tier. Other regions are
//! up to half as much dearer. What depends on use (traffic, logs, builds) is left out: the figures are those of a
//! service that nobody calls.

use super::settings::Settings;

const HOURS: f64 = 730.0;
/// A NAT gateway, with its public address.
const NAT_GATEWAY_HOUR: f64 = 0.045 + 0.005;
/// A load balancer in two zones, with a public address in each.
const LOAD_BALANCER_HOUR: f64 = 0.0225 + 2.0 * 0.005;
/// On Fargate with ARM64.
const VCPU_HOUR: f64 = 0.032_38;
const GIB_HOUR: f64 = 0.003_56;
const ALARM: f64 = 0.10;
/// Of an alarm that looks each minute, the metrics of Container Insights for one service.
const INSIGHTS: f64 = 2.0;

/// The monthly cost of one part, in US dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// The least: as few tasks as there may be, and no use.
    pub from: f64,
    /// With as many tasks as there may be, all month.
    pub to: f64,
}

impl Cost {
    fn fixed(cost: f64) -> Self {
        Self { from: cost, to: cost }
    }
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::fixed(0.0), |sum, cost| Self { from: sum.from + cost.from, to: sum.to + cost.to })
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from, to) = (self.from.ceil(), self.to.ceil());
        if from >= to { write!(f, "${from:.0}") } else { write!(f, "${from:.0} to ${to:.0}") }
    }
}

/// Of the environment: the NAT gateways, and next to nothing else.
pub fn of_environment(settings: &Settings) -> Cost {
    let gateways = match (&settings.container, &settings.network.vpc) {
        (None, _) | (_, Some(_)) => 0.0,
        _ if settings.network.two_nat_gateways => 2.0,
        _ => 1.0,
    };
    Cost::fixed(gateways * NAT_GATEWAY_HOUR * HOURS)
}

/// Of the pipeline while nothing is built. V2 pipelines cost by the minute of their actions, builds by theirs.
pub fn of_pipeline() -> Cost {
    Cost::fixed(1.0)
}

/// Of a stage, `production` or not.
pub fn of_stage(settings: &Settings, production: bool) -> Cost {
    let Some(container) = &settings.container else { return Cost::fixed(0.0) };
    let task =
        (f64::from(container.cpu) / 1024.0 * VCPU_HOUR + f64::from(container.memory) / 1024.0 * GIB_HOUR) * HOURS;
    let fixed = LOAD_BALANCER_HOUR * HOURS + 3.0 * ALARM + INSIGHTS;
    let (least, most) = if production { (settings.production.minimum, settings.production.maximum) } else { (1, 2) };
    Cost { from: fixed + f64::from(least) * task, to: fixed + f64::from(most) * task }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn settings(rest: &str) -> Settings {
        let text = format!("name: orders\nsource: {{provider: GitHub, repository: a/orders, branch: main}}\n{rest}");
        Settings::parse(&text, Path::new("andon-service.yml")).unwrap()
    }

    #[test]
    fn the_default_service_costs_what_its_parts_do() {
        let settings = settings("container: {port: 8080}");
        assert_eq!(of_environment(&settings).to_string(), "$37");
        assert_eq!(of_stage(&settings, false).to_string(), "$34 to $41");
        assert_eq!(of_stage(&settings, true).to_string(), "$41 to $171");
        let all: Cost =
            [of_environment(&settings), of_pipeline(), of_stage(&settings, false), of_stage(&settings, true)]
                .into_iter()
                .sum();
        assert_eq!(all.to_string(), "$112 to $249");
    }

    #[test]
    fn a_function_costs_nothing_while_nobody_calls_it() {
        let settings = settings("function: {}");
        assert_eq!(of_environment(&settings).from.to_string(), "0");
        assert_eq!(of_stage(&settings, true).to_string(), "$0");
    }
}
