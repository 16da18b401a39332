//! How far a host is closed: services, time, log, lockdown, advanced settings.

use crate::api::{Known, Row};
use crate::observe::{flag, list, state, text};
use cadastre_model::{Attr, Observation};
use std::collections::BTreeMap;
use vim_rs::types::boxed_types::ValueElements;
use vim_rs::types::structs::HostService;
use vim_rs::types::traits::OptionValueTrait;
use vim_rs::types::vim_any::VimAny;

/// Where the log is sent to: an advanced setting.
const SYSLOG: &str = "Syslog.global.logHost";

/// Advanced settings that bear on a host's security, as VMware's hardening guides name them. The
/// others, over a thousand, are of no use here.
const ADVANCED: [&str; 12] = [
    "Annotations.WelcomeMessage",
    "DCUI.Access",
    "Mem.ShareForceSalting",
    "Net.BlockGuestBPDU",
    "Net.BMCNetworkEnable",
    "Security.AccountLockFailures",
    "Security.AccountUnlockTime",
    "Security.PasswordHistory",
    "Security.PasswordQualityControl",
    "UserVars.DcuiTimeOut",
    "UserVars.ESXiShellInteractiveTimeOut",
    "UserVars.ESXiShellTimeOut",
];

/// States how far a host is closed.
pub(super) fn state_security(seen: &mut Observation, row: &mut Row) {
    let lockdown = row
        .text("config.lockdownMode")
        .map(|mode| mode.strip_prefix("lockdown").map_or(mode.clone(), str::to_lowercase));
    state(seen, Attr::Lockdown, text(lockdown));
    let services: Known<Vec<HostService>> = row.take("config.service.service");
    for (attr, key) in
        [(Attr::SshRunning, "TSM-SSH"), (Attr::ShellRunning, "TSM"), (Attr::NtpRunning, "ntpd")]
    {
        state(seen, attr, flag(running(&services, key)));
    }
    let servers: Known<Vec<String>> = row.take("config.dateTimeInfo.ntpConfig.server");
    let cleaned =
        |servers: Vec<String>| servers.iter().map(|one| crate::text::value(one)).collect();
    state(seen, Attr::NtpServers, list(servers.map(cleaned)));
    state(seen, Attr::SecureBoot, flag(secure_boot(row)));
    let options = options(row);
    let syslog = options.clone().and_then(|options| options.get(SYSLOG).cloned());
    state(seen, Attr::SyslogTarget, text(syslog));
    let chosen = options.map(|options| {
        let chosen = ADVANCED.iter().filter_map(|key| Some((key, options.get(*key)?)));
        chosen.map(|(key, value)| format!("{key}={value}")).collect()
    });
    state(seen, Attr::AdvancedSettings, list(chosen));
}

/// Whether a service runs; a host that does not have it does not run it.
fn running(services: &Known<Vec<HostService>>, key: &str) -> Known<bool> {
    match services {
        Known::Value(services) => {
            Known::Value(services.iter().any(|one| one.key == key && one.running))
        }
        Known::Absent => Known::Absent,
        Known::NotRead(why) => Known::NotRead(why.clone()),
    }
}

/// Told by vCenter 8.0 U3 and newer.
fn secure_boot(row: &Row) -> Known<bool> {
    match row.flag("capability.uefiSecureBoot") {
        Known::Absent => Known::NotRead("hosts tell it from 8.0 U3 on".to_owned()),
        read => read,
    }
}

/// The host's advanced settings by name. Each host has some: none at all is no answer.
fn options(row: &mut Row) -> Known<BTreeMap<String, String>> {
    let read: Known<Vec<Box<dyn OptionValueTrait>>> = row.take("config.option");
    match read {
        Known::Value(options) if options.is_empty() => {
            Known::NotRead("the server lists no advanced settings of the host".to_owned())
        }
        Known::Value(options) => Known::Value(
            options
                .iter()
                .filter_map(|one| {
                    let option = one.get_option_value();
                    let value = plain(option.value.as_ref()?)?;
                    Some((option.key.clone(), crate::text::value(&value)))
                })
                .collect(),
        ),
        Known::Absent => {
            Known::NotRead("the server lists no advanced settings of the host".to_owned())
        }
        Known::NotRead(why) => Known::NotRead(why),
    }
}

fn plain(value: &VimAny) -> Option<String> {
    let VimAny::Value(value) = value else { return None };
    match value {
        ValueElements::PrimitiveString(text) => Some(text.clone()),
        ValueElements::PrimitiveBoolean(yes) => Some(yes.to_string()),
        ValueElements::PrimitiveInt(number) => Some(number.to_string()),
        ValueElements::PrimitiveLong(number) => Some(number.to_string()),
        ValueElements::PrimitiveShort(number) => Some(number.to_string()),
        _ => None,
    }
}
