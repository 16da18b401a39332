//! Questions: what is left to a person, one suggestion a record however many hints there are.

use super::weak::Candidate;
use crate::draft::Draft;
use crate::words;
use cadastre_model::{AssetId, ConflictKind, ConflictWrite, Identifier, RecordKey};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Suggestion {
    candidates: BTreeSet<AssetId>,
    evidence: BTreeSet<Identifier>,
    hints: Vec<String>,
}

/// Everything to be asked about the records of a batch.
#[derive(Default)]
pub(crate) struct Questions {
    identity: BTreeMap<RecordKey, ConflictWrite>,
    suggestions: BTreeMap<RecordKey, Suggestion>,
}

impl Questions {
    /// A record that fits several assets, or one that contradicts it.
    pub fn ambiguous(
        &mut self,
        record: RecordKey,
        provisional: AssetId,
        candidates: Vec<AssetId>,
        evidence: Vec<Identifier>,
        reason: String,
    ) {
        let kind = ConflictKind::Identity { record, provisional, candidates, evidence };
        self.identity.insert(record, ConflictWrite { kind, reason });
    }

    /// An asset a record may belong to.
    pub fn suggest(&mut self, draft: &Draft<'_>, record: RecordKey, candidate: Candidate) {
        let Candidate { asset, evidence, objection } = candidate;
        let mut hint =
            format!("{} has its {}", words::asset(draft, asset), words::identifiers(&evidence));
        if let Some(objection) = objection {
            hint = format!("{hint}, but {objection}");
        }
        let suggestion = self.suggestions.entry(record).or_default();
        if suggestion.candidates.insert(asset) {
            suggestion.hints.push(hint);
        }
        suggestion.evidence.extend(evidence);
    }

    /// Puts everything that is to be asked into the plan, by record.
    pub fn ask(self, draft: &mut Draft<'_>) {
        let mut all: Vec<(RecordKey, ConflictWrite)> = self.identity.into_iter().collect();
        for (record, suggestion) in self.suggestions {
            let thing = draft.record(record).map(words::record).unwrap_or_default();
            let reason = format!("{thing} may be the same: {}", suggestion.hints.join("; "));
            let kind = ConflictKind::Suggestion {
                record,
                candidates: suggestion.candidates.into_iter().collect(),
                evidence: suggestion.evidence.into_iter().collect(),
            };
            all.push((record, ConflictWrite { kind, reason }));
        }
        all.sort_by_key(|(record, _)| *record);
        for (_, conflict) in all {
            draft.ask(conflict);
        }
    }
}
