//! Recordings written by hand, collectors run to their end, and what they said.

use crate::AwsFactory;
use cadastre_collect::{
    Cause, CollectError, Collector, Event, Exchange, Factory, Mode, Outcome, Recorder, Recording,
    RunContext, TimeBase,
};
use cadastre_model::{
    Coverage, DetailError, Enumeration, Kind, Observation, SourceKind, Timestamp,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The account of all recordings here.
pub(super) const ACCOUNT: &str = "111122223333";

/// When they were recorded.
pub(super) const RECORDED_AT: Timestamp = Timestamp(1_795_000_000_000);

/// Things on a page of theirs.
const PAGE_SIZE: i32 = 1_000;

/// Attempts at one request.
pub(super) const ATTEMPTS: usize = crate::connection::ATTEMPTS as usize;

/// What a run said, sorted out.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub seen: BTreeMap<String, Observation>,
    pub scopes: BTreeMap<String, Coverage>,
    pub started: Vec<String>,
    pub observations: usize,
    pub details: Vec<(String, DetailError)>,
    pub result: Option<Result<(), CollectError>>,
}

impl Said {
    pub(super) fn thing(&self, id: &str) -> &Observation {
        let suffix = format!("/{id}");
        self.seen
            .iter()
            .find(|(native, _)| native.ends_with(&suffix))
            .map(|(_, seen)| seen)
            .unwrap_or_else(|| panic!("{id} was not seen, only {:?}", self.seen.keys()))
    }

    /// What was seen of a kind.
    pub(super) fn of(&self, kind: Kind) -> Vec<&Observation> {
        self.seen.values().filter(|seen| seen.kind == kind).collect()
    }

    pub(super) fn coverage(&self, scope: &str) -> (Enumeration, String) {
        let coverage = self
            .scopes
            .get(scope)
            .unwrap_or_else(|| panic!("no scope {scope}, only {:?}", self.scopes));
        (coverage.enumeration, coverage.error.clone().unwrap_or_default())
    }

    pub(super) fn error(&self) -> &CollectError {
        match &self.result {
            Some(Err(error)) => error,
            other => panic!("expected an error, not {other:?}; {:?}", self.scopes),
        }
    }

    pub(super) fn assert_ok(&self) {
        assert_eq!(self.result, Some(Ok(())));
    }
}

pub(super) async fn collected(collector: &dyn Collector) -> Said {
    collected_until(collector, TimeBase::live(), |_, _| {}).await
}

/// Runs a collector; `on_event` may cancel it.
pub(super) async fn collected_until(
    collector: &dyn Collector,
    time: TimeBase,
    mut on_event: impl FnMut(&Event, &CancellationToken),
) -> Said {
    let (sender, mut receiver) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = RunContext::new(sender, cancel.clone(), time);
    let collecting = async move {
        let result = collector.collect(&run).await;
        drop(run);
        result
    };
    let listening = async {
        let mut said = Said::default();
        while let Some(event) = receiver.recv().await {
            on_event(&event, &cancel);
            match event {
                Event::ScopeStarted { scope } => said.started.push(scope),
                Event::Seen(seen) => {
                    said.observations += 1;
                    said.seen.insert(seen.native_id.clone(), *seen);
                }
                Event::ScopeFinished { scope, coverage } => {
                    assert!(said.scopes.insert(scope, coverage).is_none(), "closed twice");
                }
                Event::DetailError { scope, error } => said.details.push((scope, error)),
                Event::Progress { .. } => {}
            }
        }
        said
    };
    let (result, mut said) = tokio::join!(collecting, listening);
    said.result = Some(result);
    said.started.sort();
    assert_eq!(said.started, said.scopes.keys().cloned().collect::<Vec<_>>(), "left open");
    said
}

pub(super) fn built(settings: Value, secrets: &[(&str, &str)], mode: Mode) -> Box<dyn Collector> {
    let secrets = secrets
        .iter()
        .map(|(key, secret)| ((*key).to_owned(), SecretString::from(*secret)))
        .collect();
    AwsFactory.build(&settings, &secrets, mode).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// A recording being written.
pub(super) struct Tape {
    folder: TempDir,
    recorder: Recorder,
}

impl Tape {
    /// Of one account and these regions, with nothing in them but what is added. STS has answered.
    pub(super) fn of(regions: &[&str]) -> Tape {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("aws.jsonl");
        let recorder = Recorder::create(&path, SourceKind::Aws, RECORDED_AT).unwrap();
        let tape = Tape { folder, recorder };
        tape.recorder.note_settings(json!({
            "home": "eu-west-1", "regions": regions, "accounts": [], "role_name": null,
            "page_size": PAGE_SIZE, "questions": "all",
        }));
        tape
    }

    /// Of a time when less was asked, and recordings did not say what.
    pub(super) fn of_old(regions: &[&str]) -> Tape {
        let tape = Tape::of(regions);
        tape.recorder.note_settings(json!({
            "home": "eu-west-1", "regions": regions, "accounts": [], "role_name": null,
            "page_size": PAGE_SIZE,
        }));
        tape.sts(200, &caller());
        tape
    }

    /// Taken from an endpoint that the settings named.
    pub(super) fn at_an_endpoint(regions: &[&str]) -> Tape {
        let tape = Tape::of(regions);
        tape.recorder.note_settings(json!({
            "home": "eu-west-1", "regions": regions, "accounts": [], "role_name": null,
            "page_size": PAGE_SIZE, "questions": "all", "private_endpoint": true,
        }));
        tape.sts(200, &caller());
        tape
    }

    /// Of an organisation whose accounts are entered by the role `audit`. STS has answered.
    pub(super) fn of_organisation(regions: &[&str]) -> Tape {
        let tape = Tape::of(regions);
        tape.recorder.note_settings(json!({
            "home": "eu-west-1", "regions": regions, "accounts": [], "role_name": "audit",
            "page_size": PAGE_SIZE, "questions": "all",
        }));
        tape.sts(200, &caller());
        tape
    }

    /// With STS's answer.
    pub(super) fn known(regions: &[&str]) -> Tape {
        let tape = Tape::of(regions);
        tape.sts(200, &caller());
        tape
    }

    pub(super) fn sts(&self, status: u16, body: &str) {
        self.add("own/sts/eu-west-1/GetCallerIdentity?", status, body);
    }

    pub(super) fn regions(&self, status: u16, body: &str) {
        self.add("own/ec2/eu-west-1/DescribeRegions?AllRegions=false", status, body);
    }

    /// The first page of a kind in a region: `DescribeVolumes`.
    pub(super) fn page(&self, region: &str, action: &str, status: u16, body: &str) {
        self.next_page(region, action, None, status, body);
    }

    pub(super) fn next_page(
        &self,
        region: &str,
        action: &str,
        token: Option<&str>,
        status: u16,
        body: &str,
    ) {
        self.add(&key(region, action, token), status, body);
    }

    /// An attempt that failed.
    pub(super) fn failure(&self, region: &str, action: &str, failure: &str, cause: Cause) {
        self.recorder.append(&Exchange {
            key: key(region, action, None),
            request: String::new(),
            outcome: Outcome::Failure { failure: failure.to_owned(), cause },
        });
    }

    /// The answer about these types of instance.
    pub(super) fn types(&self, region: &str, names: &[&str], status: u16, body: &str) {
        let names: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(n, name)| format!("InstanceType.{}={name}", n + 1))
            .collect();
        let key = format!("own/ec2/{region}/DescribeInstanceTypes?{}", names.join("&"));
        self.add(&key, status, body);
    }

    pub(super) fn images(&self, region: &str, ids: &[&str], status: u16, body: &str) {
        let ids: Vec<String> =
            ids.iter().enumerate().map(|(n, id)| format!("ImageId.{}={id}", n + 1)).collect();
        let key =
            format!("own/ec2/{region}/DescribeImages?{}&IncludeDeprecated=true", ids.join("&"));
        self.add(&key, status, body);
    }

    /// Empty answers to every kind of a region, but those named.
    pub(super) fn empty_but(&self, region: &str, named: &[&str]) {
        for action in all_kinds().filter(|action| !named.contains(action)) {
            self.page(region, action, 200, &empty(action));
        }
    }

    /// Keys and bodies of the answers about a region with nothing in it.
    pub(super) fn nothing_in(region: &str) -> Vec<(String, String)> {
        all_kinds().map(|action| (key(region, action, None), empty(action))).collect()
    }

    /// Any answer to any question.
    pub(super) fn add(&self, key: &str, status: u16, body: &str) {
        self.recorder.append(&Exchange {
            key: key.to_owned(),
            request: "by hand".to_owned(),
            outcome: Outcome::Answer { status, headers: BTreeMap::new(), body: body.to_owned() },
        });
    }

    /// Closes the tape and plays it.
    pub(super) async fn played(self, settings: Value) -> Said {
        let (collector, _folder) = self.collector(settings);
        collected(collector.as_ref()).await
    }

    pub(super) fn collector(self, settings: Value) -> (Box<dyn Collector>, TempDir) {
        let recorded = self.recorder.finish().unwrap();
        let recording = Recording::open(&recorded.path).unwrap();
        (built(settings, &[], Mode::Replay(recording)), self.folder)
    }
}

pub(super) const KINDS: [&str; 20] = [
    "DescribeInstances",
    "DescribeImages",
    "DescribeVolumes",
    "DescribeVpcs",
    "DescribeSubnets",
    "DescribeSecurityGroups",
    "DescribeNetworkInterfaces",
    "DescribeAddresses",
    "GetEbsEncryptionByDefault",
    "DescribeSnapshots",
    "DescribeInternetGateways",
    "DescribeNatGateways",
    "DescribeTransitGateways",
    "DescribeRouteTables",
    "DescribeVpcPeeringConnections",
    "DescribeTransitGatewayAttachments",
    "DescribeKeyPairs",
    "DescribeLaunchTemplates",
    "DescribeReservedInstances",
    "DescribeLoadBalancers",
];

/// The last kind, which answers in JSON.
pub(super) const TAGGED: &str = "GetResources";

/// What a question about a kind is known by in a recording of the credentials' own account.
fn key(region: &str, action: &str, token: Option<&str>) -> String {
    let most = PAGE_SIZE;
    let (service, parameters, name) = match action {
        "DescribeAddresses"
        | "DescribeKeyPairs"
        | "DescribeReservedInstances"
        | "GetEbsEncryptionByDefault" => return format!("own/ec2/{region}/{action}?"),
        "DescribeImages" => {
            let own = "IncludeDeprecated=true&IncludeDisabled=true&MaxResults=1000";
            return format!("own/ec2/{region}/{action}?{own}{}&Owner.1=self", next(token));
        }
        "DescribeSnapshots" => {
            return format!(
                "own/ec2/{region}/{action}?MaxResults={most}{}&Owner.1=self",
                next(token)
            );
        }
        "DescribeLoadBalancers" => ("elasticloadbalancing", "PageSize=400".to_owned(), "Marker"),
        "GetResources" => {
            let token = token.map(|token| format!("PaginationToken={token}&"));
            let token = token.unwrap_or_default();
            return format!("own/tagging/{region}/{action}?{token}ResourcesPerPage=100");
        }
        "DescribeVolumes" => ("ec2", "MaxResults=500".to_owned(), "NextToken"),
        "DescribeLaunchTemplates" => ("ec2", "MaxResults=200".to_owned(), "NextToken"),
        "DescribeRouteTables" => ("ec2", "MaxResults=100".to_owned(), "NextToken"),
        _ => ("ec2", format!("MaxResults={most}"), "NextToken"),
    };
    let mut all = vec![parameters];
    all.extend(token.map(|token| format!("{name}={token}")));
    all.sort();
    format!("own/{service}/{region}/{action}?{}", all.join("&"))
}

fn all_kinds() -> impl Iterator<Item = &'static str> {
    KINDS.into_iter().chain([TAGGED])
}

fn next(token: Option<&str>) -> String {
    token.map(|token| format!("&NextToken={token}")).unwrap_or_default()
}

/// An answer that lists nothing.
pub(super) fn empty(action: &str) -> String {
    match action {
        TAGGED => tagged("", None),
        "DescribeLoadBalancers" => balancers(action, "<LoadBalancers/>"),
        _ => answer(action, ""),
    }
}

/// An answer of the API of tagging: these resources, and the token of the next page.
pub(super) fn tagged(resources: &str, next: Option<&str>) -> String {
    let next = next.unwrap_or_default();
    format!(r#"{{"PaginationToken":"{next}","ResourceTagMappingList":[{resources}]}}"#)
}

/// An answer of load balancing to `action` with this inside.
pub(super) fn balancers(action: &str, inside: &str) -> String {
    format!(
        "<{action}Response xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
         <{action}Result>{inside}</{action}Result><ResponseMetadata><RequestId>8f7724cf</RequestId>\
         </ResponseMetadata></{action}Response>"
    )
}

/// An answer of EC2 to `action` with this inside.
pub(super) fn answer(action: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>8f7724cf</requestId>{inside}</{action}Response>"
    )
}

/// A refusal of EC2.
pub(super) fn refusal(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error></Errors><RequestID>8f7724cf</RequestID></Response>"
    )
}

/// A refusal of STS.
pub(super) fn sts_refusal(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>8f7724cf</RequestId></ErrorResponse>"
    )
}

pub(super) fn caller() -> String {
    caller_of(ACCOUNT)
}

/// STS's answer to somebody of this account.
pub(super) fn caller_of(account: &str) -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/reader</Arn>\
         <UserId>AIDA</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>8f7724cf</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    )
}
