//! Where the lab's peers are, and the list of what was not run.
//!
//! `tests/lab/up` writes `.lab/env`; `make test` exports it. A test started by
//! hand reads that file itself, so that `cargo nextest run` alone works while
//! the lab is up. This module knows no peer: each has its own module.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in tests/ of the repository")
        .to_path_buf()
}

/// The value of a `CADASTRE_LAB_*` variable: from the environment, else from
/// `.lab/env`. `None` says that the peer is not to be had on this machine.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().or_else(|| {
        let file = std::fs::read_to_string(repository().join(".lab/env")).ok()?;
        let line = file.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")))?;
        Some(line.replace('\\', "")) // the shell's quoting of odd folder names
    })
}

/// Notes that a test could not run here, and why; the test then returns.
///
/// The line goes to the file named by `CADASTRE_NOT_RUN` (else
/// `target/not-run.txt`), which `make test` prints at its end and which fails
/// it when `CI=true`.
pub fn not_run(test: &str, reason: &str) {
    eprintln!("NOT RUN {test}: {reason}");
    let file = std::env::var_os("CADASTRE_NOT_RUN")
        .map_or_else(|| repository().join("target/not-run.txt"), PathBuf::from);
    let folder = file.parent().unwrap_or(&file);
    std::fs::create_dir_all(folder)
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", folder.display()));
    OpenOptions::new()
        .create(true)
        .append(true) // one short write a line: processes side by side do not mix
        .open(&file)
        .and_then(|mut file| file.write_all(format!("{test}: {reason}\n").as_bytes()))
        .unwrap_or_else(|error| panic!("cannot note NOT RUN in {}: {error}", file.display()));
}

/// The running test's name: what the runner says, else the thread's name,
/// which the standard harness sets.
pub fn test_name() -> String {
    std::env::var("NEXTEST_TEST_NAME")
        .unwrap_or_else(|_| std::thread::current().name().unwrap_or("unnamed test").to_owned())
}

/// The value of a lab variable, or a note that the running test was not run.
pub fn variable_or_not_run(name: &str, peer: &str) -> Option<String> {
    let value = variable(name);
    if value.is_none() {
        not_run(
            &test_name(),
            &format!("{peer} is not available ({name} is not set); run `make lab`"),
        );
    }
    value
}

/// A command that runs `tests/lab/SCRIPT` with the lab's Python, in an
/// environment where no credentials, proxies or certificates of the outside
/// world can reach it.
pub fn python_command(python: &str, script: &str) -> Command {
    let mut command = Command::new(python);
    command
        .arg(repository().join("tests/lab").join(script))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

/// Runs `tests/lab/SCRIPT`, hands it `request` on standard input, and gives
/// the JSON it prints, or what it wrote to standard error if it failed.
pub fn python_ask(python: &str, script: &str, request: &Value) -> Result<Value, String> {
    let mut child = python_command(python, script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {python}: {error}; run `make lab`"));
    child
        .stdin
        .take()
        .expect("standard input is piped")
        .write_all(request.to_string().as_bytes())
        .expect("the script reads its request");
    let output = child.wait_with_output().expect("the script ends");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).expect("the script prints JSON"))
}
