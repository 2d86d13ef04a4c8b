//! Single calls of services of which a command needs one or two operations: signed here, without the service's own SDK.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, anyhow};
use aws_sdk_s3::config::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

use super::Session;

/// Lambda answers after the function: as long as it may run.
const TIMEOUT: Duration = Duration::from_mins(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A call.
#[derive(Debug)]
pub struct Call<'c> {
    /// The service, by the name that its address and its signatures have.
    pub service: &'static str,
    /// The path, percent-encoded.
    pub path: String,
    /// The headers beside those of the signature.
    pub headers: &'c [(&'c str, &'c str)],
    /// What is sent.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The error of a function that was invoked.
    pub function_error: bool,
    /// The body.
    pub body: String,
}

impl Session {
    /// Makes a call by POST.
    pub async fn call(&self, call: &Call<'_>) -> anyhow::Result<Answer> {
        let Call { service, .. } = call;
        let credentials = self.config.credentials_provider().context("no AWS credentials")?;
        let credentials =
            credentials.provide_credentials().await.map_err(|error| anyhow!("no credentials: {error}"))?;
        let (address, region) = self.address_of(service);
        let url = format!("{address}{}", call.path);
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .with_context(|| format!("cannot sign a call of {service}"))?
            .into();
        let headers = call.headers.iter().copied();
        let request = SignableRequest::new("POST", &url, headers.clone(), SignableBody::Bytes(&call.body));
        let signed = request.and_then(|request| sign(request, &parameters));
        let (signature, _) = signed.with_context(|| format!("cannot sign a call of {service}"))?.into_parts();
        let client = reqwest::Client::builder().timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT).build()?;
        let mut request = client.post(&url).body(call.body.clone());
        for (name, value) in headers.chain(signature.headers()) {
            request = request.header(name, value);
        }
        let response = request.send().await.with_context(|| format!("{service} in {region} does not answer"))?;
        let status = response.status().as_u16();
        let function_error = response.headers().contains_key("x-amz-function-error");
        let body = response.text().await.with_context(|| format!("{service} in {region} broke off"))?;
        Ok(Answer { status, function_error, body })
    }

    /// The address of a service and the region that its calls are signed for.
    fn address_of(&self, service: &str) -> (String, String) {
        let named = std::env::var(format!("AWS_ENDPOINT_URL_{}", service.to_uppercase())).ok();
        let given = named.filter(|url| !url.is_empty()).or_else(|| self.config.endpoint_url().map(str::to_owned));
        let region = match (service, self.partition()) {
            ("iam", "aws") => "us-east-1",
            ("iam", "aws-cn") => "cn-north-1",
            ("iam", "aws-us-gov") => "us-gov-west-1",
            _ => &self.region,
        };
        let suffix = self.domain();
        let address = match (given, service, self.partition()) {
            (Some(given), ..) => given.trim_end_matches('/').to_owned(),
            (None, "iam", "aws") => format!("https://iam.{suffix}"),
            (None, "iam", "aws-us-gov") => format!("https://iam.us-gov.{suffix}"),
            (None, ..) => format!("https://{service}.{region}.{suffix}"),
        };
        (address, region.to_owned())
    }

    /// The partition of the region, such as `aws`.
    pub fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// What the names of AWS's machines end with.
    pub fn domain(&self) -> &'static str {
        if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }
}
