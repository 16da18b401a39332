//! Observations as collectors make them.

use cadastre_model::{
    Attr, Identifier, Interface, Kind, Observation, Power, Scheme, Tag, Tombstone,
};

pub const UUID_A: &str = "4c4c4544-0042-3010-8054-b5c04f4b3132";
/// The same machine as its guest reports it: the first three groups in the other byte order.
pub const UUID_A_SWAPPED: &str = "44454c4c-4200-1030-8054-b5c04f4b3132";
pub const UUID_B: &str = "421c7ed2-0f3a-4f7e-9d3e-1b2f3c4d5e6f";

pub fn vm(native_id: &str, name: &str, uuid: &str) -> Observation {
    let mut one = Observation::new(native_id, Kind::Vm, "dc1");
    one.state_text(Attr::Name, Some(name));
    one.identify(Identifier::smbios_uuid(uuid));
    one.power = Some(Power::On);
    one
}

/// A server as an agent on it or its board reports it.
pub fn server(native_id: &str, name: &str) -> Observation {
    let mut one = Observation::new(native_id, Kind::Server, "10.0.0.0/24");
    one.state_text(Attr::Name, Some(name));
    one
}

pub fn instance(native_id: &str, name: &str) -> Observation {
    let mut one = Observation::new(
        format!("111122223333/eu-west-1/{native_id}"),
        Kind::Instance,
        "111122223333/eu-west-1",
    );
    one.state_text(Attr::Name, Some(name));
    let arn = format!("arn:aws:ec2:eu-west-1:111122223333:instance/{native_id}");
    one.identify(Identifier::aws_arn(&arn));
    one.power = Some(Power::On);
    one
}

pub fn volume(native_id: &str) -> Observation {
    Observation::new(native_id, Kind::Volume, "111122223333/eu-west-1")
}

pub fn computer(guid: &str, name: &str, domain: &str) -> Observation {
    let mut one = Observation::new(guid, Kind::Computer, domain);
    one.state_text(Attr::Name, Some(name));
    one.identify(Identifier::ad_guid(guid));
    one.identify(Identifier::fqdn(&format!("{name}.{domain}")));
    one
}

/// A guid that differs by `number`.
pub fn guid(number: u32) -> String {
    format!("a3f1c2d4-5b6e-4f70-8192-{number:012x}")
}

/// A firmware UUID that differs by `number`.
pub fn uuid(number: u32) -> String {
    format!("564d1a2b-3c4d-5e6f-7081-{number:012x}")
}

/// An address of a real maker that differs by `number`.
pub fn mac(number: u32) -> String {
    format!("00:50:56:9a:{:02x}:{:02x}", (number >> 8) & 0xff, number & 0xff)
}

pub trait Also: Sized {
    fn also(self, change: impl FnOnce(&mut Self)) -> Self;
}

impl Also for Observation {
    fn also(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

pub trait Parts: Also {
    fn serial(self, maker: &str, serial: &str) -> Self;
    fn fqdn(self, name: &str) -> Self;
    fn nic(self, native_id: &str, mac: &str, addresses: &[&str]) -> Self;
    fn tag(self, key: &str, value: &str) -> Self;
    fn text(self, attr: Attr, value: &str) -> Self;
    fn ended(self, reason: &str, at: Option<cadastre_model::Timestamp>) -> Self;
}

impl Parts for Observation {
    fn serial(self, maker: &str, serial: &str) -> Self {
        self.also(|one| one.identify(Identifier::serial(maker, serial)))
    }

    fn fqdn(self, name: &str) -> Self {
        self.also(|one| {
            one.state_text(Attr::DnsName, Some(name));
            one.identify(Identifier::fqdn(name));
        })
    }

    fn nic(self, native_id: &str, mac: &str, addresses: &[&str]) -> Self {
        self.also(|one| {
            one.identify(Identifier::mac(mac));
            addresses.iter().for_each(|address| one.identify(Identifier::ip(address)));
            one.interfaces.push(Interface {
                native_id: native_id.to_owned(),
                mac: Some(mac.to_owned()),
                addresses: addresses.iter().map(|&one| one.to_owned()).collect(),
                ..Interface::default()
            });
        })
    }

    fn tag(self, key: &str, value: &str) -> Self {
        self.also(|one| {
            one.tags.insert(Tag::new(key, value));
        })
    }

    fn text(self, attr: Attr, value: &str) -> Self {
        self.also(|one| one.state_text(attr, Some(value)))
    }

    fn ended(self, reason: &str, at: Option<cadastre_model::Timestamp>) -> Self {
        self.also(|one| one.tombstone = Some(Tombstone { at, reason: reason.to_owned() }))
    }
}

/// Whether there is an identifier of this scheme and value.
pub fn has(
    identifiers: &std::collections::BTreeSet<Identifier>,
    scheme: Scheme,
    value: &str,
) -> bool {
    identifiers.contains(&Identifier { scheme, value: value.to_owned() })
}
