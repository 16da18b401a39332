//! What the bytes of an attribute mean.
//!
//! Why it exists: the directory gives everything as octets, and a peer may give anything. Each
//! decoder takes one form, is total, and is fuzzed. They know no network, no settings, no clock.

pub(crate) mod dn;
pub(crate) mod dns_record;
pub(crate) mod encryption;
pub(crate) mod filetime;
pub(crate) mod general_time;
pub(crate) mod group_type;
pub(crate) mod guid;
pub(crate) mod level;
pub(crate) mod reference;
pub(crate) mod sid;
pub(crate) mod text;
pub(crate) mod uac;
