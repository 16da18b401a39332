//! A domain of 8,000 computers as observations, beside OpenLDAP's own tool reading the same attributes, by
//! turns in one run; then ten changes as an increment.

use super::collected::{Collected, collected, middle};
use crate::Outcome;
use crate::table::{Budget, Table, Unit};
use cadastre_collect::Memory;
use cadastre_collect_directory::DirectoryFactory;
use cadastre_collect_directory::testing::computer_attributes;
use cadastre_tests::lab;
use cadastre_tests::samba::{PASSWORD, READER};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Ours over the tool's, at most.
const RATIO: f64 = 1.5;
/// What an increment of ten changes may take, in milliseconds.
const INCREMENT: f64 = 1_000.0;
const CHANGES: usize = 10;
const ROUNDS: usize = 3;
/// Below what the lab's certificate names.
const ADDRESS: &str = "127.77.0.58";
const BASE: &str = "DC=bench,DC=example,DC=test";

/// A domain controller of its own, gone with this.
struct Domain {
    script: String,
    authority: String,
    folder: TempDir,
}

impl Drop for Domain {
    fn drop(&mut self) {
        let _ = Command::new(&self.script).args(["stop", ADDRESS]).status();
    }
}

/// Prints the table of it.
pub fn measure(is_quick: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let script = lab::variable("CADASTRE_LAB_DIRECTORY_SCRIPT");
    let Some((script, authority)) = script.zip(lab::variable("CADASTRE_LAB_DIRECTORY_CA")) else {
        println!("\ndirectory: NOT RUN, the lab has no domain controller (run `make lab`)");
        return Ok(());
    };
    let computers = if is_quick { 500 } else { 8_000 };
    let domain = Domain { script, authority, folder: TempDir::new()? };
    domain.start(computers)?;
    runtime.block_on(by_turns(&domain, computers))
}

async fn by_turns(domain: &Domain, computers: usize) -> Outcome<()> {
    let (mut theirs, mut ours, mut seen) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        theirs.push(domain.search(computers)?);
        let began = Instant::now();
        seen = domain.collect(false, Memory::default()).await?.seen;
        ours.push(began.elapsed());
    }
    let whole = domain.collect(true, Memory::default()).await?;
    domain.change()?;
    let began = Instant::now();
    let changed = domain.collect(true, whole.memory).await?.seen;
    let increment = began.elapsed();

    let (theirs, ours) = (middle(theirs), middle(ours));
    let mut table = Table::default();
    table.figure("ldapsearch of computers", theirs, Unit::Milliseconds, Budget::None);
    table.figure("all of it as observations", ours, Unit::Milliseconds, Budget::None);
    table.figure("ours over the tool's", ours / theirs, Unit::Times, Budget::AtMost(RATIO));
    let what = format!("an increment of {CHANGES} changes, {changed} observations");
    let budget = Budget::AtMost(INCREMENT);
    table.figure(what, increment.as_secs_f64() * 1000.0, Unit::Milliseconds, budget);
    table.print(&format!("directory, {computers} computers, {seen} observations"));
    Ok(())
}

impl Domain {
    fn start(&self, computers: usize) -> Outcome<()> {
        let described = self.folder.path().join("estate.json");
        std::fs::write(&described, estate(computers).to_string())?;
        let started = Command::new(&self.script)
            .args(["describe", "BENCH.EXAMPLE.TEST", "BENCH", ADDRESS])
            .arg(&described)
            .stdout(Stdio::null())
            .status()?;
        if !started.success() {
            return Err("the domain could not be made".into());
        }
        std::fs::write(self.secret_file(), PASSWORD)?;
        // The tools say so otherwise.
        let mine = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        Ok(std::fs::set_permissions(self.secret_file(), mine)?)
    }

    fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    fn tool(&self, program: &str, who: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(["-x", "-H", &format!("ldaps://{ADDRESS}"), "-D", who, "-y"])
            .arg(self.secret_file())
            .env("LDAPTLS_CACERT", &self.authority);
        command
    }

    /// Reads every computer with the tool; how long that takes.
    fn search(&self, computers: usize) -> Outcome<Duration> {
        let began = Instant::now();
        let found = self
            .tool("ldapsearch", READER)
            .args(["-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt", "-b", BASE])
            .arg("(objectCategory=computer)")
            .args(computer_attributes())
            .output()?;
        let took = began.elapsed();
        let entries = String::from_utf8_lossy(&found.stdout).matches("dn: ").count();
        if !found.status.success() || entries < computers {
            return Err(format!("ldapsearch found {entries} of {computers}").into());
        }
        Ok(took)
    }

    async fn collect(&self, increments: bool, memory: Memory) -> Outcome<Collected> {
        let settings = json!({
            "url": [format!("ldaps://{ADDRESS}")], "bind_dn": READER, "ca_file": self.authority,
            "increments": increments,
        });
        collected(&DirectoryFactory, &settings, &[("password", PASSWORD)], memory).await
    }

    fn change(&self) -> Outcome<()> {
        let mut ldif = String::new();
        for number in 0..CHANGES {
            writeln!(
                ldif,
                "dn: CN=PC{number:05},OU=Computers,{BASE}\nchangetype: modify\n\
                 replace: description\ndescription: changed\n"
            )?;
        }
        let file = self.folder.path().join("changes.ldif");
        std::fs::write(&file, ldif)?;
        let administrator = "Administrator@bench.example.test";
        let mut tool = self.tool("ldapmodify", administrator);
        let done = tool.arg("-f").arg(&file).stdout(Stdio::null()).status()?;
        if !done.success() {
            return Err("the changes could not be made".into());
        }
        Ok(())
    }
}

/// As `tests/lab/directory_fill.py` takes it.
fn estate(computers: usize) -> Value {
    let computer = |number: usize| {
        json!({
            "name": format!("PC{number:05}"), "unit": "Computers", "system": "Windows 11 Pro",
            "version": "10.0 (26100)", "description": format!("Desk {number}"),
        })
    };
    json!({
        "units": [["Computers", null], ["Groups", null]],
        "computers": (0..computers).map(computer).collect::<Vec<_>>(),
        "users": [], "groups": [], "sites": {},
    })
}
