//! `assets`: finding, page by page, written as it is read.

use super::Outcome;
use super::answer::{failed, out, written};
use crate::actor;
use crate::cli::args::{AssetsArgs, ListFormat};
use crate::cli::exit::{Exit, Problem};
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::query::Query;
use cadastre_model::{Attr, Timestamp};
use cadastre_service::shape::{CsvWriter, csv_cells, csv_header, row_json};
use cadastre_service::store::{ListRow, Sort};
use cadastre_service::{ErrorKind, Service, ServiceError, sort_named};
use serde_json::json;
use std::io::Write;

/// Rows read at a time.
const PAGE: u32 = 1000;

/// Attributes that every table and CSV shows, where a row has them.
const COLUMNS: [Attr; 5] =
    [Attr::Owner, Attr::Environment, Attr::CloudAccount, Attr::Region, Attr::NativeState];

pub async fn run(config: &Config, args: &AssetsArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let (query, as_of, sort) = match wanted(&service, args) {
        Ok(wanted) => wanted,
        Err(error) => return failed(error),
    };
    if args.count {
        return count(&service, args, &query, as_of).await;
    }
    let mut rows = Rows { service: &service, query: &query, as_of, sort, after: None, done: false };
    let left = args.limit.unwrap_or(u64::MAX);
    match args.output.format() {
        ListFormat::Json => json_rows(&mut rows, left).await,
        ListFormat::Csv => csv_rows(&mut rows, left).await,
        ListFormat::Table => table_rows(&mut rows, left).await,
    }
}

fn wanted(
    service: &Service,
    args: &AssetsArgs,
) -> Result<(Query, Option<Timestamp>, Sort), ServiceError> {
    let query = service.query(&args.query)?;
    let as_of = moment(service, args.as_of.as_deref())?;
    let sort = match args.sort.as_deref() {
        None => Sort::default(),
        Some(text) => sort_of(text)?,
    };
    Ok((query, as_of, sort))
}

/// The moment that `--as-of` names.
pub fn moment(service: &Service, text: Option<&str>) -> Result<Option<Timestamp>, ServiceError> {
    let Some(text) = text else { return Ok(None) };
    service
        .zone()
        .as_of(text, service.now())
        .map(Some)
        .map_err(|error| ServiceError::new(ErrorKind::Invalid, format!("--as-of: {error}")))
}

fn sort_of(text: &str) -> Result<Sort, ServiceError> {
    sort_named(text)
        .map_err(|error| ServiceError { message: format!("--sort: {}", error.message), ..error })
}

async fn count(
    service: &Service,
    args: &AssetsArgs,
    query: &Query,
    as_of: Option<Timestamp>,
) -> Outcome {
    match service.asset_count(&actor::at_command_line(), query, as_of, true).await {
        Ok(count) if args.output.format() == ListFormat::Json => {
            super::answer::json(&json!({ "count": count.count }))
        }
        Ok(count) => super::answer::line(count.count),
        Err(error) => failed(error),
    }
}

/// All rows of a query, a page in memory at a time.
struct Rows<'a> {
    service: &'a Service,
    query: &'a Query,
    as_of: Option<Timestamp>,
    sort: Sort,
    after: Option<String>,
    done: bool,
}

impl Rows<'_> {
    async fn next(&mut self, left: u64) -> Result<Vec<ListRow>, Vec<Problem>> {
        if self.done || left == 0 {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(left).unwrap_or(PAGE).min(PAGE);
        let after = self.after.as_deref();
        let page = self
            .service
            .asset_list(&actor::at_command_line(), self.query, self.as_of, self.sort, after, limit)
            .await
            .map_err(wiring::problems)?;
        self.done = page.next.is_none();
        self.after = page.next;
        Ok(page.rows)
    }
}

async fn json_rows(rows: &mut Rows<'_>, mut left: u64) -> Outcome {
    let mut out = out();
    let mut first = true;
    write!(out, "[").map_err(written)?;
    loop {
        let page = rows.next(left).await?;
        if page.is_empty() {
            break;
        }
        left -= page.len() as u64;
        for row in &page {
            write!(out, "{}", if first { "\n" } else { ",\n" }).map_err(written)?;
            first = false;
            serde_json::to_writer(&mut out, &row_json(row))
                .map_err(|error| written(error.into()))?;
        }
    }
    writeln!(out, "\n]").and_then(|()| out.flush()).map_err(written)?;
    Ok(Exit::Done)
}

async fn csv_rows(rows: &mut Rows<'_>, mut left: u64) -> Outcome {
    let mut csv = CsvWriter::new(out(), &csv_header()).map_err(written)?;
    let mut count = 0_u64;
    loop {
        let page = rows.next(left).await?;
        if page.is_empty() {
            break;
        }
        left -= page.len() as u64;
        count += page.len() as u64;
        for row in &page {
            csv.row(&csv_cells(row)).map_err(written)?;
        }
    }
    csv.finish().map_err(written)?;
    // Beside the rows: within them it would be one to whoever reads them.
    eprintln!("{count} {}", if count == 1 { "row" } else { "rows" });
    Ok(Exit::Done)
}

async fn table_rows(rows: &mut Rows<'_>, mut left: u64) -> Outcome {
    let mut columns = vec![("id", Align::Right), ("kind", Align::Left), ("name", Align::Left)];
    columns.extend(COLUMNS.iter().map(|attr| (attr.name(), Align::Left)));
    columns.extend([("freshness", Align::Left), ("last seen", Align::Left)]);
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    let mut any = false;
    loop {
        let page = rows.next(left).await?;
        if page.is_empty() {
            break;
        }
        any = true;
        left -= page.len() as u64;
        for row in &page {
            let mut cells =
                vec![row.id.to_string(), row.doc.kind.to_string(), row.doc.name.clone()];
            cells.extend(COLUMNS.iter().map(|attr| {
                let value = row.doc.attributes.get(attr);
                value.map_or(String::new(), |value| attr.def().value_type.to_display(value))
            }));
            cells.push(row.doc.freshness.word().to_owned());
            cells.push(row.last_seen.to_string());
            table.row(&cells).map_err(written)?;
        }
    }
    table.finish().map_err(written)?;
    if !any {
        eprintln!(
            "no asset fulfils this query; what is gone, hidden or disposed shows with is:any"
        );
    }
    Ok(Exit::Done)
}
