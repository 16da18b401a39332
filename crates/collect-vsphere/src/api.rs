//! The vSphere API as this crate uses it: a session, calls, and rows of properties; over SOAP or
//! VI JSON, which differ here and nowhere else.
//!
//! The binding gives the types, their encoders and decoders. Each property of each object is decoded
//! by itself: one that a server left half filled in costs that one property, with a word, where the
//! binding's own retrieval would lose the object in silence.
//!
//! It must not know: what an observation is.

mod depth;
mod hello;
mod json;
mod params;
mod retrieve;
mod row;
mod session;
mod soap;

pub(crate) use retrieve::{PAGE, Retrieved, learn, retrieve, view};
pub(crate) use row::{Known, Ref, Row};
pub(crate) use session::Session;

/// What any text is read as, by every reader there is: the plain values of it.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn readings(text: &str) -> Vec<String> {
    let mut said = Vec::new();
    for page in [soap::page(text), json::page(text)].into_iter().flatten() {
        for mut row in page.rows {
            said.extend(row.read_all());
        }
    }
    for fault in [soap::fault(text), json::fault(text)].into_iter().flatten() {
        said.push(crate::text::value(&fault.message));
    }
    let _ = (soap::returned_object(text), json::returned_object(text));
    said
}
