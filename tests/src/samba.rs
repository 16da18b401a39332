//! Who may log on to the lab's domains (`tests/lab/directory.sh`, `directory_fill.py`).

/// Reads with no more rights than anybody.
pub const READER: &str = "reader@example.test";
/// Of every account there.
pub const PASSWORD: &str = "Lab-Pass-2026";
