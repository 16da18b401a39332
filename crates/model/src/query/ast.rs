//! The tree a query is parsed into. `docs/QUERY.md` has the grammar.

use crate::asset::{Freshness, Lifecycle, Power};
use crate::identifier::Identifier;
use crate::registry::Kind;
use crate::relation::RelationType;
use crate::terms::TermKey;
use crate::time::Timestamp;
use ipnet::IpNet;

/// A query: what an asset must fulfil to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Everything (the empty query).
    All,
    /// All of these; at least two.
    And(Vec<Query>),
    /// One of these; at least two.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
    /// A bare word or phrase: its parts occur in the search text, in order.
    Text(Glob),
    /// Identifier-shaped input: looked up among normalised identifiers.
    Lookup(Lookup),
    /// A derived term of the asset fulfils the test. `Test::Any`: there is one at all.
    Term {
        /// What it is about; [`TermKey::Tag`] only with [`Test::Any`] (`tag:*`: any tag at all),
        /// [`TermKey::Kind`] never ([`Query::Kind`] says it).
        key: TermKey,
        /// The test.
        test: Test,
    },
    /// A tag of this key (folded; original or canonical) fulfils the test.
    Tag {
        /// Folded key.
        key: String,
        /// The test of its folded value.
        test: Test,
    },
    /// The asset's id.
    Id(i64),
    /// The asset's kind.
    Kind(Kind),
    /// Where it stands in its life.
    Lifecycle(Lifecycle),
    /// Whether it runs.
    Power(Power),
    /// Whether sources still see it.
    Freshness(Freshness),
    /// Waits for a person's decision.
    Conflicted,
    /// Hidden by hand.
    Hidden,
    /// A person's lock holds one of its attributes or tags.
    Locked,
    /// `is:any`: fulfilled by everything, and lifts the rule that leaves out what is gone, hidden
    /// or disposed.
    Any,
    /// When it was first or last seen.
    Seen {
        /// `true`: first seen (`first-seen`), `false`: last seen (`seen`).
        first: bool,
        /// The bounds of the moment.
        span: Span,
    },
    /// Stands in a relation to an asset that fulfils the inner query.
    Related {
        /// The type of the edge.
        relation: RelationType,
        /// `true`: from the other end (`~runs-on:` finds what something runs on).
        reverse: bool,
        /// What the other end must fulfil; `Query::All` for `runs-on:*`. What is gone, hidden or
        /// disposed counts here too: only the outermost query leaves it out.
        other: Box<Query>,
    },
}

/// A test of a term's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// There is a value.
    Any,
    /// The folded value is this.
    Is(String),
    /// The folded value matches, end to end.
    Like(Glob),
    /// The number lies within; of a moment, see [`Test::When`].
    Number(Bounds),
    /// The moment lies within.
    When(Span),
}

/// Inclusive bounds of a whole number; at least one is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub min: Option<i64>,
    /// At most.
    pub max: Option<i64>,
}

/// Inclusive bounds of a moment; at least one is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Not before.
    pub from: Option<Moment>,
    /// Not after.
    pub to: Option<Moment>,
}

/// A moment as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A point in time.
    At(Timestamp),
    /// So many milliseconds before now.
    Ago(i64),
}

impl Moment {
    /// The point in time, as seen from `now`.
    #[must_use]
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::Ago(ms) => now.plus_ms(-ms),
        }
    }
}

/// Folded text with `*` between its parts. `["web", "01"]` is `web*01`; a first or last part that
/// is empty leaves that end open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// The literal parts; at least one. One part: no star.
    pub parts: Vec<String>,
}

/// Identifier-shaped input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// A whole identifier in normal form: a MAC, a UUID (any scheme that has UUIDs), an ARN, an IP.
    Whole(Identifier),
    /// A UUID: of firmware, either byte order, or of a directory object.
    Uuid(String),
    /// Half a MAC: it begins or ends so. Lower case with colons.
    MacPart(String),
    /// An address within.
    Net(IpNet),
}
