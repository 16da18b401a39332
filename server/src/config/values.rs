//! Single values read from their text. Errors say what is wrong and what was expected.

use super::duration;
use super::keys::LIST_COMMA;
use super::types::LogFormat;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Where it listens unless told otherwise.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

const WORKERS_MAX: usize = 64;

/// Oftener would only keep the database busy.
const POLL_MIN: Duration = Duration::from_millis(50);

/// Signs of life come five times as often; oftener than five a second they would be in the way.
const LEASE_MIN: Duration = Duration::from_secs(1);

/// An address and port.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "`{text}` is not an address and port, expected such as {DEFAULT_LISTEN} or [::1]:8080"
        )
    })
}

/// A truth.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("`{text}` is neither true nor false"))
}

/// Networks, with commas between them.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let items = text.split(LIST_COMMA).map(str::trim).filter(|item| !item.is_empty());
    items.map(network).collect()
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = text.parse::<IpAddr>().map(IpNet::from);
    let network = one.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
        format!("`{text}` is not a network, expected such as 10.0.0.0/24 or 2001:db8::/64")
    })?;
    if network.trunc() != network {
        let meant = network.trunc();
        return Err(format!("`{text}` is an address within a network, expected {meant}"));
    }
    if network.prefix_len() == 0 {
        return Err(format!("`{text}` is everyone, expected the networks of your proxies"));
    }
    Ok(network)
}

/// The form of a log line.
pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is not a log format, expected text or json")),
    }
}

/// How many jobs at once.
pub(super) fn workers(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=WORKERS_MAX).contains(count)).ok_or_else(|| {
        format!("`{text}` is not a number from 1 to {WORKERS_MAX} (none: `serve --no-workers`)")
    })
}

/// How often to look for a job.
pub(super) fn poll(text: &str) -> Result<Duration, String> {
    duration_from(text, POLL_MIN)
}

/// How long a run may give no sign of life.
pub(super) fn lease(text: &str) -> Result<Duration, String> {
    duration_from(text, LEASE_MIN)
}

fn duration_from(text: &str, least: Duration) -> Result<Duration, String> {
    let duration = duration::parse(text).ok_or_else(|| {
        format!("`{text}` is not a duration, expected such as 500ms, 30s, 5m or 2h")
    })?;
    if duration < least {
        let least = least.as_millis();
        return Err(format!("`{text}` is too short, expected at least {least}ms"));
    }
    Ok(duration)
}
