//! Where things are: partition, account, region; and what their names look like there.

/// An account and one of its regions: a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The account's number.
    pub account: String,
    /// The region's name.
    pub region: String,
}

impl Place {
    /// The scope's name: `111122223333/eu-west-1`.
    pub(crate) fn scope(&self) -> String {
        format!("{}/{}", self.account, self.region)
    }

    /// The native id of a thing: `111122223333/eu-west-1/i-0abc`.
    pub(crate) fn native(&self, id: &str) -> String {
        format!("{}/{}/{id}", self.account, self.region)
    }

    /// The ARN of a thing of EC2 that belongs to `owner` (nobody, for images and snapshots).
    pub(crate) fn arn(&self, owner: &str, resource: &str, id: &str) -> String {
        format!("arn:{}:ec2:{}:{owner}:{resource}/{id}", self.partition, self.region)
    }
}

/// The partition of an ARN, if it is one.
pub(crate) fn partition_of_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    match (parts.next(), parts.next()) {
        (Some("arn"), Some(partition)) if !partition.is_empty() => Some(partition),
        _ => None,
    }
}

/// The partition a region lies in, by its name.
pub(crate) fn partition_of_region(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else if region.starts_with("eusc-") {
        "aws-eusc"
    } else if region.starts_with("us-isob-") {
        "aws-iso-b"
    } else if region.starts_with("us-isof-") {
        "aws-iso-f"
    } else if region.starts_with("eu-isoe-") {
        "aws-iso-e"
    } else if region.starts_with("us-iso-") {
        "aws-iso"
    } else {
        "aws"
    }
}

/// The one region of a partition in which Organizations is asked.
pub(crate) fn organisations_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-northwest-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The public endpoint of a service, for a trial of the way there. The SDK knows better for
/// requests; partitions cut off from the public network are not known here.
pub(crate) fn public_endpoint(service: &str, region: &str) -> Option<String> {
    let suffix = match partition_of_region(region) {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => return None,
    };
    Some(format!("https://{service}.{region}.{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let place = Place {
            partition: "aws-cn".to_owned(),
            account: "111122223333".to_owned(),
            region: "cn-north-1".to_owned(),
        };
        assert_eq!(place.scope(), "111122223333/cn-north-1");
        assert_eq!(place.native("i-1"), "111122223333/cn-north-1/i-1");
        assert_eq!(
            place.arn("111122223333", "instance", "i-1"),
            "arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-1"
        );
        assert_eq!(place.arn("", "image", "ami-1"), "arn:aws-cn:ec2:cn-north-1::image/ami-1");
        assert_eq!(partition_of_arn("arn:aws-us-gov:iam::1:root"), Some("aws-us-gov"));
        assert_eq!(partition_of_arn("root"), None);
    }

    #[test]
    fn partitions() {
        assert_eq!(partition_of_region("eu-west-1"), "aws");
        assert_eq!(partition_of_region("us-gov-east-1"), "aws-us-gov");
        assert_eq!(partition_of_region("us-isob-east-1"), "aws-iso-b");
        assert_eq!(
            public_endpoint("ec2", "cn-north-1").as_deref(),
            Some("https://ec2.cn-north-1.amazonaws.com.cn")
        );
        assert_eq!(public_endpoint("ec2", "us-iso-east-1"), None);
    }
}
