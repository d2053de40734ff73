use super::{
    App,
    core::Endpoint,
    preparation::{Preparation, preparation},
};
#[cfg(feature = "docs")]
use crate::docs::pages::Pages;
use crate::{
    docs::{Document, Info, Served},
    settings::Settings,
};

const FIRST_VERSION: &str = "0.1.0";

/// The `OpenAPI` document of these endpoints.
pub(crate) fn document(app: &App, settings: &Settings, endpoints: &[Endpoint]) -> Document {
    let info = Info::new(settings, version(app), app.issues_tokens(settings));
    let routes = endpoints.iter().map(|endpoint| (endpoint.route, &*endpoint.path));
    Document::new(&info, routes)
}

fn version(app: &App) -> &str {
    app.version.as_deref().unwrap_or(FIRST_VERSION)
}

/// The step that gives the document, and the pages that show it, to their endpoints.
pub(super) fn documentation(
    app: &App,
    settings: &Settings,
    endpoints: &[Endpoint],
) -> Option<Preparation> {
    if !settings.http.openapi {
        return None;
    }
    let served = Served::new(&document(app, settings, endpoints));
    #[cfg(feature = "docs")]
    let pages = {
        let routes = endpoints.iter().map(|endpoint| endpoint.route);
        Pages::new(settings, version(app), app.issues_tokens(settings), routes)
    };
    Some(preparation(|_, environment| {
        environment.set_state(served);
        #[cfg(feature = "docs")]
        environment.set_state(pages);
    }))
}
