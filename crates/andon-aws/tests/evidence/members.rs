//! What failed in another account is read through the role that it has for that.

use test_support::aws;
use test_support::fault::Fault;

use super::*;

const MEMBER: &str = "444455556666";
const REGION: &str = "eu-west-1";
const GROUP: &str = "/aws/codepipeline/web";

fn role() -> MemberRole {
    MemberRole { name: "andon-evidence".to_owned(), external_id: Some("andon-4f1c2b".to_owned()) }
}

/// An action that ran in the member's account and names its log there.
fn abroad(stream: &str) -> Failure {
    failure("Commands", &format!("arn:aws:logs:eu-west-1:{MEMBER}:log-group:{GROUP}:log-stream:{stream}"))
}

#[tokio::test]
async fn without_a_role_another_account_is_not_asked() {
    let world = World::new();
    let found = world.gather(&abroad("1")).await;
    assert_eq!(found.missing, [format!("The log is in account {MEMBER}, where Andon has no role")]);
    assert_eq!(world.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_role_that_lets_nobody_in_is_named_with_what_it_takes() {
    let world = World::with_role(Some(role()));
    world.deny("AssumeRole");
    world
        .aws
        .inject_always("AssumeRole", Fault::error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"));
    let found = world.gather(&abroad("1")).await;
    assert_eq!(
        found.missing,
        [format!(
            "The notifier cannot assume arn:aws:iam::{MEMBER}:role/andon-evidence: it needs sts:AssumeRole on the role, \
             and the role must exist and trust the notifier's role"
        )]
    );
    assert_eq!(world.operations(), ["AssumeRole"]);
}

#[tokio::test(start_paused = true)]
async fn a_door_that_never_opens_holds_up_no_alert() {
    let world = World::with_role(Some(role()));
    world.aws.inject_always("AssumeRole", Fault::Hang);
    let asked = tokio::time::Instant::now();
    let found = world.gather(&abroad("1")).await;
    assert!(asked.elapsed() <= Duration::from_secs(3), "{:?}", asked.elapsed());
    assert_eq!(found.missing.len(), 1);
}

#[tokio::test]
async fn the_own_account_needs_no_role() {
    let world = World::with_role(Some(role()));
    world.gather(&failure("CodeDeploy", "d-89UY4MNR5")).await;
    assert!(world.calls("AssumeRole").is_empty());
}

/// Against moto, which keeps the accounts apart: whoever has not assumed the role does not see the member's log.
#[cfg(feature = "emulators")]
mod moto {
    use super::*;

    /// Keeps a line in the member's log, as somebody in that account.
    async fn log_abroad(url: &str, stream: &str, line: &str) {
        let sts = aws_sdk_sts::Client::new(&aws::config(url, REGION));
        let given = sts
            .assume_role()
            .role_arn(format!("arn:aws:iam::{MEMBER}:role/build"))
            .role_session_name("build")
            .send()
            .await
            .unwrap()
            .credentials
            .unwrap();
        let member =
            Credentials::new(given.access_key_id, given.secret_access_key, Some(given.session_token), None, "test");
        let config =
            aws::config(url, REGION).to_builder().credentials_provider(SharedCredentialsProvider::new(member)).build();
        let logs = aws_sdk_cloudwatchlogs::Client::new(&config);
        // The group may be there from another test.
        let _known = logs.create_log_group().log_group_name(GROUP).send().await;
        logs.create_log_stream().log_group_name(GROUP).log_stream_name(stream).send().await.unwrap();
        let event = aws_sdk_cloudwatchlogs::types::InputLogEvent::builder()
            .timestamp(jiff::Timestamp::now().as_millisecond())
            .message(line)
            .build()
            .unwrap();
        logs.put_log_events().log_group_name(GROUP).log_stream_name(stream).log_events(event).send().await.unwrap();
    }

    fn evidence(url: &str, role: Option<MemberRole>) -> AwsEvidence {
        let evidence = AwsEvidence::new(&aws::config(url, REGION), role);
        evidence.belongs_to(&andon::testing::home().account);
        evidence
    }

    #[tokio::test]
    async fn a_log_in_a_member_account_is_read_through_its_role() {
        let url = test_support::emulator::moto().unwrap();
        let stream = "a-log-in-a-member-account";
        log_abroad(&url, stream, "ModuleNotFoundError: No module named 'stripe'").await;
        let evidence = evidence(&url, Some(role()));
        // The second time the credentials are there already.
        for _ in 0..2 {
            let found = evidence.gather(&pipeline(), &abroad(stream)).await;
            assert_eq!(found.missing, Vec::<String>::new());
            assert_eq!(cause(&found), ["ModuleNotFoundError: No module named 'stripe'"]);
        }
        // With the own account's credentials there is no such log.
        let own = failure(
            "Commands",
            &format!("arn:aws:logs:eu-west-1:{}:log-group:{GROUP}:log-stream:{stream}", andon::testing::home().account),
        );
        assert!(text(&evidence.gather(&pipeline(), &own).await).is_empty());
    }
}
