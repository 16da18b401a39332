//! Tokens: kept by their digest, found with what their account may do now, revoked for good.

use crate::support::{Lab, T0, at, intent, write};
use cadastre_model::{Role, Timestamp};
use cadastre_store::{NewToken, StoreError, TokenRow};
use std::net::IpAddr;

on_both! {
    a_token_is_found_by_its_digest
    names_are_unique_while_they_hold
    a_revoked_token_stays_in_the_list
    lists_come_page_by_page
}

fn new<'a>(digest: &'a [u8], name: &'a str) -> NewToken<'a> {
    NewToken { digest, account: "zoe", name, write: false, expires_at: None, allowed: &[] }
}

async fn with_zoe(lab: &Lab) {
    write(&lab.store, T0, async |tx| tx.account_add("zoe", Role::Editor, None).await).await;
}

async fn a_token_is_found_by_its_digest(lab: Lab) {
    with_zoe(&lab).await;
    let allowed = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    let expires_at = Some(at(60));
    let id = write(&lab.store, at(1), async |tx| {
        let token = NewToken { write: true, expires_at, allowed: &allowed, ..new(b"a", "report") };
        tx.token_add(&token).await
    })
    .await;
    let found = lab.store.token_fetch(b"a").await.unwrap().unwrap();
    let row = TokenRow {
        id,
        account: "zoe".to_owned(),
        name: "report".to_owned(),
        write: true,
        allowed: allowed.to_vec(),
        created_at: at(1),
        expires_at,
        used_at: None,
        revoked_at: None,
    };
    assert_eq!((found.token, found.role, found.enabled), (row, Role::Editor, true));
    assert!(lab.store.token_fetch(b"b").await.unwrap().is_none());

    write(&lab.store, at(2), async |tx| tx.token_use(id).await).await;
    lab.raw("UPDATE account SET role = 'reader', enabled = 0").await;
    let found = lab.store.token_fetch(b"a").await.unwrap().unwrap();
    assert_eq!(found.token.used_at, Some(at(2)));
    assert_eq!((found.role, found.enabled), (Role::Reader, false), "what its account may now");
}

async fn names_are_unique_while_they_hold(lab: Lab) {
    with_zoe(&lab).await;
    write(&lab.store, T0, async |tx| tx.account_add("ben", Role::Reader, None).await).await;
    let add = async |token: NewToken<'_>| {
        let mut tx = lab.store.begin_write(intent(T0)).await.unwrap();
        let id = tx.token_add(&token).await?;
        tx.commit().await?;
        Ok::<i64, StoreError>(id)
    };
    let id = add(new(b"a", "report")).await.unwrap();
    let error = add(new(b"b", "report")).await.unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    add(NewToken { account: "ben", ..new(b"c", "report") }).await.unwrap();
    let error = add(NewToken { account: "eve", ..new(b"d", "report") }).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown { what: "account", .. }), "{error}");
    write(&lab.store, at(1), async |tx| tx.token_revoke(id).await).await;
    add(new(b"e", "report")).await.unwrap();
}

async fn a_revoked_token_stays_in_the_list(lab: Lab) {
    with_zoe(&lab).await;
    let id = write(&lab.store, T0, async |tx| tx.token_add(&new(b"a", "report")).await).await;
    let row = write(&lab.store, at(1), async |tx| tx.token_revoke(id).await).await;
    assert_eq!(row.revoked_at, Some(at(1)));
    assert_eq!(lab.store.token_list(0, 9).await.unwrap(), [row]);
    let found = lab.store.token_fetch(b"a").await.unwrap().unwrap();
    assert_eq!(found.token.revoked_at, Some(at(1)));
    for number in [id, id + 1] {
        let mut tx = lab.store.begin_write(intent(at(2))).await.unwrap();
        let error = tx.token_revoke(number).await.unwrap_err();
        assert!(matches!(error, StoreError::Unknown { .. }), "{error}");
    }
}

async fn lists_come_page_by_page(lab: Lab) {
    with_zoe(&lab).await;
    let digests: Vec<[u8; 1]> = (0..5).map(|number| [number]).collect();
    let names: Vec<String> = (0..5).map(|number| format!("token {number}")).collect();
    write(&lab.store, T0, async |tx| {
        for (digest, name) in digests.iter().zip(&names) {
            tx.token_add(&new(digest, name)).await?;
        }
        Ok(())
    })
    .await;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = lab.store.token_list(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.id;
        seen.extend(page.into_iter().map(|token| token.name));
    }
    assert_eq!(seen, names);
}

#[test]
fn a_token_bound_to_addresses_comes_from_those_only() {
    let token = |allowed: &[&str]| TokenRow {
        id: 1,
        account: String::new(),
        name: String::new(),
        write: false,
        allowed: allowed.iter().map(|net| net.parse().unwrap()).collect(),
        created_at: Timestamp(0),
        expires_at: None,
        used_at: None,
        revoked_at: None,
    };
    let from = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    let anywhere = token(&[]);
    assert!(anywhere.allows(None) && anywhere.allows(from("192.0.2.1")));
    let bound = token(&["10.0.0.0/8", "2001:db8::/32"]);
    for (address, is_allowed) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("11.1.2.3", false),
        ("2001:db8::1", true),
        ("2001:db9::1", false),
    ] {
        assert_eq!(bound.allows(from(address)), is_allowed, "{address}");
    }
    assert!(!bound.allows(None), "from nobody knows where");
}
