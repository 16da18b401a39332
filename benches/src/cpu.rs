//! The processor time of a process, as the kernel counts it. Linux only; elsewhere there are no figures.

use std::fs;
use std::time::Duration;

/// What the process has used until now, itself and the kernel for it.
pub fn used(process: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it may hold anything; user and system time are the 12th and 13th after it (proc(5)).
    let (_, after) = text.rsplit_once(')')?;
    let mut fields = after.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // A tick is a hundredth of a second to user space on every Linux.
    Some(Duration::from_millis(ticks * 10))
}

/// What this process has used until now.
pub fn own() -> Option<Duration> {
    used(std::process::id())
}
