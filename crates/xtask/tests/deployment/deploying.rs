//! Whether the pipeline may deploy what the template declares: the role that CloudFormation gets from `pipeline.yml`, and
//! what each kind of resource takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;
use test_support::tools::python;

use crate::account::HUB;
use crate::day::day;
use crate::permissions::{allow, allowed, fits, permit};
use crate::stack::{Stack, texts};

/// A kind of resource, the ARN of one without what all ARNs begin with, and the actions by which CloudFormation makes,
/// reads, changes and deletes it: the `handlers` of its schema in CloudFormation's registry, as far as the template's
/// properties use them.
const KINDS: [(&str, &str, &str); 22] = [
    (
        "AWS::CloudWatch::Alarm",
        "cloudwatch:us-east-1:123456789012:alarm:NAME",
        "cloudwatch: PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource",
    ),
    (
        "AWS::CodeDeploy::Application",
        "codedeploy:us-east-1:123456789012:application:NAME",
        "codedeploy: CreateApplication GetApplication UpdateApplication DeleteApplication RegisterApplicationRevision \
         GetApplicationRevision ListTagsForResource TagResource UntagResource",
    ),
    (
        "AWS::CodeDeploy::DeploymentGroup",
        "codedeploy:us-east-1:123456789012:deploymentgroup:APPLICATION/NAME",
        "codedeploy: CreateDeploymentGroup GetDeploymentGroup UpdateDeploymentGroup DeleteDeploymentGroup \
         CreateDeployment GetDeployment StopDeployment",
    ),
    (
        "AWS::DynamoDB::Table",
        "dynamodb:us-east-1:123456789012:table/NAME",
        "dynamodb: CreateTable DescribeTable UpdateTable DeleteTable DescribeTimeToLive UpdateTimeToLive \
         DescribeContinuousBackups UpdateContinuousBackups DescribeContributorInsights GetResourcePolicy \
         DescribeKinesisStreamingDestination ListTagsOfResource TagResource UntagResource",
    ),
    (
        "AWS::Events::EventBus",
        "events:us-east-1:123456789012:event-bus/NAME",
        "events: CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus ListTagsForResource TagResource \
         UntagResource",
    ),
    (
        "AWS::Events::EventBusPolicy",
        "events:us-east-1:123456789012:event-bus/NAME",
        "events: PutPermission RemovePermission DescribeEventBus",
    ),
    (
        "AWS::Events::Rule",
        "events:us-east-1:123456789012:rule/NAME",
        "events: PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule ListTagsForResource \
         TagResource UntagResource",
    ),
    (
        "AWS::IAM::Role",
        "iam::123456789012:role/NAME",
        "iam: CreateRole GetRole UpdateRole DeleteRole UpdateAssumeRolePolicy PassRole PutRolePolicy GetRolePolicy \
         DeleteRolePolicy ListRolePolicies ListAttachedRolePolicies PutRolePermissionsBoundary TagRole UntagRole",
    ),
    (
        "AWS::KMS::Key",
        "kms:us-east-1:123456789012:key/NAME",
        "kms: CreateKey DescribeKey EnableKey DisableKey EnableKeyRotation GetKeyRotationStatus GetKeyPolicy \
         PutKeyPolicy UpdateKeyDescription ScheduleKeyDeletion ListResourceTags TagResource UntagResource",
    ),
    (
        "AWS::Lambda::Alias",
        "lambda:us-east-1:123456789012:function:FUNCTION:live",
        "lambda: CreateAlias GetAlias UpdateAlias DeleteAlias",
    ),
    (
        "AWS::Lambda::EventSourceMapping",
        "lambda:us-east-1:123456789012:event-source-mapping:NAME",
        "lambda: CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping \
         ListTags TagResource UntagResource",
    ),
    (
        "AWS::Lambda::Function",
        "lambda:us-east-1:123456789012:function:NAME",
        "lambda: CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig \
         GetFunctionRecursionConfig GetRuntimeManagementConfig UpdateFunctionCode UpdateFunctionConfiguration \
         DeleteFunction ListTags TagResource UntagResource",
    ),
    (
        "AWS::Lambda::Permission",
        "lambda:us-east-1:123456789012:function:FUNCTION",
        "lambda: AddPermission RemovePermission GetPolicy",
    ),
    (
        "AWS::Lambda::Url",
        "lambda:us-east-1:123456789012:function:FUNCTION",
        "lambda: CreateFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig DeleteFunctionUrlConfig",
    ),
    (
        "AWS::Lambda::Version",
        "lambda:us-east-1:123456789012:function:FUNCTION",
        "lambda: PublishVersion ListVersionsByFunction GetFunctionConfiguration DeleteFunction",
    ),
    (
        "AWS::Logs::LogGroup",
        "logs:us-east-1:123456789012:log-group:NAME",
        "logs: CreateLogGroup DescribeLogGroups DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy \
         ListTagsForResource TagResource UntagResource",
    ),
    (
        "AWS::SNS::Subscription",
        "sns:us-east-1:123456789012:TOPIC",
        "sns: Subscribe Unsubscribe GetSubscriptionAttributes SetSubscriptionAttributes ListSubscriptionsByTopic",
    ),
    (
        "AWS::SNS::Topic",
        "sns:us-east-1:123456789012:NAME",
        "sns: CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic GetDataProtectionPolicy \
         ListSubscriptionsByTopic ListTagsForResource TagResource UntagResource",
    ),
    ("AWS::SNS::TopicPolicy", "sns:us-east-1:123456789012:TOPIC", "sns: GetTopicAttributes SetTopicAttributes"),
    (
        "AWS::SQS::Queue",
        "sqs:us-east-1:123456789012:NAME",
        "sqs: CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes DeleteQueue ListQueueTags TagQueue UntagQueue",
    ),
    (
        "AWS::Scheduler::Schedule",
        "scheduler:us-east-1:123456789012:schedule/default/NAME",
        "scheduler: CreateSchedule GetSchedule UpdateSchedule DeleteSchedule",
    ),
    (
        "AWS::SecretsManager::Secret",
        "secretsmanager:us-east-1:123456789012:secret:NAME",
        "secretsmanager: CreateSecret DescribeSecret GetRandomPassword UpdateSecret DeleteSecret TagResource \
         UntagResource",
    ),
];

/// What is neither made nor changed: a queue's policy is an attribute of the queue.
const PARTS: [&str; 1] = ["AWS::SQS::QueuePolicy"];

/// What the role may do beside, and what for.
const BESIDE: [(&str, &str); 4] = [
    ("cloudformation:CreateChangeSet", "SAM's transform is called in its name"),
    ("codedeploy:GetDeploymentConfig", "a deployment group names one of CodeDeploy's own"),
    ("s3:GetObject", "packages"),
    ("s3:GetObjectVersion", "packages"),
];

/// Actions on resources that a role may do on all, and why.
const ON_ALL: [(&str, &str); 3] = [
    ("cloudwatch:DescribeAlarms", "has to be allowed on all, as AWS documents it, wherever composite alarms could be"),
    ("cloudwatch:PutMetricData", "knows datasets, which metrics are not in; a condition names their namespace"),
    ("ecs:ListTasks", "is asked by service, and knows container instances only"),
];

/// The stack that is the pipeline.
fn pipeline() -> &'static Stack {
    static PIPELINE: OnceLock<Stack> = OnceLock::new();
    PIPELINE.get_or_init(|| {
        let given = [("CreateRepository", "yes"), ("Email", "team@example.com"), ("SecretsPath", "/andon")];
        Stack::deploy(day().account.url(), HUB, "pipeline.yml", "andon-pipeline", &given)
    })
}

/// Every action of these services, in lower case, and whether it knows resources.
fn knows_resources<'a>(actions: impl Iterator<Item = &'a str>) -> BTreeMap<String, bool> {
    let services: BTreeSet<&str> = actions.filter_map(|action| Some(action.split_once(':')?.0)).collect();
    let output = python("actions.py").args(services).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn actions_of(kind: &str) -> (&'static str, Vec<String>) {
    let (_, arn, actions) = KINDS
        .iter()
        .find(|(known, ..)| *known == kind)
        .unwrap_or_else(|| panic!("nothing is known of {kind}: add what CloudFormation does to make one"));
    let (service, names) = actions.split_once(": ").unwrap();
    (arn, names.split_whitespace().map(|name| format!("{service}:{name}")).collect())
}

/// The name that a resource gets in the stack `andon`: its own, or the one that CloudFormation makes up.
fn name(logical: &str, properties: &Value) -> String {
    let own = ["AlarmName", "FunctionName", "LogGroupName", "Name", "QueueName", "RoleName", "TableName", "TopicName"];
    let given = own.iter().map(|property| &properties[property]).find(|value| !value.is_null());
    match given.and_then(|given| given.as_str().or_else(|| given["Fn::Sub"].as_str())) {
        Some(given) => given.replace("${AWS::StackName}", "andon"),
        None => format!("andon-{logical}-1A2B3C4D5E6F"),
    }
}

/// The ARN of a resource, which may be of another: the version of a function, say.
fn arn(pattern: &str, logical: &str, properties: &Value, stack: &Stack) -> String {
    let mut arn = format!("arn:aws:{}", pattern.replace("NAME", &name(logical, properties)));
    let of_url = Some(&properties["TargetFunctionArn"]).filter(|function| !function.is_null());
    for (word, member, kind) in [
        ("FUNCTION", of_url.unwrap_or(&properties["FunctionName"]), "AWS::Lambda::Function"),
        ("APPLICATION", &properties["ApplicationName"], "AWS::CodeDeploy::Application"),
        ("TOPIC", &stack.declared("AWS::SNS::Subscription")["EmailSubscription"]["TopicArn"], "AWS::SNS::Topic"),
    ] {
        if arn.contains(word) {
            let owner = member["Ref"].as_str().or_else(|| member["Fn::GetAtt"][0].as_str()).unwrap();
            arn = arn.replace(word, &name(owner, stack.declared(kind)[owner]));
        }
    }
    arn
}

/// Whether the statements allow an action on this resource or, if it knows none, on anything.
fn may(statements: &[Value], action: &str, arn: &str, knows: &BTreeMap<String, bool>) -> bool {
    let by_name = knows.get(&action.to_lowercase()).unwrap_or_else(|| panic!("AWS has no {action}"));
    statements.iter().any(|statement| {
        let named = texts(&statement["Action"]).iter().any(|pattern| fits(pattern, action));
        named
            && statement["Effect"] == "Allow"
            && texts(&statement["Resource"])
                .iter()
                .any(|pattern| if *by_name { fits(pattern, arn) } else { *pattern == "*" })
    })
}

#[test]
fn the_pipelines_role_may_make_change_and_delete_every_resource_of_the_template() {
    let stack = &day().stack;
    let statements = pipeline().statements("DeployRole");
    let all: Vec<String> = KINDS.iter().flat_map(|(kind, ..)| actions_of(kind).1).collect();
    let knows = knows_resources(all.iter().map(String::as_str));
    let mut lacking = Vec::new();
    for (logical, kind, properties) in stack.all().filter(|(_, kind, _)| !PARTS.contains(kind)) {
        let (pattern, actions) = actions_of(kind);
        let arn = arn(pattern, logical, properties, stack);
        let refused = actions.iter().filter(|action| !may(&statements, action, &arn, &knows));
        lacking.extend(refused.map(|action| format!("{action} on {arn}")));
    }
    assert_eq!(lacking, Vec::<String>::new());
}

#[test]
fn the_pipelines_role_may_do_nothing_that_no_resource_takes() {
    let stack = &day().stack;
    let mut wanted: BTreeSet<String> =
        stack.all().filter(|(_, kind, _)| !PARTS.contains(kind)).flat_map(|(_, kind, _)| actions_of(kind).1).collect();
    wanted.extend(BESIDE.map(|(action, _)| action.to_owned()));
    let mut spare = allowed(&pipeline().statements("DeployRole"));
    spare.retain(|pattern| !wanted.iter().any(|action| fits(pattern, action)));
    assert_eq!(spare, BTreeSet::new());
}

#[test]
fn two_stacks_share_no_name() {
    for (logical, kind, properties) in day().stack.all() {
        assert!(name(logical, properties).contains("andon"), "{kind} {logical}: {properties}");
    }
}

#[test]
fn names_that_cloudformation_makes_up_are_not_cut_for_the_longest_name_of_a_stack() {
    // Of functions, roles and rules, whose names have 64 characters at most: it would cut the stack's name, and the
    // pipeline's role would not know it again.
    let longest = 24;
    let stack = &day().stack;
    for (logical, kind, properties) in stack.all() {
        if ["AWS::Events::Rule", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Scheduler::Schedule"].contains(&kind)
        {
            let name = name(logical, properties);
            assert!(name.len() - "andon".len() + longest <= 64, "{name}");
        }
    }
    let pattern = pipeline().parameter("StackName")["AllowedPattern"].as_str().unwrap();
    assert!(pattern.contains(&format!("{{0,{}}}", longest - 1)), "{pattern}");
}

#[test]
fn roles_are_given_all_resources_only_for_actions_that_know_none() {
    let stacks = [&day().stack, &day().spoke, pipeline()];
    let statements: Vec<Value> = stacks.iter().flat_map(|stack| stack.every_statement()).collect();
    let actions: BTreeSet<&str> = statements.iter().flat_map(|statement| texts(&statement["Action"])).collect();
    let knows = knows_resources(actions.into_iter());
    let mut wrong = Vec::new();
    for statement in &statements {
        let everything = texts(&statement["Resource"]) == ["*"];
        // A wildcard covers what knows resources; what it covers of the others is the other tests' business.
        for action in texts(&statement["Action"]).into_iter().filter(|action| !action.contains('*')) {
            let by_name = *knows.get(&action.to_lowercase()).unwrap_or_else(|| panic!("AWS has no {action}"));
            let excused = ON_ALL.iter().any(|(excused, _)| *excused == action);
            let elsewhere = statements
                .iter()
                .any(|other| allow(std::slice::from_ref(other), action, Some("*")) && other["Sid"] != statement["Sid"]);
            if everything && by_name && !excused {
                wrong.push(format!("{action} is allowed on everything, and could be on what it takes"));
            } else if !everything && !by_name && !elsewhere {
                wrong.push(format!("{action} is never allowed: it knows no resources"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The parameters that the pipeline gives to the stack, as the template of the pipeline says them.
fn handed() -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Configuration {
        #[serde(rename = "Parameters")]
        parameters: BTreeMap<String, String>,
    }
    let project = &pipeline().declared("AWS::CodeBuild::Project")["BuildProject"];
    let variables = project["Environment"]["EnvironmentVariables"].as_array().unwrap();
    let variable = variables.iter().find(|variable| variable["Name"] == "ANDON_PARAMETERS").unwrap();
    let text = variable["Value"]["Fn::Sub"].as_str().unwrap();
    serde_json::from_str::<Configuration>(text).unwrap().parameters
}

#[test]
fn the_pipeline_hands_on_every_parameter_that_the_template_has() {
    let handed = handed();
    let names: BTreeSet<&str> = handed.keys().map(String::as_str).collect();
    let wanted = day().stack.template()["Parameters"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, wanted);
    for (name, value) in &handed {
        if name == "PermissionsBoundary" {
            assert_eq!(value, "${Boundary}");
            continue;
        }
        assert_eq!(value, &format!("${{{name}}}"));
        let (here, there) = (pipeline().parameter(name), day().stack.parameter(name));
        assert_eq!(here["Default"], there["Default"], "{name}");
    }
    let deploy = &pipeline().declared("AWS::CodePipeline::Pipeline")["Pipeline"]["Stages"][2]["Actions"][0];
    assert_eq!(deploy["Configuration"]["TemplateConfiguration"], "Template::parameters.json");
}

const BOUNDARY: &str = "iam:PermissionsBoundary";
const SERVICE: &str = "iam:PassedToService";

#[test]
fn a_push_that_makes_an_administrator_is_refused() {
    let statements = pipeline().statements("DeployRole");
    let boundary = pipeline().resource("Boundary");
    let role = "arn:aws:iam::123456789012:role/andon-NotifierRole-1A2B3C4D5E6F";
    for action in ["iam:CreateRole", "iam:PutRolePolicy"] {
        assert!(permit(&statements, action, role, &[(BOUNDARY, boundary)]), "{action}");
        assert!(!permit(&statements, action, role, &[]), "{action} without a boundary");
        let other = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert!(!permit(&statements, action, role, &[(BOUNDARY, other)]), "{action} with another boundary");
    }
    let other_role = "arn:aws:iam::123456789012:role/somebody-elses";
    assert!(!permit(&statements, "iam:PutRolePolicy", other_role, &[(BOUNDARY, boundary)]));
    assert!(!permit(&statements, "iam:PassRole", role, &[(SERVICE, "ec2.amazonaws.com")]));
    assert!(permit(&statements, "iam:PassRole", role, &[(SERVICE, "lambda.amazonaws.com")]));
    // What could lift or widen the boundary, or bring in a policy that is somewhere else.
    for action in ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreateUser"] {
        assert!(!permit(&statements, action, role, &[(BOUNDARY, boundary)]), "{action}");
    }
    for action in ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"] {
        assert!(!permit(&statements, action, boundary, &[(BOUNDARY, boundary)]), "{action}");
    }
    // The roles of the pipeline itself have names that begin like those of the stack.
    let own = "arn:aws:iam::123456789012:role/andon-pipeline-DeployRole-1A2B3C4D5E6F";
    for action in ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:PassRole", "iam:DeleteRole"] {
        let request = [(BOUNDARY, boundary), (SERVICE, "lambda.amazonaws.com")];
        assert!(!permit(&statements, action, own, &request), "{action}");
    }
}

#[test]
fn the_boundary_has_room_for_what_the_roles_of_the_stack_do_and_for_nothing_else() {
    let boundary = pipeline().policy("Boundary");
    let mut spare = allowed(&boundary);
    let mut outside = Vec::new();
    for role in day().stack.roles() {
        for statement in day().stack.statements(role) {
            for action in texts(&statement["Action"]) {
                spare.remove(action);
                // A statement about several services has resources that are none of an action's.
                let service = action.split(':').next().unwrap();
                let is_of = |resource: &&str| {
                    *resource == "*" || service == "sts" || resource.split(':').nth(2) == Some(service)
                };
                for resource in texts(&statement["Resource"]).into_iter().filter(is_of) {
                    if !allow(&boundary, action, Some(resource)) {
                        outside.push(format!("{role}: {action} on {resource}"));
                    }
                }
            }
        }
    }
    assert_eq!(outside, Vec::<String>::new());
    assert_eq!(spare, BTreeSet::new());
}
