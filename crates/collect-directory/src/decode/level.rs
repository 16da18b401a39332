//! Functional levels of domains and forests, by the number in `msDS-Behavior-Version`
//! (\[MS-ADTS\] 6.1.4.2, 6.1.4.3).

/// What people call the level: `Windows Server 2016`. An unknown number is told as one.
pub(crate) fn functional_level(number: i64) -> String {
    let name = match number {
        0 => "Windows 2000",
        1 => "Windows Server 2003 interim",
        2 => "Windows Server 2003",
        3 => "Windows Server 2008",
        4 => "Windows Server 2008 R2",
        5 => "Windows Server 2012",
        6 => "Windows Server 2012 R2",
        7 => "Windows Server 2016",
        10 => "Windows Server 2025",
        other => return format!("level {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        assert_eq!(functional_level(4), "Windows Server 2008 R2");
        assert_eq!(functional_level(11), "level 11");
    }
}
