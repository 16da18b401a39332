//! Command lines as people and scripts write them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::asset::KeyValue;
use super::*;

fn read(line: &[&str]) -> Result<Cli, clap::Error> {
    Cli::read(std::iter::once("cadastre").chain(line.iter().copied()))
}

fn assets(line: &[&str]) -> AssetsArgs {
    match read(line).unwrap_or_else(|error| panic!("{line:?}: {error}")).command {
        Command::Assets(assets) => assets,
        other => panic!("{other:?}"),
    }
}

fn status(line: &[&str]) -> i32 {
    read(line).unwrap_err().exit_code()
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_help_with_an_example_and_json() {
    fn walk(command: &clap::Command, path: &str, seen: &mut Vec<String>) {
        for sub in command.get_subcommands() {
            let path = format!("{path} {}", sub.get_name());
            if !sub.has_subcommands() || sub.get_after_help().is_some() {
                let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                let name = path.trim_start();
                assert!(help.contains("cadastre "), "{name}: no example in its help");
                assert!(
                    help.contains(name.split(' ').next_back().unwrap()),
                    "{name}: example of another"
                );
                let has_json = sub.get_arguments().any(|one| one.get_id() == "json");
                assert!(has_json || name == "completions", "{name}: no --json");
                seen.push(name.to_owned());
            }
            assert!(sub.get_about().is_some(), "{path}: says not what it does");
            walk(sub, &path, seen);
        }
    }
    let mut seen = Vec::new();
    walk(&Cli::command(), "", &mut seen);
    assert_eq!(seen.len(), 35, "{seen:?}");
}

#[test]
fn a_query_may_begin_with_a_dash() {
    for query in
        ["-owner:*", "-has:owner", "-kind:vm env:prod", "kind:vm", "", "~runs-on:(kind:vm)"]
    {
        for line in [
            vec!["assets", query, "--json"],
            vec!["assets", "--json", query],
            vec!["assets", "--as-of", "-7d", query, "--format", "json"],
        ] {
            let assets = assets(&line);
            assert_eq!(assets.query, query, "{line:?}");
            assert_eq!(assets.output.format(), ListFormat::Json, "{line:?}");
        }
    }
    assert_eq!(assets(&["assets"]).query, "");
}

#[test]
fn assets_takes_all_its_flags() {
    let found = assets(&[
        "assets", "x", "--as-of", "-7d", "--sort", "-name", "--limit", "10", "--format", "csv",
    ]);
    assert_eq!(found.as_of.as_deref(), Some("-7d"));
    assert_eq!(found.sort.as_deref(), Some("-name"));
    assert_eq!(found.limit, Some(10));
    assert_eq!(found.output.format(), ListFormat::Csv);
    assert!(assets(&["assets", "x", "--count"]).count);
}

#[test]
fn wrong_usage_ends_with_2() {
    for line in [
        vec!["flavour"],
        vec!["assets", "x", "--flavour"],
        vec!["assets", "x", "y"],
        vec!["assets", "x", "--limit", "0"],
        vec!["assets", "x", "--format", "xml"],
        vec!["assets", "x", "--json", "--format", "csv"],
        vec!["assets", "x", "--count", "--limit", "3"],
        vec!["asset"],
        vec!["asset", "web01"],
        vec!["asset", "1", "--set", "owner"],
        vec!["asset", "1", "--set", "=x"],
        vec!["asset", "1", "--set", "a=b", "--as-of", "now"],
        vec!["assets", "--jsn"],
        vec!["assets", "--lmit=5"],
        vec!["discover"],
        vec!["discover", "a", "--all"],
        vec!["discover", "a", "b", "--record", "f"],
        vec!["discover", "--all", "--record", "f"],
        vec!["conflicts", "accept"],
        vec!["conflicts", "--all", "accept", "1"],
        vec!["user", "add", "alice"],
        vec!["user", "add", "alice", "--role", "boss"],
        vec!["user", "disable"],
        vec!["user", "role", "alice"],
        vec!["user", "role", "alice", "boss"],
        vec!["user", "password", "alice", "correct horse battery"],
        vec!["party", "add", "x"],
        vec!["completions", "basic"],
        vec!["source"],
        vec!["run"],
        vec!["run", "show"],
        vec!["run", "show", "0"],
        vec!["run", "stop", "aws"],
        vec!["run", "list", "--limit", "0"],
        vec![],
    ] {
        assert_eq!(status(&line), 2, "{line:?}");
    }
    assert_eq!(status(&["--help"]), 0);
    assert_eq!(status(&["assets", "--help"]), 0);
    assert_eq!(status(&["--version"]), 0);
}

#[test]
fn flags_of_all_commands_stand_anywhere() {
    for line in [
        vec!["--database", "sqlite:x", "assets", "q", "--state-dir", "s", "--config", "c"],
        vec!["assets", "q", "--database", "sqlite:x", "--state-dir", "s", "--config", "c"],
    ] {
        let flags = read(&line).unwrap().flags();
        assert_eq!(flags.database.as_deref(), Some("sqlite:x"));
        assert_eq!(flags.state_dir, Some("s".into()));
        assert_eq!(flags.config, Some("c".into()));
        assert_eq!(flags.listen, None);
    }
    let flags = read(&["serve", "--listen", "127.0.0.1:0", "--no-workers"]).unwrap().flags();
    assert_eq!(flags.listen.as_deref(), Some("127.0.0.1:0"));
}

#[test]
fn an_edit() {
    let cli = read(&[
        "asset",
        "42",
        "--set",
        "owner=payments",
        "--set",
        "tag:a=b=c",
        "--release",
        "site",
        "--effective-from",
        "2026-07-01",
    ]);
    let Command::Asset(asset) = cli.unwrap().command else { panic!("not asset") };
    assert!(asset.is_edit());
    assert_eq!((asset.id, asset.release.len()), (42, 1));
    assert_eq!(asset.set[1], KeyValue { key: "tag:a".to_owned(), value: "b=c".to_owned() });
}

#[test]
fn conflicts_are_listed_or_decided() {
    let conflicts = |line: &[&str]| match read(line).unwrap().command {
        Command::Conflicts(conflicts) => conflicts,
        other => panic!("{other:?}"),
    };
    let listed = conflicts(&["conflicts", "--all", "--json"]);
    assert!(listed.all && listed.output.is_json() && listed.command.is_none());
    match conflicts(&["conflicts", "accept", "7", "--json"]).command {
        Some(ConflictsCommand::Accept(decide)) => {
            assert!(decide.id == 7 && decide.output.is_json())
        }
        other => panic!("{other:?}"),
    }
}
