//! Walking a span of a table: what a device has there, to the end and no further.
//!
//! Agents loop, go backwards, leave the table, answer late or too little, and drop questions that want much
//! at once. A walk holds against all of it: it goes on only while names increase and lie in the span, asks
//! for fewer rows and at last for one after the other when an answer fails (`width`), and is bounded in rows,
//! octets and time.

use crate::fault::Fault;
use crate::oid::Oid;
use crate::session::{Answered, Session};
use crate::tables::Span;
use crate::value::Value;

/// Variables one span may have. A forwarding table of 100,000 addresses has 200,000.
pub(crate) const ROWS_MAX: usize = 500_000;

/// Octets the values of one span may have.
pub(crate) const BYTES_MAX: usize = 32 << 20;

/// What a walk brought, and why it did not come to its end, if it did not.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// In the order of their names.
    pub varbinds: Vec<(Oid, Value)>,
    /// What ended it early.
    pub fault: Option<Fault>,
}

/// How far one answer brought a walk.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// There may be more.
    On,
    /// The span is at its end.
    End,
}

/// Walks one span.
pub(crate) async fn walk(session: &mut Session, span: Span) -> Walked {
    let mut walking = Walking::new(span);
    loop {
        let asked = match session.width.rows() {
            1 => session.next(&walking.last).await,
            many => session.bulk(std::slice::from_ref(&walking.last), many).await,
        };
        let step = match asked {
            Ok(answered) => {
                session.width.was_answered();
                walking.take(answered)
            }
            Err(fault) if session.width.rows() > 1 && may_be_too_much(&fault) => {
                session.width.was_missed();
                continue;
            }
            // An agent of SNMPv1 behind a proxy says the end this way.
            Err(Fault::AgentError(word)) if word == "noSuchName" => Ok(Step::End),
            Err(fault) => Err(fault),
        };
        match step {
            Ok(Step::On) => {}
            Ok(Step::End) => return walking.walked(None),
            Err(fault) => return walking.walked(Some(fault)),
        }
    }
}

/// Whether a question for fewer rows may fare better.
fn may_be_too_much(fault: &Fault) -> bool {
    matches!(fault, Fault::Silent | Fault::AgentError(_) | Fault::BadAnswer(_))
}

/// One walk under way.
struct Walking {
    span: Span,
    last: Oid,
    found: Vec<(Oid, Value)>,
    bytes: usize,
}

impl Walking {
    fn new(span: Span) -> Walking {
        let last = Oid::new(span.root).child(&[span.first]);
        Walking { span, last, found: Vec::new(), bytes: 0 }
    }

    fn walked(self, fault: Option<Fault>) -> Walked {
        Walked { varbinds: self.found, fault }
    }

    fn is_inside(&self, oid: &Oid) -> bool {
        let column = oid.after(self.span.root).and_then(|index| index.first());
        column.is_some_and(|column| (self.span.first..=self.span.last).contains(column))
    }

    /// Takes one answer.
    fn take(&mut self, answered: Vec<Answered>) -> Result<Step, Fault> {
        for (oid, value) in answered {
            let Some(value) = value else { return Ok(Step::End) };
            if oid <= self.last {
                let what = format!("it goes in circles: after {} it names {oid}", self.last);
                return Err(Fault::BadAnswer(what));
            }
            if !self.is_inside(&oid) {
                return Ok(Step::End);
            }
            self.bytes += value.size() + oid.arcs().len() * 4;
            if self.found.len() >= ROWS_MAX || self.bytes > BYTES_MAX {
                let what = format!("a table has more than {ROWS_MAX} values or {BYTES_MAX} octets");
                return Err(Fault::BadAnswer(what));
            }
            self.last = oid.clone();
            self.found.push((oid, value));
        }
        Ok(Step::On)
    }
}

/// Which of the spans have anything in them: one question for all instead of one for each.
///
/// A device that cannot answer that is walked span by span.
pub(crate) async fn scout(session: &mut Session, spans: &[Span]) -> Vec<Span> {
    let starts: Vec<Oid> =
        spans.iter().map(|span| Oid::new(span.root).child(&[span.first])).collect();
    if starts.len() < 2 || session.width.rows() == 1 {
        return spans.to_vec();
    }
    let Ok(answered) = session.bulk(&starts, 1).await else { return spans.to_vec() };
    if answered.len() != spans.len() {
        return spans.to_vec();
    }
    let is_there = |span: &Span, (oid, value): &Answered| {
        value.is_some() && Walking::new(*span).is_inside(oid)
    };
    spans
        .iter()
        .zip(&answered)
        .filter(|(span, first)| is_there(span, first))
        .map(|(span, _)| *span)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SPAN: Span = Span::of(&[1, 3, 6], 2, 3);

    fn row(oid: &str) -> Answered {
        (oid.parse().unwrap(), Some(Value::Int(1)))
    }

    #[test]
    fn ends_where_the_span_ends() {
        let mut walking = Walking::new(SPAN);
        assert_eq!(walking.take(vec![row("1.3.6.2.1"), row("1.3.6.3.9")]), Ok(Step::On));
        assert_eq!(walking.take(vec![row("1.3.6.3.10"), row("1.3.6.4.1")]), Ok(Step::End));
        assert_eq!(walking.found.len(), 3);
        let mut walking = Walking::new(SPAN);
        assert_eq!(walking.take(vec![("1.3.6.2".parse().unwrap(), None)]), Ok(Step::End));
    }

    #[test]
    fn circles_are_found_and_what_was_read_stands() {
        for wrong in ["1.3.6.2.1", "1.3.6.2.2", "1.3.5"] {
            let mut walking = Walking::new(SPAN);
            walking.take(vec![row("1.3.6.2.1"), row("1.3.6.2.2")]).unwrap();
            let error = walking.take(vec![row(wrong)]).unwrap_err();
            assert!(error.to_string().contains("in circles"), "{error}");
            assert_eq!(walking.walked(Some(error)).varbinds.len(), 2);
        }
    }

    #[test]
    fn what_has_no_end_is_cut() {
        let mut walking = Walking::new(SPAN);
        let big = |n: u32| (Oid::new(&[1, 3, 6, 2, n]), Some(Value::Bytes(vec![0; 1 << 20])));
        let mut taken = Ok(Step::On);
        for number in 0..100 {
            taken = walking.take(vec![big(number)]);
            if taken.is_err() {
                break;
            }
        }
        assert!(taken.unwrap_err().to_string().contains("octets"));
        assert!(walking.found.len() < 40);
    }
}
