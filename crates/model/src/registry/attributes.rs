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
    Vendor = 120 "vendor" Text [facet searchable] [Server Computer Switch Router Firewall AccessPoint NetworkDevice VirtualSwitch] "Who made it.";
    Model = 121 "model" Text [facet searchable] [Server Switch Router Firewall AccessPoint NetworkDevice] "The maker's name for the model.";
    SerialNumber = 122 "serial" Text [searchable] [Server Switch Router Firewall AccessPoint NetworkDevice] "The maker's serial number, as reported.";
    SmbiosUuid = 123 "smbios_uuid" Text [] [Server Vm Instance] "The firmware's UUID.";
    Vcpu = 130 "vcpu" Count [] [Server Vm Instance] "Virtual processors, or hardware threads of a server.";
    Cores = 131 "cores" Count [] [Server Vm Instance] "Processor cores.";
    Memory = 132 "memory" Bytes [] [Server Vm Instance] "Main memory.";
    Architecture = 133 "architecture" Text [facet] [Server Vm Instance Image] "Processor architecture.";
    Os = 134 "os" Text [facet searchable] [Server Vm Instance Computer Image Switch Router Firewall AccessPoint NetworkDevice] "Operating system.";
    OsVersion = 135 "os_version" Text [searchable] [Server Vm Instance Computer Switch Router Firewall AccessPoint NetworkDevice] "Version of the operating system.";
    DnsName = 136 "dns_name" Text [searchable] [Server Vm Instance Computer Switch Router Firewall AccessPoint NetworkDevice LoadBalancer] "Its name in the DNS, as the source states it.";
    InstanceType = 140 "instance_type" Text [facet] [Instance LaunchTemplate Reservation] "The provider's size class.";
    ImageId = 141 "image_id" Text [] [Instance LaunchTemplate] "The image it was started from.";
    LaunchedAt = 142 "launched" Moment [] [Instance] "When it was last started.";
    StateReason = 143 "state_reason" Text [] [Instance Gateway Peering LoadBalancer] "Why it is in its state, as the provider says.";
    PrivateDns = 144 "private_dns" Text [searchable] [Instance NetworkInterface] "DNS name inside the network.";
    PublicDns = 145 "public_dns" Text [searchable] [Instance] "DNS name outside.";
    PrivateIp = 146 "private_ip" Text [] [Instance NetworkInterface Address Gateway Vm Server] "Primary address inside the network.";
    PublicIp = 147 "public_ip" Text [] [Instance NetworkInterface Address Gateway] "Address reachable from outside.";
    KeyPair = 148 "key_pair" Text [] [Instance LaunchTemplate] "Name of the SSH key pair it was started with.";
    InstanceProfile = 149 "instance_profile" Text [] [Instance] "The role it acts in, by ARN.";
    MetadataTokens = 150 "metadata_tokens" Text [facet] [Instance LaunchTemplate] "Whether the metadata service demands tokens (IMDSv2): required or optional.";
    Tenancy = 151 "tenancy" Text [facet] [Instance Reservation] "Shared or dedicated hardware.";
    PurchaseOption = 152 "purchase_option" Text [facet] [Instance] "On demand, spot or scheduled.";
    EbsOptimised = 153 "ebs_optimised" Bool [] [Instance] "Dedicated bandwidth to volumes.";
    DetailedMonitoring = 154 "detailed_monitoring" Bool [] [Instance] "Metrics by the minute.";
    RootDevice = 155 "root_device" Text [] [Instance Image] "Device name of the root volume.";
    Virtualisation = 156 "virtualisation" Text [] [Instance Image] "Kind of virtualisation.";
    StoppedAt = 157 "stopped" Moment [] [Instance] "When it was stopped, while it is.";
    MetadataEndpoint = 158 "metadata_endpoint" Text [facet] [Instance LaunchTemplate] "Whether the metadata service answers at all: enabled or disabled.";
    Size = 160 "size" Bytes [] [Volume Datastore Image Snapshot] "Capacity.";
    VolumeType = 161 "volume_type" Text [facet] [Volume] "The provider's class of storage.";
    Iops = 162 "iops" Count [] [Volume] "Input and output operations per second provided for.";
    Throughput = 163 "throughput" BytesPerSecond [] [Volume] "Throughput provided for.";
    Encrypted = 164 "encrypted" Bool [facet] [Volume Snapshot] "Encrypted at rest.";
    EncryptionKey = 165 "encryption_key" Text [] [Volume Snapshot] "The key it is encrypted with, by ARN.";
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
    Public = 201 "public" Bool [facet] [Image Snapshot] "Open to everyone.";
    DeprecatedAt = 202 "deprecated" Moment [] [Image] "When its publisher deprecates it.";
    Platform = 203 "platform" Text [] [Instance Image Reservation] "The provider's word for the operating system it bills.";
    PlacementHost = 600 "placement_host" Text [] [Instance] "The dedicated host it is placed on.";
    PlacementGroup = 601 "placement_group" Text [facet] [Instance] "The placement group it is in.";
    EbsEncryptionByDefault = 602 "ebs_encryption_by_default" Bool [facet] [CloudRegion] "Whether new volumes are encrypted unless someone says otherwise.";
    StorageTier = 603 "storage_tier" Text [facet] [Snapshot] "The provider's class of storage it is kept in.";
    KeyType = 604 "key_type" Text [facet] [KeyPair] "The algorithm of the key.";
    KeyFingerprint = 605 "key_fingerprint" Text [] [KeyPair] "The key's fingerprint, as the provider computes it.";
    DefaultVersion = 606 "default_version" Count [] [LaunchTemplate] "The version that counts if none is named.";
    LatestVersion = 607 "latest_version" Count [] [LaunchTemplate] "The newest version.";
    GatewayType = 608 "gateway_type" Text [facet] [Gateway] "What sort of gateway it is: internet, nat or transit.";
    Connectivity = 609 "connectivity" Text [facet] [Gateway] "Whether what it translates to is public or private.";
    Routes = 610 "routes" List [] [RouteTable] "Where packets go: destination, to what; `blackhole` if that is gone.";
    IsMain = 611 "is_main" Bool [facet] [RouteTable] "Counts for every subnet that names no other.";
    PeeringType = 612 "peering_type" Text [facet] [Peering] "What is joined how: vpc, or transit-gateway and the sort of its attachment.";
    PeerNetworks = 613 "peer_networks" List [] [Peering] "What it joins: account, region, id, address ranges.";
    ReservedCount = 614 "reserved_count" Count [] [Reservation] "How many instances it covers.";
    ReservedFrom = 615 "reserved_from" Moment [] [Reservation] "When it begins.";
    ReservedUntil = 616 "reserved_until" Moment [] [Reservation] "When it ends.";
    OfferingClass = 617 "offering_class" Text [facet] [Reservation] "Whether it can be exchanged: standard or convertible.";
    PaymentOption = 618 "payment_option" Text [facet] [Reservation] "How much of it is paid at the start.";
    ReservationScope = 619 "reservation_scope" Text [facet] [Reservation] "Whether it holds for a region or for one availability zone.";
    BalancerType = 620 "balancer_type" Text [facet] [LoadBalancer] "What sort of load balancer it is: application, network or gateway.";
    BalancerScheme = 621 "balancer_scheme" Text [facet] [LoadBalancer] "From where it is reached: internet-facing or internal.";
    IpFamily = 622 "ip_family" Text [facet] [LoadBalancer] "The families of addresses it answers at.";
    Zones = 623 "zones" List [] [LoadBalancer] "The availability zones it is in.";
    CloudService = 624 "cloud_service" Text [facet] [CloudResource] "The provider's service it is of.";
    ResourceType = 625 "resource_type" Text [facet] [CloudResource] "The provider's word for what it is, with its service.";
    OrganisationUnit = 626 "organisation_unit" Text [facet searchable] [CloudAccount] "The organisational units it lies in, from the root down.";
    IsManagement = 627 "is_management" Bool [facet] [CloudAccount] "The account that its organisation is managed from.";
    JoinedAt = 628 "joined" Moment [] [CloudAccount] "When it joined its organisation.";
    Origin = 629 "origin" Text [] [Snapshot] "How it came about, where the provider made it for another thing.";
    HardwareVersion = 300 "hardware_version" Text [facet] [Vm] "Version of its virtual hardware: vmx-19.";
    ToolsStatus = 301 "tools_status" Text [facet] [Vm] "How its guest tools stand: missing, current, old.";
    ToolsRunning = 302 "tools_running" Text [facet] [Vm] "Whether its guest tools run.";
    ToolsVersion = 303 "tools_version" Text [] [Vm] "Version of its guest tools.";
    OsConfigured = 304 "os_configured" Text [facet searchable] [Vm] "The operating system it was made for; what runs in it is `os`.";
    Folder = 305 "folder" Text [facet searchable] [Vm Server Cluster Datastore Network VirtualSwitch] "The folder it is filed in, as a path below its datacenter.";
    ResourcePool = 306 "resource_pool" Text [facet] [Vm] "The resource pool it draws from, as a path.";
    Template = 307 "template" Bool [facet] [Vm] "A template: copied, never started.";
    FtRole = 308 "ft_role" Text [facet] [Vm] "Its part in a Fault Tolerance pair: primary or secondary.";
    VmotionEncryption = 309 "vmotion_encryption" Text [facet] [Vm] "Whether moving it while it runs is encrypted: disabled, opportunistic, required.";
    FtEncryption = 310 "ft_encryption" Text [facet] [Vm] "Whether the traffic of its Fault Tolerance pair is encrypted.";
    Snapshots = 311 "snapshots" Count [] [Vm] "How many snapshots it has.";
    OldestSnapshot = 312 "oldest_snapshot" Moment [] [Vm] "When the oldest of its snapshots was taken.";
    Disks = 313 "disks" List [] [Vm] "Its disks: name, size, datastore.";
    DiskCapacity = 314 "disk_capacity" Bytes [] [Vm] "What its disks hold together.";
    Firmware = 315 "firmware" Text [facet] [Vm Server] "What starts it: bios or efi.";
    SecureBoot = 316 "secure_boot" Bool [facet] [Vm Server] "Starts only what is signed.";
    InstanceUuid = 317 "instance_uuid" Text [] [Vm] "The UUID that its vCenter keeps it apart by.";
    Datacenter = 318 "datacenter" Text [facet] [Vm Server Cluster Datastore Network VirtualSwitch] "The datacenter it belongs to.";
    OsBuild = 330 "os_build" Text [facet] [Server] "Build of the operating system.";
    CpuModel = 331 "cpu_model" Text [facet searchable] [Server] "The maker's name for the processors.";
    CpuPackages = 332 "cpu_packages" Count [] [Server] "Processor sockets in use.";
    CpuClock = 333 "cpu_clock" Megahertz [] [Server] "Clock of a processor core.";
    BiosVersion = 334 "bios_version" Text [] [Server] "Version of the firmware.";
    BiosDate = 335 "bios_date" Moment [] [Server] "When the firmware was released.";
    Lockdown = 336 "lockdown" Text [facet] [Server] "Whether it is managed through its vCenter only: disabled, normal, strict.";
    SshRunning = 337 "ssh_running" Bool [facet] [Server] "Its SSH server runs.";
    ShellRunning = 338 "shell_running" Bool [facet] [Server] "Its local shell is open.";
    NtpRunning = 339 "ntp_running" Bool [facet] [Server] "It keeps its clock by NTP.";
    NtpServers = 340 "ntp_servers" List [] [Server] "The NTP servers it is told to ask.";
    SyslogTarget = 341 "syslog_target" Text [facet] [Server] "Where it sends its log.";
    MaintenanceMode = 342 "maintenance_mode" Bool [facet] [Server Datastore] "Taken out of use for maintenance.";
    AdvancedSettings = 343 "advanced_settings" List [] [Server] "Advanced settings that bear on its security.";
    AssetTag = 344 "asset_tag" Text [searchable] [Server] "The asset tag in its firmware.";
    Drs = 350 "drs" Text [facet] [Cluster] "How far machines are moved by themselves (DRS): off, on, manual, partiallyAutomated, fullyAutomated.";
    HighAvailability = 351 "ha" Bool [facet] [Cluster] "Machines are started again elsewhere when a host fails (HA).";
    AdmissionControl = 352 "ha_admission_control" Bool [facet] [Cluster] "Room for that is kept free.";
    DatastoreType = 360 "datastore_type" Text [facet] [Datastore] "Its file system: VMFS, NFS, vsan.";
    FreeSpace = 361 "free_space" Bytes [latest] [Datastore] "Room left.";
    StorageUrl = 362 "storage_url" Text [] [Datastore] "Where the hosts find it.";
    Accessible = 363 "accessible" Bool [facet] [Datastore] "Some host can reach it.";
    Shared = 364 "shared" Bool [facet] [Datastore] "Several hosts can reach it.";
    NetworkType = 370 "network_type" Text [facet] [Network] "What sort of network it is: standard or distributed port group, uplinks, opaque.";
    Vlans = 371 "vlans" List [] [Network Switch Router Firewall AccessPoint NetworkDevice Server] "The VLANs it carries; none: untagged.";
    Promiscuous = 372 "promiscuous" Bool [facet] [Network VirtualSwitch] "Machines on it may hear what is meant for others.";
    MacChanges = 373 "mac_changes" Bool [facet] [Network VirtualSwitch] "Machines on it may take another MAC address.";
    ForgedTransmits = 374 "forged_transmits" Bool [facet] [Network VirtualSwitch] "Machines on it may send from another MAC address.";
    SwitchType = 375 "switch_type" Text [facet] [VirtualSwitch] "Of one host (standard), or of many (distributed).";
    Mtu = 376 "mtu" Count [] [VirtualSwitch] "The longest packet it carries, in bytes.";
    Uplinks = 377 "uplinks" List [] [VirtualSwitch] "The host's network cards it is connected by.";
    SwitchVersion = 378 "switch_version" Text [facet] [VirtualSwitch] "Version of the virtual switch.";
    Location = 400 "location" Text [facet searchable] [Switch Router Firewall AccessPoint NetworkDevice Server Computer DirectorySite Subnet] "Where it stands, as its keeper wrote on it.";
    Uptime = 401 "uptime" Count [latest] [Switch Router Firewall AccessPoint NetworkDevice Server] "Seconds since its agent started.";
    ObjectId = 402 "object_id" Text [searchable] [Switch Router Firewall AccessPoint NetworkDevice Server] "The maker's number for the model (sysObjectID).";
    SystemDescription = 403 "system_description" Text [searchable] [Switch Router Firewall AccessPoint NetworkDevice Server] "What it says of itself (sysDescr).";
    ManagementAddress = 404 "management_address" Text [] [Switch Router Firewall AccessPoint NetworkDevice Server] "The address it is asked at.";
    SnmpAccess = 405 "snmp_access" Text [facet] [Switch Router Firewall AccessPoint NetworkDevice Server] "How it is read: v2c, or v3 and its level of security.";
    DefaultCommunity = 406 "default_community" Bool [facet] [Switch Router Firewall AccessPoint NetworkDevice Server] "Answers to a community that everybody knows: public or private.";
    StackMembers = 407 "stack_members" List [searchable] [Switch Router Firewall AccessPoint NetworkDevice] "The boxes of the stack: unit, model, serial number.";
    Modules = 408 "modules" List [searchable] [Switch Router Firewall AccessPoint NetworkDevice Server] "What is plugged into it: slot, model, serial number.";
    EthernetPorts = 409 "ethernet_ports" Count [] [Switch Router Firewall AccessPoint NetworkDevice] "How many Ethernet ports it has.";
    SpanningTreeRoot = 410 "spanning_tree_root" Text [facet] [Switch Router Firewall AccessPoint NetworkDevice] "The bridge at the root of its spanning tree, by its address.";
    IsSpanningTreeRoot = 411 "is_spanning_tree_root" Bool [facet] [Switch Router Firewall AccessPoint NetworkDevice] "It is the root of its spanning tree itself.";
    DomainName = 500 "directory_domain" Text [facet] [Computer Account Group Ou Domain] "The directory domain it belongs to, by its DNS name.";
    ForestName = 501 "directory_forest" Text [facet] [Domain DirectorySite Subnet] "The directory forest it belongs to, by its root domain's DNS name.";
    OuPath = 502 "ou_path" Text [facet searchable] [Computer Account Group Ou] "Where it stands in the directory: containers from the top, parted by `/`.";
    DistinguishedName = 503 "distinguished_name" Text [searchable] [Computer Group Ou Domain DirectorySite] "Its full name in the directory.";
    AccountName = 504 "account_name" Text [searchable] [Computer Account Group] "Its name for logging on to the domain (sAMAccountName).";
    Sid = 505 "sid" Text [searchable] [Computer Account Group Domain] "Its security identifier.";
    SidHistory = 506 "sid_history" List [] [Computer Account Group] "Identifiers of former domains whose rights it still has.";
    AccountEnabled = 510 "enabled" Bool [facet] [Computer Account] "It may log on.";
    LastLogon = 511 "last_logon" Moment [latest personal] [Account] "When it last logged on (lastLogonTimestamp); the directory lags behind by up to 14 days.";
    PasswordSet = 512 "password_set" Moment [] [Account] "When its password was last set.";
    MachineLastLogon = 507 "machine_last_logon" Moment [latest] [Computer] "When the machine last logged on (lastLogonTimestamp); the directory lags behind by up to 14 days.";
    MachinePasswordSet = 513 "machine_password_set" Moment [latest] [Computer] "When the machine last renewed its password, which it does by itself about once a month.";
    PasswordNeverExpires = 514 "password_never_expires" Bool [facet] [Computer Account] "Its password never has to be changed.";
    PasswordNotRequired = 515 "password_not_required" Bool [facet] [Computer Account] "An empty password is allowed.";
    PasswordReversible = 516 "password_reversible" Bool [facet] [Account] "Its password is kept so that it can be read (reversible encryption).";
    PasswordMustChange = 517 "password_must_change" Bool [facet] [Account] "It must change its password when it next logs on.";
    NoPreauthentication = 518 "no_preauthentication" Bool [facet] [Computer Account] "Kerberos tickets are given for it without proof of its password.";
    SmartcardRequired = 519 "smartcard_required" Bool [facet] [Account] "It can log on by smart card only.";
    DelegationSensitive = 520 "delegation_sensitive" Bool [facet] [Account] "No service may act as it.";
    UnconstrainedDelegation = 521 "unconstrained_delegation" Bool [facet] [Computer Account] "It may act, everywhere, as anybody who logs on to it.";
    ProtocolTransition = 522 "protocol_transition" Bool [facet] [Computer Account] "It may act, where it delegates to, as people who did not log on by Kerberos.";
    DelegatesTo = 523 "delegates_to" List [] [Computer Account] "The services at which it may act as those who log on to it.";
    DelegatedTo = 524 "delegated_to" Bool [facet] [Computer Account] "It lets other accounts act as people on it (resource-based delegation).";
    DesOnly = 525 "des_only" Bool [facet] [Computer Account] "Its Kerberos uses DES, which is broken.";
    EncryptionTypes = 526 "encryption_types" List [] [Computer Account] "The Kerberos ciphers it says it takes.";
    ServiceNames = 527 "service_names" List [searchable] [Computer Account] "The services it answers for (service principal names).";
    AccountExpires = 528 "account_expires" Moment [] [Computer Account] "When it can log on no more.";
    LockedSince = 529 "locked_since" Moment [latest personal] [Account] "When it was last locked out for wrong passwords and not unlocked since.";
    AdminProtected = 530 "admin_protected" Bool [facet] [Account Group] "Its rights are reset by the domain as those of administrators are (adminCount).";
    PrivilegedGroups = 531 "privileged_groups" List [] [Computer Account] "The privileged groups it is a member of, through other groups too.";
    GroupsCount = 532 "groups_count" Count [] [Computer Account Group] "How many groups it is a direct member of, its primary group among them.";
    AccountType = 533 "account_type" Text [facet] [Account] "What sort of account it is: user, guest, kerberos, domain-trust, managed-service, group-managed-service.";
    UserPrincipalName = 534 "upn" Text [searchable personal] [Account] "The name it logs on by, in the form of a mail address.";
    DisplayName = 535 "display_name" Text [searchable personal] [Account] "The name of the person or service, as shown to others.";
    Mail = 536 "mail" Text [searchable personal] [Account] "Its mail address.";
    LapsKept = 540 "laps" Text [facet] [Computer] "Who keeps the password of its local administrator: windows-laps or legacy-laps.";
    LapsExpires = 541 "laps_expires" Moment [latest] [Computer] "When that password is next renewed.";
    ControllerRole = 542 "controller_role" Text [facet] [Computer] "Its part as a domain controller: writable or read-only.";
    GlobalCatalog = 543 "global_catalog" Bool [facet] [Computer] "It answers for the whole forest.";
    OperationsRoles = 544 "operations_roles" List [] [Computer] "The roles of the domain and forest that only it has (FSMO).";
    DirectorySiteName = 545 "directory_site" Text [facet] [Computer Subnet] "The directory site it is in.";
    DnsAddresses = 546 "dns_addresses" List [] [Computer] "The addresses that the zones kept in the directory give for its name.";
    GroupScope = 550 "group_scope" Text [facet] [Group] "Where it can be given rights: global, domain-local, universal, builtin.";
    GroupPurpose = 551 "group_purpose" Text [facet] [Group] "What it is for: security or distribution.";
    MemberCount = 552 "member_count" Count [] [Group] "How many direct members it has; those that have it as their primary group are not among them.";
    ForeignMembers = 553 "foreign_members" List [] [Group] "Members of other domains that this one knows by identifier only.";
    Privileged = 554 "privileged" Bool [facet] [Group] "It is one of the groups that rule the domain, the forest or its controllers.";
    NetbiosName = 560 "netbios_name" Text [searchable] [Domain] "Its short name.";
    FunctionalLevel = 561 "functional_level" Text [facet] [Domain] "The oldest Windows that its controllers may run.";
    ForestLevel = 562 "forest_level" Text [facet] [Domain] "The oldest Windows that the forest's controllers may run.";
    KrbtgtPasswordSet = 563 "krbtgt_password_set" Moment [] [Domain] "When the key of all Kerberos tickets was last renewed.";
    MachineAccountQuota = 564 "machine_account_quota" Count [] [Domain] "How many computers anybody may join to the domain.";
    PasswordMinLength = 565 "password_min_length" Count [] [Domain] "How long a password must be, at least.";
    PasswordHistory = 566 "password_history" Count [] [Domain] "How many former passwords may not be taken again.";
    PasswordMaxAge = 567 "password_max_age" Count [] [Domain] "After how many days a password must be changed.";
    PasswordComplexity = 568 "password_complexity" Bool [facet] [Domain] "A password must hold several sorts of characters.";
    LockoutThreshold = 569 "lockout_threshold" Count [] [Domain] "After how many wrong passwords an account is locked; 0 is never.";
    LapsSchema = 570 "laps_schema" List [] [Domain] "Which LAPS the directory is made for: windows-laps, legacy-laps.";
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
