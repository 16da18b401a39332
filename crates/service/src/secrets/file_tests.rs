//! Secret files: what is read, and every way out of the folder that is refused.

#![allow(clippy::unwrap_used)]
use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use tempfile::TempDir;

struct Place {
    _home: TempDir,
    folder: PathBuf,
    outside: PathBuf,
}

fn place() -> Place {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("secrets");
    fs::create_dir_all(folder.join("aws")).unwrap();
    let outside = home.path().join("outside");
    fs::write(&outside, "treasure").unwrap();
    Place { _home: home, folder, outside }
}

impl Place {
    fn read(&self, path: impl AsRef<Path>) -> Result<String, SecretError> {
        read("source `prod`", Some(&self.folder), path.as_ref(), []).map(|text| text.to_string())
    }

    fn refused(&self, path: impl AsRef<Path>) -> SecretError {
        let error = self.read(path).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("source `prod`: "), "{text}");
        assert!(!text.contains("treasure"), "{text}");
        error
    }
}

#[test]
fn reads_below_the_folder_without_one_newline() {
    let place = place();
    for (written, expected) in [("k", "k"), ("k\n", "k"), ("k\r\n", "k"), (" k \n\n", " k \n")] {
        fs::write(place.folder.join("aws/key"), written).unwrap();
        assert_eq!(place.read("aws/key").unwrap(), expected);
        assert_eq!(place.read(place.folder.join("aws/key")).unwrap(), expected);
    }
}

#[test]
fn follows_links_that_stay() {
    let place = place();
    fs::write(place.folder.join("aws/v2"), "k").unwrap();
    symlink("v2", place.folder.join("aws/current")).unwrap();
    assert_eq!(place.read("aws/current").unwrap(), "k");
}

#[test]
fn refuses_every_way_out() {
    let place = place();
    symlink(&place.outside, place.folder.join("link")).unwrap();
    symlink(place.outside.parent().unwrap(), place.folder.join("up")).unwrap();
    symlink("/nonexistent", place.folder.join("dangling")).unwrap();
    for path in [
        place.outside.clone(),
        "../outside".into(),
        "aws/../../outside".into(),
        "../missing".into(),
        "/etc/passwd".into(),
        "/nonexistent/a".into(),
        "link".into(),
        "up/outside".into(),
    ] {
        let error = place.refused(&path);
        assert!(matches!(error, SecretError::OutsideFolder { .. }), "{path:?}: {error}");
    }
    assert!(matches!(place.refused("dangling"), SecretError::File { .. }));
}

#[test]
fn a_sibling_whose_name_begins_alike_is_outside() {
    let place = place();
    let sibling = place.folder.with_file_name("secrets-old");
    fs::create_dir(&sibling).unwrap();
    fs::write(sibling.join("key"), "treasure").unwrap();
    assert!(matches!(place.refused("../secrets-old/key"), SecretError::OutsideFolder { .. }));
}

#[test]
fn refuses_what_is_no_secret() {
    let place = place();
    assert!(matches!(place.refused("aws"), SecretError::NotAFile { .. }));
    assert!(matches!(place.refused("missing"), SecretError::File { .. }));
    fs::write(place.folder.join("empty"), "\n").unwrap();
    assert!(matches!(place.refused("empty"), SecretError::Empty { .. }));
    fs::write(place.folder.join("binary"), [0xff, 0xfe]).unwrap();
    assert!(matches!(place.refused("binary"), SecretError::NotText { .. }));
    fs::write(place.folder.join("large"), vec![b'x'; 64 * 1024]).unwrap();
    assert!(place.read("large").is_ok());
    fs::write(place.folder.join("large"), vec![b'x'; 64 * 1024 + 1]).unwrap();
    assert!(matches!(place.refused("large"), SecretError::TooLarge { .. }));
}

#[test]
fn needs_the_folder() {
    let error = read("source `prod`", None, Path::new("key"), []).unwrap_err();
    assert!(error.to_string().contains("no secrets_dir is configured"), "{error}");
    let missing = Path::new("/nonexistent/secrets");
    let error = read("source `prod`", Some(missing), Path::new("key"), []).unwrap_err();
    assert!(matches!(error, SecretError::Folder { .. }), "{error}");
}
