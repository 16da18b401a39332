//! How deep a piece of an answer is nested. The binding's decoders call themselves for what lies
//! within, and what they make falls apart the same way: a piece nested a million deep would end the
//! process.

/// The deepest that is decoded. A chain of disks or snapshots has at most some thirty links, each of
/// one or two levels.
const DEEPEST: usize = 250;

/// Whether elements are nested no deeper than is decoded.
pub(super) fn is_shallow_xml(text: &str) -> bool {
    let mut depth = 0_usize;
    for rest in text.split('<').skip(1) {
        match rest.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) => {
                let tag = rest.split('>').next().unwrap_or_default();
                if !tag.ends_with('/') {
                    depth += 1;
                }
            }
        }
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

/// Whether lists and objects are nested no deeper than is decoded.
pub(super) fn is_shallow_json(text: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded() {
        assert!(is_shallow_xml(&"<a/><b>x</b>".repeat(1_000)));
        assert!(!is_shallow_xml(&"<a>".repeat(300)));
        assert!(is_shallow_json(&format!("[{}]", "{\"a[[[\\\"{\":[1]},".repeat(1_000))));
        assert!(!is_shallow_json(&"[".repeat(300)));
    }
}
