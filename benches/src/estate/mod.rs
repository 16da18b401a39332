//! The estate that is measured: cloud instances as a collector of EC2 sees them, and the networks,
//! groups, images and volumes they refer to. Made on the fly, thing by thing, always the same.

mod ground;
mod instance;
mod place;
mod words;

pub use ground::subnet_name;
pub use instance::Machine;
pub use place::PLACES;

use cadastre_model::Observation;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many instances share a volume to look at: one in so many.
const INSTANCES_A_VOLUME: u64 = 50;

/// The state an estate is seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// As it was first seen.
    First = 0,
    /// One instance in ten has changed.
    Tenth = 1,
    /// Then every instance has.
    All = 2,
}

/// The estate. Clones share the wave.
#[derive(Clone, Debug)]
pub struct Estate {
    assets: u64,
    wave: Arc<AtomicU64>,
}

impl Estate {
    /// An estate of so many assets, as first seen.
    pub fn new(assets: u64) -> Estate {
        Estate { assets, wave: Arc::default() }
    }

    /// All its assets.
    pub fn assets(&self) -> u64 {
        self.assets
    }

    /// From now on it is seen in this state.
    pub fn turn(&self, wave: Wave) {
        self.wave.store(wave as u64, Ordering::SeqCst);
    }

    /// Its instances: everything but ground and volumes.
    pub fn instances(&self) -> u64 {
        let ground: u64 = PLACES.iter().map(|place| ground::count(self, place)).sum();
        self.assets - ground - self.volumes()
    }

    /// One of its instances.
    pub fn machine(&self, number: u64) -> Machine {
        Machine::of(self, number, self.version(number))
    }

    /// Everything there is, ground first, one after the other.
    pub fn observations(&self) -> impl Iterator<Item = Observation> + Send + '_ {
        let ground = PLACES.iter().flat_map(|place| ground::observations(self, place));
        let instances = (0..self.instances()).map(|number| self.machine(number).observation());
        let volumes = (0..self.volumes())
            .map(|number| ground::volume(&self.machine(number * INSTANCES_A_VOLUME)));
        ground.chain(instances).chain(volumes)
    }

    fn volumes(&self) -> u64 {
        self.assets / INSTANCES_A_VOLUME - 1
    }

    /// How often an instance has changed by now.
    fn version(&self, number: u64) -> u64 {
        let wave = self.wave.load(Ordering::SeqCst);
        let tenth = u64::from(wave >= Wave::Tenth as u64 && number % 10 == 3);
        tenth + u64::from(wave >= Wave::All as u64)
    }
}
