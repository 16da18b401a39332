//! `userAccountControl`: the switches of an account (\[MS-ADTS\] 2.2.16).

/// The switches that are told. The others are either of no use or not kept by the directory in this
/// attribute (locked out, password expired).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccountControl(u32);

impl AccountControl {
    /// By the number, which the directory gives signed.
    pub(crate) fn of(number: i64) -> Option<AccountControl> {
        let unsigned = u32::try_from(number).ok();
        let signed = i32::try_from(number).ok().map(i32::cast_unsigned);
        unsigned.or(signed).map(AccountControl)
    }

    fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// It may log on.
    pub(crate) fn enabled(self) -> bool {
        !self.has(0x0000_0002)
    }

    /// An empty password is allowed.
    pub(crate) fn password_not_required(self) -> bool {
        self.has(0x0000_0020)
    }

    /// The password is kept so that it can be read.
    pub(crate) fn password_reversible(self) -> bool {
        self.has(0x0000_0080)
    }

    /// It is that of a domain controller.
    pub(crate) fn is_controller(self) -> bool {
        self.has(0x0000_2000)
    }

    /// The password never expires.
    pub(crate) fn password_never_expires(self) -> bool {
        self.has(0x0001_0000)
    }

    /// Only a smart card logs it on.
    pub(crate) fn smartcard_required(self) -> bool {
        self.has(0x0004_0000)
    }

    /// It may act as anybody who logs on to it, everywhere (unconstrained delegation).
    pub(crate) fn delegates_freely(self) -> bool {
        self.has(0x0008_0000)
    }

    /// Nobody may act as it.
    pub(crate) fn is_sensitive(self) -> bool {
        self.has(0x0010_0000)
    }

    /// Kerberos with DES only.
    pub(crate) fn des_only(self) -> bool {
        self.has(0x0020_0000)
    }

    /// Kerberos tickets without pre-authentication.
    pub(crate) fn no_preauthentication(self) -> bool {
        self.has(0x0040_0000)
    }

    /// It may act as people who logged on by other means (protocol transition).
    pub(crate) fn transitions(self) -> bool {
        self.has(0x0100_0000)
    }

    /// It is that of a read-only domain controller.
    pub(crate) fn is_read_only_controller(self) -> bool {
        self.has(0x0400_0000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: i64) -> AccountControl {
        AccountControl::of(number).unwrap_or(AccountControl(0))
    }

    #[test]
    fn switches() {
        assert!(of(512).enabled() && !of(514).enabled());
        assert!(of(66_048).password_never_expires() && !of(512).password_never_expires());
        assert!(of(544).password_not_required());
        assert!(of(640).password_reversible());
        assert!(of(532_480).is_controller() && of(532_480).delegates_freely());
        assert!(of(4_194_816).no_preauthentication());
        assert!(of(0x0500_0000).is_read_only_controller() && of(0x0500_0000).transitions());
        assert!(of(0x0010_0000).is_sensitive() && of(0x0020_0000).des_only());
        assert!(of(0x0004_0000).smartcard_required());
    }

    #[test]
    fn the_number_may_be_signed_but_not_larger() {
        assert!(AccountControl::of(-2_147_483_648).is_some());
        assert!(AccountControl::of(4_294_967_296).is_none());
        assert!(AccountControl::of(i64::MIN).is_none());
    }
}
