//! Which regions of an account are read.

use crate::accounts::Account;
use crate::connection::Connection;
use crate::errors::fault;
use crate::place::partition_of_region;
use cadastre_collect::{CollectError, ErrorClass};
use std::collections::BTreeSet;

/// The regions to read: those that are set, else those the account has opted into.
///
/// A region the account has not opted into is not a scope; one that is set by name and refuses is
/// a scope that failed. Of the regions listed, those of other partitions are left out: these
/// credentials mean nothing there, and AWS does not list them.
pub(crate) async fn regions_of(
    connection: &Connection,
    account: &Account,
) -> Result<BTreeSet<String>, CollectError> {
    const ACTION: &str = "ec2:DescribeRegions";
    if !connection.asked.regions.is_empty() {
        return Ok(connection.asked.regions.iter().cloned().collect());
    }
    let home = &connection.asked.home;
    let place = format!("{}/{home}", account.id);
    let ec2 = connection.ec2(&account.mark, &account.sdk, home);
    let asking = Box::pin(ec2.describe_regions().all_regions(false).send());
    let answer = asking.await.map_err(|error| fault(ACTION, &error).at(place.as_str()))?;
    let regions: BTreeSet<String> = answer
        .regions()
        .iter()
        .filter(|region| region.opt_in_status() != Some("not-opted-in"))
        .filter_map(|region| region.region_name())
        .filter(|region| partition_of_region(region) == account.partition)
        .map(str::to_owned)
        .collect();
    if regions.is_empty() {
        return Err(CollectError::new(
            ErrorClass::BadAnswer,
            place,
            "DescribeRegions listed no region of this account",
            "check `endpoint`, or name the `regions` to read",
        ));
    }
    Ok(regions)
}
