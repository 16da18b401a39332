//! The order in which people count ports: 2 before 10.

/// A run of digits, or what stands between two of them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Number(u64),
    Text(String),
}

/// What names are sorted by.
pub fn natural(name: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|one: char| one.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(match part.parse() {
            Ok(number) => Part::Number(number),
            Err(_) => Part::Text(part.to_owned()),
        });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_stand_in_the_order_of_their_numbers() {
        let mut names = ["Gi1/0/10", "Gi1/0/2", "Po1", "10", "9", "Gi2/0/1", "Gi1/0/2.100", ""];
        names.sort_by_key(|name| natural(name));
        let expected = ["", "9", "10", "Gi1/0/2", "Gi1/0/2.100", "Gi1/0/10", "Gi2/0/1", "Po1"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_number_too_long_is_text() {
        let long = "9".repeat(40);
        assert_eq!(natural(&long), [Part::Text(long)]);
    }
}
