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
    nothing_kept: Page,
    files_kept: Page,
}

/// The list, loaded: medians.
#[derive(Deserialize)]
struct Page {
    palette_ms: f64,
    program_ms: f64,
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
    for (kept, page) in
        [("nothing kept", &measured.nothing_kept), ("files kept", &measured.files_kept)]
    {
        let after = format!("after the first byte, CPU at a quarter, {kept}");
        let (opens, runs) = (format!("palette open {after}"), format!("it finds, {after}"));
        bench.table.figure(opens, page.palette_ms, Unit::Milliseconds, Budget::AtMost(PALETTE));
        bench.table.figure(runs, page.program_ms, Unit::Milliseconds, Budget::None);
    }
    let what = "what a browser loads for a list, on the wire";
    bench.table.figure(
        what,
        measured.nothing_kept.loaded_bytes,
        Unit::Bytes,
        Budget::AtMost(MOST_LOADED),
    );
    Ok(())
}
