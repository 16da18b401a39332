//! What a server is, and which of the two languages it speaks.
//!
//! It is asked for its releases of VI JSON first (the call that the binding's `Auto` makes too); one
//! that does not know the question is spoken to in SOAP: a vCenter before 8.0 U1, and every ESXi host.

use super::soap;
use crate::fault::Fault;
use crate::wire::{Question, Verb, Wire};
use vim_rs::core::client::COMPATIBLE_API_RELEASES;
use vim_rs::types::structs::ServiceContent;
use vim_rs::xml::de::{DeserializeOptions, from_xml_with};

/// How the server is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    /// `/sdk`, XML.
    Soap,
    /// `/sdk/vim25/{release}`, JSON.
    Json(String),
}

/// What the server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// `VMware vCenter Server 8.0.2 build-22617221`.
    pub full_name: String,
    /// The id of a vCenter; an ESXi host has none.
    pub instance_uuid: Option<String>,
    /// A vCenter, not an ESXi host.
    pub is_vcenter: bool,
}

/// Which language the server speaks: VI JSON, if it agrees to a release of it.
pub(super) async fn speech(wire: &Wire) -> Result<Speech, Fault> {
    let releases = COMPATIBLE_API_RELEASES.map(|release| format!("\"{release}\"")).join(",");
    let question = Question::new("hello", Verb::Post, "/api/vcenter/system?action=hello")
        .with_body("application/json", format!("{{\"api_releases\":[{releases}]}}"));
    let answer = wire.ask(&question).await?;
    let agreed = serde_json::from_str::<serde_json::Value>(&answer.body)
        .ok()
        .filter(|_| answer.is_yes())
        .and_then(|said| Some(said.get("api_release")?.as_str()?.to_owned()))
        // It becomes part of addresses.
        .filter(|release| {
            !release.is_empty() && release.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        });
    Ok(agreed.map_or(Speech::Soap, Speech::Json))
}

/// What the server says that it is and has.
pub(super) fn content(speech: &Speech, body: &str) -> Option<ServiceContent> {
    match speech {
        Speech::Soap => {
            let lenient = DeserializeOptions { tolerate_build_errors: true };
            from_xml_with(soap::returned(body)?, lenient).ok()
        }
        Speech::Json(_) => miniserde::json::from_str(body).ok(),
    }
}

/// The part of it that is told to people.
pub(super) fn about(content: &ServiceContent) -> About {
    let about = &content.about;
    About {
        full_name: crate::text::clean(&about.full_name),
        instance_uuid: about
            .instance_uuid
            .as_deref()
            .map(crate::text::clean)
            .filter(|uuid| !uuid.is_empty()),
        is_vcenter: about.api_type == "VirtualCenter",
    }
}
