//! The recordings in the program, and the source that replays them: files in the state folder, because
//! a source is described by a file and replays one.

use crate::cli::exit::Problem;
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The source's name.
pub const SOURCE: &str = "aws";

/// One of the two states of the estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A month ago.
    Earlier,
    /// Today.
    Later,
}

impl State {
    fn packed(self) -> &'static [u8] {
        match self {
            State::Earlier => include_bytes!("../../demo/earlier.gz"),
            State::Later => include_bytes!("../../demo/later.gz"),
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            State::Earlier => "earlier.recording",
            State::Later => "later.recording",
        }
    }

    fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.file_name())
    }

    /// Whether this is its recording, in whichever state folder.
    pub fn is_of(self, path: &Path) -> bool {
        path.ends_with(Path::new("demo").join(self.file_name()))
    }

    /// The text of the source that replays it.
    fn source(self) -> String {
        format!(
            "# The source of the demo: what the collector reads comes from a recording.\n\
             name = \"{SOURCE}\"\nkind = \"aws\"\nrecording = \"{}\"\n\n[aws]\n\
             regions = [\"eu-central-1\", \"eu-west-1\", \"us-east-1\"]\n",
            self.file_name()
        )
    }
}

/// Puts both recordings into the folder, if they are not there as they should be.
pub fn unpack(folder: &Path) -> Result<(), Vec<Problem>> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for state in [State::Earlier, State::Later] {
        let path = state.path(folder);
        let mut text = Vec::new();
        GzDecoder::new(state.packed())
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
pub fn describe(state: State, folder: &Path) -> Result<PathBuf, Vec<Problem>> {
    let path = folder.join("aws.toml");
    fs::write(&path, state.source()).map_err(|error| unwritable(&path, &error))?;
    Ok(path)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Vec<Problem> {
    let problem = Problem::new(format!("{} cannot be written: {error}", path.display()));
    vec![problem.advise("name another folder with --state-dir")]
}
