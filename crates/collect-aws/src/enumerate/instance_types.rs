//! What a size class stands for: virtual processors and memory of the types in use.

use super::unknown::without_unknown;
use super::{Halt, Scope};
use crate::errors::Fault;
use aws_sdk_ec2::types::{InstanceType, InstanceTypeInfo};
use cadastre_collect::Stopped;
use std::collections::{BTreeMap, BTreeSet};

const ACTION: &str = "ec2:DescribeInstanceTypes";

/// Types in one request, by the API.
const CHUNK: usize = 100;

/// What is known of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TypeFacts {
    /// Virtual processors, unless the instance was started with others.
    pub vcpu: Option<i64>,
    /// Cores, unless the instance was started with others.
    pub cores: Option<i64>,
    /// Main memory, in bytes.
    pub memory: Option<i64>,
}

/// The types of a region that were asked for.
#[derive(Debug, Default)]
pub(super) struct InstanceTypes {
    known: BTreeMap<String, Option<TypeFacts>>,
    refused: Option<String>,
}

impl InstanceTypes {
    /// Asks for those of these types that were not asked for yet.
    ///
    /// # Errors
    /// The run is to stop. That they may not be asked for is a detail: it is told once, and they are
    /// not asked for again.
    pub(super) async fn learn(
        &mut self,
        scope: &Scope<'_>,
        types: impl Iterator<Item = String>,
    ) -> Result<(), Stopped> {
        if self.refused.is_some() {
            return Ok(());
        }
        let new: BTreeSet<String> = types.filter(|name| !self.known.contains_key(name)).collect();
        let new: Vec<String> = new.into_iter().collect();
        self.known.extend(new.iter().map(|name| (name.clone(), None)));
        let mut chunks: Vec<Vec<String>> = new.chunks(CHUNK).map(<[String]>::to_vec).collect();
        chunks.reverse();
        while let Some(chunk) = chunks.pop() {
            let names = chunk.iter().map(|name| InstanceType::from(name.as_str())).collect();
            let asking =
                scope.ec2().describe_instance_types().set_instance_types(Some(names)).send();
            match scope.ask(ACTION, asking).await {
                Ok(answer) => self.known.extend(answer.instance_types().iter().filter_map(facts)),
                Err(Halt::Stopped) => return Err(Stopped),
                Err(Halt::Fault(fault)) if is_unknown(&fault) => {
                    chunks.extend(without_unknown(chunk, &fault.message));
                }
                Err(Halt::Fault(fault)) => {
                    scope.detail_failed("instance types", &fault).await?;
                    self.refused = Some(fault.text());
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What is known of a type; or why nothing is.
    pub(super) fn of(&self, name: Option<&str>) -> Result<TypeFacts, &str> {
        let facts = name.and_then(|name| self.known.get(name)).copied().flatten();
        match (facts, &self.refused) {
            (None, Some(why)) => Err(why),
            (facts, _) => Ok(facts.unwrap_or_default()),
        }
    }
}

/// A type that is sold no more is not known any more, though instances of it run on.
fn is_unknown(fault: &Fault) -> bool {
    fault.code.as_deref().is_some_and(|code| code.starts_with("InvalidInstanceType"))
}

fn facts(info: &InstanceTypeInfo) -> Option<(String, Option<TypeFacts>)> {
    let cpu = info.v_cpu_info();
    let memory = info.memory_info().and_then(|memory| memory.size_in_mib());
    let facts = TypeFacts {
        vcpu: cpu.and_then(|cpu| cpu.default_v_cpus()).map(i64::from),
        cores: cpu.and_then(|cpu| cpu.default_cores()).map(i64::from),
        memory: memory.and_then(|mib| mib.checked_mul(1 << 20)),
    };
    Some((info.instance_type()?.as_str().to_owned(), Some(facts)))
}
