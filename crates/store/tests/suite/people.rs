//! What people keep: parties, sites, accounts, locks, the policy.

use crate::support::{Estate, Lab, T0, Thing, at, intent, write};
use cadastre_model::{AssetId, Attr, Lock, Policy, Role, TagLock, Value};
use cadastre_store::{Party, Site, StoreError, Visibility};

on_both! {
    parties_have_a_past
    sites_are_a_tree
    accounts_are_unique
    a_password_is_changed_for_one_account
    an_account_is_enabled_and_has_a_role_by_itself
    of_an_account_the_sessions_that_hold_are_counted
    the_last_lock_of_a_transaction_stands
    of_a_tag_there_is_one_lock_under_whatever_key
    the_policy_is_the_shipped_one_until_another_is_set
}

fn party(handle: &str, name: &str, active: bool) -> Party {
    Party {
        handle: handle.to_owned(),
        is_team: handle.starts_with("team"),
        name: name.to_owned(),
        active,
    }
}

fn site(slug: &str, parent: Option<&str>) -> Site {
    Site { slug: slug.to_owned(), name: slug.to_uppercase(), parent: parent.map(str::to_owned) }
}

async fn parties_have_a_past(lab: Lab) {
    let (zoe, team) = (party("zoe", "Zoë", true), party("team-db", "Databases", true));
    let left = party("zoe", "Zoë Ŝ.", false);
    write(&lab.store, T0, async |tx| {
        tx.party_put(&zoe).await?;
        tx.party_put(&team).await
    })
    .await;
    write(&lab.store, at(10), async |tx| {
        tx.party_put(&party("zoe", "a slip", true)).await?;
        tx.party_put(&left).await
    })
    .await;
    let list = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        lab.store.party_list(point).await.unwrap()
    };
    assert_eq!(list(-1).await, []);
    assert_eq!(list(9).await, [team.clone(), zoe]);
    assert_eq!(list(10).await, [team, left], "the last of a transaction stands");
}

async fn sites_are_a_tree(lab: Lab) {
    let put = async |one: Site, seconds: i64| {
        let mut tx = lab.store.begin_write(intent(at(seconds))).await.unwrap();
        tx.site_put(&one).await?;
        tx.commit().await
    };
    let error = put(site("hall-1", Some("paris")), 0).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown { .. }), "{error}");
    put(site("paris", None), 1).await.unwrap();
    put(site("hall-1", Some("paris")), 2).await.unwrap();
    put(site("rack-7", Some("hall-1")), 3).await.unwrap();
    for parent in ["paris", "rack-7", "hall-1"] {
        let error = put(site("paris", Some(parent)), 4).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{parent}: {error}");
    }
    put(site("lyon", None), 5).await.unwrap();
    put(site("hall-1", Some("lyon")), 6).await.unwrap();
    put(site("paris", Some("hall-1")), 7).await.unwrap();
    let list = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        let sites = lab.store.site_list(point).await.unwrap();
        let told = |site: Site| format!("{}<{}", site.slug, site.parent.unwrap_or_default());
        sites.into_iter().map(told).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list(3).await, "hall-1<paris paris< rack-7<hall-1");
    assert_eq!(list(9).await, "hall-1<lyon lyon< paris<hall-1 rack-7<hall-1");
}

async fn accounts_are_unique(lab: Lab) {
    write(&lab.store, T0, async |tx| {
        tx.account_add("zoe", Role::Admin, Some("hash")).await?;
        tx.account_add("ben", Role::Auditor, None).await
    })
    .await;
    let mut tx = lab.store.begin_write(intent(at(1))).await.unwrap();
    let error = tx.account_add("zoe", Role::Reader, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    drop(tx);
    let accounts = lab.store.account_list(at(1), at(-9)).await.unwrap();
    let told: Vec<_> = accounts.iter().map(|one| (one.name.as_str(), one.role)).collect();
    assert_eq!(told, [("ben", Role::Auditor), ("zoe", Role::Admin)]);
    assert!(accounts.iter().all(|one| one.enabled && one.created_at == T0));
    assert!(!serde_json::to_string(&accounts).unwrap().contains("hash"));
}

async fn a_password_is_changed_for_one_account(lab: Lab) {
    write(&lab.store, T0, async |tx| {
        tx.account_add("zoe", Role::Editor, Some("old")).await?;
        tx.account_add("ben", Role::Auditor, Some("his")).await
    })
    .await;
    write(&lab.store, at(1), async |tx| {
        assert_eq!(tx.account_password("zoe", "new").await?, 1);
        assert_eq!(tx.account_password("nobody", "new").await?, 0);
        Ok(())
    })
    .await;
    let login = async |name: &str| lab.store.login_fetch(name).await.unwrap().unwrap();
    let (zoe, ben) = (login("zoe").await, login("ben").await);
    assert_eq!(zoe.password_hash.as_deref(), Some("new"));
    assert_eq!((zoe.role, zoe.enabled), (Role::Editor, true), "all else stays");
    assert_eq!(ben.password_hash.as_deref(), Some("his"));
    assert_eq!(lab.store.account_list(at(1), T0).await.unwrap().len(), 2, "none was made");
}

async fn an_account_is_enabled_and_has_a_role_by_itself(lab: Lab) {
    write(&lab.store, T0, async |tx| {
        tx.account_add("zoe", Role::Admin, None).await?;
        tx.account_add("ben", Role::Admin, None).await
    })
    .await;
    let told = async || {
        let accounts = lab.store.account_list(at(9), T0).await.unwrap();
        accounts.into_iter().map(|one| (one.name, one.role, one.enabled)).collect::<Vec<_>>()
    };
    let (ben, zoe) = ("ben".to_owned(), "zoe".to_owned());
    write(&lab.store, at(1), async |tx| {
        assert_eq!((tx.admins_beside("ben").await?, tx.admins_beside("nobody").await?), (1, 2));
        assert_eq!(tx.account_enable("zoe", false).await?, 1);
        assert_eq!(tx.account_enable("nobody", false).await?, 0);
        assert_eq!(tx.admins_beside("ben").await?, 0, "one disabled is none");
        let login = tx.login_fetch("zoe").await?.expect("zoe is there");
        assert!(!login.enabled, "what was written in this transaction is read in it");
        Ok(())
    })
    .await;
    assert_eq!(told().await, [(ben.clone(), Role::Admin, true), (zoe.clone(), Role::Admin, false)]);
    write(&lab.store, at(2), async |tx| {
        assert_eq!(tx.account_role("ben", Role::Finance).await?, 1);
        assert_eq!(tx.account_role("nobody", Role::Finance).await?, 0);
        assert_eq!(tx.account_enable("zoe", true).await?, 1);
        assert!(tx.login_fetch("nobody").await?.is_none());
        Ok(())
    })
    .await;
    assert_eq!(told().await, [(ben, Role::Finance, true), (zoe, Role::Admin, true)]);
}

async fn of_an_account_the_sessions_that_hold_are_counted(lab: Lab) {
    write(&lab.store, T0, async |tx| {
        tx.account_add("zoe", Role::Admin, None).await?;
        tx.account_add("ben", Role::Reader, None).await
    })
    .await;
    for (second, digest, ends_at) in [(1, b"a", at(60)), (2, b"b", at(10)), (8, b"c", at(60))] {
        write(&lab.store, at(second), async |tx| tx.session_begin(digest, "zoe", ends_at).await)
            .await;
    }
    let counted = async |now: i64, idle_since: i64| {
        let accounts = lab.store.account_list(at(now), at(idle_since)).await.unwrap();
        accounts.into_iter().map(|one| one.sessions).collect::<Vec<_>>()
    };
    assert_eq!(counted(9, 0).await, [0, 3]);
    assert_eq!(counted(10, 0).await, [0, 2], "one has ended");
    assert_eq!(counted(9, 2).await, [0, 1], "two were not used since");
    write(&lab.store, at(9), async |tx| tx.account_enable("zoe", false).await).await;
    assert_eq!(counted(9, 0).await, [0, 0], "one disabled has none that holds");
}

async fn the_last_lock_of_a_transaction_stands(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "web01")]).await;
    let lock = |value: i64| Lock {
        attr: Attr::Vcpu,
        value: Some(Value::Int(value)),
        actor: "user:zoe".to_owned(),
        set_at: at(1),
        effective_from: at(1),
    };
    let locks = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        let page = lab.store.asset_fetch(AssetId(1), point, &Visibility::all()).await.unwrap();
        page.unwrap().locks
    };
    write(&lab.store, at(1), async |tx| tx.lock_set(AssetId(1), &lock(1)).await).await;
    write(&lab.store, at(2), async |tx| {
        tx.lock_set(AssetId(1), &lock(2)).await?;
        tx.lock_set(AssetId(1), &lock(3)).await
    })
    .await;
    write(&lab.store, at(3), async |tx| {
        tx.lock_set(AssetId(1), &lock(4)).await?;
        assert!(tx.lock_release(AssetId(1), Attr::Vcpu).await?);
        tx.lock_set(AssetId(1), &lock(5)).await
    })
    .await;
    assert_eq!(locks(1).await, [lock(1)]);
    assert_eq!(locks(2).await, [lock(3)]);
    assert_eq!(locks(3).await, [lock(5)]);
}

async fn of_a_tag_there_is_one_lock_under_whatever_key(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[Thing::new(1, "web01"), Thing::new(2, "web02")]).await;
    let lock = |key: &str, value: Option<&str>| TagLock {
        key: key.to_owned(),
        value: value.map(str::to_owned),
        actor: "user:zoe".to_owned(),
        set_at: at(1),
        effective_from: at(1),
    };
    let (id, policy) = (AssetId(1), Policy::default());
    let held = async |seconds: i64| {
        let point = lab.store.as_of(at(seconds), at(99)).await.unwrap();
        let page = lab.store.asset_fetch(id, point, &Visibility::all()).await.unwrap();
        page.unwrap().tag_locks
    };
    write(&lab.store, at(1), async |tx| {
        tx.tag_lock_set(AssetId(2), &lock("env", None), &policy).await?;
        tx.tag_lock_set(id, &lock("team", Some("")), &policy).await?;
        tx.tag_lock_set(id, &lock("env", Some("test")), &policy).await?;
        tx.tag_lock_set(id, &lock("Environment", Some("prod")), &policy).await
    })
    .await;
    write(&lab.store, at(2), async |tx| {
        tx.tag_lock_set(id, &lock("stage", Some("dev")), &policy).await?;
        assert!(tx.tag_lock_release(id, "ENV", &policy).await?);
        assert!(!tx.tag_lock_release(id, "Environment", &policy).await?);
        tx.tag_lock_set(id, &lock("stage", None), &policy).await
    })
    .await;
    write(&lab.store, at(3), async |tx| {
        assert!(tx.tag_lock_release(id, "env", &policy).await?);
        Ok(())
    })
    .await;
    assert_eq!(held(0).await, []);
    assert_eq!(held(1).await, [lock("Environment", Some("prod")), lock("team", Some(""))]);
    assert_eq!(held(2).await, [lock("stage", None), lock("team", Some(""))]);
    assert_eq!(held(3).await, [lock("team", Some(""))]);
    let now = lab.store.now(at(9)).await.unwrap();
    let other = lab.store.asset_fetch(AssetId(2), now, &Visibility::all()).await.unwrap();
    assert_eq!(other.unwrap().tag_locks, [lock("env", None)], "another's stays");
}

async fn the_policy_is_the_shipped_one_until_another_is_set(lab: Lab) {
    assert_eq!(lab.store.policy().await.unwrap(), Policy::default());
    let other = Policy { crowd_limit: 99, ..Policy::default() };
    let doc = serde_json::to_string(&other).unwrap();
    lab.raw(&format!(
        "INSERT INTO policy (rev_from, rev_to, doc) VALUES (1, {}, '{doc}')",
        i64::MAX
    ))
    .await;
    assert_eq!(lab.store.policy().await.unwrap(), other);
}
