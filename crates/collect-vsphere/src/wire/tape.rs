//! Where answers come from, and what is cut out of what is kept.

use cadastre_collect::{Player, Recorder};
use std::borrow::Cow;
use std::sync::Arc;

/// Where answers come from, and whether they are taken down.
#[derive(Clone, Debug)]
pub(crate) enum Tape {
    /// From the network.
    Off,
    /// From the network, and taken down.
    Recording(Recorder),
    /// From a recording.
    Playing(Arc<Player>),
}

const SESSION: &str = "session[";

/// The text without the ids of sessions, which stand in the ids of views (`session[ID]VIEW`). The
/// id of a session opens it.
pub(crate) fn without_sessions(text: &str) -> Cow<'_, str> {
    if !text.contains(SESSION) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(SESSION) {
        out.push_str(before);
        out.push_str(SESSION);
        out.push('-');
        rest = after.find([']', '<', '"']).and_then(|at| after.get(at..)).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_every_session_out() {
        let text = "<obj>session[52-aa]52bb</obj><x>session[52-aa]cc</x>";
        assert_eq!(without_sessions(text), "<obj>session[-]52bb</obj><x>session[-]cc</x>");
        assert_eq!(without_sessions("nothing"), "nothing");
        assert_eq!(without_sessions("cut session[52"), "cut session[-");
    }
}
