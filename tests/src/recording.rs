//! A recording of an AWS account of any size, as `discover --record` would have left it.
//!
//! It exists for tests that need many things and no peer: one that kills a run in the middle wants
//! thousands, differently each time. The format is written here from its description and not by
//! the product's own recorder; the answers are shaped as the EC2 API reference shows them.
//!
//! Neighbours: [`crate::moto`], the real peer, for whatever is about how answers are read.

use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

/// The account it pretends to be of.
pub const ACCOUNT: &str = "123456789012";

/// What the account holds.
#[derive(Debug, Clone)]
pub struct Recording {
    regions: Vec<(String, usize)>,
    edition: usize,
    kind: &'static str,
}

impl Recording {
    /// Of these regions, each with so many instances.
    pub fn of(regions: &[(&str, usize)]) -> Self {
        let regions = regions.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Self { regions, edition: 0, kind: "aws" }
    }

    /// Another state of the same things: each instance has it as its tag `edition`.
    #[must_use]
    pub fn edition(mut self, edition: usize) -> Self {
        self.edition = edition;
        self
    }

    /// Of a source of another kind, whatever its answers then mean.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// How many things there are: an instance and its volume each, and in each region a network, a
    /// subnet and a security group.
    pub fn things(&self) -> usize {
        self.regions.iter().map(|(_, instances)| 2 * instances + 3).sum()
    }

    /// How many instances there are.
    pub fn instances(&self) -> usize {
        self.regions.iter().map(|(_, instances)| instances).sum()
    }

    /// The `[aws]` table of a source that replays it.
    pub fn table(&self) -> String {
        let regions: Vec<&str> = self.regions.iter().map(|(name, _)| name.as_str()).collect();
        format!("[aws]\nregions = {regions:?}\n")
    }

    /// Writes it, all at once: who reads the file meanwhile has the old one or the new one.
    pub fn write(&self, path: &Path) {
        let beside = path.with_extension("writing");
        std::fs::write(&beside, self.text()).expect("a file can be written");
        std::fs::rename(&beside, path).expect("a file can be renamed");
    }

    /// Its text: a header, a line an exchange, and an end with their number and digest.
    pub fn text(&self) -> String {
        let regions: Vec<&str> = self.regions.iter().map(|(name, _)| name.as_str()).collect();
        let header = json!({
            "cadastre_recording": 1,
            "kind": self.kind,
            "recorded_at": "2026-11-21T12:00:00.000Z",
            "settings": {
                "accounts": [], "home": regions.first(), "page_size": 1000, "regions": regions,
                "role_name": null,
            },
        });
        let mut lines = vec![header.to_string()];
        let home = regions.first().copied().unwrap_or("us-east-1");
        lines.push(exchange("sts", home, "GetCallerIdentity", "", &identity()));
        for (region, instances) in &self.regions {
            self.region(region, *instances, &mut lines);
        }
        let exchanges = lines.len() - 1;
        let body = lines.join("\n") + "\n";
        let digest = hex::encode(Sha256::digest(body.as_bytes()));
        let end = json!({ "end": true, "exchanges": exchanges, "sha256": digest });
        format!("{body}{end}\n")
    }

    fn region(&self, region: &str, instances: usize, lines: &mut Vec<String>) {
        let all = |item: &dyn Fn(usize) -> String| (0..instances).map(item).collect::<String>();
        let own = region.replace('-', "");
        let mut list = |action: &str, most: &str, set: &str, items: String| {
            let body = format!(
                "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                 <requestId>1</requestId><{set}>{items}</{set}></{action}Response>"
            );
            lines.push(exchange("ec2", region, action, most, &body));
        };
        let most = "MaxResults=1000";
        let running = all(&|number| instance(&own, region, number, self.edition));
        list("DescribeInstances", most, "reservationSet", running);
        list("DescribeVolumes", "MaxResults=500", "volumeSet", all(&|number| volume(&own, number)));
        let vpc = format!(
            "<item><vpcId>vpc-{own}</vpcId><ownerId>{ACCOUNT}</ownerId><state>available</state>\
             <cidrBlock>10.0.0.0/8</cidrBlock><isDefault>false</isDefault></item>"
        );
        list("DescribeVpcs", most, "vpcSet", vpc);
        let subnet = format!(
            "<item><subnetId>subnet-{own}</subnetId><vpcId>vpc-{own}</vpcId>\
             <ownerId>{ACCOUNT}</ownerId><state>available</state>\
             <cidrBlock>10.0.0.0/8</cidrBlock></item>"
        );
        list("DescribeSubnets", most, "subnetSet", subnet);
        let group = format!(
            "<item><groupId>sg-{own}</groupId><groupName>web</groupName>\
             <groupDescription>web</groupDescription><ownerId>{ACCOUNT}</ownerId>\
             <vpcId>vpc-{own}</vpcId></item>"
        );
        list("DescribeSecurityGroups", most, "securityGroupInfo", group);
        list("DescribeNetworkInterfaces", most, "networkInterfaceSet", String::new());
        list("DescribeAddresses", "", "addressesSet", String::new());
    }
}

fn exchange(service: &str, region: &str, action: &str, parameters: &str, body: &str) -> String {
    let more = if parameters.is_empty() { String::new() } else { format!("&{parameters}") };
    json!({
        "key": format!("own/{service}/{region}/{action}?{parameters}"),
        "request": format!("Action={action}&Version=2016-11-15{more}"),
        "status": 200,
        "headers": { "content-type": "text/xml" },
        "body": body,
    })
    .to_string()
}

fn identity() -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><UserId>AIDAEXAMPLE</UserId><Account>{ACCOUNT}</Account>\
         <Arn>arn:aws:iam::{ACCOUNT}:user/reader</Arn></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
}

fn instance(own: &str, region: &str, number: usize, edition: usize) -> String {
    let (high, low) = (number / 250, number % 250 + 1);
    let tag =
        |key: &str, value: &str| format!("<item><key>{key}</key><value>{value}</value></item>");
    format!(
        "<item><reservationId>r-{own}{number}</reservationId><ownerId>{ACCOUNT}</ownerId>\
         <instancesSet><item><instanceId>i-{own}{number:05}</instanceId>\
         <instanceState><code>16</code><name>running</name></instanceState>\
         <instanceType>m5.large</instanceType><launchTime>2026-01-02T03:04:05.000Z</launchTime>\
         <placement><availabilityZone>{region}a</availabilityZone><tenancy>default</tenancy>\
         </placement><architecture>x86_64</architecture>\
         <privateIpAddress>10.1.{high}.{low}</privateIpAddress>\
         <subnetId>subnet-{own}</subnetId><vpcId>vpc-{own}</vpcId>\
         <groupSet><item><groupId>sg-{own}</groupId><groupName>web</groupName></item></groupSet>\
         <blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs>\
         <volumeId>vol-{own}{number:05}</volumeId><status>attached</status></ebs></item>\
         </blockDeviceMapping><tagSet>{}{}{}</tagSet></item></instancesSet></item>",
        tag("Name", &format!("{own}-{number:05}")),
        tag("team", ["payments", "search"][number % 2]),
        tag("edition", &edition.to_string()),
    )
}

fn volume(own: &str, number: usize) -> String {
    format!(
        "<item><volumeId>vol-{own}{number:05}</volumeId><size>8</size><status>in-use</status>\
         <volumeType>gp3</volumeType><encrypted>true</encrypted>\
         <createTime>2026-01-02T03:04:05.000Z</createTime><attachmentSet><item>\
         <volumeId>vol-{own}{number:05}</volumeId><instanceId>i-{own}{number:05}</instanceId>\
         <device>/dev/sda1</device><status>attached</status></item></attachmentSet></item>"
    )
}
