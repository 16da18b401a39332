//! What the result codes of searches mean (RFC 4511, A.2).

use super::Fault;
use crate::decode::text::clean_text;
use cadastre_collect::ErrorClass;

/// The trouble of a search that ended with this code, other than 0. `question`: what was read.
pub(crate) fn search_fault(question: &str, code: u32, said: &str) -> Fault {
    let said = clean_text(said.as_bytes()).text;
    let said = if said.is_empty() { said } else { format!(": {said}") };
    let make = |class, what: &str, hint: &str| {
        Fault::new(class, format!("{question}: {what} ({code}){said}"), hint)
    };
    match code {
        1 => make(
            ErrorClass::Refused,
            "the directory answers nobody who has not logged on",
            "check bind_dn and the password",
        )
        .hopeless(),
        3 => make(
            ErrorClass::Unreachable,
            "the directory's own time limit was reached",
            "raise MaxQueryDuration in the LDAP policy, or ask a controller that has less to do",
        ),
        4 => make(
            ErrorClass::Refused,
            "the directory gives no more objects, its size limit was reached",
            "allow paged results for this account (MaxPageSize in the LDAP policy), or lower \
             `page_size`",
        ),
        8 | 13 => make(
            ErrorClass::Refused,
            "the directory asks for a secure connection",
            "use ldaps://, or ldap:// with start_tls = true",
        )
        .hopeless(),
        10 => make(
            ErrorClass::Refused,
            "the directory refers to another one for all of it",
            "name the domain controller that has it in `url`; referrals are not followed",
        ),
        11 => make(
            ErrorClass::Refused,
            "an administrative limit was reached",
            "see the LDAP policy of the domain controllers (MaxTempTableSize, MaxResultSetSize)",
        ),
        12 => make(
            ErrorClass::BadAnswer,
            "the directory does not know a control that is needed",
            "check that it is Active Directory, and not behind something that filters LDAP",
        ),
        32 => make(
            ErrorClass::Refused,
            "there is no such place in the directory, or it may not be seen",
            "check base_dn, and that the account may read it",
        ),
        50 => make(
            ErrorClass::Refused,
            "this may not be read",
            "give the account the right to read it",
        ),
        51 | 52 => make(
            ErrorClass::Throttled,
            "the domain controller was busy to the last attempt",
            "run it again later, or name another domain controller",
        ),
        53 => make(
            ErrorClass::Refused,
            "the directory is unwilling",
            "see what the directory says about it",
        ),
        _ => make(
            ErrorClass::BadAnswer,
            "the directory answered with an error",
            "see what the directory says about it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_advice() {
        for (code, advice) in [
            (3, "MaxQueryDuration"),
            (4, "MaxPageSize"),
            (8, "ldaps"),
            (10, "not followed"),
            (11, "policy"),
            (12, "Active Directory"),
            (32, "base_dn"),
            (50, "right to read"),
            (51, "later"),
            (53, "says"),
            (80, "says"),
        ] {
            let fault = search_fault("computers", code, "because\0");
            assert!(fault.hint.contains(advice), "{code}: {}", fault.hint);
            assert!(fault.what.ends_with(&format!("({code}): because")), "{}", fault.what);
        }
        assert!(search_fault("computers", 1, "").hopeless);
        assert!(!search_fault("computers", 4, "").hopeless);
    }
}
