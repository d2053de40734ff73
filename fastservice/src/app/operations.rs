use super::core::{Core, Endpoint};
use crate::{
    builtin,
    routing::{PathTemplate, Router},
};

/// What answers on the port of the metrics, out of what the service is made of.
pub(super) fn core(main: &Core) -> Core {
    let mut router = Router::new();
    for (number, route) in builtin::operations().enumerate() {
        // The paths are the framework's own: none is malformed, and none taken.
        let Ok(template) = PathTemplate::parse("", route.path) else { continue };
        let endpoint = Endpoint { route, path: route.path.into(), number };
        let _ = router.insert(route.method.clone(), template, endpoint);
    }
    main.with_routes(router)
}
