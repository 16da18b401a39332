//! The attributes of assets, declared once.

use super::kinds::Kind;
use super::value_type::{History, ValueType};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One attribute's declaration.
#[derive(Clone, Copy, Debug)]
pub struct AttributeDef {
    /// The attribute.
    pub attr: Attr,
    /// The stored number. Never reuse one.
    pub code: i16,
    /// The key in queries, files and the API.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub description: &'static str,
    /// What its value means.
    pub value_type: ValueType,
    /// Part of the text that a bare word is looked for in.
    pub searchable: bool,
    /// Counted by value beside a list.
    pub facet: bool,
    /// About a person: stored by reference, erasable.
    pub personal: bool,
    /// Set by people (owner and the like): a source's word for it ranks below any lock.
    pub by_people: bool,
    /// How much of its past is kept.
    pub history: History,
    /// The kinds that have it; empty: every kind.
    pub kinds: &'static [Kind],
}

macro_rules! history {
    () => { History::Versioned };
    (latest $($rest:ident)*) => { History::Latest };
    ($other:ident $($rest:ident)*) => { history!($($rest)*) };
}

macro_rules! flag {
    ($wanted:ident) => { false };
    (searchable searchable $($rest:ident)*) => { true };
    (facet facet $($rest:ident)*) => { true };
    (personal personal $($rest:ident)*) => { true };
    (by_people by_people $($rest:ident)*) => { true };
    ($wanted:ident $other:ident $($rest:ident)*) => { flag!($wanted $($rest)*) };
}

macro_rules! attributes {
    ($($variant:ident = $code:literal $name:literal $type:ident [$($flag:ident)*] [$($kind:ident)*] $description:literal;)*) => {
        /// An attribute of the registry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attr {
            $(#[doc = $description] $variant,)*
        }

        impl Attr {
            /// Every attribute, in the order people read them.
            pub const ALL: &[Attr] = &[$(Attr::$variant,)*];

            /// Its declaration.
            #[must_use]
            pub fn def(self) -> &'static AttributeDef {
                match self {
                    $(Attr::$variant => {
                        const DEF: AttributeDef = AttributeDef {
                            attr: Attr::$variant,
                            code: $code,
                            name: $name,
                            description: $description,
                            value_type: ValueType::$type,
                            searchable: flag!(searchable $($flag)*),
                            facet: flag!(facet $($flag)*),
                            personal: flag!(personal $($flag)*),
                            by_people: flag!(by_people $($flag)*),
                            history: history!($($flag)*),
                            kinds: &[$(Kind::$kind,)*],
                        };
                        &DEF
                    })*
                }
            }
        }
    };
}

// Numbers below 100 are for the keys that are not attributes, see `terms`.
attributes! {
    Name = 100 "name" Text [searchable] [] "What people call it.";
    Description = 101 "description" Text [searchable] [] "What the source says it is for.";
    Owner = 102 "owner" Party [facet by_people] [] "The person or team that answers for it.";
    CostCentre = 103 "cost_centre" Text [facet by_people] [] "Who pays for it.";
    Environment = 104 "env" Text [facet by_people] [] "Production, test and the like, from the canonical tag `environment`.";
    Criticality = 105 "criticality" Text [facet by_people] [] "How much depends on it.";
    Site = 106 "site" Site [facet by_people] [] "Where it is.";
    Provider = 110 "provider" Text [facet] [] "Who runs the ground it stands on: `aws`, or nothing for our own.";
    CloudAccount = 111 "cloud_account" Text [facet] [] "The cloud account it belongs to.";
    Region = 112 "region" Text [facet] [] "The cloud region it lies in.";
    Zone = 113 "zone" Text [facet] [] "The availability zone it lies in.";
    Arn = 114 "arn" Text [] [] "Its Amazon Resource Name.";
    NativeState = 115 "state" Text [facet] [] "The source's own word for its state.";
    CreatedAt = 116 "created" Moment [] [] "When it was made, as the source says.";
    Vendor = 120 "vendor" Text [facet searchable] [Server Computer Switch Router Firewall AccessPoint NetworkDevice] "Who made it.";
    Model = 121 "model" Text [facet searchable] [Server Switch Router Firewall AccessPoint NetworkDevice] "The maker's name for the model.";
    SerialNumber = 122 "serial" Text [searchable] [Server Switch Router Firewall AccessPoint NetworkDevice] "The maker's serial number, as reported.";
    SmbiosUuid = 123 "smbios_uuid" Text [] [Server Vm Instance] "The firmware's UUID.";
    Vcpu = 130 "vcpu" Count [] [Server Vm Instance] "Virtual processors, or hardware threads of a server.";
    Cores = 131 "cores" Count [] [Server Vm Instance] "Processor cores.";
    Memory = 132 "memory" Bytes [] [Server Vm Instance] "Main memory.";
    Architecture = 133 "architecture" Text [facet] [Server Vm Instance Image] "Processor architecture.";
    Os = 134 "os" Text [facet searchable] [Server Vm Instance Computer Image Switch Router Firewall AccessPoint NetworkDevice] "Operating system.";
    OsVersion = 135 "os_version" Text [searchable] [Server Vm Instance Computer Switch Router Firewall AccessPoint NetworkDevice] "Version of the operating system.";
    DnsName = 136 "dns_name" Text [searchable] [Server Vm Instance Computer Switch Router Firewall AccessPoint NetworkDevice] "Its name in the DNS, as the source states it.";
    InstanceType = 140 "instance_type" Text [facet] [Instance] "The provider's size class.";
    ImageId = 141 "image_id" Text [] [Instance] "The image it was started from.";
    LaunchedAt = 142 "launched" Moment [] [Instance] "When it was last started.";
    StateReason = 143 "state_reason" Text [] [Instance] "Why it is in its state, as the provider says.";
    PrivateDns = 144 "private_dns" Text [searchable] [Instance NetworkInterface] "DNS name inside the network.";
    PublicDns = 145 "public_dns" Text [searchable] [Instance] "DNS name outside.";
    PrivateIp = 146 "private_ip" Text [] [Instance NetworkInterface Address] "Primary address inside the network.";
    PublicIp = 147 "public_ip" Text [] [Instance NetworkInterface Address] "Address reachable from outside.";
    KeyPair = 148 "key_pair" Text [] [Instance] "Name of the SSH key pair it was started with.";
    InstanceProfile = 149 "instance_profile" Text [] [Instance] "The role it acts in, by ARN.";
    MetadataTokens = 150 "metadata_tokens" Text [facet] [Instance] "Whether the metadata service demands tokens (IMDSv2): required or optional.";
    Tenancy = 151 "tenancy" Text [facet] [Instance] "Shared or dedicated hardware.";
    PurchaseOption = 152 "purchase_option" Text [facet] [Instance] "On demand, spot or scheduled.";
    EbsOptimised = 153 "ebs_optimised" Bool [] [Instance] "Dedicated bandwidth to volumes.";
    DetailedMonitoring = 154 "detailed_monitoring" Bool [] [Instance] "Metrics by the minute.";
    RootDevice = 155 "root_device" Text [] [Instance Image] "Device name of the root volume.";
    Virtualisation = 156 "virtualisation" Text [] [Instance Image] "Kind of virtualisation.";
    StoppedAt = 157 "stopped" Moment [] [Instance] "When it was stopped, while it is.";
    MetadataEndpoint = 158 "metadata_endpoint" Text [facet] [Instance] "Whether the metadata service answers at all: enabled or disabled.";
    Size = 160 "size" Bytes [] [Volume Datastore Image] "Capacity.";
    VolumeType = 161 "volume_type" Text [facet] [Volume] "The provider's class of storage.";
    Iops = 162 "iops" Count [] [Volume] "Input and output operations per second provided for.";
    Throughput = 163 "throughput" BytesPerSecond [] [Volume] "Throughput provided for.";
    Encrypted = 164 "encrypted" Bool [facet] [Volume] "Encrypted at rest.";
    EncryptionKey = 165 "encryption_key" Text [] [Volume] "The key it is encrypted with, by ARN.";
    SnapshotId = 166 "snapshot_id" Text [] [Volume] "The snapshot it was made from.";
    AttachedAs = 167 "attached_as" List [] [Volume] "Machine and device name it is attached as.";
    DeletedWithMachine = 168 "deleted_with_machine" Bool [] [Volume] "Deleted when its machine is terminated.";
    Cidr = 170 "cidr" List [searchable] [Network Subnet] "Address ranges.";
    IsDefault = 171 "is_default" Bool [facet] [Network Subnet SecurityGroup] "Made by the provider as the default.";
    FreeAddresses = 172 "free_addresses" Count [latest] [Subnet] "Addresses not handed out.";
    AssignsPublicIp = 173 "assigns_public_ip" Bool [facet] [Subnet] "Machines started here get a public address.";
    DhcpOptions = 174 "dhcp_options" Text [] [Network] "The set of DHCP options.";
    RulesIn = 180 "rules_in" List [] [SecurityGroup] "What may come in: protocol, ports, from where.";
    RulesOut = 181 "rules_out" List [] [SecurityGroup] "What may go out: protocol, ports, to where.";
    GroupName = 182 "group_name" Text [searchable] [SecurityGroup] "The provider's name of the group, which never changes.";
    InterfaceType = 190 "interface_type" Text [facet] [NetworkInterface] "What sort of network interface it is.";
    SourceDestCheck = 191 "source_dest_check" Bool [] [Instance NetworkInterface] "Drops packets that are not its own.";
    RequesterManaged = 192 "requester_managed" Bool [facet] [NetworkInterface] "Made and kept by a service of the provider.";
    Attachment = 193 "attachment" Text [] [NetworkInterface Address] "What it is attached to, by the provider's id.";
    ImageOwner = 200 "image_owner" Text [facet] [Image] "The account that published it.";
    Public = 201 "public" Bool [facet] [Image] "Open to everyone.";
    DeprecatedAt = 202 "deprecated" Moment [] [Image] "When its publisher deprecates it.";
    Platform = 203 "platform" Text [] [Instance Image] "The provider's word for the operating system it bills.";
}

impl Attr {
    /// The attribute of a key.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Attr> {
        Attr::ALL.iter().copied().find(|attr| attr.def().name == name)
    }

    /// The attribute of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Attr> {
        Attr::ALL.iter().copied().find(|attr| attr.def().code == code)
    }

    /// The key in queries, files and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.def().name
    }

    /// Whether changes of it make versions.
    #[must_use]
    pub fn is_versioned(self) -> bool {
        self.def().history == History::Versioned
    }
}

impl fmt::Display for Attr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Attr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Attr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Attr::from_name(&name).ok_or_else(|| {
            serde::de::Error::custom(format!("`{name}` is not an attribute of the registry"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_numbers_are_unique_and_in_range() {
        let names: BTreeSet<_> = Attr::ALL.iter().map(|attr| attr.name()).collect();
        let codes: BTreeSet<_> = Attr::ALL.iter().map(|attr| attr.def().code).collect();
        assert_eq!(names.len(), Attr::ALL.len());
        assert_eq!(codes.len(), Attr::ALL.len());
        assert!(codes.iter().all(|code| *code >= 100), "numbers below 100 are reserved");
    }

    #[test]
    fn what_is_kept_only_as_latest_is_not_counted() {
        for attr in Attr::ALL {
            let def = attr.def();
            assert!(def.history == History::Versioned || !(def.facet || def.searchable), "{attr}");
        }
    }
}
