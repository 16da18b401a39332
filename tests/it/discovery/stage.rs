//! The peer's side of a scenario: a seeded moto, and the fault proxy through which it is asked.

use cadastre_tests::fault_proxy::FaultProxy;
use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use cadastre_tests::moto::{Estate, Moto};
use serde_json::{Value, json};

/// The region that most scenarios look at.
pub const IRELAND: &str = "eu-west-1";
/// The other one.
pub const VIRGINIA: &str = "us-east-1";

/// What instances carry in their user data, and nobody may ever read.
pub const USER_DATA: &str = "hush-nobody-reads-user-data";

/// A moto with an estate, its signature and policy checks on, behind a proxy.
pub struct Stage {
    pub moto: Moto,
    pub proxy: FaultProxy,
    pub estate: Estate,
}

impl Stage {
    /// With so many instances in each region. `None`, noted as NOT RUN, without a moto.
    pub fn with(instances: &[(&str, usize)]) -> Option<Self> {
        let moto = Moto::start()?;
        let mut regions = serde_json::Map::new();
        for (region, number) in instances {
            let spec = json!({
                "instances": number, "idle_volumes": 2, "idle_interfaces": 1,
                "idle_addresses": 1, "user_data_secret": USER_DATA,
            });
            regions.insert((*region).to_owned(), spec);
        }
        let estate = moto.seed(&json!({ "regions": regions }));
        let proxy = FaultProxy::start(moto.address());
        Some(Self { moto, proxy, estate })
    }

    /// The id of an instance, by its number in the region. Number `n` is named `web-000n`.
    pub fn instance(&self, region: &str, number: usize) -> String {
        let id = &self.estate.regions[region]["instances"][number];
        id.as_str().unwrap_or_else(|| panic!("no instance {number} in {region}")).to_owned()
    }

    /// Scope of a region, as runs name it.
    pub fn scope(&self, region: &str) -> String {
        format!("{}/{region}", self.estate.account)
    }

    /// Changes the estate, with the rights to do so.
    pub fn change(&self, changes: &Value) {
        self.moto.change(&self.estate.operator, changes);
    }

    /// From now on DescribeInstances lacks this instance, until the proxy's rules are cleared.
    pub fn hide(&self, region: &str, instance: &str) {
        let element = "instanceId".to_owned();
        let fault = Fault::FilterOut { element, id: instance.to_owned() };
        self.proxy.add(Rule::new(fault).region(region).action("DescribeInstances"));
    }

    /// Adds a fault for all that is read of one region. STS is asked as ever.
    pub fn fail(&self, region: &str, fault: Fault) {
        for service in ["ec2", "elasticloadbalancing", "tagging"] {
            self.proxy.add(Rule::new(fault.clone()).service(service).region(region));
        }
    }
}
