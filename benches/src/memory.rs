//! This process's memory, as the kernel counts it. Linux only; elsewhere there are no figures.

use std::fs;

/// Resident memory now, in bytes.
pub fn resident() -> Option<u64> {
    field("VmRSS:")
}

/// The most resident memory since the last [`forget_peak`], in bytes.
pub fn peak() -> Option<u64> {
    field("VmHWM:")
}

/// Begins a new count of the peak. Returns the peak until now.
pub fn forget_peak() -> Option<u64> {
    let until_now = peak();
    // 5 resets the peak (proc(5), clear_refs); where that is not allowed the old peak stands.
    let _ = fs::write("/proc/self/clear_refs", "5");
    until_now
}

fn field(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
