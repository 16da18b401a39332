//! Who may do what: every use case, asked by every role.

use super::collectors::{complete, playing, volume};
use super::lab::{Lab, on_both, quick};
use cadastre_model::{Actor, AssetId, Attr, Decision, Permission, Role, RunId, SourceKind};
use cadastre_service::store::{Party, Site, Sort};
use cadastre_service::{
    AssetChange, AssetEdit, DiscoverRequest, EditError, ErrorKind, RunProgress, ServiceError,
    SourceForm, SourcePut, SourceRefused, TokenAdd,
};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

type Outcome = Result<(), ServiceError>;

/// Every use case with the permission it takes. A new one belongs here.
const USE_CASES: [(&str, Permission); 58] = [
    ("account_add", Permission::UserManage),
    ("account_enable", Permission::UserManage),
    ("account_list", Permission::UserManage),
    ("account_password", Permission::UserManage),
    ("account_role", Permission::UserManage),
    ("asset_changes", Permission::AssetRead),
    ("asset_choices", Permission::AssetRead),
    ("asset_count", Permission::AssetRead),
    ("asset_edit", Permission::AssetEdit),
    ("asset_edit_all", Permission::AssetEdit),
    ("asset_facets", Permission::AssetRead),
    ("asset_fetch", Permission::AssetRead),
    ("asset_hits", Permission::AssetRead),
    ("asset_list", Permission::AssetRead),
    ("audit_check", Permission::AuditRead),
    ("audit_list", Permission::AuditRead),
    ("backup", Permission::SystemManage),
    ("changes_newest", Permission::AssetRead),
    ("conflict_decide", Permission::ConflictDecide),
    ("conflict_list", Permission::ConflictRead),
    ("days_of_runs", Permission::SourceRead),
    ("discover", Permission::RunStart),
    ("discover dry", Permission::RunStart),
    ("discover record", Permission::RunStart),
    ("party_list", Permission::AssetRead),
    ("party_put", Permission::AssetEdit),
    ("run_ask", Permission::RunStart),
    ("run_changes", Permission::SourceRead),
    ("run_errors", Permission::SourceRead),
    ("run_fetch", Permission::SourceRead),
    ("run_follow", Permission::SourceRead),
    ("run_list", Permission::SourceRead),
    ("run_page", Permission::SourceRead),
    ("run_queue", Permission::RunStart),
    ("run_scopes", Permission::SourceRead),
    ("run_stop", Permission::RunStart),
    ("run_waiting", Permission::SourceRead),
    ("run_whole", Permission::SourceRead),
    ("site_list", Permission::AssetRead),
    ("site_put", Permission::AssetEdit),
    ("source_enable", Permission::SourceManage),
    ("source_fetch", Permission::SourceRead),
    ("source_file_put", Permission::SourceManage),
    ("source_form", Permission::SourceManage),
    ("source_form_add", Permission::SourceManage),
    ("source_form_change", Permission::SourceManage),
    ("source_kinds", Permission::SourceManage),
    ("source_list", Permission::SourceRead),
    ("source_names", Permission::SourceRead),
    ("source_remove", Permission::SourceManage),
    ("source_runs", Permission::SourceRead),
    ("source_test", Permission::SourceManage),
    ("source_list_as_of", Permission::SourceRead),
    ("standing", Permission::AssetRead),
    ("topology", Permission::AssetRead),
    ("token_add", Permission::UserManage),
    ("token_list", Permission::UserManage),
    ("token_revoke", Permission::UserManage),
];

async fn ask(lab: &Lab, actor: &Actor, use_case: &str) -> Outcome {
    let service = &lab.service;
    let query = service.query("")?;
    let (asset, run, all) = (AssetId(1), RunId(1), Sort::default());
    let nowhere = std::path::Path::new("/nonexistent/folder/file");
    let secret = || secrecy::SecretString::from("correct horse battery");
    match use_case {
        "account_add" => service.account_add(actor, "alice", Role::Reader, secret()).await,
        "account_enable" => service.account_enable(actor, "alice", false).await.map(drop),
        "account_list" => service.account_list(actor).await.map(drop),
        "account_password" => service.account_password(actor, "alice", secret()).await.map(drop),
        "account_role" => service.account_role(actor, "alice", Role::Editor).await.map(drop),
        "asset_changes" => service.asset_changes(actor, asset, None, None, 1).await.map(drop),
        "asset_choices" => service.asset_choices(actor).await.map(drop),
        "asset_count" => service.asset_count(actor, &query, None, false).await.map(drop),
        "asset_edit" => {
            let set = vec![(Attr::Description, "x".to_owned())];
            service.asset_edit(actor, asset, &AssetEdit { set, ..AssetEdit::default() }).await
        }
        "asset_edit_all" => {
            let set = vec![(Attr::Description, "y".to_owned())];
            let edit = AssetEdit { set, ..AssetEdit::default() };
            let change = AssetChange { id: asset, edit, versions: None };
            service.asset_edit_all(actor, &[change]).await.map_err(|error| match error {
                EditError::Service(error) => error,
                EditError::Refused(problems) => panic!("{problems:?}"),
            })
        }
        "asset_facets" => service.asset_facets(actor, &query, None, 3).await.map(drop),
        "asset_fetch" => service.asset_fetch(actor, asset, None).await.map(drop),
        "asset_hits" => service.asset_hits(actor, &query, 1).await.map(drop),
        "asset_list" => service.asset_list(actor, &query, None, all, None, 1).await.map(drop),
        "audit_check" => service.audit_check(actor).await.map(drop),
        "audit_list" => service.audit_list(actor, None, 1).await.map(drop),
        "backup" => service.backup(actor, nowhere).await,
        "changes_newest" => service.changes_newest(actor, 1).await.map(drop),
        "days_of_runs" => service.days_of_runs(actor, 1).await.map(drop),
        "conflict_decide" => service.conflict_decide(actor, 1, Decision::Accept).await,
        "conflict_list" => service.conflict_list(actor, false, 0, 1).await.map(drop),
        "discover" => discover(lab, actor, DiscoverRequest::default()).await,
        "discover dry" => {
            discover(lab, actor, DiscoverRequest { dry_run: true, ..Default::default() }).await
        }
        "discover record" => {
            let record = Some(nowhere.to_owned());
            discover(lab, actor, DiscoverRequest { record, ..Default::default() }).await
        }
        "party_list" => service.party_list(actor, None).await.map(drop),
        "party_put" => {
            let party = Party { handle: "x".into(), name: "X".into(), is_team: true, active: true };
            service.party_put(actor, &party).await
        }
        "run_ask" => service.run_ask(actor, "it", Duration::ZERO).await.map(drop),
        "run_changes" => service.run_changes(actor, run, None, 1).await.map(drop),
        "run_errors" => service.run_errors(actor, run, 0, 1).await.map(drop),
        "run_fetch" => service.run_fetch(actor, run).await.map(drop),
        "run_follow" => service.run_follow(actor, run).await.map(drop),
        "run_list" => service.run_list(actor, None, None, 1).await.map(drop),
        "run_scopes" => service.run_scopes(actor, run, "", 1).await.map(drop),
        "run_stop" => service.run_stop(actor, run).await,
        "run_waiting" => service.run_waiting(actor, None, 1).await.map(drop),
        "run_page" => service.run_page(actor, None, None, None, 0, 9).await.map(drop),
        "run_whole" => service.run_whole(actor, run, None, "", 0).await.map(drop),
        "run_queue" => service.run_queue(actor, "it").await.map(drop),
        "site_list" => service.site_list(actor, None).await.map(drop),
        "site_put" => {
            let site = Site { slug: "x".into(), name: "X".into(), parent: None };
            service.site_put(actor, &site).await
        }
        "source_enable" => service.source_enable(actor, "it", true).await,
        "source_list" => service.source_list(actor).await.map(drop),
        "source_names" => service.source_names(actor).await.map(drop),
        "source_fetch" => service.source_fetch(actor, "it").await.map(drop),
        "source_file_put" => service.source_file_put(actor, nowhere, None).await.map(drop),
        "source_form" => service.source_form(actor, "it").await.map(drop),
        "source_form_add" => form_outcome(service.source_form_add(actor, &form("more")).await),
        "source_form_change" => form_outcome(service.source_form_change(actor, &form("it")).await),
        "source_kinds" => service.source_kinds(actor).map(drop),
        "source_remove" => service.source_remove(actor, "nobody").await,
        "source_runs" => service.source_runs(actor, "it", None, 1).await.map(drop),
        "source_test" => service.source_test(actor, "it", Duration::from_secs(5)).await.map(drop),
        "source_list_as_of" => service.source_list_as_of(actor, None).await.map(drop),
        "topology" => service.topology(actor, None).await.map(drop),
        "standing" => service.standing(actor).await.map(drop),
        "token_add" => {
            let (account, name) = ("alice".to_owned(), format!("{}", actor.role));
            let add = TokenAdd { account, name, ..TokenAdd::default() };
            service.token_add(actor, &add).await.map(drop)
        }
        "token_list" => service.token_list(actor, 0, 9).await.map(drop),
        "token_revoke" => service.token_revoke(actor, 1).await.map(drop),
        other => panic!("{other} is not asked"),
    }
}

/// A form of a source that plays.
fn form(name: &str) -> SourceForm {
    SourceForm {
        name: name.to_owned(),
        kind: SourceKind::Aws,
        since: None,
        schedule: String::new(),
        settings: BTreeMap::from([("scenario".to_owned(), "play".to_owned())]),
        secrets: BTreeMap::new(),
    }
}

fn form_outcome(outcome: Result<SourcePut, SourceRefused>) -> Outcome {
    match outcome {
        Err(SourceRefused::Service(error)) => Err(error),
        // What is wrong with the fields is no matter of permission.
        Err(SourceRefused::Fields(_)) | Ok(_) => Ok(()),
    }
}

async fn discover(lab: &Lab, actor: &Actor, request: DiscoverRequest) -> Outcome {
    let (progress, _) = watch::channel(RunProgress::default());
    let cancel = CancellationToken::new();
    lab.service.discover(actor, "it", &request, progress, cancel).await.map(drop)
}

#[tokio::test]
async fn every_use_case_refuses_every_role_that_lacks_the_permission() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        for role in Role::ALL {
            let actor = Actor::new(format!("user:{role}"), role);
            for (use_case, permission) in USE_CASES {
                let outcome = ask(&lab, &actor, use_case).await;
                let refused =
                    outcome.as_ref().is_err_and(|error| error.kind == ErrorKind::Forbidden);
                assert_eq!(
                    refused,
                    !role.allows(permission),
                    "{use_case} asked by a {role}: {outcome:?}"
                );
                if let Err(error) = outcome.as_ref()
                    && refused
                {
                    assert!(error.message.contains(role.word()), "{error}");
                    assert_eq!(error.hint.as_deref(), Some("ask an admin"));
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_leaves_no_trace() {
    on_both(async |register| {
        let lab = Lab::new(register, playing([complete("a", [volume("1")])]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let admin = super::lab::admin();
        let before = lab.service.audit_list(&admin, None, 100).await.unwrap();
        let reader = Actor::new("user:reader", Role::Reader);
        for (use_case, permission) in USE_CASES {
            if !Role::Reader.allows(permission) {
                assert!(ask(&lab, &reader, use_case).await.is_err(), "{use_case}");
            }
        }
        assert_eq!(lab.service.audit_list(&admin, None, 100).await.unwrap(), before);
        assert_eq!(lab.runs().await.len(), 1);
        assert_eq!(lab.jobs().await, (0, 0, 0));
        assert!(lab.service.party_list(&admin, None).await.unwrap().is_empty());
        assert!(lab.service.account_list(&admin).await.unwrap().is_empty());
    })
    .await;
}
