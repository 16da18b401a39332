//! How long something took, as people say it.

/// Seconds as the two largest units that are not nothing.
pub fn lasted(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes} min {rest} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::lasted;

    #[test]
    fn two_units_at_most() {
        let texts = [0, 59, 60, 754, 3600, 93_784].map(lasted);
        assert_eq!(texts, ["0 s", "59 s", "1 min 0 s", "12 min 34 s", "1 h 0 min", "26 h 3 min"]);
    }
}
