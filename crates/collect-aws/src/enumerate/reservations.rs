//! Reserved instances: what was bought ahead. EC2 answers all of them at once, those that ended too.

use super::report::Report;
use super::{Halt, Scope};
use crate::observe::{Thing, take_tags};
use aws_sdk_ec2::types::{ReservedInstanceState, ReservedInstances};
use cadastre_model::{Attr, Kind, Observation, Tombstone};

/// Sends every reservation.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let asking = scope.ec2().describe_reserved_instances().send();
    let answer = match scope.ask("ec2:DescribeReservedInstances", asking).await {
        Ok(answer) => answer,
        // Nobody sells reservations but AWS: what plays EC2 may well not know them.
        Err(Halt::Fault(fault)) if fault.not_offered && scope.asked.private_endpoint => {
            scope.detail_failed("reserved instances", &fault).await?;
            return Ok(());
        }
        Err(halt) => return Err(halt),
    };
    report.page();
    for reserved in answer.reserved_instances() {
        let Some(id) = reserved.reserved_instances_id() else { continue };
        scope.see(id, observe(scope, id, reserved)).await?;
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, id: &str, reserved: &ReservedInstances) -> Observation {
    let thing = Thing { kind: Kind::Reservation, resource: "reserved-instances", id, owner: None };
    let mut seen = scope.begin(thing);
    take_tags(&mut seen, reserved.tags(), None);
    seen.state_text(Attr::NativeState, reserved.state().map(|it| it.as_str()));
    seen.state_text(Attr::InstanceType, reserved.instance_type().map(|it| it.as_str()));
    seen.state_int(Attr::ReservedCount, reserved.instance_count().map(i64::from));
    seen.state_text(Attr::Platform, reserved.product_description().map(|it| it.as_str()));
    seen.state_text(Attr::Tenancy, reserved.instance_tenancy().map(|it| it.as_str()));
    seen.state_text(Attr::ReservationScope, reserved.scope().map(|it| it.as_str()));
    seen.state_text(Attr::Zone, reserved.availability_zone());
    seen.state_text(Attr::OfferingClass, reserved.offering_class().map(|it| it.as_str()));
    seen.state_text(Attr::PaymentOption, reserved.offering_type().map(|it| it.as_str()));
    seen.state_time(Attr::ReservedFrom, scope.moment(reserved.start()));
    let until = scope.moment(reserved.end());
    seen.state_time(Attr::ReservedUntil, until);
    if reserved.state() == Some(&ReservedInstanceState::Retired) {
        seen.tombstone = Some(Tombstone { at: until, reason: "retired".to_owned() });
    }
    seen
}
