//! The key file: made once and closed to others, refused when it is not.

#![allow(clippy::unwrap_used)]
use super::*;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

fn with_key(text: &str) -> Environment {
    let variables = BTreeMap::from([(KEY_VARIABLE.to_owned(), text.to_owned())]);
    Environment::fixed(variables)
}

fn empty() -> Environment {
    Environment::fixed(BTreeMap::new())
}

#[test]
fn is_made_once_and_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/sealing.key");
    let (made, origin) = SealingKey::obtain(&empty(), &path).unwrap();
    assert_eq!(origin, KeyOrigin::Created(path.clone()));
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (again, origin) = SealingKey::obtain(&empty(), &path).unwrap();
    assert_eq!(origin, KeyOrigin::File(path));
    assert_eq!(made.bytes(), again.bytes());
    assert_ne!(made.bytes(), SealingKey::generate().unwrap().bytes());
}

#[test]
fn never_replaces_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    let first = SealingKey::generate().unwrap();
    first.write(&path).unwrap();
    let second = SealingKey::generate().unwrap();
    let error = second.write(&path).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    let kept = SealingKey::load(&path).unwrap().unwrap();
    assert_eq!(kept.bytes(), first.bytes());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn open_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    SealingKey::load_or_create(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = SealingKey::load(&path).unwrap_err().to_string();
    assert!(error.contains("mode 0640, expected 0600"), "{error}");
    assert!(error.contains("chmod 600"), "{error}");
}

#[test]
fn missing_is_not_made_by_those_who_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    assert!(SealingKey::obtain_existing(&empty(), &path).unwrap().is_none());
    assert!(!path.exists());
}

#[test]
fn the_variable_comes_first_in_hex_or_base64() {
    let path = Path::new("/nonexistent/sealing.key");
    let hex_text = "0f".repeat(32);
    let base64_text = STANDARD.encode([0x0f; 32]);
    for text in [hex_text, base64_text, format!("  {}\n", "0F".repeat(32))] {
        let (key, origin) = SealingKey::obtain(&with_key(&text), path).unwrap();
        assert_eq!(origin, KeyOrigin::Variable);
        assert_eq!(key.bytes(), &[0x0f; 32]);
    }
}

#[test]
fn a_malformed_key_is_refused_unquoted() {
    let path = Path::new("/nonexistent/sealing.key");
    for text in ["", "correct horse", "0f0f"] {
        let error = SealingKey::obtain(&with_key(text), path).unwrap_err().to_string();
        assert!(error.starts_with("CADASTRE_SECRET_KEY is not a sealing key"), "{error}");
        assert!(!error.contains("horse"), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sealing.key");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(SealingKey::load(&file).unwrap_err().to_string().contains("is not a sealing key"));
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let error = SealingKey::load_or_create(Path::new("/dev/null/x/sealing.key")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("/dev/null/x/sealing.key"), "{text}");
    assert!(text.contains("sealing_key_file"), "{text}");
}
