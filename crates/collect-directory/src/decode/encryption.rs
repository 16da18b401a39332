//! `msDS-SupportedEncryptionTypes`: which Kerberos ciphers an account takes (\[MS-KILE\] 2.2.7).

const NAMES: [(i64, &str); 6] = [
    (0x01, "DES-CBC-CRC"),
    (0x02, "DES-CBC-MD5"),
    (0x04, "RC4-HMAC"),
    (0x08, "AES128"),
    (0x10, "AES256"),
    (0x20, "AES256-SK"),
];

/// Their names; none if the attribute says nothing of ciphers.
pub(crate) fn encryption_types(number: i64) -> Vec<String> {
    NAMES.iter().filter(|(bit, _)| number & bit != 0).map(|(_, name)| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ciphers() {
        assert_eq!(encryption_types(28), ["RC4-HMAC", "AES128", "AES256"]);
        assert!(encryption_types(0).is_empty());
        assert!(encryption_types(0x10000).is_empty());
    }
}
