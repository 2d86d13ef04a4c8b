//! The custom widget, in a page that does what CloudWatch is documented to do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use andon::batch::Invocation;
use andon::name::{AccountId, Home, Region};
use andon::run::DeploymentRule;
use andon_board::Names;
use andon_board::widget::{Request, answer};
use andon_cli::local::recorded::Day;
use andon_cli::local::{in_memory, remember};
use andon_config::Config;
use jiff::Timestamp;
use serde_json::{Value, json};
use test_support::browser::{Colours, Scripts, Visit};
use test_support::tools;

use crate::{look, texts, visit};

/// A dashboard's whole width in a window of a laptop.
const DASHBOARD: (u32, u32) = (1240, 860);
/// A third of it.
const NARROW: (u32, u32) = (430, 860);

/// Serves a dashboard with the widget on it, until the test is over; gives back its address.
fn dashboard() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let home =
            Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        let ledger = in_memory().unwrap();
        let Day { weeks_before, days_before, today } = Day::ending(Timestamp::now());
        let events = [weeks_before, days_before, today].concat();
        runtime.block_on(remember(&ledger, &events, &home, &DeploymentRule::EVERY_RUN)).unwrap();
        let config = "version: 1\naccounts: {'111122223333': shop, '444455556666': finance}\n";
        let config = Config::parse(config, "andon.yml").unwrap();
        let call = Invocation {
            id: "1".to_owned(),
            home,
            function: "arn:aws:lambda:::function:customWidget".to_owned(),
            until: Timestamp::MAX,
        };
        for stream in listener.incoming() {
            let (mut stream, request) = received(stream.unwrap());
            let (kind, body) = match request {
                None => ("text/html", std::fs::read_to_string(tools::sources().join("cloudwatch.html")).unwrap()),
                Some(payload) => {
                    let request = Request::parse(&payload).unwrap();
                    let Config { environments, issues, .. } = &config;
                    let names = Names { accounts: config.accounts(), environments, issues };
                    let reply = answer(&request, &ledger, names, Timestamp::now(), &call);
                    let reply = runtime.block_on(reply).unwrap();
                    ("application/json", serde_json::to_string(&reply).unwrap())
                }
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

/// What was sent: the payload of a call, or nothing.
fn received(stream: TcpStream) -> (TcpStream, Option<Value>) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (reader.into_inner(), serde_json::from_slice(&body).ok())
}

#[test]
fn the_widget_reads_well_in_both_themes_and_is_worked_by_clicks_alone() {
    let url = dashboard();
    let at = |theme: &str, window, steps| Visit {
        url: format!("{url}?theme={theme}"),
        window,
        colours: Colours::Light,
        scripts: Scripts::Run,
        steps,
    };
    let tour = |name: &str| {
        vec![
            json!({"wait": ".row.red"}),
            look(name),
            json!({"read": "#widget h2"}),
            json!({"click": ".row.red h2 button:has-text('invoice-export')"}),
            json!({"wait": "dialog[open] .stages li.red"}),
            look(&format!("{name}-run")),
            json!({"read": "#popup h2"}),
            json!({"click": ".close"}),
            json!({"type": ["#widget input", "finance"]}),
            json!({"click": "#widget form .btn"}),
            json!({"wait": "#widget input[value=finance]"}),
            json!({"read": "#widget h2"}),
            json!({"click": "#widget li.red .tile"}),
            json!({"wait": "#widget .tile.chosen"}),
            json!({"read": "#widget h2"}),
        ]
    };
    let seen = visit(&[
        at("light", DASHBOARD, tour("widget-light")),
        at("dark", DASHBOARD, tour("widget-dark")),
        at("light", NARROW, tour("widget-narrow")),
    ]);
    for seen in &seen {
        let names = texts(&seen.steps[2]);
        let red = ["storefront-checks", "tariff-service", "invoice-export", "orders-fulfilment"];
        assert_eq!(names[..4], red);
        assert_eq!(names[4..6], ["mobile-bff", "billing-prod"]);
        assert_eq!(texts(&seen.steps[6]), ["invoice-export failed"]);
        assert_eq!(texts(&seen.steps[11]), ["invoice-export"]);
        assert_eq!(texts(&seen.steps[14]), ["invoice-export"]);
    }
}
