//! Accounts: who is out is out at once, an admin is always left, and what was done is written down.

use super::collectors::playing;
use super::lab::{Lab, MINUTE, Register, admin, on_both, quick};
use cadastre_model::{Role, Timestamp};
use cadastre_service::store::Account;
use cadastre_service::{AccountChange, ErrorKind, ServiceError, Session, TokenAdd, TokenRefusal};
use cadastre_tests::sql::Sql;
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple horse battery";

const NOTHING: AccountChange = AccountChange { changed: false, sessions_ended: 0 };

fn ended(sessions: u64) -> AccountChange {
    AccountChange { changed: true, sessions_ended: sessions }
}

async fn lab_with(register: Register, accounts: &[(&str, Role)]) -> Lab {
    let lab = Lab::new(register, playing([]), quick());
    for (name, role) in accounts {
        let password = SecretString::from(PASSWORD);
        lab.service.account_add(&admin(), name, *role, password).await.unwrap();
    }
    lab
}

async fn try_log_in(lab: &Lab, name: &str, password: &str) -> Result<Session, ServiceError> {
    lab.service.log_in(name, SecretString::from(password), None).await
}

async fn log_in(lab: &Lab, name: &str) -> Session {
    try_log_in(lab, name, PASSWORD).await.unwrap()
}

async fn holds(lab: &Lab, session: &Session) -> bool {
    lab.service.session_actor(session.token.expose_secret()).await.unwrap().is_some()
}

async fn accounts(lab: &Lab) -> Vec<Account> {
    lab.service.account_list(&admin()).await.unwrap()
}

async fn enable(lab: &Lab, name: &str, enabled: bool) -> Result<AccountChange, ServiceError> {
    lab.service.account_enable(&admin(), name, enabled).await
}

async fn role(lab: &Lab, name: &str, role: Role) -> Result<AccountChange, ServiceError> {
    lab.service.account_role(&admin(), name, role).await
}

async fn password(lab: &Lab, name: &str, password: &str) -> Result<AccountChange, ServiceError> {
    lab.service.account_password(&admin(), name, SecretString::from(password)).await
}

async fn token_of(lab: &Lab, account: &str) -> SecretString {
    let add =
        TokenAdd { account: account.to_owned(), name: "report".to_owned(), ..TokenAdd::default() };
    lab.service.token_add(&admin(), &add).await.unwrap().token
}

async fn role_by(lab: &Lab, token: &SecretString) -> Result<Role, TokenRefusal> {
    let actor = lab.service.token_actor(token.expose_secret(), None).await.unwrap();
    actor.map(|actor| actor.role)
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_only_the_tokens_come_back() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor), ("ben", Role::Reader)]).await;
        let theirs = [log_in(&lab, "alice").await, log_in(&lab, "alice").await];
        let others = log_in(&lab, "ben").await;
        let token = token_of(&lab, "alice").await;
        assert_eq!(role_by(&lab, &token).await, Ok(Role::Editor));

        assert_eq!(enable(&lab, "alice", false).await, Ok(ended(2)));
        for session in &theirs {
            assert!(!holds(&lab, session).await);
        }
        assert!(holds(&lab, &others).await);
        assert_eq!(role_by(&lab, &token).await, Err(TokenRefusal::Disabled));
        let error = try_log_in(&lab, "alice", PASSWORD).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden);

        assert_eq!(enable(&lab, "alice", true).await, Ok(ended(0)));
        for session in &theirs {
            assert!(!holds(&lab, session).await, "sessions do not come back");
        }
        assert_eq!(role_by(&lab, &token).await, Ok(Role::Editor));
        log_in(&lab, "alice").await;
    })
    .await;
}

#[tokio::test]
async fn another_role_ends_the_sessions_and_counts_for_the_tokens() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor)]).await;
        let (session, token) = (log_in(&lab, "alice").await, token_of(&lab, "alice").await);
        assert_eq!(role(&lab, "alice", Role::Auditor).await, Ok(ended(1)));
        assert!(!holds(&lab, &session).await);
        assert_eq!(role_by(&lab, &token).await, Ok(Role::Auditor));
        let session = log_in(&lab, "alice").await;
        let actor = lab.service.session_actor(session.token.expose_secret()).await.unwrap();
        assert_eq!(actor.unwrap().role, Role::Auditor);
    })
    .await;
}

#[tokio::test]
async fn another_password_ends_the_sessions_and_the_old_one() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor)]).await;
        let session = log_in(&lab, "alice").await;
        let error = password(&lab, "alice", "eleven char").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(holds(&lab, &session).await, "nothing came of it");
        assert_eq!(password(&lab, "alice", OTHER).await, Ok(ended(1)));
        assert!(!holds(&lab, &session).await);
        let error = try_log_in(&lab, "alice", PASSWORD).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Forbidden);
        try_log_in(&lab, "alice", OTHER).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    on_both(async |register| {
        let lab = lab_with(register, &[("ann", Role::Admin), ("ben", Role::Admin)]).await;
        let session = log_in(&lab, "ann").await;
        assert_eq!(enable(&lab, "ben", false).await, Ok(ended(0)));
        for refused in [enable(&lab, "ann", false).await, role(&lab, "ann", Role::Editor).await] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Conflict);
            assert!(error.message.contains("`ann` is the last admin"), "{error}");
            assert!(error.hint.unwrap().contains("cadastre user role NAME admin"));
        }
        assert!(holds(&lab, &session).await);
        assert_eq!(role(&lab, "ben", Role::Reader).await, Ok(ended(0)), "one disabled is none");

        role(&lab, "ben", Role::Admin).await.unwrap();
        enable(&lab, "ben", true).await.unwrap();
        let (ann, ben) = tokio::join!(enable(&lab, "ann", false), role(&lab, "ben", Role::Reader));
        let refused: Vec<ServiceError> = [ann, ben].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1, "of two at once one is refused: {refused:?}");
        assert_eq!(refused[0].kind, ErrorKind::Conflict);
        let left = accounts(&lab).await;
        assert_eq!(left.iter().filter(|one| one.enabled && one.role == Role::Admin).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_changes_nothing_is_written() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor), ("ben", Role::Reader)]).await;
        enable(&lab, "ben", false).await.unwrap();
        let session = log_in(&lab, "alice").await;
        let before = lab.service.audit_list(&admin(), None, 99).await.unwrap();
        assert_eq!(enable(&lab, "alice", true).await, Ok(NOTHING));
        assert_eq!(enable(&lab, "ben", false).await, Ok(NOTHING));
        assert_eq!(role(&lab, "alice", Role::Editor).await, Ok(NOTHING));
        assert!(holds(&lab, &session).await);
        assert_eq!(lab.service.audit_list(&admin(), None, 99).await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_written_down_and_no_password() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor)]).await;
        log_in(&lab, "alice").await;
        role(&lab, "alice", Role::Reader).await.unwrap();
        password(&lab, "alice", OTHER).await.unwrap();
        enable(&lab, "alice", false).await.unwrap();
        enable(&lab, "alice", true).await.unwrap();
        let log = lab.service.audit_list(&admin(), None, 4).await.unwrap();
        let told: Vec<&str> = log.iter().rev().map(|one| one.action.as_str()).collect();
        let done = ["account.role", "account.password", "account.disable", "account.enable"];
        assert_eq!(told, done);
        assert!(log.iter().all(|one| one.subject == "account:alice" && one.actor == "cli:test"));
        let whole = serde_json::to_string(&log).unwrap();
        assert!(!whole.contains("horse") && !whole.contains("argon2"), "{whole}");
        let detail = serde_json::to_string(&log[3]).unwrap();
        for part in ["from", "editor", "to", "reader", "sessions_ended"] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_not_there_is_told_with_the_nearest() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor)]).await;
        for (name, hint) in [
            ("alcie", "did you mean `alice`?"),
            ("zoe", "`cadastre user list` shows the accounts there are"),
        ] {
            let refused = [
                enable(&lab, name, false).await,
                role(&lab, name, Role::Reader).await,
                password(&lab, name, OTHER).await,
            ];
            for error in refused.map(Result::unwrap_err) {
                assert_eq!(error.kind, ErrorKind::NotFound);
                assert_eq!(error.message, format!("there is no account `{name}`"));
                assert_eq!(error.hint.as_deref(), Some(hint));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_counts_the_sessions_that_hold() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Editor), ("ben", Role::Reader)]).await;
        for _ in 0..2 {
            log_in(&lab, "alice").await;
        }
        let told = async || {
            let accounts = accounts(&lab).await;
            accounts.into_iter().map(|one| (one.name, one.sessions)).collect::<Vec<_>>()
        };
        assert_eq!(told().await, [("alice".to_owned(), 2), ("ben".to_owned(), 0)]);
        lab.clock.advance(11 * 60 * MINUTE);
        log_in(&lab, "alice").await;
        lab.clock.advance(60 * MINUTE);
        assert_eq!(told().await[0].1, 1, "two were not used for long");
    })
    .await;
}

/// While somebody else writes, a login gets as far as the beginning of its session.
#[tokio::test]
async fn a_login_that_was_overtaken_is_refused() {
    on_both(async |register| {
        let people = [("alice", Role::Editor), ("ben", Role::Reader), ("zoe", Role::Reader)];
        let lab = lab_with(register, &people).await;
        let mut tx = lab.store.begin_write(lab.intent()).await.unwrap();
        let logins = ["alice", "ben", "zoe"].map(|name| {
            let service = lab.service.clone();
            tokio::spawn(
                async move { service.log_in(name, SecretString::from(PASSWORD), None).await },
            )
        });
        tokio::time::sleep(Duration::from_millis(800)).await;
        let another = tx.login_fetch("zoe").await.unwrap().unwrap().password_hash.unwrap();
        tx.account_enable("alice", false).await.unwrap();
        tx.account_password("ben", &another).await.unwrap();
        tx.commit().await.unwrap();
        let [alice, ben, zoe] = logins;
        for overtaken in [alice, ben] {
            let error = overtaken.await.unwrap().unwrap_err();
            assert_eq!(error.kind, ErrorKind::Forbidden);
            assert_eq!(error.message, "name or password is not right");
        }
        zoe.await.unwrap().unwrap();
        assert_eq!(
            accounts(&lab).await.iter().map(|one| one.sessions).collect::<Vec<_>>(),
            [0, 0, 1]
        );
        let log = lab.service.audit_list(&admin(), None, 3).await.unwrap();
        assert_eq!(log.iter().filter(|one| one.action == "session.refused").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_session_whose_use_cannot_be_noted_holds_all_the_same() {
    let register = Register::sqlite().await;
    let file = register.folder.path().join("cadastre.db");
    let lab = lab_with(register, &[("alice", Role::Editor)]).await;
    let session = log_in(&lab, "alice").await;
    let sql = Sql::at(&format!("sqlite://{}", file.display()));
    sql.execute(
        "CREATE TRIGGER refused BEFORE UPDATE ON web_session \
         BEGIN SELECT RAISE(ABORT, 'not today'); END",
    );
    let before = lab.clock_moves(6 * MINUTE);
    assert!(holds(&lab, &session).await);
    let used = sql.number("SELECT used_at FROM web_session");
    assert!(Timestamp(used) < before, "it was not noted");
}

#[tokio::test]
async fn ones_own_password_is_changed_for_the_present_one() {
    on_both(async |register| {
        let lab = lab_with(register, &[("alice", Role::Reader)]).await;
        let (session, another) = (log_in(&lab, "alice").await, log_in(&lab, "alice").await);
        let alice =
            lab.service.session_actor(session.token.expose_secret()).await.unwrap().unwrap();
        let change = async |present: &str, new: &str| {
            let [present, new] = [present, new].map(SecretString::from);
            lab.service.own_password(&alice, present, new).await
        };
        let wrong = change("not the password", OTHER).await.unwrap_err();
        assert_eq!(
            (wrong.kind, wrong.message.as_str()),
            (ErrorKind::Invalid, "the present password is not right")
        );
        let log = lab.store.audit_list(None, 1).await.unwrap();
        assert_eq!(log[0].action, "account.password-refused");
        let short = change(PASSWORD, "short").await.unwrap_err();
        assert!(short.message.contains("expected 12"), "{short}");
        assert!(holds(&lab, &session).await, "nothing was changed");
        change(PASSWORD, OTHER).await.unwrap();
        assert!(!holds(&lab, &session).await && !holds(&lab, &another).await);
        assert!(try_log_in(&lab, "alice", PASSWORD).await.is_err());
        try_log_in(&lab, "alice", OTHER).await.unwrap();
        // Whoever sits at somebody's open browser does not get to try all day.
        for _ in 0..6 {
            change("not the password", PASSWORD).await.unwrap_err();
        }
        let late = change(OTHER, PASSWORD).await.unwrap_err();
        assert!(matches!(late.kind, ErrorKind::TooSoon(_)), "{late}");
    })
    .await;
}
