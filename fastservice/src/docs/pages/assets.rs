//! The files that the pages load. Their names say what is in them, so they never change.

use std::{
    io::{self, Read},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{NO_SNIFFING, OFFSET, hash};
use crate::{
    context::Context,
    error::Result,
    response::{IntoResponse, Response},
};

/// The releases in `assets/docs`; the script there writes these lines.
const SWAGGER_UI: &str = "5.35.0";
const REDOC: &str = "2.5.4";

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/docs/", $name))
    };
}

/// All of them.
pub(super) struct Assets {
    pub(super) swagger_ui: Asset,
    pub(super) swagger_ui_style: Asset,
    pub(super) swagger_ui_start: Asset,
    pub(super) oauth2_redirect: Asset,
    pub(super) redoc: Asset,
    pub(super) redoc_start: Asset,
    pub(super) style: Asset,
    pub(super) icon: Asset,
}

impl Assets {
    pub(super) fn new() -> Self {
        let (released, own) = (Asset::released, Asset::own);
        Self {
            swagger_ui: released("swagger-ui", SWAGGER_UI, SCRIPT, file!("swagger-ui.js.gz")),
            swagger_ui_style: released("swagger-ui", SWAGGER_UI, STYLE, file!("swagger-ui.css.gz")),
            swagger_ui_start: own("swagger-ui-start", SCRIPT, file!("swagger-ui-start.js")),
            oauth2_redirect: own("oauth2-redirect", SCRIPT, file!("oauth2-redirect.js")),
            redoc: released("redoc", REDOC, SCRIPT, file!("redoc.js.gz")),
            redoc_start: own("redoc-start", SCRIPT, file!("redoc-start.js")),
            style: own("pages", STYLE, file!("pages.css")),
            icon: own("icon", IMAGE, file!("icon.svg")),
        }
    }

    pub(super) fn named(&self, name: &str) -> Option<&Asset> {
        let all = [
            &self.swagger_ui,
            &self.swagger_ui_style,
            &self.swagger_ui_start,
            &self.oauth2_redirect,
            &self.redoc,
            &self.redoc_start,
            &self.style,
            &self.icon,
        ];
        all.into_iter().find(|asset| asset.name == name)
    }
}

/// One file.
pub(super) struct Asset {
    pub(super) name: String,
    media_type: &'static str,
    content: Content,
}

enum Content {
    Plain(&'static [u8]),
    /// Compressed, and as it is unpacked for the first client that does not take that.
    Gzip(&'static [u8], Arc<OnceLock<Bytes>>),
}

/// How its name ends, and its media type.
type Kind = (&'static str, &'static str);

const SCRIPT: Kind = ("js", "text/javascript; charset=utf-8");
const STYLE: Kind = ("css", "text/css; charset=utf-8");
const IMAGE: Kind = ("svg", "image/svg+xml");

impl Asset {
    /// A file of a release, compressed.
    fn released(
        stem: &str,
        release: &str,
        (extension, media_type): Kind,
        bytes: &'static [u8],
    ) -> Self {
        let content = Content::Gzip(bytes, Arc::default());
        Self { name: format!("{stem}-{release}.{extension}"), media_type, content }
    }

    /// A file without a release of its own.
    fn own(stem: &str, (extension, media_type): Kind, bytes: &'static [u8]) -> Self {
        let name = format!("{stem}-{:016x}.{extension}", hash(OFFSET, bytes));
        Self { name, media_type, content: Content::Plain(bytes) }
    }

    pub(super) async fn answer(&self, request: &HeaderMap) -> Result<Response> {
        let headers: [(HeaderName, HeaderValue); 3] = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            ),
            NO_SNIFFING,
        ];
        let varies = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
        match &self.content {
            Content::Plain(bytes) => (headers, Bytes::from_static(bytes)).into_response(),
            Content::Gzip(packed, _) if takes_gzip(request) => {
                let packed_as = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
                (headers, (varies, (packed_as, Bytes::from_static(packed)))).into_response()
            }
            Content::Gzip(packed, unpacked) => {
                let (packed, unpacked) = (*packed, unpacked.clone());
                let bytes = Context::spawn_blocking(move || unpack(packed, &unpacked)).await??;
                (headers, (varies, bytes)).into_response()
            }
        }
    }
}

/// Some milliseconds of work, once.
fn unpack(packed: &[u8], unpacked: &OnceLock<Bytes>) -> io::Result<Bytes> {
    if let Some(bytes) = unpacked.get() {
        return Ok(bytes.clone());
    }
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(unpacked.get_or_init(|| bytes.into()).clone())
}

/// Whether the client names gzip, and not to refuse it (RFC 9110 section 12.5.3).
fn takes_gzip(request: &HeaderMap) -> bool {
    let lists = request.get_all(header::ACCEPT_ENCODING).iter();
    lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.strip_prefix('='));
        let weight = weight.and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(asset: &Asset) -> String {
        let bytes = match &asset.content {
            Content::Plain(bytes) => Bytes::from_static(bytes),
            Content::Gzip(packed, unpacked) => unpack(packed, unpacked).unwrap(),
        };
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn the_releases_are_those_that_the_files_name() {
        let assets = Assets::new();

        let swagger_ui = format!("PACKAGE_VERSION:\"{SWAGGER_UI}\"");
        assert!(text(&assets.swagger_ui).contains(&swagger_ui), "swagger-ui.js.gz is another");
        let redoc = format!("ReDoc Version: \",\"{REDOC}\"");
        assert!(text(&assets.redoc).contains(&redoc), "redoc.js.gz is another");
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        let assets = Assets::new();

        assert!(!text(&assets.redoc).contains("cdn.redoc.ly"));
        assert!(text(&assets.swagger_ui_style).contains("url(data:"));
        assert!(!text(&assets.swagger_ui_style).contains("url(http"));
    }

    #[test]
    fn a_file_is_unpacked_once() {
        let assets = Assets::new();
        let Content::Gzip(packed, unpacked) = &assets.swagger_ui_style.content else { panic!() };

        let (first, second) =
            (unpack(packed, unpacked).unwrap(), unpack(packed, unpacked).unwrap());

        assert_eq!(first.as_ptr(), second.as_ptr());
        assert!(unpack(b"no gzip", &OnceLock::new()).is_err());
    }

    #[test]
    fn gzip_is_sent_to_who_names_it() {
        let takes = |list: &'static str| {
            let list = HeaderValue::from_static(list);
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, list)]))
        };
        for list in ["gzip", "br, GZIP", "br;q=1.0, gzip ; q=0.5", "identity;q=0,gzip;q=1"] {
            assert!(takes(list), "{list}");
        }
        for list in ["", "br", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip", "gzip;q=x"] {
            assert!(!takes(list), "{list}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
