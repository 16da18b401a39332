//! Static files, in the binary: compressed beforehand, their digest in their name, so that a browser
//! keeps them for good.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file in the binary.
#[derive(Clone, Copy, Debug)]
pub struct AssetFile {
    served: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

/// The program for the browser, which brings islands to life.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Starts it: the one script that pages name.
    pub boot: AssetFile,
    /// Between the browser and the wasm.
    pub glue: AssetFile,
    /// The islands.
    pub wasm: AssetFile,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl AssetFile {
    /// All styles.
    pub const STYLE: AssetFile = STYLE_FILE;
    /// The sign in the tab.
    pub const ICON: AssetFile = ICON_FILE;
    /// `None` if the binary was built without it.
    pub const PROGRAM: Option<Program> = PROGRAM_FILES;

    /// Where it is served.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/static/{}", self.served)
    }

    /// How much a browser loads of it, in bytes.
    #[must_use]
    pub fn compressed_size(&self) -> usize {
        self.brotli.len()
    }

    fn served_as(name: &str) -> Option<AssetFile> {
        let program = AssetFile::PROGRAM.map(|files| [files.boot, files.glue, files.wasm]);
        let fixed = [AssetFile::STYLE, AssetFile::ICON];
        fixed.into_iter().chain(program.into_iter().flatten()).find(|file| file.served == name)
    }
}

/// `GET /static/{name}`
pub async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = AssetFile::served_as(&name) else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |coding: &str| {
        accepted.unwrap_or_default().split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(coding) && !parts.any(|part| part == "q=0")
        })
    };
    let (coding, content) = if accepts("br") {
        (Some("br"), file.brotli)
    } else if accepts("gzip") {
        (Some("gzip"), file.gzip)
    } else {
        (None, file.plain)
    };
    let fixed = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    match coding {
        Some(coding) => (fixed, [(header::CONTENT_ENCODING, coding)], content).into_response(),
        None => (fixed, content).into_response(),
    }
}
