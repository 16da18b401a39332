//! Launch templates, with what the version says by which machines are started if none is named.
//!
//! With a version comes the user data of the machines to be started. It is dropped before this sees it
//! (`forget`).

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::errors::Fault;
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{LaunchTemplate, ResponseLaunchTemplateData};
use cadastre_model::{Attr, Kind, Observation};
use std::collections::BTreeMap;

/// Things on one page at most, by the API.
const MOST: i32 = 200;

/// What a version says, as far as anybody asks.
const SAID: [Attr; 5] = [
    Attr::ImageId,
    Attr::InstanceType,
    Attr::KeyPair,
    Attr::MetadataTokens,
    Attr::MetadataEndpoint,
];

/// What a version says of these.
type Version = BTreeMap<Attr, String>;

type Versions = BTreeMap<String, Version>;

/// Sends every launch template.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    // Asked for only where there is a template.
    let mut versions: Option<Result<Versions, Box<Fault>>> = None;
    let mut pager = Pager::new("ec2:DescribeLaunchTemplates");
    while pager.has_more() {
        let request = scope.ec2().describe_launch_templates().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for template in page.launch_templates() {
            let Some(id) = template.launch_template_id() else { continue };
            let versions = match &mut versions {
                Some(versions) => versions,
                none => none.insert(default_versions(scope, report).await?),
            };
            scope.see(id, observe(scope, id, template, versions)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

/// The default version of every template. That they may not be read is a detail of the templates.
async fn default_versions(
    scope: &Scope<'_>,
    report: &mut Report,
) -> Result<Result<Versions, Box<Fault>>, Halt> {
    let mut versions = Versions::new();
    let mut pager = Pager::new("ec2:DescribeLaunchTemplateVersions");
    while pager.has_more() {
        let request = scope.ec2().describe_launch_template_versions().versions("$Default");
        let request = request.max_results(scope.page(MOST)).set_next_token(pager.token());
        let page = scope.ask_detail("launch templates", pager.action(), request.send()).await?;
        let page = match page {
            Ok(page) => page,
            Err(fault) => return Ok(Err(fault)),
        };
        report.page();
        versions.extend(page.launch_template_versions().iter().filter_map(|version| {
            let data = version.launch_template_data()?;
            Some((version.launch_template_id()?.to_owned(), said(data)))
        }));
        pager.turn(page.next_token())?;
    }
    Ok(Ok(versions))
}

fn said(data: &ResponseLaunchTemplateData) -> Version {
    let metadata = data.metadata_options();
    let tokens = metadata.and_then(|metadata| metadata.http_tokens());
    let endpoint = metadata.and_then(|metadata| metadata.http_endpoint());
    let texts = [
        (Attr::ImageId, data.image_id()),
        (Attr::InstanceType, data.instance_type().map(|it| it.as_str())),
        (Attr::KeyPair, data.key_name()),
        (Attr::MetadataTokens, tokens.map(|it| it.as_str())),
        (Attr::MetadataEndpoint, endpoint.map(|it| it.as_str())),
    ];
    texts.into_iter().filter_map(|(attr, text)| Some((attr, text?.to_owned()))).collect()
}

fn observe(
    scope: &Scope<'_>,
    id: &str,
    template: &LaunchTemplate,
    versions: &Result<Versions, Box<Fault>>,
) -> Observation {
    let thing = Thing { kind: Kind::LaunchTemplate, resource: "launch-template", id, owner: None };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, template.tags(), template.launch_template_name());
    seen.state_time(Attr::CreatedAt, scope.moment(template.create_time()));
    seen.state_int(Attr::DefaultVersion, template.default_version_number());
    seen.state_int(Attr::LatestVersion, template.latest_version_number());
    match versions {
        Ok(versions) => {
            let version = versions.get(id);
            for attr in SAID {
                let text = version.and_then(|version| version.get(&attr));
                seen.state_text(attr, text.map(String::as_str));
            }
        }
        Err(fault) => SAID.into_iter().for_each(|attr| seen.not_read(attr, fault.text())),
    }
    seen
}
