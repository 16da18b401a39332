//! Variables as text, one a line: `OID|TAG|VALUE`, the `.snmprec` format of the snmpsim project.
//!
//! Why this one: recordings, the simulator of the lab and captures of real devices are then one and the
//! same, and people read them. Tags are the BER tags in decimal, an `x` after them says that the value
//! stands in hex.

use crate::oid::Oid;
use crate::value::Value;
use crate::varbinds::Varbinds;

/// A line longer than this is nothing that a device sent (its value would not fit a datagram).
const LINE_MAX_BYTES: usize = 1 << 18;

/// Reads all lines that can be read, and says how many could not.
pub(crate) fn parse(bytes: &[u8]) -> (Varbinds, usize) {
    let mut varbinds = Vec::new();
    let mut skipped = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        match (line.len() <= LINE_MAX_BYTES).then(|| line_of(line)).flatten() {
            Some(varbind) => varbinds.push(varbind),
            None => skipped += 1,
        }
    }
    (Varbinds::new(varbinds), skipped)
}

fn line_of(line: &[u8]) -> Option<(Oid, Value)> {
    let mut parts = line.splitn(3, |byte| *byte == b'|');
    let oid: Oid = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let tag = std::str::from_utf8(parts.next()?).ok()?;
    let text = parts.next()?;
    let value = match tag.strip_suffix('x') {
        Some(tag) => value_of(tag, &unhex(text)?)?,
        None if matches!(tag, "4" | "68") => Value::Bytes(text.to_vec()),
        None => spelled(tag, std::str::from_utf8(text).ok()?)?,
    };
    Some((oid, value))
}

/// A value whose octets stood in hex.
fn value_of(tag: &str, bytes: &[u8]) -> Option<Value> {
    match tag {
        "4" | "68" => Some(Value::Bytes(bytes.to_vec())),
        "64" => Some(Value::Ip(<[u8; 4]>::try_from(bytes).ok()?.into())),
        _ => None,
    }
}

fn spelled(tag: &str, text: &str) -> Option<Value> {
    match tag {
        "2" | "65" | "66" | "67" => Some(Value::Int(text.trim().parse().ok()?)),
        "70" => Some(Value::Big(text.trim().parse().ok()?)),
        "6" => Some(Value::Oid(text.trim().parse().ok()?)),
        "64" => Some(Value::Ip(text.trim().parse().ok()?)),
        "5" => Some(Value::Nothing),
        _ => None,
    }
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Variables as lines.
pub(crate) fn write(varbinds: &Varbinds) -> String {
    let mut out = String::new();
    for (oid, value) in varbinds.iter() {
        out.push_str(&oid.to_string());
        out.push_str(&written(value));
        out.push('\n');
    }
    out
}

fn written(value: &Value) -> String {
    match value {
        Value::Int(number) => format!("|2|{number}"),
        Value::Big(number) => format!("|70|{number}"),
        Value::Oid(oid) => format!("|6|{oid}"),
        Value::Ip(address) => format!("|64|{address}"),
        Value::Nothing => "|5|".to_owned(),
        Value::Bytes(bytes) if is_plain(bytes) => {
            format!("|4|{}", String::from_utf8_lossy(bytes))
        }
        Value::Bytes(bytes) => format!("|4x|{}", crate::text::hex(bytes)),
    }
}

/// Whether octets may stand in a line as they are.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| (0x20..0x7f).contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote() {
        let text = "1.3.6.1.2.1.1.1.0|4|a b|c\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9\n\
                    1.3.6.1.2.1.1.3.0|2|-5\n1.3.6.1.2.1.1.4.0|4x|00ff0a\n\
                    1.3.6.1.2.1.1.5.0|64|10.0.0.1\n1.3.6.1.2.1.1.6.0|70|18446744073709551615\n\
                    1.3.6.1.2.1.1.7.0|5|\n";
        let (read, skipped) = parse(text.as_bytes());
        assert_eq!((read.len(), skipped), (7, 0));
        assert_eq!(write(&read), text);
    }

    #[test]
    fn skips_what_cannot_be_read() {
        let text =
            "1.3|64|<private>\n1.3.xx|2|1\n1.3\n1.3|4x|0\n1.3|4x|zz\n1.3|9|1\n\r\n1.3.1|2|7\r\n";
        let (read, skipped) = parse(text.as_bytes());
        assert_eq!((read.len(), skipped), (1, 6));
    }
}
