//! Who may do what: every use case, asked by every role.

use super::collectors::{complete, playing, volume};
use super::lab::{Lab, on_both, quick};
use cadastre_model::{Actor, AssetId, Attr, Decision, Permission, Role};
use cadastre_service::store::{Party, Site, Sort};
use cadastre_service::{AssetEdit, DiscoverRequest, ErrorKind, RunProgress, ServiceError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

type Outcome = Result<(), ServiceError>;

/// Every use case with the permission it takes. A new one belongs here.
const USE_CASES: [(&str, Permission); 27] = [
    ("account_add", Permission::UserManage),
    ("account_list", Permission::UserManage),
    ("asset_changes", Permission::AssetRead),
    ("asset_count", Permission::AssetRead),
    ("asset_edit", Permission::AssetEdit),
    ("asset_facets", Permission::AssetRead),
    ("asset_fetch", Permission::AssetRead),
    ("asset_list", Permission::AssetRead),
    ("audit_check", Permission::AuditRead),
    ("audit_list", Permission::AuditRead),
    ("backup", Permission::SystemManage),
    ("conflict_decide", Permission::ConflictDecide),
    ("conflict_list", Permission::ConflictRead),
    ("discover", Permission::RunStart),
    ("discover dry", Permission::RunStart),
    ("discover record", Permission::RunStart),
    ("party_list", Permission::AssetRead),
    ("party_put", Permission::AssetEdit),
    ("run_queue", Permission::RunStart),
    ("site_list", Permission::AssetRead),
    ("site_put", Permission::AssetEdit),
    ("source_enable", Permission::SourceManage),
    ("source_list", Permission::SourceRead),
    ("source_names", Permission::SourceRead),
    ("source_put", Permission::SourceManage),
    ("source_remove", Permission::SourceManage),
    ("source_test", Permission::SourceManage),
];

async fn ask(lab: &Lab, actor: &Actor, use_case: &str) -> Outcome {
    let service = &lab.service;
    let query = service.query("")?;
    let (asset, all) = (AssetId(1), Sort::default());
    let nowhere = std::path::Path::new("/nonexistent/folder/file");
    let secret = || secrecy::SecretString::from("correct horse battery");
    match use_case {
        "account_add" => service.account_add(actor, "alice", Role::Reader, secret()).await,
        "account_list" => service.account_list(actor).await.map(drop),
        "asset_changes" => service.asset_changes(actor, asset, None, None, 1).await.map(drop),
        "asset_count" => service.asset_count(actor, &query, None, false).await.map(drop),
        "asset_edit" => {
            let set = vec![(Attr::Description, "x".to_owned())];
            service.asset_edit(actor, asset, &AssetEdit { set, ..AssetEdit::default() }).await
        }
        "asset_facets" => service.asset_facets(actor, &query, None, 3).await.map(drop),
        "asset_fetch" => service.asset_fetch(actor, asset, None).await.map(drop),
        "asset_list" => service.asset_list(actor, &query, None, all, None, 1).await.map(drop),
        "audit_check" => service.audit_check(actor).await.map(drop),
        "audit_list" => service.audit_list(actor, None, 1).await.map(drop),
        "backup" => service.backup(actor, nowhere).await,
        "conflict_decide" => service.conflict_decide(actor, 1, Decision::Accept).await,
        "conflict_list" => service.conflict_list(actor, false, 0, 1).await.map(drop),
        "discover" => discover(lab, actor, DiscoverRequest::default()).await,
        "discover dry" => {
            discover(lab, actor, DiscoverRequest { dry_run: true, record: None }).await
        }
        "discover record" => {
            let record = Some(nowhere.to_owned());
            discover(lab, actor, DiscoverRequest { dry_run: false, record }).await
        }
        "party_list" => service.party_list(actor, None).await.map(drop),
        "party_put" => {
            let party = Party { handle: "x".into(), name: "X".into(), is_team: true, active: true };
            service.party_put(actor, &party).await
        }
        "run_queue" => service.run_queue(actor, "it").await.map(drop),
        "site_list" => service.site_list(actor, None).await.map(drop),
        "site_put" => {
            let site = Site { slug: "x".into(), name: "X".into(), parent: None };
            service.site_put(actor, &site).await
        }
        "source_enable" => service.source_enable(actor, "it", true).await,
        "source_list" => service.source_list(actor).await.map(drop),
        "source_names" => service.source_names(actor).await.map(drop),
        "source_put" => service.source_put(actor, nowhere, None).await.map(drop),
        "source_remove" => service.source_remove(actor, "nobody").await,
        "source_test" => service.source_test(actor, "it").await.map(drop),
        other => panic!("{other} is not asked"),
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
            let actor = Actor { name: format!("user:{role}"), role };
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
        let reader = Actor { name: "user:reader".to_owned(), role: Role::Reader };
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
