//! What joins networks to one another: peering connections between VPCs, and attachments to transit
//! gateways. One file a sort.

pub(super) mod transit;
pub(super) mod vpc;
