//! Where and when it was measured.

use crate::args::Args;
use std::fs;

/// One line: date, cores, memory, processor, size of the estate.
pub fn line(args: &Args) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = proc_field("/proc/meminfo", "MemTotal:")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .map_or("memory unknown".to_owned(), |kb| format!("{} GB of memory", kb / 1_000_000));
    let processor = proc_field("/proc/cpuinfo", "model name")
        .map(|name| name.trim_start_matches([':', ' ', '\t']).to_owned());
    format!(
        "Cadastre {}, {}: {cores} cores ({}), {memory}, {} assets{}",
        env!("CARGO_PKG_VERSION"),
        chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"),
        processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        args.assets(),
        if args.quick { ", quick: the figures say little" } else { "" },
    )
}

fn proc_field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned())
}
