//! A simulated vCenter of one test or benchmark (`tests/lab/vcsim/`); it ends with its standard input, and so
//! with this process.

use crate::lab;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running one.
#[derive(Debug)]
pub struct Vcsim {
    child: Child,
    /// Its address and port.
    pub address: String,
}

impl Drop for Vcsim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Vcsim {
    /// Who may log in.
    pub const USER: &'static str = "reader@vsphere.local";
    /// Their password.
    pub const PASSWORD: &'static str = "a password of some length";

    /// Starts one with these flags. `None`, and a note of NOT RUN, if the lab has none.
    pub fn start(flags: &[&str]) -> Option<Self> {
        let program = lab::variable_or_not_run("CADASTRE_LAB_VCSIM", "vcsim")?;
        let mut child = Command::new(&program)
            .args(flags)
            .args(["-user", Self::USER, "-password", Self::PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {program}: {error}; run `make lab`"));
        let mut line = String::new();
        let output = child.stdout.take().expect("standard output is piped");
        BufReader::new(output).read_line(&mut line).expect("vcsim says where it is");
        let said: serde_json::Value = serde_json::from_str(&line).expect("in JSON");
        let address = said["address"].as_str().expect("its address").to_owned();
        Some(Self { child, address })
    }
}
