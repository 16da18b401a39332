//! Sources: how each is doing, and all that admins do with one. One file a page or form.

pub mod edit;
mod form;
mod form_view;
pub mod list;
pub mod new;
pub mod one;
pub mod remove;
pub mod run;
pub mod switch;
pub mod trial;

/// Where a source is shown, with a word about what was done just now.
fn address(name: &str, said: &str) -> String {
    format!("/sources/{name}?said={said}")
}
