//! Backup of an SQLite file: a clean copy made by the database itself, and a line with its digest,
//! which SQLite takes no notice of.

use super::{DAMAGED, beside, part_of, refuse, sync_folder_of};
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::file::create_private;
use crate::schema::SchemaState;
use crate::sql::Sql;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

const HEADER: &[u8] = b"SQLite format 3\0";
const SEAL: &str = "\ncadastre-backup sha256 ";
/// The seal, 64 hex digits and an end of line.
const SEAL_BYTES: u64 = SEAL.len() as u64 + 64 + 1;

pub(super) async fn dump(store: &Store, path: &Path) -> Result<()> {
    let name = path.to_str().ok_or_else(|| refuse(path, "is no name in UTF-8; name another"))?;
    let copy = Sql::of(store.dialect(), "VACUUM INTO ?", [name.into()]);
    copy.execute(store.reader(), "writing a backup").await?;
    seal(path).map_err(|error| refuse(path, &error.to_string()))
}

/// Adds the digest of the file at its end, and makes sure that all of it is on the disk.
fn seal(path: &Path) -> io::Result<()> {
    let length = fs::metadata(path)?.len();
    let digest = copy(&mut File::open(path)?, length, &mut io::sink())?;
    let mut file = OpenOptions::new().append(true).open(path)?;
    writeln!(file, "{SEAL}{digest}")?;
    file.sync_all()
}

pub(super) async fn restore(target: &Path, path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let file = beside(target, end);
        if file.exists() {
            let why = format!(
                "the database {} is there already; move it away first, nothing was changed",
                file.display()
            );
            return Err(refuse(path, &why));
        }
    }
    let part = part_of(target);
    let copied = match unsealed(path, &part) {
        Ok(whole) => whole,
        Err(error) => Err(refuse(path, &error.to_string())),
    };
    let checked = match copied {
        Ok(()) => check(&part, path).await,
        Err(error) => Err(error),
    };
    let done = checked
        .and_then(|()| fs::rename(&part, target).map_err(|error| refuse(path, &error.to_string())));
    remove_database(&part);
    done?;
    sync_folder_of(target);
    Ok(())
}

/// Copies the database out of a backup, if that is whole.
fn unsealed(path: &Path, part: &Path) -> io::Result<Result<()>> {
    let mut from = File::open(path)?;
    let mut header = Vec::new();
    (&from).take(HEADER.len() as u64).read_to_end(&mut header)?;
    if header != HEADER {
        let why =
            "is not a backup of an SQLite register; expected a file that `cadastre backup` wrote";
        return Ok(Err(refuse(path, why)));
    }
    let length = from.metadata()?.len().saturating_sub(SEAL_BYTES);
    from.rewind()?;
    let _ = fs::remove_file(part);
    create_private(part)?;
    let mut to = OpenOptions::new().write(true).open(part)?;
    let digest = copy(&mut from, length, &mut to)?;
    to.sync_all()?;
    let mut seal = Vec::new();
    from.seek(SeekFrom::Start(length))?;
    from.read_to_end(&mut seal)?;
    if seal != format!("{SEAL}{digest}\n").as_bytes() {
        return Ok(Err(refuse(path, DAMAGED)));
    }
    Ok(Ok(()))
}

/// Copies so many bytes; returns their digest in hex.
fn copy(from: &mut File, length: u64, to: &mut impl Write) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut left = from.take(length);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = left.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(hex::encode(digest.finalize()));
        };
        digest.update(bytes);
        to.write_all(bytes)?;
    }
}

/// The copy holds a register that this version can read.
async fn check(part: &Path, path: &Path) -> Result<()> {
    let store = Store::open_or_create(&format!("sqlite://{}", part.display())).await?;
    let state = store.schema_state().await;
    store.close().await;
    match state {
        Ok(SchemaState::Empty) => Err(refuse(path, "holds no register; use another backup")),
        Ok(_) => Ok(()),
        Err(StoreError::Newer { migration, .. }) => {
            Err(StoreError::Newer { url: path.display().to_string(), migration })
        }
        Err(error) => Err(error),
    }
}

fn remove_database(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, end));
    }
}
