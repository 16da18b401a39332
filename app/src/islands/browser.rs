//! The few things that islands ask of the browser.

use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlInputElement, Response};

/// What an address of ours answers, read as JSON.
///
/// # Errors
/// In words for people.
pub async fn fetch<T: DeserializeOwned>(address: &str) -> Result<T, String> {
    let unreachable = |_| "the server does not answer".to_owned();
    let window = web_sys::window().ok_or("there is no window")?;
    let answer = JsFuture::from(window.fetch_with_str(address)).await.map_err(unreachable)?;
    let answer: Response = answer.dyn_into().map_err(unreachable)?;
    if answer.redirected() || !answer.ok() {
        return Err("your session has ended: load the page again".to_owned());
    }
    let text = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|_| "the server's answer makes no sense".to_owned())
}

/// A text as part of an address.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Goes to a page.
pub fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        // Only a malformed address fails, and ours come from the server.
        let _ = window.location().assign(address);
    }
}

/// Loads the page that is shown once more.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// All elements that a selector finds.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let document = web_sys::window().and_then(|window| window.document());
    let found = document.and_then(|document| document.query_selector_all(selector).ok());
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// The element that has the focus.
pub fn focused() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
}

/// Puts the focus into a field and marks what stands in it.
pub fn focus(field: &HtmlInputElement) {
    let _ = field.focus();
    field.select();
}

/// Whether somebody is typing: single keys are text then.
pub fn is_typing() -> bool {
    let Some(element) = focused() else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}
