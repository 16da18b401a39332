//! Which addresses are asked: single ones, names, ranges, networks, and what is left out of them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// The most addresses one source asks.
pub(crate) const TARGETS_MAX: usize = 1 << 18;

/// The most addresses one range may have.
const RANGE_MAX: u32 = 1 << 16;

/// One address to be asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Target {
    /// An address, or a name that stands for one.
    pub host: String,
    /// Named by itself, so that its silence is worth a word; not one of a range.
    pub is_single: bool,
}

/// One entry of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    One(IpAddr),
    Name(String),
    Range(u32, u32),
}

/// The targets that the entries stand for, in their order, each once, without those of `exclude`.
///
/// # Errors
/// An entry is none of: an address, a name, `A-B`, `A/BITS`; or they are too many together.
pub(crate) fn targets(entries: &[String], exclude: &[String]) -> Result<Vec<Target>, String> {
    let mut left_out: Vec<Entry> = Vec::new();
    for text in exclude {
        left_out.extend(address_entry(text)?);
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for text in entries {
        match entry(text)? {
            Entry::Range(first, last) => {
                for number in first..=last {
                    let address = IpAddr::V4(Ipv4Addr::from(number));
                    add(&mut all, &mut seen, &left_out, address.to_string(), Some(address), false);
                }
            }
            Entry::One(address) => {
                add(&mut all, &mut seen, &left_out, address.to_string(), Some(address), true);
            }
            Entry::Name(name) => add(&mut all, &mut seen, &left_out, name, None, true),
        }
        if all.len() > TARGETS_MAX {
            return Err(format!("names more than {TARGETS_MAX} addresses"));
        }
    }
    Ok(all)
}

fn add(
    all: &mut Vec<Target>,
    seen: &mut BTreeSet<String>,
    left_out: &[Entry],
    host: String,
    address: Option<IpAddr>,
    is_single: bool,
) {
    let is_out = left_out.iter().any(|entry| match (entry, address) {
        (Entry::One(out), Some(address)) => *out == address,
        (Entry::Range(first, last), Some(IpAddr::V4(address))) => {
            (*first..=*last).contains(&u32::from(address))
        }
        (Entry::Name(out), _) => *out == host,
        _ => false,
    });
    if !is_out && seen.insert(host.clone()) {
        all.push(Target { host, is_single });
    }
}

/// An entry of `exclude` that is about addresses; `None` if it is a pattern of names.
///
/// # Errors
/// It looks like a range or network, and is none.
fn address_entry(text: &str) -> Result<Option<Entry>, String> {
    let looks = text.contains('/') || text.starts_with(|c: char| c.is_ascii_digit());
    match entry(text) {
        Ok(Entry::Name(_)) => Ok(None),
        Ok(entry) => Ok(Some(entry)),
        Err(_) if !looks || text.contains(['*', '?']) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an entry of `exclude` is about addresses rather than a pattern of names.
pub(crate) fn is_address(text: &str) -> bool {
    matches!(address_entry(text), Ok(Some(_)))
}

fn entry(text: &str) -> Result<Entry, String> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Entry::One(address.to_canonical()));
    }
    if let Some((network, bits)) = text.split_once('/') {
        return network_entry(text, network, bits);
    }
    if let Some((first, last)) = text.split_once('-')
        && let Ok(first) = first.trim().parse::<Ipv4Addr>()
    {
        return range_entry(text, first, last.trim());
    }
    let is_name = !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && text.bytes().any(|b| b.is_ascii_alphabetic());
    match is_name {
        true => Ok(Entry::Name(text.to_lowercase())),
        false => Err(format!("names `{text}`, which is neither an address nor a range")),
    }
}

/// `10.0.0.0/24`. Of a network of more than two addresses the first and the last are nobody's.
fn network_entry(text: &str, network: &str, bits: &str) -> Result<Entry, String> {
    if network.parse::<std::net::Ipv6Addr>().is_ok() {
        return Err(format!("names `{text}`: networks of IPv6 are too large to be asked through"));
    }
    let wrong = || format!("names `{text}`, which is no network");
    let address: Ipv4Addr = network.parse().map_err(|_| wrong())?;
    let bits: u32 = bits.parse().map_err(|_| wrong())?;
    if bits > 32 {
        return Err(wrong());
    }
    let size = 1_u64 << (32 - bits);
    if size > u64::from(RANGE_MAX) {
        return Err(format!("names `{text}`, which has more than {RANGE_MAX} addresses"));
    }
    let size = u32::try_from(size).map_err(|_| wrong())?;
    let first = u32::from(address) & !(size - 1);
    let last = first + (size - 1);
    Ok(if size > 2 { Entry::Range(first + 1, last - 1) } else { Entry::Range(first, last) })
}

/// `10.0.0.1-10.0.0.9`, or `10.0.0.1-9`.
fn range_entry(text: &str, first: Ipv4Addr, last: &str) -> Result<Entry, String> {
    let wrong = || format!("names `{text}`, which is no range");
    let [a, b, c, _] = first.octets();
    let last: Ipv4Addr = match last.parse::<u8>() {
        Ok(octet) => Ipv4Addr::new(a, b, c, octet),
        Err(_) => last.parse().map_err(|_| wrong())?,
    };
    let (first, last) = (u32::from(first), u32::from(last));
    if last < first {
        return Err(format!("names `{text}`, which ends before it begins"));
    }
    if last - first >= RANGE_MAX {
        return Err(format!("names `{text}`, which has more than {RANGE_MAX} addresses"));
    }
    Ok(Entry::Range(first, last))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hosts(entries: &[&str], exclude: &[&str]) -> Result<Vec<String>, String> {
        let own = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let all = targets(&own(entries), &own(exclude))?;
        Ok(all.into_iter().map(|target| target.host).collect())
    }

    #[test]
    fn entries() {
        assert_eq!(hosts(&["10.0.0.1", "SW1.example"], &[]).unwrap(), ["10.0.0.1", "sw1.example"]);
        assert_eq!(hosts(&["10.0.0.4/30"], &[]).unwrap(), ["10.0.0.5", "10.0.0.6"]);
        assert_eq!(hosts(&["10.0.0.4/31"], &[]).unwrap(), ["10.0.0.4", "10.0.0.5"]);
        assert_eq!(hosts(&["10.0.0.9/32"], &[]).unwrap(), ["10.0.0.9"]);
        assert_eq!(hosts(&["10.0.0.1-3"], &["10.0.0.2"]).unwrap(), ["10.0.0.1", "10.0.0.3"]);
        assert_eq!(hosts(&["10.0.0.255-10.0.1.0"], &[]).unwrap(), ["10.0.0.255", "10.0.1.0"]);
        assert_eq!(hosts(&["fe80::1"], &[]).unwrap(), ["fe80::1"]);
        assert_eq!(
            hosts(&["10.0.0.1-9"], &["10.0.0.2/29", "lab-*"]).unwrap(),
            ["10.0.0.7", "10.0.0.8", "10.0.0.9"]
        );
        assert_eq!(hosts(&["10.0.0.1", "10.0.0.1-2"], &[]).unwrap().len(), 2);
    }

    #[test]
    fn what_is_none() {
        for text in ["", "10.0.0.0/33", "10.0.0.9-1", "10.0.0.0/8", "2001:db8::/64", "a b", "1.2.3"]
        {
            assert!(hosts(&[text], &[]).is_err(), "{text}");
        }
        assert!(hosts(&["10.0.0.1"], &["10.0.0.0/40"]).is_err());
    }
}
