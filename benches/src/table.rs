//! The table: what, ours, the budget, the verdict.

/// What is promised.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// Not less than.
    AtLeast(f64),
    /// Not more than.
    AtMost(f64),
    /// Nothing: a figure for the reader.
    None,
}

/// How a figure is written.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// So many a second; of what stands in the name.
    ASecond,
    /// Milliseconds.
    Milliseconds,
    /// Bytes, printed as MB of 10^6.
    Bytes,
    /// A ratio.
    Times,
    /// A plain number.
    Count,
}

/// The figures of one database.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 4]>,
    misses: usize,
}

impl Table {
    /// Adds a figure.
    pub fn figure(&mut self, what: impl Into<String>, ours: f64, unit: Unit, budget: Budget) {
        let (promised, verdict) = match budget {
            Budget::None => (String::new(), String::new()),
            Budget::AtLeast(least) => (format!("≥ {}", unit.text(least)), verdict(least / ours)),
            Budget::AtMost(most) => (format!("≤ {}", unit.text(most)), verdict(ours / most)),
        };
        self.misses += usize::from(verdict.starts_with("MISS"));
        self.rows.push([what.into(), unit.text(ours), promised, verdict]);
    }

    /// Adds a line that is not a figure: what could not be measured, or what a figure consists of.
    pub fn note(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.rows.push([what.into(), text.into(), String::new(), String::new()]);
    }

    /// Adds a line that fails by itself, whatever its figure: a promise about what is written.
    pub fn rule(
        &mut self,
        what: impl Into<String>,
        ours: impl Into<String>,
        rule: &str,
        kept: bool,
    ) {
        self.misses += usize::from(!kept);
        let verdict = if kept { "ok" } else { "MISS" };
        self.rows.push([what.into(), ours.into(), rule.to_owned(), verdict.to_owned()]);
    }

    /// Prints it.
    pub fn print(&self, title: &str) {
        let heading = ["what", "ours", "budget", "verdict"].map(str::to_owned);
        let all = || std::iter::once(&heading).chain(&self.rows);
        let width = |column: usize| {
            let cells = all().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2), width(3)];
        println!("\n{title}");
        for row in all() {
            let [what, ours, budget, verdict] = row;
            let [first, second, third, _] = widths;
            println!("| {what:<first$} | {ours:>second$} | {budget:>third$} | {verdict}");
        }
        println!("{} missed", self.misses);
    }
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Unit::ASecond => format!("{}/s", grouped(value)),
            Unit::Milliseconds if value < 100.0 => format!("{value:.1} ms"),
            Unit::Milliseconds => format!("{} ms", grouped(value)),
            Unit::Bytes if value < 1e6 => format!("{} kB", grouped(value / 1e3)),
            Unit::Bytes => format!("{} MB", grouped(value / 1e6)),
            Unit::Times => format!("{value:.2}×"),
            Unit::Count if value.fract() == 0.0 => grouped(value),
            Unit::Count => format!("{value:.1}"),
        }
    }
}

/// By how much a budget is passed: below 1 is kept.
fn verdict(factor: f64) -> String {
    if factor <= 1.0 { "ok".to_owned() } else { format!("MISS ×{factor:.1}") }
}

/// A whole number with its thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(Unit::ASecond.text(1_234_567.4), "1,234,567/s");
        assert_eq!(Unit::Milliseconds.text(9.96), "10.0 ms");
        assert_eq!(Unit::Bytes.text(123_456_789.0), "123 MB");
    }

    #[test]
    fn a_miss_is_counted_and_says_by_how_much() {
        let mut table = Table::default();
        table.figure("a", 50.0, Unit::Milliseconds, Budget::AtMost(10.0));
        table.figure("b", 50.0, Unit::ASecond, Budget::AtLeast(10.0));
        assert_eq!(table.misses, 1);
        assert_eq!(table.rows.first().map(|row| row[3].as_str()), Some("MISS ×5.0"));
    }
}
