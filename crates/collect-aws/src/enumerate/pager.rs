//! Turning pages, with an eye on lists that go in circles.

use crate::errors::Fault;
use std::collections::BTreeSet;

/// The pages of one list.
#[derive(Debug)]
pub(crate) struct Pager {
    action: &'static str,
    seen: BTreeSet<String>,
    next: Option<String>,
    done: bool,
}

impl Pager {
    /// At the start of the list that `action` (`ec2:DescribeVolumes`) answers.
    pub(crate) fn new(action: &'static str) -> Pager {
        Pager { action, seen: BTreeSet::new(), next: None, done: false }
    }

    /// The action, for errors.
    pub(crate) fn action(&self) -> &'static str {
        self.action
    }

    /// Whether there is a page to ask for.
    pub(crate) fn has_more(&self) -> bool {
        !self.done
    }

    /// The token of the page to ask for; none for the first.
    pub(crate) fn token(&self) -> Option<String> {
        self.next.clone()
    }

    /// A page was read, and names the next.
    ///
    /// # Errors
    /// It names one that was read before.
    pub(crate) fn turn(&mut self, next: Option<&str>) -> Result<(), Box<Fault>> {
        let Some(next) = next.filter(|token| !token.is_empty()) else {
            self.done = true;
            return Ok(());
        };
        if !self.seen.insert(next.to_owned()) {
            let name = self.action.rsplit(':').next().unwrap_or(self.action);
            return Err(Box::new(Fault::repeated_page(name)));
        }
        self.next = Some(next.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn turns_until_there_is_no_next() {
        let mut pager = Pager::new("ec2:DescribeVolumes");
        assert_eq!(pager.token(), None);
        pager.turn(Some("a")).unwrap();
        assert_eq!(pager.token().as_deref(), Some("a"));
        pager.turn(Some("b")).unwrap();
        pager.turn(Some("")).unwrap();
        assert!(!pager.has_more());
    }

    #[test]
    fn notices_a_circle_of_any_length() {
        let mut pager = Pager::new("ec2:DescribeVolumes");
        pager.turn(Some("a")).unwrap();
        pager.turn(Some("b")).unwrap();
        assert!(pager.turn(Some("a")).is_err());
    }
}
