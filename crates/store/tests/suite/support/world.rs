//! Random worlds in two acts, laid out in a database and kept in memory beside it.
//!
//! Assets have several records of two sources, some stale or gone; records claim relations by native
//! id or by an identifier that several may share; scopes have heartbeats, complete or not. In the
//! second act assets change, records move from one asset to another, locks come and go.

use super::T0;
use cadastre_model::testing::{any_asset_doc, any_moment};
use cadastre_model::{AssetDoc, Enumeration, RecordState, RelationType, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

mod laid;

pub use laid::lay_out;

const SCOPES: usize = 3;
const SOURCES: usize = 2;
const HOUR: i64 = 3_600_000;

/// A world, before anything is made of it.
#[derive(Clone, Debug)]
pub struct World {
    assets: Vec<NewAsset>,
    claims: Vec<NewClaim>,
    beats: Vec<Beat>,
    edits: Vec<Edit>,
    late: Vec<NewAsset>,
    late_beats: Vec<Beat>,
}

#[derive(Clone, Debug)]
struct NewAsset {
    doc: AssetDoc,
    first_seen: Timestamp,
    locked: bool,
    records: Vec<NewRecord>,
}

#[derive(Clone, Debug)]
struct NewRecord {
    scope: usize,
    state: NewState,
    chassis: Option<u8>,
}

/// A state, and when it was last seen if it is not live.
#[derive(Clone, Copy, Debug)]
struct NewState(RecordState, Timestamp);

#[derive(Clone, Debug)]
struct NewClaim {
    from: Index,
    relation: RelationType,
    target: NewTarget,
}

#[derive(Clone, Debug)]
enum NewTarget {
    Record(Index),
    Chassis(u8),
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Beat {
    scope: usize,
    at: Timestamp,
    coverage: Enumeration,
}

#[derive(Clone, Debug)]
enum Edit {
    Doc(Index, Box<AssetDoc>),
    State(Index, NewState),
    Move(Index, Index),
    Lock(Index, bool),
    Claim(NewClaim),
    Unclaim(Index),
}

/// A world of a few assets.
pub fn any_world() -> impl Strategy<Value = World> {
    (
        vec(any_new_asset(), 1..8),
        vec(any_claim(), 0..8),
        vec(any_beat(any_moment().boxed()), 0..4),
        vec(any_edit(), 0..6),
        vec(any_new_asset(), 0..3),
        vec(any_beat((0..24_i64).prop_map(|hours| T0.plus_ms(hours * HOUR)).boxed()), 0..3),
    )
        .prop_map(|(assets, claims, beats, edits, late, late_beats)| World {
            assets,
            claims,
            beats,
            edits,
            late,
            late_beats,
        })
}

fn any_new_asset() -> impl Strategy<Value = NewAsset> {
    (any_asset_doc(), any_moment(), any::<bool>(), vec(any_new_record(), 1..4)).prop_map(
        |(doc, first_seen, locked, records)| NewAsset { doc, first_seen, locked, records },
    )
}

fn any_new_record() -> impl Strategy<Value = NewRecord> {
    (0..SCOPES, any_state(), proptest::option::weighted(0.3, 0..2_u8))
        .prop_map(|(scope, state, chassis)| NewRecord { scope, state, chassis })
}

fn any_state() -> impl Strategy<Value = NewState> {
    let states = vec![RecordState::Live, RecordState::Live, RecordState::Stale, RecordState::Gone];
    (select(states), any_moment()).prop_map(|(state, last_seen)| NewState(state, last_seen))
}

fn any_claim() -> impl Strategy<Value = NewClaim> {
    let target = prop_oneof![
        4 => any::<Index>().prop_map(NewTarget::Record),
        2 => (0..3_u8).prop_map(NewTarget::Chassis),
        1 => Just(NewTarget::Nothing),
    ];
    let relations = vec![RelationType::RunsOn, RelationType::MemberOf];
    (any::<Index>(), select(relations), target).prop_map(|(from, relation, target)| NewClaim {
        from,
        relation,
        target,
    })
}

fn any_beat(at: BoxedStrategy<Timestamp>) -> impl Strategy<Value = Beat> {
    let coverage = vec![Enumeration::Complete, Enumeration::Complete, Enumeration::Partial];
    (0..SCOPES, at, select(coverage)).prop_map(|(scope, at, coverage)| Beat { scope, at, coverage })
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    prop_oneof![
        3 => (index(), any_asset_doc()).prop_map(|(at, doc)| Edit::Doc(at, Box::new(doc))),
        2 => (index(), any_state()).prop_map(|(at, state)| Edit::State(at, state)),
        2 => (index(), index()).prop_map(|(from, to)| Edit::Move(from, to)),
        2 => (index(), any::<bool>()).prop_map(|(at, locked)| Edit::Lock(at, locked)),
        1 => any_claim().prop_map(Edit::Claim),
        1 => index().prop_map(Edit::Unclaim),
    ]
}
