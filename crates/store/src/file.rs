//! Files that only their owner may read: the register and its backups tell everything of an estate.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Makes an empty file, mode 0600 where there are such modes.
///
/// # Errors
/// It is there already, or cannot be made.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}
