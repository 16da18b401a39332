//! What there is and what it is known by, before any of it is read: datacenters, paths of folders and
//! pools, the ids of hosts and machines.
//!
//! Ids are a matter of the whole server: a machine keeps its id when it moves to another datacenter,
//! and of two that claim one UUID only one may have it.
//!
//! It must not know: what an observation is.

mod ids;
mod paths;

use crate::api::{PAGE, Ref, Row, Session, learn, retrieve, view};
use crate::fault::Fault;
use ids::Holders;
use paths::Paths;
use std::collections::BTreeMap;
use vim_rs::types::structs::CustomFieldDef;

/// A datacenter: a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Datacenter {
    /// The object.
    pub object: Ref,
    /// Its name.
    pub name: String,
    /// The scope's name: the datacenter's, with its folders if another has the same.
    pub scope: String,
}

/// What is known of a server before it is read.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// What all native ids begin with: the server's own id.
    server: String,
    /// The datacenters, by name.
    pub datacenters: Vec<Datacenter>,
    folders: Paths,
    pools: Paths,
    /// Clusters and single hosts' compute resources, by id.
    computes: BTreeMap<String, Compute>,
    pool_owners: BTreeMap<String, Ref>,
    hosts: BTreeMap<String, Host>,
    host_ids: Holders,
    machine_ids: Holders,
    machines: usize,
    switches: BTreeMap<String, String>,
    fields: BTreeMap<i32, String>,
}

#[derive(Debug)]
struct Compute {
    parent: Option<String>,
}

#[derive(Debug)]
struct Host {
    native: String,
    compute: Option<Ref>,
}

/// Properties that make the ids of machines and hosts.
pub(crate) const MACHINE_UUID: [&str; 2] = ["summary.config.instanceUuid", "config.instanceUuid"];
const HOST_UUID: &str = "summary.hardware.uuid";

impl Survey {
    /// Surveys the server.
    ///
    /// # Errors
    /// Refused, or no answer: nothing can be read then.
    pub(crate) async fn make(session: &Session) -> Result<Survey, Fault> {
        let mut survey = Survey::default();
        survey.take_hosts(session).await?;
        survey.take_folders(session).await?;
        survey.take_datacenters(session).await?;
        survey.take_computes(session).await?;
        survey.take_machines(session).await?;
        survey.take_switches(session).await?;
        survey.take_fields(session).await?;
        Ok(survey)
    }

    /// The native id of a thing that has no better one than that of the managed object.
    pub(crate) fn native(&self, id: &str) -> String {
        format!("{}/{id}", self.server)
    }

    /// The native id of a machine, and whether another holds its UUID.
    pub(crate) fn machine(&self, object: &Ref, uuid: Option<&str>) -> (String, bool) {
        self.by_uuid("vm", &self.machine_ids, object, uuid)
    }

    /// The native id of a host, and whether another holds its UUID.
    pub(crate) fn host(&self, object: &Ref, uuid: Option<&str>) -> (String, bool) {
        self.by_uuid("host", &self.host_ids, object, uuid)
    }

    /// The native id of a host that was surveyed.
    pub(crate) fn host_native(&self, id: &str) -> Option<&str> {
        self.hosts.get(id).map(|host| host.native.as_str())
    }

    /// The cluster a host belongs to, by native id.
    pub(crate) fn cluster_of_host(&self, id: &str) -> Option<String> {
        self.cluster(self.hosts.get(id)?.compute.as_ref()?)
    }

    /// The cluster a resource pool belongs to, by native id.
    pub(crate) fn cluster_of_pool(&self, pool: &str) -> Option<String> {
        self.cluster(self.pool_owners.get(pool)?)
    }

    /// Where something is filed: the names of the folders from below the datacenter's own on. A host
    /// is filed where its cluster is.
    pub(crate) fn folder(&self, parent: Option<&Ref>) -> Option<String> {
        let parent = parent?;
        match self.computes.get(&parent.id) {
            Some(compute) => self.folders.path(compute.parent.as_deref()?),
            None => self.folders.path(&parent.id),
        }
    }

    /// A resource pool's path below the one that every cluster and host has.
    pub(crate) fn pool(&self, pool: &Ref) -> Option<String> {
        self.pools.path(&pool.id)
    }

    /// The native id of the distributed switch of this UUID.
    pub(crate) fn switch(&self, uuid: &str) -> Option<String> {
        self.switches.get(uuid).map(|id| self.native(id))
    }

    /// The name of a custom attribute.
    pub(crate) fn field(&self, key: i32) -> Option<&str> {
        self.fields.get(&key).map(String::as_str)
    }

    /// How many machines there are.
    pub(crate) fn machines(&self) -> usize {
        self.machines
    }

    fn by_uuid(
        &self,
        word: &str,
        holders: &Holders,
        object: &Ref,
        uuid: Option<&str>,
    ) -> (String, bool) {
        match uuid.and_then(ids::normal) {
            Some(uuid) if holders.may_hold(&uuid, &object.id) => {
                (format!("{}/{word}/{uuid}", self.server), false)
            }
            Some(_) => (self.native(&object.id), true),
            None => (self.native(&object.id), false),
        }
    }

    fn cluster(&self, compute: &Ref) -> Option<String> {
        (compute.kind == "ClusterComputeResource").then(|| self.native(&compute.id))
    }

    async fn take_hosts(&mut self, session: &Session) -> Result<(), Fault> {
        let rows = all(session, &["HostSystem"], &["name", "parent", HOST_UUID]).await?;
        for row in &rows {
            self.host_ids.claim(row.text(HOST_UUID).value().as_deref(), &row.object.id);
        }
        // A vCenter has an id; a host that stands alone lends its own.
        let lent = || rows.iter().find_map(|row| row.text(HOST_UUID).value());
        let own = session.about().instance_uuid.clone().or_else(lent);
        self.server = own.unwrap_or_else(|| {
            session.wire().place().trim_start_matches("https://").to_lowercase()
        });
        self.server.make_ascii_lowercase();
        for row in rows {
            let uuid = row.text(HOST_UUID).value();
            let (native, _) = self.host(&row.object, uuid.as_deref());
            let compute = row.object("parent").value();
            self.hosts.insert(row.object.id, Host { native, compute });
        }
        Ok(())
    }

    async fn take_folders(&mut self, session: &Session) -> Result<(), Fault> {
        for row in all(session, &["Folder"], &["name", "parent"]).await? {
            // What lies in a datacenter itself is one of its four roots, which nobody made.
            let parent = row.object("parent").value();
            let made = parent.filter(|parent| parent.kind == "Folder").map(|parent| parent.id);
            self.folders.add(&row.object.id, row.name(), made);
        }
        Ok(())
    }

    async fn take_datacenters(&mut self, session: &Session) -> Result<(), Fault> {
        let mut found = Vec::new();
        for row in all(session, &["Datacenter"], &["name", "parent"]).await? {
            let name = row.name().unwrap_or_else(|| row.object.id.clone());
            let folder = row.object("parent").value();
            let path = folder.and_then(|folder| self.folders.path(&folder.id));
            found.push((row.object, name, path));
        }
        let times = |name: &str| found.iter().filter(|(_, other, _)| other == name).count();
        self.datacenters = found
            .iter()
            .map(|(object, name, path)| Datacenter {
                object: object.clone(),
                name: name.clone(),
                scope: match path {
                    Some(path) if times(name) > 1 => format!("{path}/{name}"),
                    _ => name.clone(),
                },
            })
            .collect();
        self.datacenters.sort_by(|a, b| (&a.scope, &a.object).cmp(&(&b.scope, &b.object)));
        Ok(())
    }

    async fn take_computes(&mut self, session: &Session) -> Result<(), Fault> {
        let kinds = ["ComputeResource", "ClusterComputeResource"];
        for row in all(session, &kinds, &["name", "parent"]).await? {
            let parent = row.object("parent").value().map(|parent| parent.id);
            self.computes.insert(row.object.id, Compute { parent });
        }
        for row in
            all(session, &["ResourcePool", "VirtualApp"], &["name", "parent", "owner"]).await?
        {
            let parent = row.object("parent").value();
            // The pool that a cluster or host begins with is no one's choice.
            let made = parent
                .filter(|parent| matches!(parent.kind.as_str(), "ResourcePool" | "VirtualApp"))
                .map(|parent| parent.id);
            self.pools.add(&row.object.id, row.name(), made);
            if let Some(owner) = row.object("owner").value() {
                self.pool_owners.insert(row.object.id, owner);
            }
        }
        Ok(())
    }

    async fn take_machines(&mut self, session: &Session) -> Result<(), Fault> {
        for row in all(session, &["VirtualMachine"], &MACHINE_UUID).await? {
            self.machine_ids.claim(uuid_of(&row).as_deref(), &row.object.id);
            self.machines += 1;
        }
        Ok(())
    }

    async fn take_switches(&mut self, session: &Session) -> Result<(), Fault> {
        let kinds = ["DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"];
        for row in all(session, &kinds, &["uuid"]).await? {
            if let Some(uuid) = row.text("uuid").value() {
                self.switches.insert(uuid, row.object.id);
            }
        }
        Ok(())
    }

    async fn take_fields(&mut self, session: &Session) -> Result<(), Fault> {
        let Some(manager) = &session.custom_fields else { return Ok(()) };
        let manager = std::slice::from_ref(manager);
        let found = retrieve(session, "CustomFieldsManager", manager, &["field"]).await?;
        for mut row in found.rows {
            let fields: Vec<CustomFieldDef> = row.take("field").value().unwrap_or_default();
            let named =
                fields.into_iter().map(|field| (field.key, crate::text::value(&field.name)));
            self.fields.extend(named.filter(|(_, name)| !name.is_empty()));
        }
        Ok(())
    }
}

/// The UUID of a machine, by whichever of its properties tells it.
pub(crate) fn uuid_of(row: &Row) -> Option<String> {
    MACHINE_UUID.iter().find_map(|path| row.text(path).value())
}

/// These properties of all objects of these kinds, wherever they lie.
async fn all(session: &Session, kinds: &[&str], paths: &[&str]) -> Result<Vec<Row>, Fault> {
    let objects = view(session, session.root(), kinds).await?;
    let mut rows = Vec::new();
    for (kind, objects) in by_kind(objects) {
        if let Some(first) = objects.first() {
            learn(session, &kind, first, paths).await?;
        }
        for page in objects.chunks(PAGE) {
            rows.extend(retrieve(session, &kind, page, paths).await?.rows);
        }
    }
    Ok(rows)
}

/// Objects sorted by their own kind: one question is about one kind.
pub(crate) fn by_kind(objects: Vec<Ref>) -> BTreeMap<String, Vec<Ref>> {
    let mut sorted: BTreeMap<String, Vec<Ref>> = BTreeMap::new();
    for object in objects {
        sorted.entry(object.kind.clone()).or_default().push(object);
    }
    sorted
}
