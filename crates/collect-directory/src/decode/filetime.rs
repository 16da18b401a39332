//! Moments and spans of time as whole numbers of 100 ns, moments since 1601-01-01 UTC
//! (\[MS-DTYP\] 2.3.3; spans are negative).

use cadastre_model::Timestamp;

/// From 1601-01-01 to 1970-01-01, in milliseconds.
const EPOCH_MS: i64 = 11_644_473_600_000;

/// 9999-12-31T23:59:59.999Z, in milliseconds since 1970: what lies beyond has no date that people
/// or other programs could read.
const LAST_MS: i64 = 253_402_300_799_999;

/// 100 ns in a millisecond.
const TICKS: i64 = 10_000;

/// What an attribute of this form says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filetime {
    /// 0 or the largest number: it never was, or never will be.
    Never,
    /// A moment from 1970 to 9999.
    At(Timestamp),
    /// A number that is no moment worth telling: 1601, 30828, or before time began.
    OutOfRange(i64),
}

impl Filetime {
    /// By the number.
    pub(crate) fn of(number: i64) -> Filetime {
        if number == 0 || number == i64::MAX {
            return Filetime::Never;
        }
        let since_1970 = number.div_euclid(TICKS).checked_sub(EPOCH_MS);
        match since_1970.filter(|ms| (0..=LAST_MS).contains(ms)) {
            Some(ms) => Filetime::At(Timestamp(ms)),
            None => Filetime::OutOfRange(number),
        }
    }
}

/// A span such as `maxPwdAge`, in whole days: negative numbers of 100 ns. `None` for never (0 or
/// the smallest number) and for what is no span.
pub(crate) fn span_days(number: i64) -> Option<i64> {
    const DAY: i64 = 86_400 * 1_000 * TICKS;
    if number >= 0 || number == i64::MIN {
        return None;
    }
    Some(number.checked_neg()? / DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let at = Filetime::of(134_288_064_000_000_000);
        assert_eq!(at, Filetime::At(Timestamp(1_784_332_800_000)));
        assert_eq!(Filetime::of(116_444_736_000_000_000), Filetime::At(Timestamp(0)));
    }

    #[test]
    fn never() {
        assert_eq!(Filetime::of(0), Filetime::Never);
        assert_eq!(Filetime::of(0x7fff_ffff_ffff_ffff), Filetime::Never);
    }

    #[test]
    fn the_ends_of_time() {
        for number in [1, -1, i64::MIN, i64::MAX - 1, 864_000_000_000, 116_444_735_999_999_999] {
            assert_eq!(Filetime::of(number), Filetime::OutOfRange(number), "{number}");
        }
        // 30828-09-14.
        let last = 9_223_372_036_854_770_000;
        assert_eq!(Filetime::of(last), Filetime::OutOfRange(last));
    }

    #[test]
    fn spans() {
        assert_eq!(span_days(-36_288_000_000_000), Some(42));
        assert_eq!(span_days(0), None);
        assert_eq!(span_days(i64::MIN), None);
        assert_eq!(span_days(5), None);
    }
}
