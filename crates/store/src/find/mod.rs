//! Finding: queries turned into SQL, lists page by page, counts and facets.

mod condition;
mod docs;
mod driver;
mod facets;
mod fetch;
mod held_ports;
mod list;
mod lookup;
mod neighbours;
mod newest;
mod order;
mod ports;
mod relation;
mod why;

pub(crate) use condition::{JOIN, Translator};
pub(crate) use docs::{held_id, ids_apart, ids_together};
pub use facets::{Facet, FacetValue};
pub use fetch::{AssetPage, ChangeLine, MoreRelations, RecordPage, RelationLine};
pub use list::{Count, ListRequest, ListRow, Page};
pub(crate) use lookup::ADDRESS;
pub use neighbours::{Known as KnownNeighbour, Neighbour, Wired};
pub(crate) use neighbours::{Wires, port_name};
pub use newest::EstateChange;
pub use order::{Sort, SortKey};
pub use ports::{FarEnd, PortSighting};
