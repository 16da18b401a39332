//! The recordings in the program, and the sources that replay them: files in the state folder, because a
//! source is described by a file and replays one.

use crate::cli::exit::Problem;
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// One of the two states of the estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A month ago.
    Earlier,
    /// Today.
    Later,
}

const STATES: [State; 2] = [State::Earlier, State::Later];

/// A source of the demo: what describes it, and what was recorded of it.
pub struct Played {
    /// Its name.
    pub name: &'static str,
    kind: &'static str,
    settings: &'static str,
    earlier: &'static [u8],
    later: &'static [u8],
}

/// All of them, in the order in which they are read: who knows machines best comes first.
pub const SOURCES: [Played; 4] = [
    Played {
        name: "aws",
        kind: "aws",
        settings: "regions = [\"eu-central-1\", \"eu-west-1\", \"us-east-1\"]",
        earlier: include_bytes!("../../demo/aws-earlier.gz"),
        later: include_bytes!("../../demo/aws-later.gz"),
    },
    Played {
        name: "vcenter",
        kind: "vsphere",
        settings: "url = \"https://vcenter.harbour.example\"\nusername = \"cadastre\"",
        earlier: include_bytes!("../../demo/vcenter-earlier.gz"),
        later: include_bytes!("../../demo/vcenter-later.gz"),
    },
    Played {
        name: "directory",
        kind: "directory",
        settings: "url = [\"ldaps://dc1.harbour.example\"]\nbind_dn = \"reader@example.test\"",
        earlier: include_bytes!("../../demo/directory-earlier.gz"),
        later: include_bytes!("../../demo/directory-later.gz"),
    },
    Played {
        name: "switches",
        kind: "snmp",
        settings: "targets = [\"10.40.99.1-10.40.99.17\"]",
        earlier: include_bytes!("../../demo/switches-earlier.gz"),
        later: include_bytes!("../../demo/switches-later.gz"),
    },
];

impl Played {
    fn packed(&self, state: State) -> &'static [u8] {
        match state {
            State::Earlier => self.earlier,
            State::Later => self.later,
        }
    }

    fn file_name(&self, state: State) -> String {
        let state = match state {
            State::Earlier => "earlier",
            State::Later => "later",
        };
        format!("{}-{state}.recording", self.name)
    }

    /// Whether this is one of its recordings, in whichever state folder.
    pub fn is_of(&self, path: &Path) -> bool {
        STATES.iter().any(|state| path.ends_with(Path::new("demo").join(self.file_name(*state))))
    }

    /// Puts both recordings into the folder, if they are not there as they should be.
    fn unpack(&self, folder: &Path) -> Result<(), Vec<Problem>> {
        for state in STATES {
            let path = folder.join(self.file_name(state));
            let mut text = Vec::new();
            GzDecoder::new(self.packed(state))
                .read_to_end(&mut text)
                .map_err(|error| vec![Problem::new(format!("the program is damaged: {error}"))])?;
            if fs::read(&path).is_ok_and(|there| there == text) {
                continue;
            }
            fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        }
        Ok(())
    }

    /// Writes the file of the source that replays this state, and gives its path.
    pub fn describe(&self, state: State, folder: &Path) -> Result<PathBuf, Vec<Problem>> {
        let Played { name, kind, settings, .. } = self;
        let recording = self.file_name(state);
        let text = format!(
            "# A source of the demo: what the collector reads comes from a recording.\n\
             name = \"{name}\"\nkind = \"{kind}\"\nrecording = \"{recording}\"\n\n[{kind}]\n{settings}\n"
        );
        let path = folder.join(format!("{name}.toml"));
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }
}

/// Puts all recordings into the folder.
pub fn unpack(folder: &Path) -> Result<(), Vec<Problem>> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    SOURCES.iter().try_for_each(|one| one.unpack(folder))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Vec<Problem> {
    let problem = Problem::new(format!("{} cannot be written: {error}", path.display()));
    vec![problem.advise("name another folder with --state-dir")]
}
