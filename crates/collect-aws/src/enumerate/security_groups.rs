//! Security groups, their rules as texts that stay the same as long as the rules do.
//!
//! A rule reads `PROTOCOL [PORTS] from|to WHERE`, one text for each address range, group or prefix
//! list: `tcp 22 from 0.0.0.0/0`, `tcp 8000-8100 from sg-1`, `udp 53 to pl-1`, `icmp 8 from
//! 10.0.0.0/8`, `icmp 3/4 ...` (type and code), `all to ::/0` (every protocol and port), `50 from
//! 10.0.0.0/8` (a protocol by its number), `tcp 22 from sg-1 of 111122223333` (another account's
//! group).

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{IpPermission, SecurityGroup, UserIdGroupPair};
use cadastre_model::{Attr, Kind, Observation, RelationType};

/// Things on one page at most, by the API.
const MOST: i32 = 1_000;

/// Sends every security group.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pager = Pager::new("ec2:DescribeSecurityGroups");
    while pager.has_more() {
        let request = scope.ec2().describe_security_groups().max_results(scope.page(MOST));
        let page = scope.ask(pager.action(), request.set_next_token(pager.token()).send()).await?;
        report.page();
        for group in page.security_groups() {
            let Some(id) = group.group_id() else { continue };
            scope.see(id, observe(scope, id, group)).await?;
        }
        scope.run.progress(None);
        pager.turn(page.next_token())?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, group: &SecurityGroup) -> Observation {
    let owner = group.owner_id();
    let thing = Thing { kind: Kind::SecurityGroup, resource: "security-group", id, owner };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, group.tags(), group.group_name());
    seen.state_text(Attr::GroupName, group.group_name());
    seen.state_text(Attr::Description, group.description());
    // EC2 gives every VPC a group of this name, and lets nobody else take it.
    seen.state_bool(Attr::IsDefault, group.group_name().map(|name| name == "default"));
    let owner = owner.unwrap_or(&scope.place.account);
    let texts = |rules: &[IpPermission], direction| -> Vec<String> {
        rules.iter().flat_map(|rule| rule_texts(rule, direction, owner)).collect()
    };
    seen.state_list(Attr::RulesIn, texts(group.ip_permissions(), "from"));
    seen.state_list(Attr::RulesOut, texts(group.ip_permissions_egress(), "to"));
    scope.claim(&mut seen, RelationType::InNetwork, group.vpc_id());
    seen
}

fn rule_texts(rule: &IpPermission, direction: &str, owner: &str) -> Vec<String> {
    let what = traffic(rule);
    let v4 = rule.ip_ranges().iter().filter_map(|range| range.cidr_ip()).map(str::to_owned);
    let v6 = rule.ipv6_ranges().iter().filter_map(|range| range.cidr_ipv6()).map(str::to_owned);
    let lists = rule.prefix_list_ids().iter().filter_map(|list| list.prefix_list_id());
    let groups = rule.user_id_group_pairs().iter().filter_map(|pair| group_text(pair, owner));
    v4.chain(v6)
        .chain(lists.map(str::to_owned))
        .chain(groups)
        .map(|place| format!("{what} {direction} {place}"))
        .collect()
}

/// Protocol and ports.
fn traffic(rule: &IpPermission) -> String {
    let protocol = rule.ip_protocol().unwrap_or("-1");
    let range = (rule.from_port().unwrap_or(-1), rule.to_port().unwrap_or(-1));
    match (protocol, range) {
        ("-1", _) => "all".to_owned(),
        ("icmp" | "icmpv6" | "1" | "58", (-1, _)) => protocol.to_owned(),
        ("icmp" | "icmpv6" | "1" | "58", (kind, -1)) => format!("{protocol} {kind}"),
        ("icmp" | "icmpv6" | "1" | "58", (kind, code)) => format!("{protocol} {kind}/{code}"),
        (_, (-1, _)) => protocol.to_owned(),
        (_, (from, to)) if from == to => format!("{protocol} {from}"),
        (_, (from, to)) => format!("{protocol} {from}-{to}"),
    }
}

fn group_text(pair: &UserIdGroupPair, owner: &str) -> Option<String> {
    let group = pair.group_id().or(pair.group_name())?;
    match pair.user_id() {
        Some(account) if account != owner => Some(format!("{group} of {account}")),
        _ => Some(group.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::{IpRange, Ipv6Range, PrefixListId};

    fn rule(protocol: &str, from: Option<i32>, to: Option<i32>) -> IpPermission {
        IpPermission::builder()
            .ip_protocol(protocol)
            .set_from_port(from)
            .set_to_port(to)
            .ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").build())
            .build()
    }

    #[test]
    fn rules_read_the_same_as_long_as_they_are() {
        for (rule, expected) in [
            (rule("tcp", Some(22), Some(22)), "tcp 22 from 10.0.0.0/8"),
            (rule("udp", Some(1), Some(9)), "udp 1-9 from 10.0.0.0/8"),
            (rule("-1", None, None), "all from 10.0.0.0/8"),
            (rule("-1", Some(-1), Some(-1)), "all from 10.0.0.0/8"),
            (rule("icmp", Some(-1), Some(-1)), "icmp from 10.0.0.0/8"),
            (rule("icmp", Some(8), Some(-1)), "icmp 8 from 10.0.0.0/8"),
            (rule("icmp", Some(3), Some(4)), "icmp 3/4 from 10.0.0.0/8"),
            (rule("50", None, None), "50 from 10.0.0.0/8"),
        ] {
            assert_eq!(rule_texts(&rule, "from", "1"), [expected]);
        }
    }

    #[test]
    fn each_range_list_and_group_has_its_text() {
        let pair = |id: &str, account: &str| {
            UserIdGroupPair::builder().group_id(id).user_id(account).build()
        };
        let rule = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(443)
            .to_port(443)
            .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("::/0").build())
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-1").build())
            .user_id_group_pairs(pair("sg-1", "111"))
            .user_id_group_pairs(pair("sg-2", "222"))
            .build();
        assert_eq!(
            rule_texts(&rule, "to", "111"),
            [
                "tcp 443 to 0.0.0.0/0",
                "tcp 443 to ::/0",
                "tcp 443 to pl-1",
                "tcp 443 to sg-1",
                "tcp 443 to sg-2 of 222",
            ]
        );
    }
}
