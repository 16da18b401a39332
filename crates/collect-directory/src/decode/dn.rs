//! Distinguished names: read part by part, escapes undone (RFC 4514), and told as a path.

/// One part of a name: `OU=Servers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The attribute, lower case: `ou`.
    pub key: String,
    /// Its value, escapes undone.
    pub value: String,
}

/// A name has at most this many parts; longer ones are no names.
const PARTS_MAX: usize = 256;

/// The parts of a name, the thing itself first. `None` if it is no name.
pub(crate) fn parts(dn: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = dn.trim();
    while !rest.is_empty() {
        if parts.len() == PARTS_MAX {
            return None;
        }
        let (key, after) = rest.split_once('=')?;
        let key = key.trim().to_ascii_lowercase();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
        if key.is_empty() || !key.bytes().all(plain) {
            return None;
        }
        let (value, after) = value(after)?;
        parts.push(Part { key, value });
        rest = after;
    }
    Some(parts)
}

/// The value that `text` begins with, and what follows its comma.
fn value(text: &str) -> Option<(String, &str)> {
    let mut octets: Vec<u8> = Vec::new();
    // Blanks at the end mean nothing unless escaped.
    let mut kept = 0;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            ',' | ';' => {
                octets.truncate(kept);
                let rest = text.get(at + 1..)?;
                // A comma promises another part.
                return (!rest.trim().is_empty()).then(|| (lossy(&octets), rest.trim_start()));
            }
            '\\' => {
                let (_, escaped) = letters.next()?;
                match escaped.to_digit(16) {
                    Some(high) => {
                        let low = letters.next()?.1.to_digit(16)?;
                        octets.push(u8::try_from(high * 16 + low).ok()?);
                    }
                    None => push(&mut octets, escaped),
                }
                kept = octets.len();
            }
            ' ' if octets.is_empty() => {}
            letter => {
                push(&mut octets, letter);
                if letter != ' ' {
                    kept = octets.len();
                }
            }
        }
    }
    octets.truncate(kept);
    Some((lossy(&octets), ""))
}

fn push(octets: &mut Vec<u8>, letter: char) {
    octets.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Control characters in a name have no place in a path or a page.
fn lossy(octets: &[u8]) -> String {
    super::text::clean_text(octets).text
}

/// The DNS name that a name's `DC` parts make: `corp.example.test`. `None` without any.
pub(crate) fn domain_of(parts: &[Part]) -> Option<String> {
    let labels: Vec<String> = parts
        .iter()
        .filter(|part| part.key == "dc")
        .map(|part| part.value.to_lowercase())
        .collect();
    (!labels.is_empty()).then(|| labels.join("."))
}

/// Where a thing stands: its containers from the top, parted by `/`; a `/` in a name is `\/`.
/// Empty at the top of the domain.
pub(crate) fn path_of_parent(parts: &[Part]) -> String {
    path(parts.get(1..).unwrap_or_default())
}

/// The path down to the thing itself.
pub(crate) fn path(parts: &[Part]) -> String {
    let steps: Vec<String> = parts
        .iter()
        .rev()
        .filter(|part| part.key != "dc")
        .map(|part| part.value.replace('\\', "\\\\").replace('/', "\\/"))
        .collect();
    steps.join("/")
}

/// The name of a domain: `corp.example.test` as `DC=corp,DC=example,DC=test`.
#[cfg(test)]
pub(crate) fn of_domain(domain: &str) -> String {
    let labels: Vec<String> = domain.split('.').map(|label| format!("DC={label}")).collect();
    labels.join(",")
}

/// Whether two names are the same but for case and blanks around commas.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let folded = |dn: &str| {
        parts(dn).map(|parts| {
            parts.into_iter().map(|it| (it.key, it.value.to_lowercase())).collect::<Vec<_>>()
        })
    };
    matches!((folded(one), folded(other)), (Some(one), Some(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(dn: &str) -> Option<Vec<String>> {
        parts(dn).map(|parts| parts.into_iter().map(|it| it.value).collect())
    }

    #[test]
    fn parts_and_escapes() {
        for (dn, expected) in [
            ("CN=web01,OU=Servers,DC=corp,DC=test", vec!["web01", "Servers", "corp", "test"]),
            (r"OU=A\, B / C,DC=x", vec!["A, B / C", "x"]),
            (r"CN=Zo\C3\AB O'Neill \+ S", vec!["Zoë O'Neill + S"]),
            (r"CN=\20 a \ ,OU=b", vec!["a", "b"]),
            ("cn = a , ou = b", vec!["a", "b"]),
            (r"CN=a\0ADEL:x,DC=y", vec!["a DEL:x", "y"]),
            ("CN=a=b", vec!["a=b"]),
            ("", vec![]),
        ] {
            assert_eq!(values(dn).unwrap_or_default(), expected, "{dn}");
        }
    }

    #[test]
    fn what_is_none() {
        for dn in ["web01", "=x", "CN=a,", r"CN=a\", r"CN=a\4", "C N=a", "CN=a,,CN=b"] {
            assert_eq!(values(dn), None, "{dn}");
        }
        assert_eq!(values(&"CN=a,".repeat(300)), None);
    }

    #[test]
    fn paths_and_domains() {
        let read = parts(r"CN=web/01,OU=A\, B / C,OU=Europe,DC=Corp,DC=example,DC=test");
        let read = read.unwrap_or_default();
        assert_eq!(path_of_parent(&read), r"Europe/A, B \/ C");
        assert_eq!(path(&read), r"Europe/A, B \/ C/web\/01");
        assert_eq!(domain_of(&read).as_deref(), Some("corp.example.test"));
        assert_eq!(domain_of(&[]), None);
        assert_eq!(path_of_parent(&parts("DC=corp,DC=test").unwrap_or_default()), "");
        assert_eq!(of_domain("corp.test"), "DC=corp,DC=test");
    }

    #[test]
    fn names_are_compared_by_meaning() {
        assert!(same("OU=A, DC=x", "ou=a,dc=X"));
        assert!(!same("OU=A,DC=x", "OU=B,DC=x"));
        assert!(!same("nonsense", "nonsense"));
    }
}
