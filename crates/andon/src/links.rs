//! URLs of pages: the AWS console in its three partitions, and repository hosts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::arn::Arn;
use crate::event::Commit;
use crate::name::{ExecutionId, ExternalId, PipelineId, Region};

/// Every character but the unreserved ones of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same, and `.`.
const SEGMENT: &AsciiSet = &RESERVED.add(b'.');

/// The console's host for a region. China and GovCloud have consoles of their own.
pub fn host(region: &Region) -> String {
    let region = region.as_str();
    let domain = if region.starts_with("cn-") {
        "console.amazonaws.cn"
    } else if region.starts_with("us-gov-") {
        "console.amazonaws-us-gov.com"
    } else {
        "console.aws.amazon.com"
    };
    format!("https://{region}.{domain}")
}

/// The console page of a pipeline, to answer approvals and retry stages.
pub fn pipeline(pipeline: &PipelineId) -> String {
    let region = &pipeline.home.region;
    let name = encode(pipeline.name.as_str());
    format!("{}/codesuite/codepipeline/pipelines/{name}/view?region={region}", host(region))
}

/// The page of one run.
pub fn execution(pipeline: &PipelineId, execution: &ExecutionId) -> String {
    let region = &pipeline.home.region;
    let (name, id) = (encode(pipeline.name.as_str()), encode(execution.as_str()));
    format!("{}/codesuite/codepipeline/pipelines/{name}/executions/{id}/visualization?region={region}", host(region))
}

/// The page of the log stream that a Commands action names as its external id.
pub fn log_stream(external: &ExternalId) -> Option<String> {
    // arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM
    let arn = Arn::parse(external.as_str())?;
    let region = Region::parse(arn.region()?).ok()?;
    let (group, stream) = arn.resource.strip_prefix("log-group:")?.split_once(":log-stream:")?;
    // The console wants what follows its `#` encoded twice, with `$` for the second `%`.
    let twice = |text: &str| encode(&encode(text)).replace('%', "$");
    let (group, stream) = (twice(group), twice(stream));
    let host = host(&region);
    Some(format!("{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}/log-events/{stream}"))
}

/// The page of what another service deploys: of an ECS service or a CloudFormation stack by its ARN, of a CodeDeploy
/// deployment by its id (`d-...`) in this region.
pub fn service(external: &ExternalId, region: &Region) -> Option<String> {
    let id = external.as_str();
    let arn = Arn::parse(id);
    let region = arn.and_then(|arn| Region::parse(arn.region()?).ok()).unwrap_or_else(|| region.clone());
    let host = host(&region);
    let Some(arn) = arn else {
        let page = || format!("{host}/codesuite/codedeploy/deployments/{}?region={region}", encode(id));
        return id.starts_with("d-").then(page);
    };
    let mut parts = arn.resource.split('/');
    match (arn.service, parts.next()?, parts.next()?, parts.next()) {
        ("cloudformation", "stack", ..) => {
            Some(format!("{host}/cloudformation/home?region={region}#/stacks/events?stackId={}", encode(id)))
        }
        ("ecs", "service", cluster, Some(name)) => {
            let (cluster, name) = (encode(cluster), encode(name));
            Some(format!("{host}/ecs/v2/clusters/{cluster}/services/{name}/deployments?region={region}"))
        }
        _ => None,
    }
}

/// The page of a commit at its host, or else wherever its source action points.
pub fn commit(commit: &Commit) -> Option<String> {
    let from_host = || {
        let id = commit.id.as_deref().filter(|id| id.len() >= 7 && id.chars().all(|c| c.is_ascii_hexdigit()))?;
        let repository = commit.repository.as_deref()?;
        let path: Vec<String> = repository.split('/').map(encode).collect();
        let path = (path.len() > 1).then(|| path.join("/"))?;
        match commit.host.as_deref()? {
            "GitHub" => Some(format!("https://github.com/{path}/commit/{id}")),
            "GitLab" => Some(format!("https://gitlab.com/{path}/-/commit/{id}")),
            "Bitbucket" => Some(format!("https://bitbucket.org/{path}/commits/{id}")),
            _ => None,
        }
    };
    from_host().or_else(|| commit.url.as_deref().and_then(checked))
}

/// A URL from outside, if it is safe to link.
pub fn checked(url: &str) -> Option<String> {
    let url = url.trim();
    let safe = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '|' | '`' | '\\' | '^' | '{' | '}');
    let known = url.starts_with("https://") || url.starts_with("http://");
    (known && url.len() <= 3000 && url.chars().all(safe)).then(|| url.to_owned())
}

/// Percent-encodes all but the unreserved characters of RFC 3986, section 2.3.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A text as one segment of a path, or as a value in a query: `.` is encoded too, so that a name of dots stays a name.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{AccountId, Home, PipelineName};

    fn at(region: &str) -> PipelineId {
        PipelineId {
            home: Home { account: AccountId::parse("111122223333").unwrap(), region: Region::parse(region).unwrap() },
            name: PipelineName::parse("pay ments").unwrap(),
        }
    }

    #[test]
    fn every_partition_has_its_own_console() {
        assert_eq!(
            ["eu-west-1", "cn-north-1", "us-gov-west-1"].map(|region| pipeline(&at(region))),
            [
                "https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/pay%20ments/view?region=eu-west-1",
                "https://cn-north-1.console.amazonaws.cn/codesuite/codepipeline/pipelines/pay%20ments/view?region=cn-north-1",
                "https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/codepipeline/pipelines/pay%20ments/view?region=us-gov-west-1",
            ]
        );
    }

    #[test]
    fn a_log_stream_is_found_by_its_arn() {
        let arn = "arn:aws:logs:us-west-2:111122223333:log-group:/aws/codepipeline/docs:log-stream:a/b";
        assert_eq!(
            log_stream(&ExternalId::parse(arn).unwrap()).unwrap(),
            "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2\
             #logsV2:log-groups/log-group/$252Faws$252Fcodepipeline$252Fdocs/log-events/a$252Fb"
        );
        assert_eq!(log_stream(&ExternalId::parse("d-123").unwrap()), None);
    }

    #[test]
    fn a_commit_is_shown_where_its_repository_is() {
        let known = |host: &str| Commit {
            id: Some("18e57819e68813fc".to_owned()),
            repository: Some("octo org/shop".to_owned()),
            host: Some(host.to_owned()),
            url: Some("https://example.com/redirect".to_owned()),
            ..Commit::default()
        };
        assert_eq!(commit(&known("GitHub")).unwrap(), "https://github.com/octo%20org/shop/commit/18e57819e68813fc");
        assert_eq!(commit(&known("CodeCommit")).unwrap(), "https://example.com/redirect");
        assert_eq!(commit(&Commit { url: Some("javascript:alert(1)".to_owned()), ..Commit::default() }), None);
    }

    #[test]
    fn a_name_stays_within_its_segment_of_a_path() {
        assert_eq!(segment("payments-api"), "payments-api");
        assert_eq!(segment("../a b\"🚀"), "%2E%2E%2Fa%20b%22%F0%9F%9A%80");
    }

    #[test]
    fn an_address_that_could_break_out_of_its_link_is_no_address() {
        for url in ["https://x/<!channel>", "https://x/a|b", "https://x/\"onload=", "ftp://x", "https://x/\n"] {
            assert_eq!(checked(url).filter(|safe| safe != "https://x/"), None, "{url}");
        }
        assert_eq!(checked(" https://x/a?b=c#d&e ").unwrap(), "https://x/a?b=c#d&e");
    }
}
