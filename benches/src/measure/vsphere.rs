//! Ten thousand machines of a simulated vCenter into memory as observations, beside a bare fetch of the same
//! properties over the same wire, by turns in one run.

use super::collected::{Collected, collected, middle};
use crate::Outcome;
use crate::memory;
use crate::table::{Budget, Table, Unit};
use cadastre_collect::{Memory, Trust};
use cadastre_collect_vsphere::VsphereFactory;
use cadastre_collect_vsphere::testing::machine_paths;
use cadastre_tests::vcsim::Vcsim;
use serde_json::json;
use std::time::Instant;

/// Ours over the bare fetch, at most.
const RATIO: f64 = 2.5;
/// Memory while it goes on, at most.
const MEMORY: f64 = 300e6;
const ROUNDS: usize = 3;
/// Objects that are asked for at a time.
const PAGE: usize = 500;

/// Prints the table of it.
pub fn measure(is_quick: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let machines = if is_quick { 1_000 } else { 10_000 };
    // Two datacenters of five clusters each.
    let in_each = (machines / 10).to_string();
    let flags = ["-datacenters", "2", "-clusters", "5", "-hosts", "10", "-machines", &in_each];
    let Some(vcsim) = Vcsim::start(&flags) else { return Ok(()) };
    runtime.block_on(by_turns(&vcsim, machines))
}

async fn by_turns(vcsim: &Vcsim, machines: usize) -> Outcome<()> {
    let bare = Bare::log_in(vcsim).await?;
    let ids = bare.machines().await?;
    let (mut theirs, mut ours, mut seen) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        bare.fetch(&ids).await?;
        theirs.push(began.elapsed());
        memory::forget_peak();
        let began = Instant::now();
        seen = collect(vcsim).await?.seen;
        ours.push(began.elapsed());
    }
    let peak = memory::peak().unwrap_or_default();
    let (theirs, ours) = (middle(theirs), middle(ours));
    let mut table = Table::default();
    table.figure("bare fetch of machines", theirs, Unit::Milliseconds, Budget::None);
    table.figure("all of it as observations", ours, Unit::Milliseconds, Budget::None);
    table.figure("ours over bare", ours / theirs, Unit::Times, Budget::AtMost(RATIO));
    table.figure("memory at most", peak as f64, Unit::Bytes, Budget::AtMost(MEMORY));
    table.print(&format!("vSphere, {machines} machines, {seen} observations"));
    Ok(())
}

/// A run of the collector.
async fn collect(vcsim: &Vcsim) -> Outcome<Collected> {
    let settings = json!({
        "url": format!("https://{}", vcsim.address), "username": Vcsim::USER, "insecure_tls": true,
    });
    collected(&VsphereFactory, &settings, &[("password", Vcsim::PASSWORD)], Memory::default()).await
}

/// SOAP by hand, its answers not even parsed: as little as can be done.
struct Bare {
    http: reqwest::Client,
    address: String,
    cookie: String,
}

impl Bare {
    async fn log_in(vcsim: &Vcsim) -> Outcome<Bare> {
        let tls = Trust::Anything.client_config()?;
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).build()?;
        let mut bare = Bare { http, address: vcsim.address.clone(), cookie: String::new() };
        let (user, password) = (Vcsim::USER, Vcsim::PASSWORD);
        let params = format!("<userName>{user}</userName><password>{password}</password>");
        let answer = bare.post("Login", "SessionManager", "SessionManager", &params).await?;
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|text| text.split(';').next()).ok_or("no session")?.to_owned();
        bare.cookie = cookie;
        Ok(bare)
    }

    async fn post(
        &self,
        method: &str,
        kind: &str,
        id: &str,
        params: &str,
    ) -> Outcome<reqwest::Response> {
        let body = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>\
             <{method} xmlns=\"urn:vim25\"><_this type=\"{kind}\">{id}</_this>{params}</{method}>\
             </e:Body></e:Envelope>"
        );
        let asked = self.http.post(format!("https://{}/sdk", self.address));
        let asked = asked.header("cookie", &self.cookie).header("soapaction", "urn:vim25/6.5");
        Ok(asked.body(body).send().await?.error_for_status()?)
    }

    /// The ids of all machines.
    async fn machines(&self) -> Outcome<Vec<String>> {
        let params = "<container type=\"Folder\">group-d1</container>\
                      <type>VirtualMachine</type><recursive>true</recursive>";
        let view = self.post("CreateContainerView", "ViewManager", "ViewManager", params).await?;
        let view = view.text().await?;
        let view =
            between(&view, "<returnval type=\"ContainerView\">", "<").next().ok_or("no view")?;
        let params = format!(
            "<specSet><propSet><type>ContainerView</type><pathSet>view</pathSet></propSet>\
             <objectSet><obj type=\"ContainerView\">{view}</obj></objectSet></specSet><options/>"
        );
        let answer = self.properties(&params).await?;
        let ids = between(&answer, "type=\"VirtualMachine\">", "<").map(str::to_owned);
        Ok(ids.collect())
    }

    async fn properties(&self, params: &str) -> Outcome<String> {
        let (kind, id) = ("PropertyCollector", "propertyCollector");
        Ok(self.post("RetrievePropertiesEx", kind, id, params).await?.text().await?)
    }

    /// What the collector asks for of these machines.
    async fn fetch(&self, ids: &[String]) -> Outcome<()> {
        let paths: String =
            machine_paths().iter().map(|path| format!("<pathSet>{path}</pathSet>")).collect();
        for page in ids.chunks(PAGE) {
            let object = |id: &String| {
                format!("<objectSet><obj type=\"VirtualMachine\">{id}</obj></objectSet>")
            };
            let objects: String = page.iter().map(object).collect();
            let answer = self
                .properties(&format!(
                    "<specSet><propSet><type>VirtualMachine</type>{paths}</propSet>{objects}\
                     </specSet><options/>"
                ))
                .await?;
            if answer.matches("<obj type=\"VirtualMachine\">").count() < page.len() {
                return Err("the bare fetch was not given all machines".into());
            }
        }
        Ok(())
    }
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split(close).next())
}
