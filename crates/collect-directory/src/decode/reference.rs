//! References to other objects, as the directory gives them when asked for extended names:
//! `<GUID=...>;<SID=...>;CN=...` (\[MS-ADTS\] 3.1.1.3.4.1.5).

use super::guid::is_guid_text;
use super::sid::is_sid_text;

/// Another object of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Its objectGUID, lower case with dashes.
    pub guid: Option<String>,
    /// Its objectSid, if it has one.
    pub sid: Option<String>,
    /// Its name.
    pub dn: String,
}

impl Reference {
    /// Reads one. A name without the parts before it is taken too.
    pub(crate) fn read(text: &str) -> Reference {
        let mut reference = Reference { guid: None, sid: None, dn: String::new() };
        let mut rest = text;
        while let Some((inner, after)) = leading(rest) {
            match inner.split_once('=') {
                Some(("GUID", guid)) if is_guid_text(guid) => {
                    reference.guid = Some(guid.to_ascii_lowercase());
                }
                Some(("SID", sid)) if is_sid_text(sid) => reference.sid = Some(sid.to_owned()),
                _ => {}
            }
            rest = after;
        }
        rest.clone_into(&mut reference.dn);
        reference
    }
}

/// The inside of the `<...>;` that a text begins with, and what follows.
fn leading(text: &str) -> Option<(&str, &str)> {
    let (inner, after) = text.strip_prefix('<')?.split_once('>')?;
    Some((inner, after.strip_prefix(';').unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_ids() {
        let read = Reference::read(
            "<GUID=7B90EF75-bbc7-4aa6-b2da-0853bb65b0e7>;<SID=S-1-5-21-1-2-3-4404>;CN=L,DC=x",
        );
        assert_eq!(read.guid.as_deref(), Some("7b90ef75-bbc7-4aa6-b2da-0853bb65b0e7"));
        assert_eq!(read.sid.as_deref(), Some("S-1-5-21-1-2-3-4404"));
        assert_eq!(read.dn, "CN=L,DC=x");
        let read = Reference::read("CN=<odd>,DC=x");
        assert_eq!((read.guid, read.dn.as_str()), (None, "CN=<odd>,DC=x"));
        let read = Reference::read("<GUID=nonsense>;<SID=x>;<X>DC=x");
        assert_eq!((read.guid, read.sid, read.dn.as_str()), (None, None, "DC=x"));
    }
}
