//! The lab's domain controllers, and the peer's own tools.

use cadastre_collect::{Collector, Mode};
use cadastre_tests::lab::{not_run, variable};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

use super::support::built;

pub(super) use cadastre_tests::samba::{PASSWORD, READER};

pub(super) const ADMINISTRATOR: &str = "administrator@corp.example.test";

/// A domain controller that runs.
#[derive(Debug)]
pub(super) struct Controller {
    pub address: String,
    /// Its domain in the directory.
    pub base: &'static str,
    ca: String,
    script: String,
    /// Its folder, if it is the test's own.
    folder: Option<String>,
}

impl Drop for Controller {
    fn drop(&mut self) {
        if self.folder.is_some() {
            let _ = Command::new(&self.script).args(["stop", &self.address]).status();
        }
    }
}

impl Controller {
    fn at(address: String, base: &'static str) -> Option<Controller> {
        Some(Controller {
            address,
            base,
            ca: variable("CADASTRE_LAB_DIRECTORY_CA")?,
            script: variable("CADASTRE_LAB_DIRECTORY_SCRIPT")?,
            folder: None,
        })
    }

    /// The shared one of corp.example.test, which nobody changes.
    pub(super) fn corp(test: &str) -> Option<Controller> {
        let address = variable("CADASTRE_LAB_DIRECTORY");
        let found = address.and_then(|it| Controller::at(it, "DC=corp,DC=example,DC=test"));
        if found.is_none() {
            not_run(test, "Samba is not available; run `make lab`");
        }
        found
    }

    /// The shared one of branch.example.test.
    pub(super) fn branch(test: &str) -> Option<Controller> {
        let address = variable("CADASTRE_LAB_DIRECTORY_BRANCH");
        let found = address.and_then(|it| Controller::at(it, "DC=branch,DC=example,DC=test"));
        if found.is_none() {
            not_run(test, "Samba is not available; run `make lab`");
        }
        found
    }

    /// One of the test's own, with the objects of corp.example.test; it ends with the test.
    pub(super) fn own(test: &str, number: u8) -> Option<Controller> {
        let mut own = Controller::corp(test)?;
        own.address = format!("127.77.0.{number}");
        let started = Command::new(&own.script)
            .args(["start", &own.address])
            .stdin(Stdio::null())
            .output()
            .expect("the lab's script runs");
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        own.folder = Some(String::from_utf8(started.stdout).unwrap().trim().to_owned());
        Some(own)
    }

    pub(super) fn url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    pub(super) fn settings(&self, more: Value) -> Value {
        let mut settings = json!({
            "url": self.url(), "bind_dn": READER, "ca_file": self.ca, "timeout": "20s",
        });
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        settings
    }

    pub(super) fn collector(&self, more: Value, mode: Mode) -> Box<dyn Collector> {
        built(self.settings(more), &[("password", PASSWORD)], mode)
    }

    pub(super) fn ca(&self) -> &str {
        &self.ca
    }

    pub(super) fn other_ca(&self) -> String {
        self.ca.replace("ca.pem", "other-ca.pem")
    }

    /// What the peer's own tool finds: the values of an attribute, or the names of the objects.
    pub(super) fn ldapsearch(&self, base: &str, filter: &str, attribute: &str) -> Vec<String> {
        let output = Command::new("ldapsearch")
            .env("LDAPTLS_CACERT", &self.ca)
            .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt"])
            .args(["-H", &self.url(), "-D", READER, "-w", PASSWORD])
            .args(["-b", base, filter, attribute])
            .stdin(Stdio::null())
            .output()
            .expect("ldapsearch runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let prefix = if attribute == "dn" { "dn:".to_owned() } else { format!("{attribute}:") };
        text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    pub(super) fn count(&self, base: &str, filter: &str) -> usize {
        self.ldapsearch(base, filter, "dn").len()
    }

    /// Changes what is in it, by the peer's own tool, as its administrator.
    pub(super) fn change(&self, ldif: &str) {
        assert!(self.folder.is_some(), "only a test's own controller is changed");
        let mut child = Command::new("ldapmodify")
            .env("LDAPTLS_CACERT", &self.ca)
            .args(["-x", "-H", &self.url(), "-D", ADMINISTRATOR, "-w", PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ldapmodify runs");
        child.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
