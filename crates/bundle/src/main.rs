//! `cadastre-bundle WASM FOLDER`: makes `cadastre.js` and `cadastre.wasm` in `FOLDER` of the wasm that
//! cargo built, smaller where `wasm-opt` is found (on the PATH, or named by `WASM_OPT`).
//!
//! Why it exists: the maker of the glue must be of the very version of `wasm-bindgen` that is linked;
//! as a library it is, by Cargo.lock. It knows nothing of what the program does.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use wasm_bindgen_cli_support::Bindgen;

/// What browsers have had since 2022; with more, some refuse the file.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(wasm), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: cadastre-bundle WASM FOLDER".into());
    };
    fs::create_dir_all(&folder)?;
    let mut output = Bindgen::new()
        .input_path(&wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    let glue = output.js().to_owned();
    let bare = folder.join("bare.wasm");
    fs::write(&bare, output.wasm_mut().emit_wasm())?;
    let small = smaller(&bare);
    put(&folder, "cadastre.wasm", &fs::read(small.as_deref().unwrap_or(&bare))?)?;
    put(&folder, "cadastre.js", glue.as_bytes())?;
    fs::remove_file(&bare)?;
    if let Some(small) = small {
        fs::remove_file(small)?;
    }
    Ok(())
}

/// The file made smaller by `wasm-opt`; `None` if there is no such program, or it cannot.
fn smaller(bare: &Path) -> Option<PathBuf> {
    let program = env::var_os("WASM_OPT").unwrap_or_else(|| "wasm-opt".into());
    let small = bare.with_extension("opt.wasm");
    let mut command = Command::new(&program);
    match command.arg("-Oz").args(FEATURES).arg(bare).arg("-o").arg(&small).status() {
        Ok(status) if status.success() => return Some(small),
        Ok(status) => println!("{} ended with {status}", program.display()),
        Err(error) => println!("{} cannot be run: {error}", program.display()),
    }
    println!("the wasm is larger than it could be");
    None
}

/// Writes a file unless it is the same already: its time decides what is built anew.
fn put(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let path = folder.join(name);
    if fs::read(&path).is_ok_and(|before| before == content) {
        return Ok(());
    }
    println!("{}: {} bytes", path.display(), content.len());
    fs::write(path, content)
}
