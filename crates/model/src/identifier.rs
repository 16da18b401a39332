//! Identifiers: what can tie records of different sources together, in one normal form each.
//!
//! Junk (factory placeholders, shared virtual MACs) is dropped for matching only; it stays findable
//! because [`Identifier::junk`] is asked by the reconciler, not by the writer.

use crate::coded::coded;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv6Addr};

coded! {
    /// The namespace of an identifier.
    Scheme {
        /// SMBIOS UUID of a machine, lower case with dashes.
        SmbiosUuid = 1 "smbios-uuid",
        /// `manufacturer/serial`, manufacturer in its normal form, serial trimmed and upper case.
        Serial = 2 "serial",
        /// Cloud instance id, as the instance's own metadata service reports it.
        CloudInstance = 3 "cloud-instance",
        /// Active Directory objectGUID.
        AdGuid = 4 "ad-guid",
        /// Active Directory objectSid.
        AdSid = 5 "ad-sid",
        /// Amazon Resource Name.
        AwsArn = 6 "aws-arn",
        /// LLDP chassis id.
        LldpChassis = 7 "lldp-chassis",
        /// SNMP engine id, lower-case hex.
        SnmpEngine = 8 "snmp-engine",
        /// Ethernet address, lower case with colons.
        Mac = 9 "mac",
        /// Fully qualified domain name, lower case, no final dot.
        Fqdn = 10 "fqdn",
        /// IP address, canonical text.
        Ip = 11 "ip",
        /// The source's own id of the thing, searched for but never matched across sources.
        Native = 12 "native",
    }
}

/// How far an identifier may decide by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Equal values are the same thing.
    Strong,
    /// Equal values suggest the same thing.
    Weak,
    /// Only for finding.
    LookupOnly,
}

impl Scheme {
    /// How far equal values of this scheme may decide (identity.md, rules 1 and 2).
    #[must_use]
    pub fn strength(self) -> Strength {
        match self {
            Scheme::SmbiosUuid
            | Scheme::Serial
            | Scheme::CloudInstance
            | Scheme::AdGuid
            | Scheme::AdSid
            | Scheme::AwsArn
            | Scheme::LldpChassis
            | Scheme::SnmpEngine => Strength::Strong,
            Scheme::Mac | Scheme::Fqdn => Strength::Weak,
            Scheme::Ip | Scheme::Native => Strength::LookupOnly,
        }
    }

    /// Whether people look this up by its last characters too (half a MAC).
    #[must_use]
    pub fn found_by_tail(self) -> bool {
        matches!(self, Scheme::Mac)
    }
}

/// One identifier in its normal form. Made by the constructors, which normalise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// The namespace.
    pub scheme: Scheme,
    /// The normal form, see [`Scheme`].
    pub value: String,
}

impl Identifier {
    /// An Ethernet address, from any usual spelling; `None` if it is not six octets of hex.
    #[must_use]
    pub fn mac(text: &str) -> Option<Identifier> {
        let digits = hex_digits(text, &[':', '-', '.', ' '])?;
        if digits.len() != 12 {
            return None;
        }
        Some(Identifier { scheme: Scheme::Mac, value: colons(&digits) })
    }

    /// A UUID of a machine's firmware, from any usual spelling; `None` if it is not 32 hex digits.
    #[must_use]
    pub fn smbios_uuid(text: &str) -> Option<Identifier> {
        uuid(text).map(|value| Identifier { scheme: Scheme::SmbiosUuid, value })
    }

    /// An Active Directory objectGUID in its text form.
    #[must_use]
    pub fn ad_guid(text: &str) -> Option<Identifier> {
        uuid(text).map(|value| Identifier { scheme: Scheme::AdGuid, value })
    }

    /// A manufacturer's serial number; `None` if nothing is left after trimming.
    #[must_use]
    pub fn serial(manufacturer: &str, serial: &str) -> Option<Identifier> {
        let serial = serial.trim().to_uppercase();
        if serial.is_empty() {
            return None;
        }
        let value = format!("{}/{serial}", manufacturer_normal(manufacturer));
        Some(Identifier { scheme: Scheme::Serial, value })
    }

    /// A fully qualified name; `None` without a dot inside (a bare host name ties nothing).
    #[must_use]
    pub fn fqdn(name: &str) -> Option<Identifier> {
        let value = name.trim().trim_end_matches('.').to_lowercase();
        let dotted = value.split('.').filter(|label| !label.is_empty()).count() >= 2;
        if !dotted || value.parse::<IpAddr>().is_ok() {
            return None;
        }
        Some(Identifier { scheme: Scheme::Fqdn, value })
    }

    /// An IP address, from its canonical or any other legal spelling.
    #[must_use]
    pub fn ip(text: &str) -> Option<Identifier> {
        let address: IpAddr = text.trim().parse().ok()?;
        Some(Identifier { scheme: Scheme::Ip, value: address.to_canonical().to_string() })
    }

    /// An Amazon Resource Name, kept to the letter.
    #[must_use]
    pub fn aws_arn(arn: &str) -> Option<Identifier> {
        let value = arn.trim();
        value
            .starts_with("arn:")
            .then(|| Identifier { scheme: Scheme::AwsArn, value: value.to_owned() })
    }

    /// An identifier of a scheme without a normal form of its own: trimmed only.
    #[must_use]
    pub fn plain(scheme: Scheme, value: &str) -> Option<Identifier> {
        let value = value.trim();
        (!value.is_empty()).then(|| Identifier { scheme, value: value.to_owned() })
    }

    /// The form the store indexes: an address as fixed-width hex so that a CIDR is a range, every
    /// other value folded.
    #[must_use]
    pub fn index_value(&self) -> String {
        match (self.scheme, self.value.parse::<IpAddr>()) {
            (Scheme::Ip, Ok(address)) => ip_index(address),
            _ => crate::text::fold(&self.value),
        }
    }

    /// Why this identifier must not match anything, if it is junk by the shipped list.
    #[must_use]
    pub fn junk(&self) -> Option<&'static str> {
        match self.scheme {
            Scheme::SmbiosUuid => junk_uuid(&self.value),
            Scheme::Serial => junk_serial(&self.value),
            Scheme::Mac => junk_mac(&self.value),
            Scheme::Ip => junk_ip(&self.value),
            _ => None,
        }
    }
}

/// The indexed form of an address: `4` or `6`, then its octets as hex.
#[must_use]
pub fn ip_index(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("4{:08x}", u32::from(v4)),
        IpAddr::V6(v6) => v6_index(v6),
    }
}

/// First and last indexed form of the addresses in `net`.
#[must_use]
pub fn ip_index_range(net: &IpNet) -> (String, String) {
    match net {
        IpNet::V4(_) => (ip_index(net.network()), ip_index(net.broadcast())),
        // An end may look like an IPv4 address in IPv6 clothes; the range is one of IPv6 all the same.
        IpNet::V6(v6) => (v6_index(v6.network()), v6_index(v6.broadcast())),
    }
}

fn v6_index(address: Ipv6Addr) -> String {
    format!("6{:032x}", u128::from(address))
}

/// The address's octets with the leading separators of [`Identifier::mac`], for half a MAC:
/// hex digits only, lower case, an even or odd number of them. `None` if anything else occurs.
#[must_use]
pub fn hex_digits(text: &str, separators: &[char]) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if c.is_ascii_hexdigit() {
            digits.push(c.to_ascii_lowercase());
        } else if !separators.contains(&c) {
            return None;
        }
    }
    Some(digits)
}

/// Hex digits in pairs, joined by colons.
#[must_use]
pub fn colons(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 2);
    for (index, c) in digits.chars().enumerate() {
        if index > 0 && index % 2 == 0 {
            out.push(':');
        }
        out.push(c);
    }
    out
}

/// The UUID with its first three groups in the other byte order, as some guests report it.
#[must_use]
pub fn uuid_swapped(uuid: &str) -> Option<String> {
    let digits: Vec<char> = hex_digits(uuid, &['-'])?.chars().collect();
    if digits.len() != 32 {
        return None;
    }
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let swapped: String =
        ORDER.iter().flat_map(|octet| digits.iter().skip(octet * 2).take(2)).collect();
    dashes(&swapped)
}

fn uuid(text: &str) -> Option<String> {
    let digits = hex_digits(text, &['-', ' ', '{', '}'])?;
    if digits.len() != 32 {
        return None;
    }
    dashes(&digits)
}

fn dashes(digits: &str) -> Option<String> {
    let part = |from, to| digits.get(from..to);
    Some(format!(
        "{}-{}-{}-{}-{}",
        part(0, 8)?,
        part(8, 12)?,
        part(12, 16)?,
        part(16, 20)?,
        part(20, 32)?
    ))
}

/// The normal form of a manufacturer's name: its first telling word, lower case.
#[must_use]
pub fn manufacturer_normal(name: &str) -> String {
    let folded = crate::text::fold(name);
    const FORMS: [(&str, &str); 8] = [
        ("hewlett", "hp"),
        ("hpe", "hp"),
        ("dell", "dell"),
        ("cisco", "cisco"),
        ("lenovo", "lenovo"),
        ("super micro", "supermicro"),
        ("international business machines", "ibm"),
        ("fujitsu", "fujitsu"),
    ];
    for (start, normal) in FORMS {
        if folded.starts_with(start) {
            return normal.to_owned();
        }
    }
    folded
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn junk_uuid(value: &str) -> Option<&'static str> {
    let digits: String = value.chars().filter(|c| *c != '-').collect();
    if all_same(&digits) {
        return Some("a UUID of one repeated digit");
    }
    (value == "03000200-0400-0500-0006-000700080009").then_some("a firmware vendor's default UUID")
}

fn junk_serial(value: &str) -> Option<&'static str> {
    const PLACEHOLDERS: [&str; 12] = [
        "TO BE FILLED BY O.E.M.",
        "DEFAULT STRING",
        "SYSTEM SERIAL NUMBER",
        "NOT SPECIFIED",
        "NOT APPLICABLE",
        "NONE",
        "N/A",
        "NA",
        "UNKNOWN",
        "0123456789",
        "123456789",
        "INVALID",
    ];
    let serial = value.split_once('/').map_or(value, |(_, serial)| serial);
    if PLACEHOLDERS.contains(&serial) {
        return Some("a factory placeholder, not a serial number");
    }
    all_same(serial).then_some("a serial number of one repeated character")
}

fn junk_mac(value: &str) -> Option<&'static str> {
    let digits = hex_digits(value, &[':'])?;
    if all_same(&digits) {
        return Some("an Ethernet address of one repeated digit");
    }
    let first = u8::from_str_radix(digits.get(0..2)?, 16).ok()?;
    if first & 1 == 1 {
        return Some("a multicast Ethernet address");
    }
    if first & 2 == 2 {
        return Some("a locally administered Ethernet address");
    }
    const VIRTUAL: [(&str, &str); 3] = [
        ("00:50:56:c0:", "an address of VMware's host-only networks"),
        ("00:00:5e:00:01:", "a VRRP virtual address"),
        ("00:00:0c:07:ac:", "an HSRP virtual address"),
    ];
    VIRTUAL.iter().find(|(prefix, _)| value.starts_with(prefix)).map(|(_, why)| *why)
}

fn junk_ip(value: &str) -> Option<&'static str> {
    let address: IpAddr = value.parse().ok()?;
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if address.is_loopback() {
        Some("a loopback address")
    } else if address.is_unspecified() {
        Some("the unspecified address")
    } else {
        link_local.then_some("a link-local address")
    }
}

fn all_same(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_none_or(|first| chars.all(|c| c == first))
}
