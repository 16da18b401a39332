//! Static files, in the binary: compressed beforehand, their digest in their name, so that a browser
//! keeps them for good.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file in the binary.
pub struct AssetFile {
    name: &'static str,
    digest: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

macro_rules! built {
    ($name:literal, $media_type:literal) => {
        AssetFile {
            name: $name,
            digest: include_str!(concat!(env!("OUT_DIR"), "/", $name, ".digest")),
            media_type: $media_type,
            plain: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".br")),
        }
    };
}

impl AssetFile {
    /// All styles.
    pub const STYLE: AssetFile = built!("style.css", "text/css; charset=utf-8");
    /// The sign in the tab.
    pub const ICON: AssetFile = built!("favicon.svg", "image/svg+xml");

    const ALL: [&'static AssetFile; 2] = [&AssetFile::STYLE, &AssetFile::ICON];

    /// Where it is served.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/static/{}", self.file_name())
    }

    fn file_name(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((stem, end)) => format!("{stem}.{}.{end}", self.digest),
            None => format!("{}.{}", self.name, self.digest),
        }
    }
}

/// `GET /static/{name}`
pub async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = AssetFile::ALL.into_iter().find(|file| file.file_name() == name) else {
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
