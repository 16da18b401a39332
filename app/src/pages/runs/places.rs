//! Places for browsers that look on at runs: so many in all, and so many for one account, that nobody
//! takes those of the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Places of a process.
const MOST: usize = 100;

/// Places that one account may have of them.
const MOST_OF_ONE: usize = 10;

static TAKEN: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// A place, free again when it is dropped.
pub struct Place {
    account: String,
}

impl Place {
    /// A place for an account, if there is one.
    pub fn take(account: &str) -> Option<Place> {
        let mut taken = taken();
        let its = taken.get(account).copied().unwrap_or(0);
        if its >= MOST_OF_ONE || taken.values().sum::<usize>() >= MOST {
            return None;
        }
        taken.insert(account.to_owned(), its + 1);
        Some(Place { account: account.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = taken();
        match taken.get_mut(&self.account) {
            Some(its) if *its > 1 => *its -= 1,
            Some(_) | None => drop(taken.remove(&self.account)),
        }
    }
}

/// The numbers hold whoever panicked while holding them: each is changed in one step.
fn taken() -> MutexGuard<'static, BTreeMap<String, usize>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since the places are the process's.
    #[test]
    fn nobody_takes_the_places_of_the_others() {
        let mut hers: Vec<Place> = (0..MOST_OF_ONE).filter_map(|_| Place::take("ann")).collect();
        assert_eq!(hers.len(), MOST_OF_ONE);
        assert!(Place::take("ann").is_none());
        assert!(Place::take("bob").is_some(), "and free again at once");
        hers.pop();
        assert!(Place::take("ann").is_some());
        let others: Vec<Place> =
            (0..MOST).filter_map(|number| Place::take(&format!("one{number}"))).collect();
        assert_eq!(hers.len() + others.len(), MOST);
        drop((hers, others));
        assert!(taken().is_empty());
    }
}
