use super::{App, core::Endpoint};
use crate::{
    docs::{Document, Info},
    settings::Settings,
};

const FIRST_VERSION: &str = "0.1.0";

/// The `OpenAPI` document of these endpoints.
pub(crate) fn document(app: &App, settings: &Settings, endpoints: &[Endpoint]) -> Document {
    let version = app.version.as_deref().unwrap_or(FIRST_VERSION);
    let info = Info::new(settings, version, app.issues_tokens(settings));
    let routes = endpoints.iter().map(|endpoint| (endpoint.route, &*endpoint.path));
    Document::new(&info, routes)
}
