//! Slowing down who tries passwords: after a few failures each further try must wait, twice as long
//! each time. Counted by account name and by address, so that neither many names from one place nor
//! many places for one name get far.

use crate::source_file::name_is_valid;
use cadastre_model::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Failures that cost nothing.
const FREE: u32 = 5;
/// What the first failure beyond costs, and the most one can cost, in ms.
const FIRST_WAIT: i64 = 1_000;
const LONGEST_WAIT: i64 = 15 * 60_000;
/// Failures are forgotten after so long without one, in ms.
const FORGOTTEN_AFTER: i64 = 30 * 60_000;
/// What is kept at most; of more, the oldest is let go.
const MOST: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Name(String),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Failures {
    fn is_forgotten(self, now: Timestamp) -> bool {
        now.0 - self.last.0 >= FORGOTTEN_AFTER
    }

    /// Until when the next try must wait.
    fn until(self) -> Timestamp {
        let beyond = self.count.saturating_sub(FREE);
        if beyond == 0 {
            return self.last;
        }
        let doubled = FIRST_WAIT.saturating_mul(1_i64.checked_shl(beyond - 1).unwrap_or(i64::MAX));
        self.last.plus_ms(doubled.clamp(FIRST_WAIT, LONGEST_WAIT))
    }
}

/// Failed logins, as far as they are remembered.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: BTreeMap<Whose, Failures>,
}

impl Throttle {
    /// How long this try must wait, in ms; 0: it may go ahead.
    pub fn wait(&self, name: &str, from: Option<IpAddr>, now: Timestamp) -> i64 {
        let known = whose(name, from).into_iter().filter_map(|whose| self.failures.get(&whose));
        let until = known.map(|failures| failures.until()).max();
        until.map_or(0, |until| (until.0 - now.0).max(0))
    }

    /// Notes a try, before it is known how it ends: those that come at once must not all be free.
    pub fn tried(&mut self, name: &str, from: Option<IpAddr>, now: Timestamp) {
        for whose in whose(name, from) {
            let failures = self.failures.entry(whose).or_insert(Failures { count: 0, last: now });
            let before = if failures.is_forgotten(now) { 0 } else { failures.count };
            *failures = Failures { count: before.saturating_add(1), last: now };
        }
        if self.failures.len() > MOST {
            self.failures.retain(|_, failures| !failures.is_forgotten(now));
        }
        while self.failures.len() > MOST {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last);
            let Some(oldest) = oldest.map(|(whose, _)| whose.clone()) else { return };
            self.failures.remove(&oldest);
        }
    }

    /// Forgets the failures of an account that has logged in. Of the address only this try is taken
    /// back, or one good account would buy tries at others.
    pub fn succeeded(&mut self, name: &str, from: Option<IpAddr>) {
        self.failures.remove(&of_name(name));
        let address = from.map(|from| Whose::Address(network_of(from)));
        if let Some(failures) = address.and_then(|address| self.failures.get_mut(&address)) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

fn whose(name: &str, from: Option<IpAddr>) -> Vec<Whose> {
    let address = from.map(|from| Whose::Address(network_of(from)));
    address.into_iter().chain([of_name(name)]).collect()
}

/// Names that no account can have count as one: however long they are, little is kept of them.
fn of_name(name: &str) -> Whose {
    Whose::Name(if name_is_valid(name) { name.to_owned() } else { String::new() })
}

/// One place hands itself a whole /64 of IPv6 addresses.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn at(ms: i64) -> Timestamp {
        Timestamp(ms)
    }

    #[test]
    fn a_few_failures_are_free_and_then_the_wait_doubles() {
        let mut throttle = Throttle::default();
        let mut waits = Vec::new();
        for _ in 0..20 {
            throttle.tried("alice", None, at(0));
            waits.push(throttle.wait("alice", None, at(0)));
        }
        assert_eq!(&waits[..9], &[0, 0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
        assert_eq!(waits.last(), Some(&LONGEST_WAIT));
        assert_eq!(throttle.wait("alice", None, at(LONGEST_WAIT)), 0, "a wait ends");
        assert_eq!(throttle.wait("bob", None, at(0)), 0, "another waits for nobody");
    }

    #[test]
    fn one_address_with_many_names_waits_and_a_success_buys_it_nothing() {
        let mut throttle = Throttle::default();
        for number in 0..8 {
            throttle.tried(&format!("user{number}"), Some(HOME), at(0));
        }
        assert_eq!(throttle.wait("alice", Some(HOME), at(0)), 4_000);
        throttle.tried("alice", Some(HOME), at(0));
        throttle.succeeded("alice", Some(HOME));
        assert_eq!(throttle.wait("bob", Some(HOME), at(0)), 4_000);
        let six = |text: &str| Some(text.parse().unwrap());
        for _ in 0..8 {
            throttle.tried("x", six("2001:db8::1"), at(0));
        }
        assert_eq!(throttle.wait("y", six("2001:db8::2"), at(0)), 4_000, "the same /64");
        assert_eq!(throttle.wait("y", six("2001:db8:0:1::2"), at(0)), 0);
    }

    #[test]
    fn failures_are_forgotten_and_never_too_many() {
        let mut throttle = Throttle::default();
        for _ in 0..8 {
            throttle.tried("alice", None, at(0));
        }
        throttle.tried("alice", None, at(FORGOTTEN_AFTER));
        assert_eq!(throttle.wait("alice", None, at(FORGOTTEN_AFTER)), 0, "the first again");
        for number in 0..i64::try_from(MOST).unwrap() + 5 {
            throttle.tried(&format!("user{number}"), None, at(FORGOTTEN_AFTER + number));
        }
        assert_eq!(throttle.failures.len(), MOST);
    }

    #[test]
    fn names_that_cannot_be_are_not_kept() {
        let mut throttle = Throttle::default();
        for number in 0..8 {
            throttle.tried(&format!("{} {number}", "x".repeat(1000)), None, at(0));
        }
        assert_eq!(throttle.failures.len(), 1);
        assert_eq!(throttle.wait("another that cannot be", None, at(0)), 4_000);
        assert_eq!(throttle.wait("alice", None, at(0)), 0);
    }
}
