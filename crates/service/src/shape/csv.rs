//! Rows as CSV (RFC 4180, `\n` line ends), safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

/// Writes rows as they come; nothing is held but a buffer.
pub struct CsvWriter<W: Write> {
    inner: ::csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// As the output gives them.
    pub fn new(out: W, header: &[&str]) -> io::Result<Self> {
        let mut writer = Self { inner: ::csv::Writer::from_writer(out) };
        writer.row(header)?;
        Ok(writer)
    }

    /// Writes a row, with as many cells as the header has.
    ///
    /// # Errors
    /// As the output gives them; also if the number of cells differs.
    pub fn row<C: AsRef<str>>(&mut self, cells: &[C]) -> io::Result<()> {
        for cell in cells {
            self.inner.write_field(neutral(cell.as_ref()).as_bytes()).map_err(of_output)?;
        }
        self.inner.write_record(None::<&[u8]>).map_err(of_output)
    }

    /// Goes on after a header that was written elsewhere.
    pub fn after_header(out: W) -> Self {
        Self { inner: ::csv::Writer::from_writer(out) }
    }

    /// Writes out what is still held.
    ///
    /// # Errors
    /// As the output gives them.
    pub fn finish(mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The output's own error, so that whoever prints can tell a closed pipe from a full disk.
fn of_output(error: ::csv::Error) -> io::Error {
    let words = error.to_string();
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(words),
    }
}

/// A cell that a spreadsheet would take for a formula gets a `'` before it.
fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(rows: &[[&str; 2]]) -> String {
        let mut out = Vec::new();
        let mut writer = CsvWriter::new(&mut out, &["name", "note"]).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes_where_it_must() {
        assert_eq!(
            written(&[["a,b", "say \"hi\""], ["two\nlines", ""]]),
            "name,note\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\n"
        );
    }

    #[test]
    fn formulas_are_made_text() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            let text = written(&[[cell, "a=b"]]);
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(record.get(0), Some(format!("'{cell}").as_str()));
            assert_eq!(record.get(1), Some("a=b"));
        }
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut writer = CsvWriter::new(Vec::new(), &["name", "note"]).unwrap();
        assert!(writer.row(&["only one"]).is_err());
    }
}
