//! A configuration that is wrong: told key by key, with the place, before anything is touched.

use cadastre_tests::cadastre::Cadastre;

use super::stand::Stand;
use super::told::Told;

#[test]
fn each_mistake_is_told_with_its_place() {
    let cadastre = Cadastre::new();
    let mut told = Told::in_home(&cadastre);
    for (title, text) in [
        ("unknown key", "zoen = \"UTC\"\n"),
        ("unknown key in a table", "[server]\nlisten = \"127.0.0.1:1\"\nport = 80\n"),
        ("unknown table", "[web]\nlisten = \"127.0.0.1:1\"\n"),
        ("wrong type", "[workers]\ncount = \"two\"\n"),
        ("a switch that is none", "[server]\nallow_insecure_http = \"yes\"\n"),
        ("a duration without a unit", "[workers]\npoll = \"5\"\nlease = \"100ms\"\n"),
        ("bad zone", "zone = \"Europe/Pariss\"\n"),
        ("bad level", "[log]\nlevel = \"verbos\"\nformat = \"xml\"\n"),
        ("not TOML", "zone = \n[server\n"),
        ("all at once", "zoen = 1\nzone = \"Nowhere\"\n[log]\nformat = 7\n"),
        ("a password without secrets_dir", "database_password_file = \"pg\"\n"),
        ("the key among the secrets", "secrets_dir = \"s\"\nsealing_key_file = \"s/key\"\n"),
    ] {
        let file = cadastre.file("etc/cadastre.toml", text);
        let file = file.to_str().unwrap();
        told.case(title, &cadastre.run(&["--config", file, "migrate"]).expect_status(2));
    }
    told.case("no such file", &cadastre.run(&["--config", "none.toml", "check-config"]));
    assert!(!cadastre.home().join(".local").exists(), "nothing was touched");
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_mistake_in_a_variable_is_told_with_its_name_and_not_its_value() {
    let mut told = Told::by(&Stand::on_sqlite());
    for (title, name, value) in [
        ("unknown variable", "CADASTRE_SERVER__LISTN", "127.0.0.1:1"),
        ("unlike any", "CADASTRE_PASSWORD", "hunter2hunter2"),
        ("wrong type", "CADASTRE_WORKERS__COUNT", "many"),
        ("bad address", "CADASTRE_SERVER__LISTEN", "8080"),
        ("bad database", "CADASTRE_DATABASE", "mysql://localhost/x"),
        ("relative database", "CADASTRE_DATABASE", "sqlite:"),
        ("no such password", "CADASTRE_DATABASE_PASSWORD_ENV", "CADASTRE_SECRET_PG"),
        ("a password's bad name", "CADASTRE_DATABASE_PASSWORD_ENV", "PGPASSWORD"),
    ] {
        let mut stand = Stand::on_sqlite();
        stand.cadastre.variable(name, value);
        let ran = stand.cadastre.run(&["assets"]).expect_status(2);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        told.case(title, &ran);
    }
    insta::assert_snapshot!(told.text());
}

#[test]
fn wrong_usage_is_told_and_ends_with_2() {
    let stand = Stand::on_sqlite();
    let mut told = Told::by(&stand);
    for (title, arguments) in [
        ("unknown command", &["asets"][..]),
        ("unknown flag", &["assets", "--jsn"]),
        ("a source and all", &["discover", "x", "--all"]),
        ("no source", &["discover"]),
        ("a recording of two", &["discover", "x", "y", "--record", "f"]),
        ("unknown format", &["assets", "--format", "xml"]),
        ("no number", &["asset", "web01"]),
        ("no pair", &["asset", "1", "--set", "owner"]),
        ("unknown role", &["user", "add", "bob", "--role", "root"]),
        ("a password in the address", &["--database", "postgres://u:pw@h/d", "assets"]),
    ] {
        told.case(title, &stand.cadastre.run(arguments).expect_status(2));
    }
    insta::assert_snapshot!(told.text());
}
