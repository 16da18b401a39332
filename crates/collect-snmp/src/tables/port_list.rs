//! Lists of ports and of VLANs as bits (Q-BRIDGE-MIB `PortList`, CISCO-VTP-MIB).

/// The numbers of the set bits; the first bit of the first octet is `first`.
pub(crate) fn bits(bytes: &[u8], first: u32) -> impl Iterator<Item = u32> {
    // 4,096 VLANs take 512 octets, and no device has more ports than that.
    bytes.iter().take(1 << 13).zip(0_u32..).flat_map(move |(byte, place)| {
        let byte = *byte;
        (0..8).filter(move |bit| byte & (0x80 >> bit) != 0).map(move |bit| first + place * 8 + bit)
    })
}

/// The bridge ports of a `PortList`.
///
/// Junos sends the numbers as text with commas instead, and some agents the octets as text in hex.
pub(crate) fn ports(bytes: &[u8]) -> Vec<u32> {
    if let Some(listed) = listed(bytes) {
        return listed;
    }
    match spelled(bytes) {
        Some(octets) => bits(&octets, 1).collect(),
        None => bits(bytes, 1).collect(),
    }
}

/// `4102,4104,0`.
fn listed(bytes: &[u8]) -> Option<Vec<u32>> {
    let is_list = bytes.contains(&b',') || bytes.len() > 2;
    let is_text = bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b',');
    if !is_list || !is_text {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.split(',').map(|number| number.parse().ok()).collect()
}

/// `ff 80 00`.
fn spelled(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if text.len() < 5 || !text.contains(' ') {
        return None;
    }
    text.split(' ')
        .map(|pair| (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok()).flatten())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_ways() {
        assert_eq!(ports(&[0x80, 0x01, 0xc0]), [1, 16, 17, 18]);
        assert_eq!(ports(b"4102,4104,0"), [4102, 4104, 0]);
        assert_eq!(ports(b"4106"), [4106]);
        assert_eq!(ports(b"80 01"), [1, 16]);
        assert_eq!(ports(b""), [0_u32; 0]);
        assert_eq!(bits(&[0x40], 0).collect::<Vec<_>>(), [1]);
        assert_eq!(ports(b"00"), [3, 4, 11, 12], "two octets are octets");
    }
}
