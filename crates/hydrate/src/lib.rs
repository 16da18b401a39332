//! The entry of the program in the browser. `public/boot.js` calls it once and then hands each island
//! its element.
//!
//! Why it exists: the wasm must be a `cdylib`, and `app` must not be one. What islands do is in
//! `app/src/islands`.

#![cfg(target_family = "wasm")]

// Its islands are exported by name; without a use of it they would not be linked.
use cadastre_app as _;

/// Makes the reactive system ready.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
