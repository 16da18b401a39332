//! Durations as people write them: `500ms`, `30s`, `5m`, `2h`.

use std::time::Duration;

/// Units, the longest name first so that `ms` is not read as `s`.
const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// A whole number and its unit; `None` if it is anything else.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (number, milliseconds) = UNITS
        .iter()
        .find_map(|(unit, milliseconds)| Some((text.strip_suffix(unit)?, milliseconds)))?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    number.checked_mul(*milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_number_and_unit() {
        for (text, milliseconds) in
            [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000)]
        {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "30", "s", "-1s", "+1s", "1.5s", "1 s", "1d", "99999999999999999999s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
