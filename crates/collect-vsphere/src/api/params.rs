//! The parameters of the calls that are made, in the shape that both encoders take: the type's name
//! first, then the parameters in the API's order.

#![allow(non_snake_case, reason = "the names are the API's")]

use super::row::Ref;
use miniserde::Serialize;
use vim_rs::types::structs::{
    ManagedObjectReference, ObjectSpec, PropertyFilterSpec, PropertySpec, RetrieveOptions,
};

/// `SessionManager.Login`.
#[derive(Serialize)]
pub(super) struct Login {
    #[serde(rename = "_typeName")]
    name: String,
    userName: String,
    password: String,
    locale: String,
}

impl Login {
    pub(super) fn new(user: &str, password: &str) -> Login {
        Login {
            name: "LoginRequestType".to_owned(),
            userName: user.to_owned(),
            password: password.to_owned(),
            // Faults in English, so that their words can be told apart.
            locale: "en".to_owned(),
        }
    }
}

/// `ViewManager.CreateContainerView`.
#[derive(Serialize)]
pub(super) struct CreateContainerView {
    #[serde(rename = "_typeName")]
    name: String,
    container: ManagedObjectReference,
    r#type: Vec<String>,
    recursive: bool,
}

impl CreateContainerView {
    pub(super) fn new(container: &Ref, kinds: &[&str]) -> CreateContainerView {
        CreateContainerView {
            name: "CreateContainerViewRequestType".to_owned(),
            container: container.to_managed(),
            r#type: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            recursive: true,
        }
    }
}

/// `PropertyCollector.RetrievePropertiesEx`.
#[derive(Serialize)]
pub(super) struct RetrievePropertiesEx {
    #[serde(rename = "_typeName")]
    name: String,
    specSet: Vec<PropertyFilterSpec>,
    options: RetrieveOptions,
}

impl RetrievePropertiesEx {
    /// These properties of these objects, which are of `kind` or of kinds derived from it.
    pub(super) fn new(kind: &str, objects: &[Ref], paths: &[&str]) -> RetrievePropertiesEx {
        let most = i32::try_from(objects.len()).unwrap_or(i32::MAX).max(1);
        let object_set = objects
            .iter()
            .map(|one| ObjectSpec { obj: one.to_managed(), skip: Some(false), select_set: None })
            .collect();
        RetrievePropertiesEx {
            name: "RetrievePropertiesExRequestType".to_owned(),
            specSet: vec![PropertyFilterSpec {
                prop_set: vec![PropertySpec {
                    r#type: kind.to_owned(),
                    all: Some(false),
                    path_set: Some(paths.iter().map(|path| (*path).to_owned()).collect()),
                }],
                object_set,
                // What was deleted since is then named by a fault, and told from what is left out.
                report_missing_objects_in_results: None,
            }],
            options: RetrieveOptions { max_objects: Some(most) },
        }
    }
}

/// `PropertyCollector.ContinueRetrievePropertiesEx`.
#[derive(Serialize)]
pub(super) struct ContinueRetrievePropertiesEx {
    #[serde(rename = "_typeName")]
    name: String,
    token: String,
}

impl ContinueRetrievePropertiesEx {
    pub(super) fn new(token: &str) -> ContinueRetrievePropertiesEx {
        ContinueRetrievePropertiesEx {
            name: "ContinueRetrievePropertiesExRequestType".to_owned(),
            token: token.to_owned(),
        }
    }
}
