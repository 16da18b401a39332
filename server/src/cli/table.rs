//! Rows as a plain table: columns lined up, cut to the terminal, never coloured.

use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows held to find the widths of the columns; later rows go by them.
const HELD: usize = 1_000;

/// Blanks between columns.
const GAP: usize = 2;

/// A column is not cut narrower than this.
const NARROWEST: usize = 6;

/// To which side a column's cells go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Writes rows under a header. After the first thousand they are written as they come.
pub struct TableWriter<W: Write> {
    out: W,
    align: Vec<Align>,
    /// Columns of the terminal; `None`: nothing is cut.
    terminal: Option<usize>,
    held: Vec<Vec<String>>,
    /// Known once the held rows are written.
    widths: Option<Vec<usize>>,
}

impl<W: Write> TableWriter<W> {
    /// A table with these columns. `terminal`: its width if `out` is one ([`terminal_width`]).
    pub fn new(out: W, columns: &[(&str, Align)], terminal: Option<usize>) -> Self {
        let header = columns.iter().map(|(name, _)| name.to_uppercase()).collect();
        Self {
            out,
            align: columns.iter().map(|(_, align)| *align).collect(),
            terminal,
            held: vec![header],
            widths: None,
        }
    }

    /// Writes a row; cells without a column are left out.
    ///
    /// # Errors
    /// As the output gives them.
    pub fn row<C: AsRef<str>>(&mut self, cells: &[C]) -> io::Result<()> {
        let cells = cells.iter().take(self.align.len());
        self.held.push(cells.map(|cell| one_line(cell.as_ref())).collect());
        if self.widths.is_some() || self.held.len() > HELD {
            return self.write_held();
        }
        Ok(())
    }

    /// Writes what is still held.
    ///
    /// # Errors
    /// As the output gives them.
    pub fn finish(mut self) -> io::Result<()> {
        self.write_held()?;
        self.out.flush()
    }

    fn write_held(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.held);
        let (terminal, count) = (self.terminal, self.align.len());
        let widths = self.widths.get_or_insert_with(|| fitted(natural(&rows, count), terminal));
        for row in rows {
            let line = line(&row, widths, &self.align, terminal.is_some());
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

/// The columns of the terminal that standard output is, if it is one.
#[must_use]
pub fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(width.0))
}

/// The width of each column's widest cell.
fn natural(rows: &[Vec<String>], count: usize) -> Vec<usize> {
    let mut widths = vec![0; count];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    widths
}

/// The widths cut to the terminal: the widest columns give way first.
fn fitted(mut widths: Vec<usize>, terminal: Option<usize>) -> Vec<usize> {
    let Some(terminal) = terminal else {
        return widths;
    };
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > terminal {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn line(row: &[String], widths: &[usize], align: &[Align], is_cut: bool) -> String {
    let mut line = String::new();
    for ((cell, width), align) in row.iter().zip(widths).zip(align) {
        let cell = if is_cut { cut(cell, *width) } else { cell.clone() };
        let blanks = " ".repeat(width.saturating_sub(cell.width()));
        match align {
            Align::Left => line.extend([cell.as_str(), &blanks]),
            Align::Right => line.extend([blanks.as_str(), &cell]),
        }
        line.push_str(&" ".repeat(GAP));
    }
    line.truncate(line.trim_end().len());
    line
}

/// At most `width` columns of a text; what was cut leaves a `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1; // the ellipsis
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// On one line and without control characters: names come from peers, and must neither break the
/// table nor steer the terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn table(rows: &[[&str; 3]], terminal: Option<usize>) -> String {
        let mut out = Vec::new();
        let columns = [("name", Align::Left), ("cpus", Align::Right), ("os", Align::Left)];
        let mut writer = TableWriter::new(&mut out, &columns, terminal);
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_up() {
        let text = table(&[["web01", "2", "Debian"], ["語語", "16", ""]], None);
        assert_eq!(
            text,
            "NAME   CPUS  OS\n\
             web01     2  Debian\n\
             語語     16\n"
        );
    }

    #[test]
    fn is_cut_on_a_terminal_only() {
        let long = "a-very-long-name-of-a-machine-in-a-cluster";
        let rows = [[long, "2", "Debian GNU/Linux"]];
        let text = table(&rows, Some(40));
        assert_eq!(
            text,
            "NAME              CPUS  OS\n\
             a-very-long-nam…     2  Debian GNU/Linux\n"
        );
        assert!(text.lines().all(|line| line.width() <= 40));
        assert!(table(&rows, None).contains(long));
        // A terminal too narrow for anything still shows something of each.
        assert!(table(&rows, Some(5)).contains("a-ver…"));
    }

    #[test]
    fn cuts_wide_characters_whole() {
        assert_eq!(cut("語語語", 4), "語…");
        assert_eq!(cut("語語", 4), "語語");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        let text = table(&[["a\u{1b}[2Jb\nc", "", ""]], None);
        assert!(text.contains("a\u{fffd}[2Jb c"), "{text}");
    }

    #[test]
    fn many_rows_are_written_as_they_come() {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&mut out, &[("n", Align::Right)], None);
        for number in 0..HELD + 5 {
            writer.row(&[number.to_string()]).unwrap();
        }
        assert!(writer.held.is_empty());
        writer.row(&["much wider than all before"]).unwrap();
        writer.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), HELD + 7);
        assert!(text.ends_with("much wider than all before\n"));
    }
}
