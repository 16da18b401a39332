//! `groupType`: where a group counts and what it is for (\[MS-ADTS\] 2.2.12).

/// What the number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupType(u32);

impl GroupType {
    /// By the number, which the directory gives signed.
    pub(crate) fn of(number: i64) -> Option<GroupType> {
        let signed = i32::try_from(number).ok().map(i32::cast_unsigned);
        u32::try_from(number).ok().or(signed).map(GroupType)
    }

    /// Where it may be given rights. `None` if no scope is set.
    pub(crate) fn scope(self) -> Option<&'static str> {
        match self.0 {
            bits if bits & 0x1 != 0 => Some("builtin"),
            bits if bits & 0x2 != 0 => Some("global"),
            bits if bits & 0x4 != 0 => Some("domain-local"),
            bits if bits & 0x8 != 0 => Some("universal"),
            _ => None,
        }
    }

    /// `security` if it can be given rights, else `distribution`: a list of addresses.
    pub(crate) fn purpose(self) -> &'static str {
        if self.0 & 0x8000_0000 != 0 { "security" } else { "distribution" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_and_purposes() {
        for (number, scope, purpose) in [
            (-2_147_483_646, Some("global"), "security"),
            (-2_147_483_644, Some("domain-local"), "security"),
            (-2_147_483_640, Some("universal"), "security"),
            (-2_147_483_643, Some("builtin"), "security"),
            (8, Some("universal"), "distribution"),
            (2_147_483_650, Some("global"), "security"),
            (0, None, "distribution"),
        ] {
            let read = GroupType::of(number).map(|it| (it.scope(), it.purpose()));
            assert_eq!(read, Some((scope, purpose)), "{number}");
        }
        assert_eq!(GroupType::of(i64::MAX), None);
    }
}
