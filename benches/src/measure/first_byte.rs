//! Pages over the wire: the built binary serves this register, eight people who have logged in ask for
//! lists and assets, and the time until the first byte of the answer is taken.

use super::Bench;
use super::shapes::SHAPES;
use super::wire::{Connection, NAME, PASSWORD, Server, encoded};
use crate::Outcome;
use crate::dice::Dice;
use crate::estate::Estate;
use crate::samples::Samples;
use crate::table::Unit;
use cadastre_model::Role;
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// People side by side.
const PEOPLE: u64 = 8;
/// Between two pages of somebody who reads while a run goes on.
const PAUSE: Duration = Duration::from_millis(20);

/// Lists and assets. The server goes on serving.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    let (service, actor) = (&bench.register.service, &bench.register.actor);
    if service.account_list(actor).await?.is_empty() {
        service.account_add(actor, NAME, Role::Reader, SecretString::from(PASSWORD)).await?;
    }
    let server = Server::start(bench.register.url())?;
    // It reads the register into memory meanwhile; until then the database answers, more slowly.
    std::thread::sleep(Duration::from_secs_f64(2.0 + 2.0 * bench.hold_seconds));
    let site = Site {
        address: server.address.clone(),
        cookie: server.log_in()?,
        estate: bench.estate.clone(),
    };
    let (mut lists, mut assets) = (Samples::default(), Samples::default());
    let people: Vec<_> = (1..=PEOPLE)
        .map(|number| {
            let (site, rounds) = (site.clone(), bench.rounds.div_ceil(4));
            std::thread::spawn(move || {
                let mut person = Person::new(&site, number)?;
                for _ in 0..rounds {
                    person.look_at_each(None)?;
                }
                Outcome::Ok(person)
            })
        })
        .collect();
    for person in people {
        let person = person.join().map_err(|_| "a client broke off")??;
        lists.extend(&person.lists);
        assets.extend(&person.assets);
    }
    for (what, times) in [("list", &lists), ("asset", &assets)] {
        let what =
            format!("first byte of a page: {what}, {PEOPLE} clients, p95 of {}", times.len());
        bench.table.figure(what, times.p95(), Unit::Milliseconds, bench.page_budget());
    }
    bench.served = Some((server, site));
    Ok(())
}

/// Somebody who reads pages, one after the other, until told to stop.
pub struct Meanwhile {
    done: Arc<AtomicBool>,
    reading: JoinHandle<Outcome<Person>>,
}

impl Meanwhile {
    /// Begins to read.
    pub fn start(site: &Site) -> Meanwhile {
        let done = Arc::new(AtomicBool::new(false));
        let (site, stop) = (site.clone(), Arc::clone(&done));
        let reading = std::thread::spawn(move || {
            let mut person = Person::new(&site, 90)?;
            while !stop.load(Ordering::Relaxed) {
                person.look_at_each(Some(&stop))?;
            }
            Ok(person)
        });
        Meanwhile { done, reading }
    }

    /// Ends it; what lists and assets took.
    pub fn stop(self) -> Outcome<Samples> {
        self.done.store(true, Ordering::Relaxed);
        let person = self.reading.join().map_err(|_| "a client broke off")??;
        let mut all = person.lists;
        all.extend(&person.assets);
        Ok(all)
    }
}

/// Where pages are, for somebody who has logged in.
#[derive(Clone)]
pub struct Site {
    address: String,
    cookie: String,
    estate: Estate,
}

/// Somebody with a connection.
struct Person {
    site: Site,
    connection: Connection,
    dice: Dice,
    lists: Samples,
    assets: Samples,
}

impl Person {
    fn new(site: &Site, number: u64) -> Outcome<Person> {
        Ok(Person {
            site: site.clone(),
            connection: Connection::open(&site.address)?,
            dice: Dice::of(400, number),
            lists: Samples::default(),
            assets: Samples::default(),
        })
    }

    /// Each shape of query as a list, and an asset at random after it. With a stop to heed, people
    /// take their time.
    fn look_at_each(&mut self, stop: Option<&AtomicBool>) -> Outcome<()> {
        for shape in &SHAPES {
            if let Some(stop) = stop {
                std::thread::sleep(PAUSE);
                if stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
            }
            let Site { cookie, estate, .. } = &self.site;
            let query = encoded(&(shape.text)(estate, &mut self.dice));
            let list = self.connection.get(&format!("/assets?q={query}"), cookie)?;
            self.lists.push(list.first_byte);
            let id = 1 + self.dice.below(estate.assets());
            let asset = self.connection.get(&format!("/assets/{id}"), cookie)?;
            self.assets.push(asset.first_byte);
        }
        Ok(())
    }
}
