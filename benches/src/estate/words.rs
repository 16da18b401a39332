//! The words of the estate: services, teams, environments, sizes.

/// Services, the common ones first; a service belongs to the team at its place modulo the teams.
pub const SERVICES: [&str; 48] = [
    "web", "checkout", "payments", "search", "catalog", "session", "gateway", "orders", "billing",
    "identity", "inventory", "shipping", "pricing", "mail", "ledger", "reports", "ingest", "events",
    "metrics", "logs", "cache", "queue", "worker", "scheduler", "fraud", "risk", "loyalty", "coupon",
    "reviews", "images", "media", "transcode", "geo", "routing", "notify", "push", "sms", "partner",
    "vendor-sync", "tax", "invoice", "archive", "backup", "build", "registry", "vault", "bastion",
    "sandbox",
];

/// Teams.
pub const TEAMS: [&str; 20] = [
    "storefront", "payments", "discovery", "platform", "fulfilment", "finance", "identity", "data",
    "observability", "messaging", "risk", "growth", "content", "mobility", "partners", "tooling",
    "security", "workplace", "research", "legacy",
];

/// Environments, in proportion.
pub const ENVIRONMENTS: [&str; 20] = [
    "prod", "prod", "prod", "prod", "prod", "prod", "prod", "prod", "prod", "staging", "staging",
    "staging", "test", "test", "test", "dev", "dev", "dev", "dev", "dev",
];

/// A size class: name, virtual processors, memory in GiB.
pub type Size = (&'static str, i64, i64);

/// Size classes, the common ones first.
pub const SIZES: [Size; 16] = [
    ("t3.medium", 2, 4),
    ("t3.large", 2, 8),
    ("m5.large", 2, 8),
    ("m5.xlarge", 4, 16),
    ("t3.small", 2, 2),
    ("c5.xlarge", 4, 8),
    ("r5.large", 2, 16),
    ("m5.2xlarge", 8, 32),
    ("c5.2xlarge", 8, 16),
    ("r5.xlarge", 4, 32),
    ("m6g.large", 2, 8),
    ("r5.2xlarge", 8, 64),
    ("c6g.4xlarge", 16, 32),
    ("m5.8xlarge", 32, 128),
    ("r5.8xlarge", 32, 256),
    ("x1e.8xlarge", 32, 976),
];
