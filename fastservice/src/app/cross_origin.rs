//! Pages of other origins.

use super::{core::Endpoint, layered::AnyLayer};
use crate::settings::CorsSettings;

/// The layer that answers their preflights, outside of all others.
#[cfg(feature = "cors")]
pub(super) fn cors(
    settings: &CorsSettings,
    endpoints: &[Endpoint],
    _: &mut Vec<String>,
) -> Option<AnyLayer> {
    use http::Method;

    use super::layered::any_layer;
    use crate::layers::Cors;

    let mut methods: Vec<_> =
        endpoints.iter().map(|endpoint| endpoint.route.method.clone()).collect();
    methods.push(Method::HEAD);
    methods.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    methods.dedup();
    Cors::new(settings, methods).map(any_layer)
}

#[cfg(not(feature = "cors"))]
pub(super) fn cors(
    settings: &CorsSettings,
    _: &[Endpoint],
    faults: &mut Vec<String>,
) -> Option<AnyLayer> {
    if settings.origins != crate::settings::Origins::Own {
        faults.push("ORIGINS is set; it needs the feature `cors`".to_owned());
    }
    None
}
