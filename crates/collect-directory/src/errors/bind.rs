//! Why a directory does not let somebody in (result codes of RFC 4511, A.2; the `data` number is
//! a Windows error in hex).

use super::Fault;
use crate::decode::text::clean_text;
use cadastre_collect::ErrorClass;

/// The trouble of a bind that ended with this code, other than 0. `who`: the name it was tried by.
pub(crate) fn bind_fault(who: &str, code: u32, said: &str) -> Fault {
    let said = clean_text(said.as_bytes()).text;
    let make = |class, what: String, hint: &str| Fault::new(class, what, hint).hopeless();
    match code {
        49 => refused(who, &said),
        8 | 13 => make(
            ErrorClass::Refused,
            format!("the directory takes no password in the clear ({code}): {said}"),
            "use ldaps://, or ldap:// with start_tls = true",
        ),
        34 => make(
            ErrorClass::Credentials,
            format!("`{who}` is no name that can log on (34): {said}"),
            "give bind_dn as name@domain or as a distinguished name",
        ),
        48 | 53 => make(
            ErrorClass::Credentials,
            format!("the directory does not let `{who}` in ({code}): {said}"),
            "give bind_dn and password; nobody is let in without",
        ),
        51 | 52 => make(
            ErrorClass::Throttled,
            format!("the domain controller is busy or not ready ({code}): {said}"),
            "run it again later, or name another domain controller",
        ),
        _ => make(
            ErrorClass::BadAnswer,
            format!("the directory does not let `{who}` in (code {code}): {said}"),
            "see what the directory says about it",
        ),
    }
}

fn refused(who: &str, said: &str) -> Fault {
    let data = data_number(said).unwrap_or_default();
    let (class, what, hint) = match data {
        0x525 => (
            ErrorClass::Credentials,
            "there is no such account",
            "check bind_dn: name@domain or a distinguished name",
        ),
        0x530 => (
            ErrorClass::Refused,
            "it may not log on at this hour",
            "allow the hour in the account's logon hours",
        ),
        0x531 => (
            ErrorClass::Refused,
            "it may not log on from here",
            "allow the domain controllers in the account's logon workstations",
        ),
        0x532 => (
            ErrorClass::Expired,
            "its password has expired",
            "give the account a new password, here too; a service account whose password never \
             expires spares this",
        ),
        0x533 => (ErrorClass::Credentials, "it is disabled", "enable the account, or name another"),
        0x701 => (
            ErrorClass::Expired,
            "the account has expired",
            "extend the account's life, or name another",
        ),
        0x773 => (
            ErrorClass::Expired,
            "it must change its password first",
            "change the password once by hand, then give the new one here",
        ),
        0x775 => (
            ErrorClass::Credentials,
            "it is locked out",
            "unlock the account, and look for who tries wrong passwords",
        ),
        _ => (
            ErrorClass::Credentials,
            "name or password is wrong",
            "check bind_dn (name@domain or a distinguished name) and the password",
        ),
    };
    let code = if data == 0 { "49".to_owned() } else { format!("49, data {data:x}") };
    Fault::new(class, format!("the directory does not let `{who}` in: {what} ({code})"), hint)
        .hopeless()
}

/// The number in `... comment: AcceptSecurityContext error, data 52e, v1db1`.
fn data_number(said: &str) -> Option<u32> {
    let (_, after) = said.split_once(" data ")?;
    let digits: String = after.chars().take_while(char::is_ascii_hexdigit).take(8).collect();
    u32::from_str_radix(&digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(data: &str) -> String {
        format!(
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, \
             v1db1\0"
        )
    }

    #[test]
    fn each_reason_has_its_class_and_its_advice() {
        for (data, class, what, advice) in [
            ("52e", ErrorClass::Credentials, "password is wrong", "check bind_dn"),
            ("525", ErrorClass::Credentials, "no such account", "name@domain"),
            ("530", ErrorClass::Refused, "at this hour", "logon hours"),
            ("531", ErrorClass::Refused, "from here", "workstations"),
            ("532", ErrorClass::Expired, "password has expired", "new password"),
            ("533", ErrorClass::Credentials, "disabled", "enable"),
            ("701", ErrorClass::Expired, "account has expired", "extend"),
            ("773", ErrorClass::Expired, "must change", "by hand"),
            ("775", ErrorClass::Credentials, "locked out", "unlock"),
        ] {
            let fault = bind_fault("reader@corp", 49, &said(data));
            assert_eq!(fault.class, class, "{data}");
            assert!(fault.what.contains(what) && fault.what.contains(data), "{}", fault.what);
            assert!(fault.hint.contains(advice) && fault.hopeless, "{}", fault.hint);
        }
    }

    #[test]
    fn other_codes_too() {
        assert!(
            bind_fault("x", 8, "BindSimple: Transport encryption required.").hint.contains("ldaps")
        );
        assert!(bind_fault("x", 49, "").what.contains("(49)"));
        assert!(bind_fault("x", 49, " data zzz").what.contains("(49)"));
        assert!(bind_fault("x", 53, "").hint.contains("password"));
        assert!(bind_fault("x", 34, "").hint.contains("distinguished"));
        assert_eq!(bind_fault("x", 51, "").class, ErrorClass::Throttled);
        assert!(bind_fault("x", 90, "odd").what.contains("90"));
    }
}
