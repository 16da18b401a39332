//! What only a real browser can tell: how soon the palette opens on a slow machine, and what is loaded.

use super::Bench;
use super::wire::{NAME, PASSWORD};
use crate::Outcome;
use crate::table::{Budget, Unit};
use serde::Deserialize;
use std::process::Command;

/// From the first byte of a page to the palette being open, with the CPU at a quarter of its speed.
const PALETTE: f64 = 600.0;
/// What a browser may load for the list, in bytes.
const MOST_LOADED: f64 = 200_000.0;

/// What `end2end/measure.mjs` prints.
#[derive(Deserialize)]
struct Measured {
    palette_ms: f64,
    palette_again_ms: f64,
    loaded_bytes: f64,
}

/// Runs it against the server that serves the register.
pub fn measure(bench: &mut Bench) -> Outcome<()> {
    let (node, browser) =
        (std::env::var("CADASTRE_LAB_NODE"), std::env::var("CADASTRE_LAB_CHROMIUM"));
    let (Ok(node), Ok(browser), Some((server, _))) = (node, browser, &bench.served) else {
        bench.table.note("palette, and what a browser loads", "NOT RUN, the lab has no browser");
        return Ok(());
    };
    let output = Command::new(node)
        .arg("measure.mjs")
        .current_dir(cadastre_tests::lab::repository().join("end2end"))
        .env("CADASTRE_LAB_CHROMIUM", browser)
        .env("CADASTRE_ADDRESS", format!("http://{}", server.address))
        .env("CADASTRE_LOGIN_NAME", NAME)
        .env("CADASTRE_LOGIN_PASSWORD", PASSWORD)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let measured: Measured = serde_json::from_slice(&output.stdout)?;
    let figures =
        [("nothing kept", measured.palette_ms), ("files kept", measured.palette_again_ms)];
    for (kept, took) in figures {
        let what = format!("palette open after the first byte, CPU at a quarter, {kept}");
        bench.table.figure(what, took, Unit::Milliseconds, Budget::AtMost(PALETTE));
    }
    let what = "what a browser loads for a list, on the wire";
    bench.table.figure(what, measured.loaded_bytes, Unit::Bytes, Budget::AtMost(MOST_LOADED));
    Ok(())
}
