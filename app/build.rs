//! Puts the style sheets together, in their order, and compresses them beforehand.

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Before all others, in this order; after all others.
const FIRST: [&str; 2] = ["tokens.css", "base.css"];
const LAST: &str = "print.css";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let style = root.join("../style");
    println!("cargo::rerun-if-changed={}", style.display());
    let css = sheets(&style)?;
    write(&out, "style.css", css.as_bytes())?;
    let icon = root.join("../public/favicon.svg");
    println!("cargo::rerun-if-changed={}", icon.display());
    write(&out, "favicon.svg", &fs::read(icon)?)
}

fn sheets(folder: &Path) -> io::Result<String> {
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".css"))
        .collect();
    names.sort_by_key(|name| {
        let first = FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len());
        (first, name == LAST, name.clone())
    });
    let mut css = String::new();
    for name in names {
        css.push_str(&fs::read_to_string(folder.join(name))?);
        css.push('\n');
    }
    Ok(css)
}

/// The file, its two compressed forms, and the digest that its name carries.
fn write(out: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::write(out.join(name), content)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content)?;
    fs::write(out.join(format!("{name}.gz")), gzip.finish()?)?;
    let mut small = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &content[..], &mut small, &params)?;
    fs::write(out.join(format!("{name}.br")), small)?;
    let mut digest = hex::encode(Sha256::digest(content));
    digest.truncate(16);
    fs::write(out.join(format!("{name}.digest")), digest)
}
