//! Amazon Resource Names.

/// An ARN, by its parts: `arn:partition:service:region:account:resource`. Parts may be empty.
///
/// Source: IAM user guide, "Amazon Resource Names (ARNs)".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// The service, such as `sns`.
    pub service: &'a str,
    /// The region; empty for services that have none.
    pub region: &'a str,
    /// The account's id; empty where the resource belongs to none.
    pub account: &'a str,
    /// The rest, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN; `None` for text of another form.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let mut next = || parts.next();
        let (partition, service, region, account) = (next()?, next()?, next()?, next()?);
        Some(Self { partition, service, region, account, resource: next()? })
    }

    /// The region, if there is one.
    pub fn region(&self) -> Option<&'a str> {
        Some(self.region).filter(|region| !region.is_empty())
    }

    /// The account, if there is one.
    pub fn account(&self) -> Option<&'a str> {
        Some(self.account).filter(|account| !account.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts_and_the_last_keeps_its_colons() {
        let arn = Arn::parse("arn:aws-cn:logs:cn-north-1:111122223333:log-group:/a/b:log-stream:c").unwrap();
        assert_eq!((arn.partition, arn.service, arn.resource), ("aws-cn", "logs", "log-group:/a/b:log-stream:c"));
        assert_eq!((arn.region(), arn.account()), (Some("cn-north-1"), Some("111122223333")));
        let bucket = Arn::parse("arn:aws:s3:::artifacts").unwrap();
        assert_eq!((bucket.region(), bucket.account(), bucket.resource), (None, None, "artifacts"));
        for text in ["", "arn", "arn:aws:sns", "urn:aws:sns:eu-west-1:111122223333:topic", "d-123"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
