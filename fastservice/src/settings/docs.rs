use super::{reader::Reader, units};

/// Whether the pages of documentation are served, and who logs in from them. They need the
/// feature `docs`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DocsSettings {
    /// `DOCS` (`true`): whether `/docs` and `/redoc` are served, where `/openapi.json` is.
    pub enabled: bool,
    /// `DOCS_CLIENT_ID` (none; `dev-docs` where the service issues its own tokens): the public
    /// client as which these pages ask for tokens, such as an Auth0 application of the type
    /// SPA. Without one, who logs in types it.
    pub client_id: Option<String>,
}

impl DocsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.checked("DOCS", "true", units::switch),
            client_id: reader.text("DOCS_CLIENT_ID"),
        }
    }
}
