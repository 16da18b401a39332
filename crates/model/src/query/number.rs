//! Numbers with units: read, compared, written.

use super::ast::Bounds;
use super::clause::Op;
use super::error::{ParseError, quoted};
use super::word::Part;
use crate::registry::ValueType;

/// Units with what they are worth in the unit of the registry. Case does not count.
fn units(value_type: ValueType) -> &'static [(&'static str, i64)] {
    const BYTES: &[(&str, i64)] = &[
        ("B", 1),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("PB", 1_000_000_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("PiB", 1 << 50),
    ];
    const MEGAHERTZ: &[(&str, i64)] = &[("MHz", 1), ("GHz", 1_000)];
    match value_type {
        ValueType::Bytes | ValueType::BytesPerSecond => BYTES,
        ValueType::Megahertz => MEGAHERTZ,
        _ => &[],
    }
}

/// The bounds that `key op value` sets.
pub(super) fn bounds(
    name: &str,
    value_type: ValueType,
    op: Op,
    value: Part<'_>,
) -> Result<Bounds, ParseError> {
    if value.has_star() {
        return Err(ParseError::new(
            value.column,
            value.length(),
            format!("{} cannot match the number `{name}`", quoted(&value.text())),
        )
        .expected(format!(
            "a number, a range such as `{name}:1..9`, or `{name}:*` for any value"
        )));
    }
    let read = |part| number(name, value_type, part);
    if let Some(ends) = value.split_range() {
        return range(name, op, value, ends, read);
    }
    let number = read(value)?;
    let beyond = |by: i64| {
        number.checked_add(by).ok_or_else(|| {
            ParseError::new(value.column, value.length(), "no number lies beyond this one")
        })
    };
    Ok(match op {
        Op::Is => Bounds { min: Some(number), max: Some(number) },
        Op::Less => Bounds { min: None, max: Some(beyond(-1)?) },
        Op::LessOrEqual => Bounds { min: None, max: Some(number) },
        Op::Greater => Bounds { min: Some(beyond(1)?), max: None },
        Op::GreaterOrEqual => Bounds { min: Some(number), max: None },
    })
}

fn range<'a>(
    name: &str,
    op: Op,
    value: Part<'a>,
    (low, high): (Part<'a>, Part<'a>),
    read: impl Fn(Part<'a>) -> Result<i64, ParseError>,
) -> Result<Bounds, ParseError> {
    check_range(name, op, value, low, high)?;
    let end = |part: Part<'a>| if part.is_empty() { Ok(None) } else { read(part).map(Some) };
    let bounds = Bounds { min: end(low)?, max: end(high)? };
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) if min > max => Err(backwards(name, value, low, high)),
        _ => Ok(bounds),
    }
}

/// What any range must fulfil, of numbers or of moments.
pub(super) fn check_range(
    name: &str,
    op: Op,
    value: Part<'_>,
    low: Part<'_>,
    high: Part<'_>,
) -> Result<(), ParseError> {
    let error = |message: String| ParseError::new(value.column, value.length(), message);
    if op != Op::Is {
        let error = error(format!("a range does not go with `{}`", op.sign()));
        return Err(error.suggest(format!("{name}:{}", value.text())));
    }
    if low.is_empty() && high.is_empty() {
        return Err(error("a range without ends".to_owned())
            .expected(format!("`{name}:a..b`, `{name}:a..` or `{name}:..b`")));
    }
    Ok(())
}

/// A range whose end lies before its beginning.
pub(super) fn backwards(name: &str, value: Part<'_>, low: Part<'_>, high: Part<'_>) -> ParseError {
    ParseError::new(
        value.column,
        value.length(),
        format!("the range {} ends before it begins", quoted(&value.text())),
    )
    .suggest(format!("{name}:{}..{}", high.text(), low.text()))
}

fn number(name: &str, value_type: ValueType, part: Part<'_>) -> Result<i64, ParseError> {
    let text = part.text();
    read(value_type, &text).map_err(|why| {
        let (message, expected) = match why {
            Fault::NoNumber => (
                format!("{} is not a number", quoted(&text)),
                format!("a number for `{name}`{}", examples(value_type)),
            ),
            Fault::NoUnit(unit) if units(value_type).is_empty() => (
                format!("{} follows the number", quoted(&unit)),
                format!("a plain number, for `{name}` is a count"),
            ),
            Fault::NoUnit(unit) => (
                format!("unknown unit {}", quoted(&unit)),
                format!("one of {}", unit_names(value_type)),
            ),
            Fault::Fraction => {
                (format!("{} is not a whole number", quoted(&text)), whole_of(value_type))
            }
            Fault::TooLarge => (
                format!("{} is too large", quoted(&text)),
                "at most 9223372036854775807".to_owned(),
            ),
        };
        ParseError::new(part.column, part.length(), message).expected(expected)
    })
}

fn examples(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Bytes => ", such as `512MiB` or `16GB`",
        ValueType::BytesPerSecond => ", such as `125MB` (a second)",
        ValueType::Megahertz => ", such as `2.4GHz`",
        _ => ", such as `4`",
    }
}

fn unit_names(value_type: ValueType) -> String {
    units(value_type).iter().map(|(unit, _)| *unit).collect::<Vec<_>>().join(", ")
}

fn whole_of(value_type: ValueType) -> String {
    match value_type.unit() {
        Some(unit) => format!("a whole number of {unit}"),
        None => "a whole number".to_owned(),
    }
}

enum Fault {
    NoNumber,
    NoUnit(String),
    Fraction,
    TooLarge,
}

fn read(value_type: ValueType, text: &str) -> Result<i64, Fault> {
    /// More digits than any number here has; a bound on the arithmetic below.
    const MOST_DIGITS: usize = 19;
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let is_digits = |c: char| c.is_ascii_digit() || c == '.';
    let unit_at = unsigned.find(|c| !is_digits(c)).unwrap_or(unsigned.len());
    let (digits, unit) = unsigned.split_at_checked(unit_at).unwrap_or((unsigned, ""));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(Fault::NoNumber);
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > MOST_DIGITS {
        return Err(Fault::TooLarge);
    }
    if fraction.len() > MOST_DIGITS {
        return Err(Fault::Fraction);
    }
    let factor = i128::from(factor(value_type, unit.trim())?);
    let parse = |digits: &str| format!("0{digits}").parse::<i128>().map_err(|_| Fault::NoNumber);
    let parts = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or_default());
    // At most 20 digits each for number and unit, and 19 for the fraction: 39 would not fit, but
    // the whole part alone is checked before the fraction is scaled.
    let whole = parse(whole)? * factor;
    if whole > i128::from(i64::MAX) + 1 {
        return Err(Fault::TooLarge);
    }
    let scaled = parse(fraction)? * factor;
    if scaled % parts != 0 {
        return Err(Fault::Fraction);
    }
    let size = whole + scaled / parts;
    i64::try_from(if negative { -size } else { size }).map_err(|_| Fault::TooLarge)
}

fn factor(value_type: ValueType, unit: &str) -> Result<i64, Fault> {
    if unit.is_empty() {
        return Ok(1);
    }
    let plain = match value_type {
        ValueType::BytesPerSecond => unit.strip_suffix("/s").unwrap_or(unit),
        _ => unit,
    };
    units(value_type)
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(plain))
        .map(|(_, factor)| *factor)
        .ok_or_else(|| Fault::NoUnit(unit.to_owned()))
}

/// A number as people write it: in the unit that makes it shortest, if one divides it.
pub(super) fn written(value_type: ValueType, number: i64) -> String {
    best_unit(value_type, number)
        .map_or_else(|| number.to_string(), |(unit, factor)| format!("{}{unit}", number / factor))
}

/// The bounds as operator and value.
pub(super) fn written_bounds(value_type: ValueType, bounds: Bounds) -> String {
    let show = |number| written(value_type, number);
    // `>16GB` reads better than `>=16000000001`.
    let rounder = |number: i64, by: i64| {
        let next = number.checked_add(by)?;
        let is_rounder =
            best_unit(value_type, number).is_none() && best_unit(value_type, next).is_some();
        is_rounder.then(|| show(next))
    };
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) if min == max => format!(":{}", show(min)),
        (Some(min), Some(max)) => format!(":{}..{}", show(min), show(max)),
        (Some(min), None) => {
            rounder(min, -1).map_or_else(|| format!(">={}", show(min)), |less| format!(">{less}"))
        }
        (None, Some(max)) => {
            rounder(max, 1).map_or_else(|| format!("<={}", show(max)), |more| format!("<{more}"))
        }
        (None, None) => ":*".to_owned(),
    }
}

fn best_unit(value_type: ValueType, number: i64) -> Option<(&'static str, i64)> {
    units(value_type)
        .iter()
        .filter(|(_, factor)| *factor > 1 && number > 0 && number % factor == 0)
        .max_by_key(|(_, factor)| *factor)
        .copied()
}
