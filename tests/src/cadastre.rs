//! The built `cadastre` binary, run as a user runs it.
//!
//! Each [`Cadastre`] has a home of its own: working folder, home folder and
//! state live and die with it, and nothing of the caller's environment but
//! PATH gets in. It knows no command of the binary; the tests do.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A command that has not ended by then hangs: the test fails.
const PATIENCE: Duration = Duration::from_secs(300);

/// The binary and a home to run it in.
#[derive(Debug)]
pub struct Cadastre {
    binary: PathBuf,
    home: TempDir,
    environment: BTreeMap<String, String>,
}

/// A command that ended.
#[derive(Debug, Clone)]
pub struct Ran {
    /// What was asked of it.
    pub arguments: Vec<String>,
    /// Exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said besides.
    pub stderr: String,
}

/// A command that runs; killed if dropped before it ended.
#[derive(Debug)]
pub struct Running {
    arguments: Vec<String>,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Cadastre {
    /// A fresh home. Panics if the binary was not built: it is another
    /// package's, so the runner must build it first (`make test` does).
    pub fn new() -> Self {
        Self {
            binary: binary(),
            home: TempDir::new().expect("a temporary folder can be made"),
            environment: BTreeMap::new(),
        }
    }

    /// Its home: working folder, `$HOME`, and above its state.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below its home, and gives its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home().join(name);
        let folder = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).expect("a folder can be made");
        std::fs::write(&path, text).expect("a file can be written");
        path
    }

    /// Sets an environment variable for every command from now on.
    pub fn variable(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Runs a command to its end, without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.start(arguments).wait()
    }

    /// Runs a command to its end with this text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let path = self.home().join("input");
        std::fs::write(&path, input).expect("a file can be written");
        let stdin = File::open(&path).expect("a file can be read");
        // Open is enough: what is typed is often a secret, and must not lie about.
        std::fs::remove_file(&path).expect("a file can be removed");
        self.start_with(arguments, stdin.into()).wait()
    }

    /// Starts a command and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, Stdio::null())
    }

    /// A command in its home and environment; where its input and output go is for the caller.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.home())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("LANG", "C.UTF-8")
            .env("AWS_EC2_METADATA_DISABLED", "true") // never ask this machine's cloud
            .envs(&self.environment);
        command
    }

    fn start_with(&self, arguments: &[&str], stdin: Stdio) -> Running {
        let folder = tempfile::Builder::new()
            .prefix("output-")
            .tempdir_in(self.home())
            .expect("a folder can be made")
            .keep(); // goes with the home
        let (stdout, stderr) = (folder.join("stdout"), folder.join("stderr"));
        let child = self
            .command(arguments)
            .stdin(stdin)
            // Files, not pipes: a full pipe would stop a command nobody reads.
            .stdout(File::create(&stdout).expect("a file can be made"))
            .stderr(File::create(&stderr).expect("a file can be made"))
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", self.binary.display()));
        Running {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            child,
            stdout,
            stderr,
        }
    }
}

impl Default for Cadastre {
    fn default() -> Self {
        Self::new()
    }
}

impl Ran {
    /// Itself, if it ended with this status; else a panic that shows all it said.
    #[track_caller]
    pub fn expect_status(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "exit status of {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.arguments,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Its standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "standard output is not JSON: {error}\n--- stdout\n{}\n--- stderr\n{}",
                self.stdout, self.stderr
            )
        })
    }
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed up to now.
    pub fn stdout(&self) -> String {
        read(&self.stdout)
    }

    /// What it has said besides up to now.
    pub fn stderr(&self) -> String {
        read(&self.stderr)
    }

    /// Waits until `look` finds something in what it has printed and said.
    pub fn wait_until<T>(&mut self, look: impl Fn(&str, &str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Asked before the look: what an ended command printed is all there.
            let ended = self.child.try_wait().expect("the command can be asked");
            if let Some(found) = look(&self.stdout(), &self.stderr()) {
                return found;
            }
            if ended.is_some() || Instant::now() > deadline {
                let why = ended
                    .map_or("waited too long".to_owned(), |status| format!("it ended ({status})"));
                panic!("{why}\n--- stdout\n{}\n--- stderr\n{}", self.stdout(), self.stderr());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for its end; kills it and panics if that takes too long.
    pub fn wait(mut self) -> Ran {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the command can be asked") {
                return Ran {
                    arguments: std::mem::take(&mut self.arguments),
                    status: status.code(),
                    stdout: self.stdout(),
                    stderr: self.stderr(),
                };
            }
            assert!(
                Instant::now() < deadline,
                "still running after {PATIENCE:?}\n--- stderr\n{}",
                self.stderr()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    pub fn kill(mut self) -> Ran {
        self.child.kill().expect("the command can be killed");
        self.wait()
    }

    /// Asks it to end (SIGTERM), as a service manager does, and waits.
    pub fn terminate(self) -> Ran {
        self.signal("-TERM");
        self.wait()
    }

    /// Interrupts it (SIGINT), as Ctrl-C at a terminal does, and waits.
    pub fn interrupt(self) -> Ran {
        self.signal("-INT");
        self.wait()
    }

    /// Asks it to read anew what it can while it runs (SIGHUP).
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill can be run");
        assert!(status.success(), "the command had already ended");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may well have ended; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("the command's output can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `target/PROFILE/cadastre`, beside `deps/` where the test's executable is;
/// or what `CADASTRE_BINARY` names.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("CADASTRE_BINARY") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("a test knows its executable");
    let profile = test.parent().and_then(Path::parent).expect("a test lies in target/PROFILE/deps");
    let binary = profile.join("cadastre");
    assert!(
        binary.is_file(),
        "{} is not built; run `make test`, or `cargo build -p cadastre` first",
        binary.display()
    );
    binary
}
