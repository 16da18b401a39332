//! Makes the static files of the binary: the style sheets in their order as one, the icon, and, where
//! `make web` has made it, the program for the browser; all compressed beforehand.

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
    let (style, public) = (root.join("../style"), root.join("../public"));
    for watched in [&style, &public] {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        // The program for the browser holds no files.
        return Ok(());
    }
    let mut files = Files { out, source: String::new() };
    files.add("STYLE", "style.css", "text/css; charset=utf-8", sheets(&style)?.as_bytes())?;
    files.add("ICON", "favicon.svg", "image/svg+xml", &fs::read(public.join("favicon.svg"))?)?;
    files.add_program(&public)?;
    fs::write(files.out.join("files.rs"), files.source)
}

/// The files made so far, and the Rust that names them.
struct Files {
    out: PathBuf,
    source: String,
}

impl Files {
    /// Writes a file with its two compressed forms; returns the name it is served by, which carries
    /// its digest.
    fn add(
        &mut self,
        constant: &str,
        name: &str,
        media_type: &str,
        content: &[u8],
    ) -> io::Result<String> {
        fs::write(self.out.join(name), content)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content)?;
        fs::write(self.out.join(format!("{name}.gz")), gzip.finish()?)?;
        let mut small = Vec::new();
        let params = brotli::enc::BrotliEncoderParams::default();
        brotli::BrotliCompress(&mut &content[..], &mut small, &params)?;
        fs::write(self.out.join(format!("{name}.br")), small)?;
        let mut digest = hex::encode(Sha256::digest(content));
        digest.truncate(16);
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let served = format!("{stem}.{digest}.{end}");
        self.source.push_str(&format!(
            "const {constant}_FILE: AssetFile = AssetFile {{ served: {served:?}, \
             media_type: {media_type:?}, plain: include_bytes!({name:?}), \
             gzip: include_bytes!(\"{name}.gz\"), brotli: include_bytes!(\"{name}.br\") }};\n"
        ));
        Ok(served)
    }

    /// The program for the browser, if it is there, and what starts it.
    fn add_program(&mut self, public: &Path) -> io::Result<()> {
        let package = public.join("pkg");
        let (glue, wasm) = (package.join("cadastre.js"), package.join("cadastre.wasm"));
        if !glue.exists() || !wasm.exists() {
            println!(
                "cargo::warning=without public/pkg (`make web`) pages do not react in the browser"
            );
            self.source.push_str("const PROGRAM_FILES: Option<Program> = None;\n");
            return Ok(());
        }
        let script = "text/javascript; charset=utf-8";
        let glue = self.add("GLUE", "cadastre.js", script, &fs::read(glue)?)?;
        let wasm = self.add("WASM", "cadastre.wasm", "application/wasm", &fs::read(wasm)?)?;
        let boot = fs::read_to_string(public.join("boot.js"))?
            .replace("{{glue}}", &format!("/static/{glue}"))
            .replace("{{wasm}}", &format!("/static/{wasm}"));
        self.add("BOOT", "boot.js", script, boot.as_bytes())?;
        self.source.push_str(
            "const PROGRAM_FILES: Option<Program> = \
             Some(Program { boot: BOOT_FILE, glue: GLUE_FILE, wasm: WASM_FILE });\n",
        );
        Ok(())
    }
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
