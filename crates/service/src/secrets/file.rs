//! Secrets in files: read only below one folder, whatever a name or a link says.

use super::error::SecretError;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes a secret file may have.
const LIMIT: u64 = 64 * 1024;

/// The text of a secret file, without one newline at its end. A relative path counts from the
/// folder. Links are followed to where they lead, which must lie below the folder too, and must be
/// none of `own`, the program's own files.
///
/// # Errors
/// The file lies elsewhere, is the program's own, is not a regular file, too large, empty, or not text.
pub(super) fn read<'a>(
    label: &str,
    folder: Option<&Path>,
    path: &Path,
    own: impl IntoIterator<Item = &'a Path>,
) -> Result<Zeroizing<String>, SecretError> {
    let label = || label.to_owned();
    let file_error = |error| SecretError::File { label: label(), path: path.to_owned(), error };
    let Some(folder) = folder else {
        return Err(SecretError::NoFolder { label: label(), path: path.to_owned() });
    };
    let real_folder = folder.canonicalize().map_err(|error| SecretError::Folder {
        label: label(),
        path: folder.to_owned(),
        error,
    })?;
    let outside = || SecretError::OutsideFolder {
        label: label(),
        path: path.to_owned(),
        folder: folder.to_owned(),
    };
    let joined = real_folder.join(path);
    let real = match joined.canonicalize() {
        Ok(real) => real,
        // Of a path outside not even this is told: whether it exists.
        Err(_) if !plainly_below(&joined, &real_folder) => return Err(outside()),
        Err(error) => return Err(file_error(error)),
    };
    if !real.starts_with(&real_folder) {
        return Err(outside());
    }
    let leads_to = |own: &Path| real_folder.join(own).canonicalize().is_ok_and(|own| own == real);
    if own.into_iter().any(leads_to) {
        return Err(SecretError::Own { label: label(), from: path.display().to_string() });
    }
    // Before it is opened: opening a pipe would wait for its other end.
    if !real.metadata().map_err(file_error)?.is_file() {
        return Err(SecretError::NotAFile { label: label(), path: path.to_owned() });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    File::open(&real)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(file_error)?;
    if bytes.len() as u64 > LIMIT {
        return Err(SecretError::TooLarge { label: label(), path: path.to_owned(), limit: LIMIT });
    }
    let from = || format!("`{}`", path.display());
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| SecretError::NotText { label: label(), from: from() })?;
    let trimmed = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n'));
    let text = trimmed.unwrap_or(text);
    if text.is_empty() {
        return Err(SecretError::Empty { label: label(), from: from() });
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// Below the folder by its name alone, without a step up.
fn plainly_below(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder)
        && !path.components().any(|part| part == std::path::Component::ParentDir)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
