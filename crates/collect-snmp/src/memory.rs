//! What one run leaves for the next: which known devices were silent how often, which credential worked with
//! whom, and when ranges were swept. It is the mark of a scope of its own, which holds no things and is there only if there is
//! something to be remembered.

use cadastre_collect::RunContext;
use cadastre_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

/// The scope whose mark it is.
pub(crate) const SCOPE: &str = "sweep";

/// So many runs must have found a device silent while others answered before its scope counts as read.
const RUNS: u32 = 3;

/// Of its network's known devices so many hundredths must answer, or the silence is the network's.
const SHARE: usize = 80;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// By address: the runs in which it was silent while its network answered, one after the other.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) silent: BTreeMap<String, u32>,
    /// By address: the place of the credential that worked, where it is not the first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) worked: BTreeMap<String, usize>,
    /// When ranges were swept last, in milliseconds since 1970, where that is not in every run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) swept_at: Option<i64>,
}

/// What becomes of a known device that is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It was not read, and why that says nothing yet.
    NotRead(String),
    /// Silent often enough while others answered: there is nothing at its address.
    Nothing,
}

impl Memory {
    /// What the run before left.
    pub(crate) fn of(run: &RunContext) -> Memory {
        let text = run.mark(SCOPE).unwrap_or_default();
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As a mark; none if there is nothing to be remembered.
    pub(crate) fn written(&self) -> Option<String> {
        if *self == Memory::default() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// Whether ranges are to be swept again, if that is to be so often.
    pub(crate) fn is_sweep_due(&self, now: Timestamp, every: Option<Duration>) -> bool {
        let (Some(every), Some(swept)) = (every, self.swept_at) else { return true };
        let passed = now.since(Timestamp(swept));
        // A clock that was set back is no reason not to sweep.
        u128::try_from(passed).map_or(true, |passed| passed >= every.as_millis())
    }

    /// Counts who was silent, of the known devices that were asked.
    pub(crate) fn judge(
        &mut self,
        known: &BTreeSet<String>,
        silent: &BTreeSet<String>,
    ) -> BTreeMap<String, Silence> {
        let mut networks: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for address in known {
            let (answered, of) = networks.entry(network(address)).or_default();
            *answered += usize::from(!silent.contains(address));
            *of += 1;
        }
        self.silent.retain(|address, _| silent.contains(address) && known.contains(address));
        let judged = silent.iter().filter(|address| known.contains(*address)).map(|address| {
            let network = network(address);
            let (answered, of) = networks.get(&network).copied().unwrap_or_default();
            (address.clone(), self.judge_one(address, &network, answered, of))
        });
        judged.collect()
    }

    fn judge_one(&mut self, address: &str, network: &str, answered: usize, of: usize) -> Silence {
        let said = format!("{answered} of {of} known devices of {network} answered");
        if answered * 100 < of * SHARE {
            return Silence::NotRead(format!("{said}, so that may be the network's trouble"));
        }
        let runs = self.silent.entry(address.to_owned()).or_default();
        *runs = runs.saturating_add(1);
        if *runs >= RUNS {
            return Silence::Nothing;
        }
        Silence::NotRead(format!(
            "{said}; silent in {RUNS} such runs, of which this is number {runs}, it is missed"
        ))
    }
}

/// The network that an address is taken to lie in: 256 addresses of IPv4, a /64 of IPv6; a name is one of
/// its own.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V4(address)) => {
            let [one, two, three, _] = address.octets();
            format!("{one}.{two}.{three}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [one, two, three, four, ..] = address.segments();
            format!("{one:x}:{two:x}:{three:x}:{four:x}::/64")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn addresses(last: impl Iterator<Item = u8>) -> BTreeSet<String> {
        last.map(|last| format!("192.0.2.{last}")).collect()
    }

    fn one(judged: &BTreeMap<String, Silence>) -> &Silence {
        assert_eq!(judged.len(), 1, "{judged:?}");
        judged.values().next().unwrap()
    }

    #[test]
    fn three_silences_in_a_row_while_others_answer_are_an_absence() {
        let known = addresses(1..=5);
        let silent = addresses(5..=5);
        let mut memory = Memory::default();
        for run in 1..=2 {
            let Silence::NotRead(why) = one(&memory.judge(&known, &silent)).clone() else {
                panic!("too early")
            };
            assert!(why.contains("4 of 5") && why.contains(&format!("number {run}")), "{why}");
            memory = serde_json::from_str(&memory.written().unwrap()).unwrap();
        }
        assert_eq!(one(&memory.judge(&known, &silent)), &Silence::Nothing);
        // Who answers once begins anew.
        assert!(memory.judge(&known, &BTreeSet::new()).is_empty());
        assert_eq!(memory.written(), None);
        assert!(matches!(one(&memory.judge(&known, &silent)), Silence::NotRead(_)));
    }

    #[test]
    fn where_fewer_answer_nobody_is_counted() {
        let known = addresses(1..=5);
        let silent = addresses(4..=5);
        let mut memory = Memory::default();
        for _ in 0..9 {
            let judged = memory.judge(&known, &silent);
            assert!(judged.values().all(|it| matches!(it, Silence::NotRead(_))), "{judged:?}");
        }
        assert_eq!(memory, Memory::default());
        // Other networks are no help.
        let elsewhere: BTreeSet<String> =
            (1..=50).map(|last| format!("198.51.100.{last}")).collect();
        let known = known.union(&elsewhere).cloned().collect();
        let judged = memory.judge(&known, &silent);
        assert!(judged.values().all(|it| matches!(it, Silence::NotRead(_))), "{judged:?}");
    }

    #[test]
    fn a_trouble_of_the_network_in_between_does_not_begin_anew() {
        let known = addresses(1..=5);
        let mut memory = Memory::default();
        memory.judge(&known, &addresses(5..=5));
        memory.judge(&known, &addresses(1..=5));
        memory.judge(&known, &addresses(5..=5));
        assert_eq!(one(&memory.judge(&known, &addresses(5..=5))), &Silence::Nothing);
    }

    #[test]
    fn a_sweep_is_due_after_its_time_and_where_it_has_none() {
        let hour = Some(Duration::from_secs(3_600));
        let swept = Memory { swept_at: Some(10), ..Memory::default() };
        let due = |memory: &Memory, now, every| memory.is_sweep_due(Timestamp(now), every);
        assert!(due(&Memory::default(), 0, hour) && due(&swept, 11, None));
        assert!(!due(&swept, 10, hour) && !due(&swept, 3_600_009, hour));
        assert!(due(&swept, 3_600_010, hour) && due(&swept, 9, hour), "set back: {swept:?}");
    }

    #[test]
    fn who_is_known_no_more_is_forgotten() {
        let mut memory = Memory::default();
        memory.judge(&addresses(1..=5), &addresses(5..=5));
        assert!(memory.judge(&addresses(1..=4), &addresses(5..=5)).is_empty());
        assert_eq!(memory, Memory::default());
    }

    #[test]
    fn what_is_no_memory_is_none() {
        let text: Result<Memory, _> = serde_json::from_str("{\"silent\": 7}");
        assert!(text.is_err());
        assert_eq!(network("2001:db8:0:1::5"), "2001:db8:0:1::/64");
        assert_eq!(network("core.example"), "core.example");
    }
}
