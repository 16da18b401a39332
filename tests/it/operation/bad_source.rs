//! A source's file that is wrong: everything in it told at once, and nothing of it kept.

use super::stand::Stand;
use super::told::Told;

#[test]
fn each_mistake_is_told_with_its_place_and_nothing_is_kept() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    let good = "name = \"good\"\nkind = \"aws\"\n";
    for (title, text) in [
        ("unknown key", format!("{good}shedule = \"0 3 * * *\"\n[aws]\n")),
        ("unknown setting", format!("{good}[aws]\nregoins = [\"eu-west-1\"]\n")),
        ("a setting out of its table", format!("{good}regions = [\"eu-west-1\"]\n[aws]\n")),
        ("a secret in plain", format!("{good}[aws]\nsecret_access_key = \"hunter2hunter2\"\n")),
        (
            "a variable of another name",
            format!("{good}[aws]\nsecret_access_key_env = \"AWS_KEY\"\n"),
        ),
        (
            "the variable of the sealing key",
            format!("{good}[aws]\nsecret_access_key_env = \"CADASTRE_SECRET_KEY\"\n"),
        ),
        (
            "a secret given twice",
            format!(
                "{good}[aws]\nsecret_access_key_env = \"CADASTRE_SECRET_A\"\n\
                 secret_access_key_file = \"a\"\n"
            ),
        ),
        ("wrong types", format!("{good}[aws]\nregions = \"eu-west-1\"\npage_size = \"big\"\n")),
        ("wrong values", format!("{good}[aws]\nregions = [\"Mars\"]\nendpoint = \"moto:5000\"\n")),
        ("bad schedule", format!("{good}schedule = \"0 25 * * *\"\n[aws]\n")),
        ("four fields", format!("{good}schedule = \"0 3 * *\"\n[aws]\n")),
        ("never due", format!("{good}schedule = \"0 3 31 2 *\"\n[aws]\n")),
        ("bad name", "name = \"My Source\"\nkind = \"aws\"\n[aws]\n".to_owned()),
        ("no name, no kind", "[aws]\n".to_owned()),
        ("unknown kind", "name = \"good\"\nkind = \"awss\"\n[awss]\n".to_owned()),
        ("not TOML", "name = good\n".to_owned()),
    ] {
        let file = stand.path("source.toml", &text);
        let ran = stand.cadastre.run(&["source", "add", &file]).expect_status(2);
        assert!(!ran.stderr.contains("hunter2"), "{title}: {}", ran.stderr);
        told.case(title, &ran);
    }
    told.case(
        "no such file",
        &stand.cadastre.run(&["source", "add", "none.toml"]).expect_status(2),
    );
    assert_eq!(stand.json(&["source", "list"]), serde_json::json!([]));
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_source_that_is_not_there_is_told_with_the_nearest() {
    let stand = Stand::on_sqlite().migrated();
    stand.put_source("aws-prod", "[aws]\n");
    let mut told = Told::by(&stand);
    for (title, arguments) in [
        ("discover", &["discover", "aws-prd"][..]),
        ("unlike any", &["discover", "elsewhere"]),
        ("test", &["source", "test", "aws-prd"]),
        ("remove", &["source", "remove", "aws-prd"]),
    ] {
        let ran = stand.cadastre.run(arguments).expect_status(1);
        told.case_with_answer(title, &ran);
    }
    assert_eq!(stand.json(&["source", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(stand.runs(), Vec::<i64>::new());
    insta::assert_snapshot!(told.text());
}
