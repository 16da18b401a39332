//! Amazon Resource Names, read into their parts.
//!
//! `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, where the resource is `TYPE/ID`, `TYPE:ID` or `ID`
//! alone, as each service likes it (AWS General Reference, "Amazon Resource Names").

/// No ARN is longer (the API of tagging says so of those it takes).
const MOST_CHARS: usize = 2_048;

/// An ARN in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    /// The service: `rds`.
    pub service: &'a str,
    /// The region's name, if there is one.
    pub region: Option<&'a str>,
    /// The account's number, if there is one.
    pub account: Option<&'a str>,
    /// The word for what it is: `db`. None if the service has one sort of thing only, or does not say.
    pub resource_type: Option<&'a str>,
    /// What is left: the thing's own id or name, with slashes and colons if it has them.
    pub id: &'a str,
}

/// What the ids without a type are of, by service.
const ONLY_TYPES: [(&str, &str); 3] = [("s3", "bucket"), ("sns", "topic"), ("sqs", "queue")];

impl<'a> Arn<'a> {
    /// The parts of `text`, if it is an ARN.
    pub(crate) fn parse(text: &'a str) -> Option<Arn<'a>> {
        if text.len() > MOST_CHARS || text.chars().any(char::is_control) {
            return None;
        }
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let partition = parts.next().filter(|part| !part.is_empty())?;
        let service = parts.next().filter(|part| !part.is_empty())?;
        let (region, account) = (parts.next()?, parts.next()?);
        let resource = parts.next()?.trim_start_matches('/');
        if resource.is_empty() || !partition.starts_with("aws") {
            return None;
        }
        let (resource_type, id) = match resource.split_once(['/', ':']) {
            Some((resource_type, id)) if !resource_type.is_empty() && !id.is_empty() => {
                (Some(resource_type), id)
            }
            _ => {
                let only = ONLY_TYPES.iter().find(|(of, _)| *of == service);
                (only.map(|(_, word)| *word), resource)
            }
        };
        let is_number = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let region = Some(region).filter(|region| !region.is_empty());
        Some(Arn { service, region, account: is_number.then_some(account), resource_type, id })
    }

    /// What the thing is, as the API of tagging writes it: `rds:db`.
    pub(crate) fn typed(&self) -> String {
        match self.resource_type {
            Some(resource_type) => format!("{}:{resource_type}", self.service),
            None => self.service.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, Option<&str>, &str)> {
        Arn::parse(text).map(|arn| (arn.typed(), arn.account, arn.id))
    }

    #[test]
    fn each_service_writes_them_its_own_way() {
        let account = Some("111122223333");
        for (text, typed, account, id) in [
            ("arn:aws:rds:eu-west-1:111122223333:db:orders", "rds:db", account, "orders"),
            ("arn:aws:eks:eu-west-1:111122223333:cluster/main", "eks:cluster", account, "main"),
            ("arn:aws:s3:::logs", "s3:bucket", None, "logs"),
            ("arn:aws:sqs:eu-west-1:111122223333:jobs", "sqs:queue", account, "jobs"),
            (
                "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc",
                "elasticloadbalancing:loadbalancer",
                account,
                "app/web/50dc",
            ),
            ("arn:aws:apigateway:eu-west-1::/restapis/a1", "apigateway:restapis", None, "a1"),
            (
                "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/x:*",
                "logs:log-group",
                account,
                "/aws/x:*",
            ),
            ("arn:aws:mystery:eu-west-1:111122223333:it", "mystery", account, "it"),
        ] {
            assert_eq!(parts(text), Some((typed.to_owned(), account, id)), "{text}");
        }
    }

    #[test]
    fn some_have_no_region() {
        let region = |text| Arn::parse(text).and_then(|arn| arn.region);
        assert_eq!(region("arn:aws:s3:::logs"), None);
        assert_eq!(region("arn:aws:sqs:eu-west-1:111122223333:jobs"), Some("eu-west-1"));
    }

    #[test]
    fn what_is_none() {
        let long = format!("arn:aws:s3:::{}", "x".repeat(2_048));
        for text in [
            "",
            "arn",
            "arn:aws:s3::",
            "arn:aws:s3:::",
            "arn::s3:::x",
            "urn:aws:s3:::x",
            "arn:aws:::: x",
            "arn:aws:s3:::a\u{1b}[2J",
            "arn:aws:s3:::a\0",
            long.as_str(),
        ] {
            assert_eq!(parts(text), None, "{text:?}");
        }
    }
}
