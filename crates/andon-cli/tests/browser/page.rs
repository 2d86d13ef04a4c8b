//! The page of `andon serve`.

use serde_json::{Value, json};
use test_support::browser::{Colours, Scripts, Visit};

use crate::support::{Server, andon, events};
use crate::{DESKTOP, PHONE, look, texts, visit};

fn at(url: &str, window: (u32, u32), steps: Vec<Value>) -> Visit {
    Visit { url: url.to_owned(), window, colours: Colours::Light, scripts: Scripts::Run, steps }
}

#[test]
fn the_board_reads_well_in_both_themes_and_on_a_phone_and_leads_into_a_failed_run_and_back() {
    let server = Server::of(andon(&["demo", "--port", "0"]));
    let url = format!("http://{}/", server.address());
    let tour = |name: &str| {
        vec![
            look(name),
            json!({"read": "h2"}),
            json!({"click": ".row.red h2 a:has-text('invoice-export')"}),
            json!({"wait": ".stages li.red"}),
            look(&format!("{name}-run")),
            json!({"read": ".head h2"}),
            json!({"back": true}),
            json!({"wait": ".row.red"}),
            json!({"read": "h2"}),
        ]
    };
    let seen = visit(&[
        at(&url, DESKTOP, tour("light")),
        Visit { colours: Colours::Dark, ..at(&url, DESKTOP, tour("dark")) },
        at(&url, PHONE, tour("phone")),
        Visit { colours: Colours::Dark, ..at(&url, (820, 1100), tour("tablet-dark")) },
    ]);
    for seen in &seen {
        let names = texts(&seen.steps[1]);
        let red = ["storefront-checks", "tariff-service", "invoice-export", "orders-fulfilment"];
        assert_eq!(names[..4], red);
        assert_eq!(names[4..7], ["mobile-bff", "billing-prod", "data-lake-etl"]);
        assert_eq!(texts(&seen.steps[5]), ["invoice-export failed"]);
        assert_eq!(texts(&seen.steps[8]), names);
    }
}

#[test]
fn a_pipeline_has_its_history_and_every_run_a_page() {
    let server = Server::of(andon(&["demo", "--port", "0"]));
    let url = format!("http://{}/pipelines/111122223333/eu-west-1/payments-api", server.address());
    let tour = |name: &str| {
        vec![
            look(&format!("{name}-history")),
            json!({"read": "figcaption"}),
            json!({"click": ".runs tr:has(.sign.red) a"}),
            json!({"wait": ".stages li.red"}),
            look(&format!("{name}-past-run")),
            json!({"read": ".cause h4"}),
        ]
    };
    let seen = visit(&[
        at(&url, DESKTOP, tour("light")),
        Visit { colours: Colours::Dark, ..at(&url, DESKTOP, tour("dark")) },
        at(&url, PHONE, tour("phone")),
    ]);
    for seen in &seen {
        assert!(texts(&seen.steps[1])[0].ends_with("Longest: 12 min 20 s"), "{}", seen.steps[1]);
        assert_eq!(texts(&seen.steps[5]), ["Why Build / UnitTests failed"]);
    }
}

#[test]
fn the_longest_names_and_strangest_texts_stay_in_their_places() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let (long, strange) = ("W".repeat(100), "\u{202e}<b>شغّل 🚀 ".to_owned() + &"Donaudampfschifffahrt".repeat(3));
    for (name, state) in [(&long, "FAILED"), (&strange, "STARTED")] {
        let event = json!({
            "source": "aws.codepipeline", "detail-type": "CodePipeline Action Execution State Change",
            "account": "111122223333", "region": "eu-west-1", "time": jiff::Timestamp::now(),
            "detail": {
                "pipeline": name, "execution-id": name, "stage": name, "action": name, "state": state,
                "type": {"owner": "AWS", "category": "Approval", "provider": name},
                "execution-result": {"external-execution-summary": name.repeat(10)},
                "execution-trigger": {"commit-id": name, "commit-message": name.repeat(2), "author-display-name": name},
            },
        });
        assert_eq!(server.post(event.to_string().as_bytes()).status, 200);
    }
    let url = format!("http://{}/", server.address());
    let tour = |name: &str| {
        vec![
            look(&format!("{name}-long")),
            json!({"read": "h2"}),
            json!({"click": "h2 a"}),
            json!({"wait": ".stages li"}),
            look(&format!("{name}-long-run")),
        ]
    };
    let seen = visit(&[at(&url, DESKTOP, tour("desktop")), at(&url, PHONE, tour("phone"))]);
    for seen in &seen {
        let mut names = texts(&seen.steps[1]);
        names.sort_unstable();
        assert_eq!(names, [long.as_str(), strange.as_str()]);
    }
}

#[test]
fn a_search_lists_what_it_finds() {
    let server = Server::of(andon(&["demo", "--port", "0"]));
    let url = format!("http://{}/", server.address());
    let seen = visit(&[at(
        &url,
        DESKTOP,
        vec![
            json!({"type": ["input", "finance"]}),
            json!({"press": ["input", "Enter"]}),
            json!({"wait": "input[value=finance]"}),
            json!({"read": "h2"}),
            json!({"click": "li.red a.tile"}),
            json!({"wait": "a.tile.chosen"}),
            json!({"read": "h2"}),
            json!({"click": "a.tile.chosen"}),
            json!({"wait": "a.tile:not(.chosen)"}),
            json!({"type": ["input", "state:waiting"]}),
            json!({"press": ["input", "Enter"]}),
            json!({"wait": "a.tile.chosen"}),
            json!({"read": "h2"}),
        ],
    )]);
    assert_eq!(texts(&seen[0].steps[3]), ["invoice-export"]);
    assert_eq!(texts(&seen[0].steps[6]), ["invoice-export"], "within what was searched for");
    assert_eq!(texts(&seen[0].steps[12]), ["mobile-bff", "billing-prod"]);
}

#[test]
fn news_arrives_by_itself_while_somebody_types() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let url = format!("http://{}/", server.address());
    let send = |name: &str| json!({ "post": [format!("{url}events"), events(name)] });
    let seen = visit(&[at(
        &url,
        DESKTOP,
        vec![
            json!({"wait": "#live:text('live')"}),
            json!({"read": ".empty"}),
            send("build-failed"),
            json!({"wait": ".row.red h2 a:text('payments-api')"}),
            // Eleven pipelines and more have a field to search in.
            send("history"),
            send("quick-successes"),
            send("superseded"),
            json!({"wait": ".row h2 a:text('search-indexer')"}),
            json!({"type": ["input", "half a wo"]}),
            send("build-fixed"),
            json!({"wait": ".row.green h2 a:text('payments-api')"}),
            json!({"value": "input:focus"}),
        ],
    )]);
    assert!(texts(&seen[0].steps[1])[0].starts_with("No pipelines yet."));
    assert_eq!(seen[0].steps[2]["status"], 200);
    assert_eq!(seen[0].steps[11]["text"], "half a wo");
}

#[test]
fn without_scripts_everything_is_there_all_the_same() {
    let server = Server::of(andon(&["demo", "--port", "0"]));
    let url = format!("http://{}/", server.address());
    let seen = visit(&[Visit {
        scripts: Scripts::Blocked,
        ..at(
            &url,
            DESKTOP,
            vec![
                json!({"read": "footer"}),
                json!({"click": ".row.red h2 a:has-text('invoice-export')"}),
                json!({"wait": ".stages li.red"}),
                json!({"click": "a.back"}),
                json!({"type": ["input", "tokyo"]}),
                json!({"click": "form button"}),
                json!({"wait": ".empty"}),
            ],
        )
    }]);
    assert!(texts(&seen[0].steps[0])[0].contains("refreshes every 10 seconds"));
}

/// Events of as many pipelines of three customers: 48 of them failed, for five reasons, two wait, one runs.
fn fleet(count: usize) -> Vec<Value> {
    let causes = [
        (
            "Deploy",
            "Production",
            "ECS",
            "(service SERVICE) (deployment ecs-svc/NUMBER12345) deployment failed: tasks failed to start.",
        ),
        ("Build", "Image", "CodeBuild", "toomanyrequests: You have reached your pull rate limit for \"image-NUMBER\""),
        (
            "Deploy",
            "Stack",
            "CloudFormation",
            "The role arn:aws:iam::111111111111:role/NUMBER is not authorized to perform: s3:GetObject",
        ),
        (
            "Build",
            "UnitTests",
            "CodeBuild",
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR",
        ),
        ("Source", "Checkout", "CodeStarSourceConnection", "The connection is not available"),
    ];
    let accounts = ["111111111111", "222222222222", "333333333333"];
    let change = |number: usize| {
        let id = format!("{:040x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        json!({"full-repository-name": "acme/service", "provider-type": "GitHub", "commit-id": id,
               "commit-message": format!("Change number {number}"), "author-display-name": "Ada Byron"})
    };
    (0..count)
        .flat_map(|number| {
            let name = format!("{}-service-{number:03}", ["shop", "billing", "search", "mail"][number % 4]);
            let (stage, action, provider, words) = causes[if number < 31 { 0 } else { 1 + number % 4 }];
            let words = words.replace("SERVICE", &name).replace("NUMBER", &number.to_string());
            let outcome = match number {
                0..48 => "FAILED",
                48..51 => "STARTED",
                _ => "SUCCEEDED",
            };
            let (category, provider) = if number == 48 || number == 49 { ("Approval", "Manual") } else { ("Deploy", provider) };
            let event = |kind: &str, detail: Value| {
                json!({"source": "aws.codepipeline", "detail-type": format!("CodePipeline {kind} Execution State Change"),
                       "account": accounts[number % 3], "region": "eu-west-1", "time": jiff::Timestamp::now(), "detail": detail})
            };
            let mut events = vec![event("Action", json!({
                "pipeline": name, "execution-id": format!("e-{number}"), "stage": stage, "action": action, "state": outcome,
                "type": {"owner": "AWS", "category": category, "provider": provider},
                "execution-result": {"external-execution-summary": words}, "execution-trigger": change(number),
            }))];
            if outcome != "STARTED" {
                let detail = json!({"pipeline": name, "execution-id": format!("e-{number}"), "state": outcome});
                events.push(event("Pipeline", detail));
            }
            events
        })
        .collect()
}

#[test]
fn a_fault_of_many_pipelines_is_one_look() {
    let data = tempfile::tempdir().unwrap();
    let config = data.path().join("andon.yml");
    std::fs::write(
        &config,
        "version: 1\naccounts:\n  \"111111111111\": { name: acme-prod, customer: Acme }\n  \"222222222222\": { name: globex, \
         customer: Globex }\n  \"333333333333\": { name: initech, customer: Initech }\n",
    )
    .unwrap();
    let arguments = ["serve", "--port", "0", "--quiet", "--data", data.path().to_str().unwrap(), "--config"];
    let server = Server::of(andon(&[&arguments[..], &[config.to_str().unwrap()]].concat()));
    assert_eq!(server.post(json!(fleet(300)).to_string().as_bytes()).status, 200);
    let url = format!("http://{}/", server.address());
    let tour =
        |name: &str| vec![json!({"wait": ".causes li"}), json!({"read": ".causes b"}), look(&format!("{name}-fleet"))];
    let mut visits: Vec<Visit> = [(375, 800), (768, 1024), (1280, 900), (1920, 1080), (3840, 2160)]
        .into_iter()
        .map(|window: (u32, u32)| at(&url, window, tour(&window.0.to_string())))
        .collect();
    visits.push(Visit { colours: Colours::Dark, ..at(&url, DESKTOP, tour("dark")) });
    for (window, name) in [((1920, 1080), "wall-1920"), ((3840, 2160), "wall-3840")] {
        let steps = vec![json!({"wait": ".wall .row"}), json!({"read": ".wall .causes b"}), look(name)];
        visits.push(at(&format!("{url}?wall"), window, steps));
    }
    let steps = vec![json!({"wait": ".group"}), json!({"read": ".group summary h2"}), look("grouped-by-cause")];
    let grouped = at(&format!("{url}?group=cause"), DESKTOP, steps);
    for seen in visit(&visits) {
        assert_eq!(texts(&seen.steps[1])[0], "31 pipelines");
    }
    let seen = visit(&[grouped]);
    assert!(texts(&seen[0].steps[1])[0].starts_with("Deploy / Production: (service "), "{}", seen[0].steps[1]);
    // From the fault to what a customer has of it: two clicks.
    let steps = vec![
        json!({"click": ".causes a.common"}),
        json!({"wait": ".causes a.chosen"}),
        json!({"click": ".chip:has-text('Acme')"}),
        json!({"wait": ".chip.chosen:has-text('Acme')"}),
        json!({"read": "h2"}),
        look("one-customer"),
    ];
    let seen = visit(&[at(&url, DESKTOP, steps)]);
    assert_eq!(texts(&seen[0].steps[4]).len(), 11);
}
