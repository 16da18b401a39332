//! The clients of AWS's services, one for each account and region: each with a retry budget of its
//! own, so that a region that throttles uses up no other's, and each through the tape.

use crate::connection::Connection;
use crate::not_offered::NotOffered;
use crate::place::organisations_region;
use aws_config::{Region, SdkConfig};
use aws_sdk_ec2::config::retry::RetryPartition;

/// What a region is asked through.
#[derive(Debug)]
pub(crate) struct Services {
    /// Instances and all that is around them.
    pub ec2: aws_sdk_ec2::Client,
    /// Load balancers.
    pub balancers: aws_sdk_elasticloadbalancingv2::Client,
    /// What carries a tag, of whatever service.
    pub tagging: aws_sdk_resourcegroupstagging::Client,
}

impl Connection {
    /// The services of a region, asked as `sdk` says; `account` marks the questions in a recording.
    pub(crate) fn services(&self, account: &str, sdk: &SdkConfig, region: &str) -> Services {
        let balancers = aws_sdk_elasticloadbalancingv2::config::Builder::from(sdk)
            .region(Region::new(region.to_owned()))
            .http_client(self.taped(account))
            .retry_partition(RetryPartition::custom("elasticloadbalancing").build())
            .build();
        let tagging = aws_sdk_resourcegroupstagging::config::Builder::from(sdk)
            .region(Region::new(region.to_owned()))
            .http_client(self.taped(account))
            .retry_partition(RetryPartition::custom("tagging").build())
            .build();
        Services {
            ec2: self.ec2(account, sdk, region),
            balancers: aws_sdk_elasticloadbalancingv2::Client::from_conf(balancers),
            tagging: aws_sdk_resourcegroupstagging::Client::from_conf(tagging),
        }
    }

    /// A client of EC2 in a region.
    pub(crate) fn ec2(&self, account: &str, sdk: &SdkConfig, region: &str) -> aws_sdk_ec2::Client {
        let config = aws_sdk_ec2::config::Builder::from(sdk)
            .region(Region::new(region.to_owned()))
            .http_client(self.taped(account))
            .retry_partition(RetryPartition::custom("ec2").build());
        let config = match self.asked.private_endpoint {
            true => config.retry_classifier(NotOffered),
            false => config,
        };
        aws_sdk_ec2::Client::from_conf(config.build())
    }

    /// A client of STS in the home region.
    pub(crate) fn sts(&self, account: &str, sdk: &SdkConfig) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(sdk)
            .region(Region::new(self.asked.home.clone()))
            .http_client(self.taped(account))
            .retry_partition(RetryPartition::custom("sts").build())
            .build();
        aws_sdk_sts::Client::from_conf(config)
    }

    /// A client of Organizations, which is asked in one region of each partition.
    pub(crate) fn organisations(
        &self,
        account: &str,
        sdk: &SdkConfig,
        partition: &str,
    ) -> aws_sdk_organizations::Client {
        let config = aws_sdk_organizations::config::Builder::from(sdk)
            .region(Region::new(organisations_region(partition)))
            .http_client(self.taped(account))
            .retry_partition(RetryPartition::custom("organizations").build())
            .build();
        aws_sdk_organizations::Client::from_conf(config)
    }
}
