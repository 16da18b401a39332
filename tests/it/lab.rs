//! The lab itself: that its peers are what the tests take them for.

use cadastre_tests::lab;
use cadastre_tests::moto::{AccessKey, Moto};
use cadastre_tests::postgres::Database;
use serde_json::json;
use sqlx::{Connection, PgConnection, Row};

#[test]
fn moto_pages_checks_signatures_and_enforces_policies() {
    let Some(mut moto) = Moto::start() else {
        return;
    };
    let estate = moto.seed(&json!({ "regions": {
        "eu-west-1": {
            "instances": 22, "idle_volumes": 3, "idle_interfaces": 2, "idle_addresses": 1,
            "user_data_secret": "hush",
        },
        "us-east-1": { "instances": 1 },
    }}));
    let regions = ["eu-west-1", "us-east-1", "sa-east-1"];

    // Each region of moto brings a VPC, some subnets and a security group.
    let counts = moto.count(&estate.reader, &regions);
    assert_eq!(counts["instance"], json!({"eu-west-1": 22, "us-east-1": 1, "sa-east-1": 0}));
    // A root volume each, one more for every tenth instance, and the idle.
    assert_eq!(counts["volume"]["eu-west-1"], 22 + 3 + 3);
    assert_eq!(counts["network-interface"]["eu-west-1"], 22 + 2);
    assert_eq!(counts["address"]["eu-west-1"], 3 + 1);
    assert_eq!(counts["security-group"]["eu-west-1"], 1 + 3);
    assert_eq!(counts["network"]["sa-east-1"], 1);
    // moto's own, the one made here, and not the deregistered one.
    assert_eq!(counts["image"]["eu-west-1"], 2);

    let forged = AccessKey { secret: "0".repeat(40), ..estate.reader.clone() };
    let refused = moto.count_through(&moto.endpoint(), &forged, &["eu-west-1"]);
    assert!(refused.as_ref().is_err_and(|it| it.contains("AuthFailure")), "{refused:?}");

    let instances = &estate.regions["eu-west-1"]["instances"];
    let gone = instances[21].as_str().unwrap().to_owned();
    moto.change(
        &estate.operator,
        &json!([
            {"region": "eu-west-1", "do": "tag", "resource": instances[0], "tags": {"team": "new"}},
            {"region": "eu-west-1", "do": "stop", "instance": instances[1]},
            {"region": "eu-west-1", "do": "terminate", "instance": gone},
        ]),
    );
    let counts = moto.count(&estate.reader, &["eu-west-1"]);
    assert_eq!(counts["instance"]["eu-west-1"], 22);
    assert_eq!(counts["instance-terminated"]["eu-west-1"], 1);
    moto.forget_instance("eu-west-1", &gone);
    let counts = moto.count(&estate.reader, &["eu-west-1"]);
    assert_eq!(counts["instance"]["eu-west-1"], 21);

    moto.reset();
    let anyone = AccessKey { id: "any".to_owned(), secret: "any".to_owned() };
    let counts = moto.count(&anyone, &["eu-west-1"]);
    assert_eq!(counts["instance"]["eu-west-1"], 0);
}

#[test]
fn reader_may_not_change_anything() {
    let Some(moto) = Moto::start() else {
        return;
    };
    let estate = moto.seed(&json!({ "regions": { "eu-west-1": { "instances": 1 } } }));
    let request = json!({
        "endpoint": moto.endpoint(),
        "access_key_id": estate.reader.id,
        "secret_access_key": estate.reader.secret,
        "changes": [{
            "region": "eu-west-1",
            "do": "stop",
            "instance": estate.regions["eu-west-1"]["instances"][0],
        }],
    });
    let python = lab::variable("CADASTRE_LAB_PYTHON").unwrap();
    let refused = lab::python_ask(&python, "change_estate.py", &request);
    assert!(refused.as_ref().is_err_and(|it| it.contains("AccessDenied")), "{refused:?}");
}

#[tokio::test]
async fn postgres_databases_are_apart_and_go() {
    let Some(one) = Database::create() else {
        return;
    };
    let two = Database::create().unwrap();
    let mut first = PgConnection::connect(&one.url()).await.unwrap();
    let mut second = PgConnection::connect(&two.url()).await.unwrap();
    sqlx::query("CREATE EXTENSION pg_trgm").execute(&mut first).await.unwrap();
    sqlx::query("CREATE TABLE plot (id int)").execute(&mut first).await.unwrap();
    let missing = sqlx::query("SELECT * FROM plot").execute(&mut second).await;
    assert!(missing.is_err());

    drop(one); // while still connected, and from inside a runtime
    let left: i64 = sqlx::query(
        "SELECT count(*) FROM pg_database WHERE datname LIKE 'cadastre\\_test\\_' || $1 || '\\_%'",
    )
    .bind(std::process::id().to_string())
    .fetch_one(&mut second)
    .await
    .unwrap()
    .get(0);
    assert_eq!(left, 1);
}
