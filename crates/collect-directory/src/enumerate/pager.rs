//! Turning the pages of an answer, and putting together what the directory gives in pieces.

use super::{Halt, Survey};
use crate::entry::Entry;
use crate::errors::Fault;
use crate::observe::id_of;
use crate::page::Page;
use crate::question::Question;
use cadastre_collect::ErrorClass;
use std::collections::BTreeSet;

/// Values in one piece of an attribute: as many as Active Directory gives (MaxValRange).
pub(super) const PIECE: u32 = 1_500;

/// Pieces of one attribute, at most: fifteen million values.
const PIECES_MAX: u32 = 10_000;

/// One search being read.
#[derive(Debug)]
pub(super) struct Pager {
    question: Question,
    number: u32,
    is_done: bool,
    /// What ended the search; it is told after what came before it.
    fault: Option<Fault>,
    /// The objects of this search so far, by their ids.
    met: BTreeSet<Vec<u8>>,
}

impl Pager {
    pub(super) fn new(question: Question) -> Pager {
        Pager { question, number: 0, is_done: false, fault: None, met: BTreeSet::new() }
    }

    /// The objects of the next page, each once; `None` at the end.
    ///
    /// # Errors
    /// The run is to stop, or the search ended before its end. What was read till then has been
    /// given.
    pub(super) async fn next(
        &mut self,
        survey: &mut Survey<'_>,
    ) -> Result<Option<Vec<Entry>>, Halt> {
        if let Some(fault) = self.fault.take() {
            self.is_done = true;
            return Err(fault.into());
        }
        if self.is_done {
            return Ok(None);
        }
        let page = survey.ask(&self.question, self.number).await?;
        self.number += 1;
        self.is_done = !page.more;
        let fault = page.end.fault(self.question.name);
        if let Some(fault) = fault {
            self.is_done = true;
            // An answer with nothing in it is none.
            if page.entries.is_empty() {
                return Err(fault.into());
            }
            self.fault = Some(fault);
        }
        let came = page.entries.len();
        let fresh = self.only_new(page.entries);
        if came > 0 && fresh.is_empty() && self.fault.is_none() {
            return Err(self.circle().into());
        }
        if came == 0 && page.more && self.number > PIECES_MAX {
            return Err(self.circle().into());
        }
        Ok(Some(fresh))
    }

    fn only_new(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        entries
            .into_iter()
            .filter(|entry| match entry.first("objectguid") {
                Some(id) => self.met.insert(id.to_vec()),
                None => true,
            })
            .collect()
    }

    fn circle(&self) -> Fault {
        Fault::new(
            ErrorClass::BadAnswer,
            format!("{}: the directory gives the same page again and again", self.question.name),
            "run it again; if it happens again, ask another domain controller",
        )
    }
}

impl Survey<'_> {
    /// Asks for one page; the run's end is heeded while waiting.
    pub(super) async fn ask(&mut self, question: &Question, number: u32) -> Result<Page, Halt> {
        let run = self.run;
        let page = tokio::select! {
            biased;
            () = run.cancelled() => return Err(Halt::Stopped),
            page = self.peer.page(question, number) => page,
        };
        self.referrals.extend(page.referrals.iter().cloned());
        Ok(page)
    }

    /// Reads one object. `None` if it is not there, or may not be seen.
    pub(super) async fn one(&mut self, question: &Question) -> Result<Option<Entry>, Halt> {
        const NO_SUCH_OBJECT: u16 = 32;
        let page = self.ask(question, 0).await?;
        if page.end.status() == NO_SUCH_OBJECT {
            return Ok(None);
        }
        match page.end.fault(question.name) {
            Some(fault) => Err(fault.into()),
            None => Ok(page.entries.into_iter().next()),
        }
    }

    /// All values of an attribute of which an entry holds the first piece, perhaps the only one.
    ///
    /// # Errors
    /// The run is to stop, or a piece could not be read.
    pub(super) async fn whole(
        &mut self,
        name: &'static str,
        entry: &mut Entry,
        key: &'static str,
    ) -> Result<Vec<Vec<u8>>, Halt> {
        let folded = key.to_ascii_lowercase();
        let (mut values, mut next) = entry.take_piece(&folded);
        let Some(id) = id_of(entry) else { return Ok(values) };
        for _ in 0..PIECES_MAX {
            let Some(from) = next else { return Ok(values) };
            let mut question = Question::of_one(name, format!("<GUID={id}>"), &[]);
            question.pieces = vec![format!("{key};range={from}-{}", from + PIECE - 1)];
            let mut piece = self.one(&question).await?.ok_or_else(|| super::nothing_there(name))?;
            let (more, after) = piece.take_piece(&folded);
            // At least one value a piece, or it would never end.
            next = after.filter(|after| *after > from && !more.is_empty());
            values.extend(more);
        }
        Err(Fault::new(
            ErrorClass::BadAnswer,
            format!("{name}: the values of {key} have no end"),
            "ask another domain controller",
        )
        .into())
    }

    /// Puts together the attributes of an entry that the directory gave in pieces by itself.
    pub(super) async fn complete(
        &mut self,
        name: &'static str,
        entry: &mut Entry,
        keys: &[&'static str],
    ) -> Result<(), Halt> {
        for key in keys {
            let folded = key.to_ascii_lowercase();
            let prefix = format!("{folded};range=");
            if entry.attributes.keys().any(|name| name.starts_with(&prefix)) {
                let values = self.whole(name, entry, key).await?;
                entry.attributes.insert(folded, values);
            }
        }
        Ok(())
    }
}
