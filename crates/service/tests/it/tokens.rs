//! Tokens: shown once, let in only while and from where they hold, never with more than their
//! account may.

use super::collectors::playing;
use super::lab::{Lab, MINUTE, admin, on_both, quick};
use cadastre_model::{Permission, Role, Timestamp};
use cadastre_service::{ErrorKind, TokenAdd, TokenMade, TokenRefusal};
use secrecy::{ExposeSecret as _, SecretString};
use std::net::IpAddr;

async fn lab_with_alice(register: super::lab::Register, role: Role) -> Lab {
    let lab = Lab::new(register, playing([]), quick());
    let password = SecretString::from("correct horse battery");
    lab.service.account_add(&admin(), "alice", role, password).await.unwrap();
    lab
}

fn of_alice(name: &str) -> TokenAdd {
    TokenAdd { account: "alice".to_owned(), name: name.to_owned(), ..TokenAdd::default() }
}

async fn made(lab: &Lab, add: &TokenAdd) -> TokenMade {
    lab.service.token_add(&admin(), add).await.unwrap()
}

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

#[tokio::test]
async fn a_token_acts_for_its_account_and_reads_only_unless_made_to_write() {
    on_both(async |register| {
        let lab = lab_with_alice(register, Role::Editor).await;
        let reading = made(&lab, &of_alice("report")).await;
        let writing = made(&lab, &TokenAdd { write: true, ..of_alice("sync") }).await;
        let actor = async |token: &TokenMade| {
            let token = token.token.expose_secret();
            assert!(token.starts_with("cdst_") && token.len() == 5 + 64, "{token}");
            lab.service.token_actor(token, Some(HOME)).await.unwrap().unwrap()
        };
        let (reader, writer) = (actor(&reading).await, actor(&writing).await);
        assert_eq!(reader.name, "token:report@alice");
        assert!(reader.may(Permission::AssetRead) && !reader.may(Permission::AssetEdit));
        assert!(writer.may(Permission::AssetEdit) && !writer.may(Permission::UserManage));
        let error = lab.service.token_list(&reader, 0, 9).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden);
        assert!(error.message.contains("reads only"), "{error}");
        assert!(error.hint.unwrap().contains("--write"));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_and_says_why() {
    on_both(async |register| {
        let lab = lab_with_alice(register, Role::Editor).await;
        let ask = async |made: &TokenMade, from: Option<IpAddr>| {
            let token = made.token.expose_secret();
            lab.service.token_actor(token, from).await.unwrap().map(drop)
        };
        let expires = Some("2d".to_owned());
        let short = made(&lab, &TokenAdd { expires, ..of_alice("short") }).await;
        let allowed = vec!["10.0.0.0/8".to_owned()];
        let bound = made(&lab, &TokenAdd { allowed, ..of_alice("bound") }).await;
        let plain = made(&lab, &of_alice("plain")).await;

        assert_eq!(ask(&short, None).await, Ok(()));
        lab.clock.advance(2 * 24 * 60 * MINUTE);
        let end = short.expires_at.unwrap();
        assert_eq!(ask(&short, None).await, Err(TokenRefusal::Expired(end)));

        let inside = Some("10.9.8.7".parse().unwrap());
        assert_eq!(ask(&bound, inside).await, Ok(()));
        assert_eq!(ask(&bound, Some(HOME)).await, Err(TokenRefusal::From(Some(HOME))));
        assert_eq!(ask(&bound, None).await, Err(TokenRefusal::From(None)));

        lab.service.token_revoke(&admin(), bound.id).await.unwrap();
        assert_eq!(ask(&bound, inside).await, Err(TokenRefusal::Revoked));
        let error = lab.service.token_revoke(&admin(), bound.id).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);

        assert_eq!(ask(&plain, None).await, Ok(()));

        for unknown in ["", "cdst_", "cdst_0000", &plain.token.expose_secret()[5..]] {
            let refused = lab.service.token_actor(unknown, None).await.unwrap().unwrap_err();
            assert_eq!(refused, TokenRefusal::Unknown, "{unknown}");
        }
    })
    .await;
}

#[tokio::test]
async fn use_is_noted_now_and_then_and_reading_writes_nothing_between() {
    on_both(async |register| {
        let lab = lab_with_alice(register, Role::Reader).await;
        let token = made(&lab, &of_alice("report")).await;
        let used = async || {
            let token = token.token.expose_secret();
            lab.service.token_actor(token, None).await.unwrap().unwrap();
            let rows = lab.service.token_list(&admin(), 0, 9).await.unwrap();
            rows[0].used_at.unwrap()
        };
        let first = used().await;
        lab.clock.advance(5 * MINUTE);
        assert_eq!(used().await, first);
        lab.clock.advance(1);
        assert_eq!(used().await, Timestamp(first.0 + 5 * MINUTE + 1));
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_a_token_is_said_at_once_and_a_good_one_is_audited() {
    on_both(async |register| {
        let lab = lab_with_alice(register, Role::Reader).await;
        let add = TokenAdd {
            expires: Some("2020-01-01".to_owned()),
            allowed: vec!["10.0.0.0/8".to_owned(), "example.com".to_owned()],
            ..of_alice(" ")
        };
        let error = lab.service.token_add(&admin(), &add).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        for part in ["name: ", "expires: ", "is past", "allow: `example.com`"] {
            assert!(error.message.contains(part), "{error}");
        }
        let nobody = TokenAdd { account: "nobody".to_owned(), ..of_alice("x") };
        let error = lab.service.token_add(&admin(), &nobody).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);

        let token = made(&lab, &of_alice("report")).await;
        let again = lab.service.token_add(&admin(), &of_alice("report")).await.unwrap_err();
        assert_eq!(again.kind, ErrorKind::Conflict);
        lab.service.token_revoke(&admin(), token.id).await.unwrap();
        let lines = lab.service.audit_list(&admin(), None, 2).await.unwrap();
        let told: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
        assert_eq!(told, ["token.revoke", "token.add"]);
        let whole = serde_json::to_string(&lines).unwrap();
        assert!(whole.contains("report") && !whole.contains("cdst_"), "{whole}");
    })
    .await;
}
