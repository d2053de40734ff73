//! The whole document (`OpenAPI` 3.1).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{operation, problem, security::Security};
use crate::{
    openapi::{Operation, Schemas},
    registry::Route,
    settings::{ErrorFormat, Settings},
};

/// What the document says about the service as a whole.
#[derive(Debug)]
pub(crate) struct Info<'s> {
    title: &'s str,
    description: &'s str,
    version: &'s str,
    errors: ErrorFormat,
    security: Security<'s>,
}

impl<'s> Info<'s> {
    pub(crate) fn new(settings: &'s Settings, version: &'s str, issues_tokens: bool) -> Self {
        Self {
            title: &settings.service_name,
            description: &settings.service_description,
            version,
            errors: settings.http.error_format,
            security: Security::new(&settings.auth, issues_tokens),
        }
    }
}

/// The document, as JSON.
#[derive(Debug)]
pub(crate) struct Document(Value);

impl Document {
    /// Describes all routes that are not hidden, each at its full path.
    pub(crate) fn new<'r>(
        info: &Info<'_>,
        routes: impl IntoIterator<Item = (&'static Route, &'r str)>,
    ) -> Self {
        let mut routes: Vec<_> =
            routes.into_iter().filter(|(route, _)| !route.text.hidden).collect();
        routes.sort_by_key(|(route, path)| (*path, route.method.as_str()));
        let names = operation::ids(&routes);
        let mut schemas = Schemas::default();
        problem::register(info.errors, &mut schemas);
        let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        let mut scopes = Vec::new();
        for ((route, path), name) in routes.iter().zip(names) {
            let mut described = Operation { schemas, ..Operation::default() };
            (route.describe)(&mut described);
            let operation =
                operation::object(route, &name, &described, &info.security, info.errors);
            scopes.extend(operation::scopes(route));
            let methods = paths.entry(template(path)).or_default();
            methods.insert(route.method.as_str().to_ascii_lowercase(), operation);
            schemas = described.schemas;
        }
        let mut about = json!({"title": info.title, "version": info.version});
        if !info.description.is_empty() {
            about["description"] = info.description.into();
        }
        let mut document = json!({"openapi": "3.1.0", "info": about, "paths": paths});
        let named = schemas.finish(&mut document);
        document["components"] = json!({"schemas": named});
        let schemes = info.security.schemes(&scopes);
        if !schemes.is_empty() {
            document["components"]["securitySchemes"] = schemes.into();
        }
        Self(document)
    }

    /// The document as people read it.
    #[cfg(feature = "cli")]
    pub(crate) fn pretty(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// The document as it is served.
    pub(crate) fn compact(&self) -> String {
        self.0.to_string()
    }
}

/// `{*rest}` takes the rest of the path; `OpenAPI` has no word for that.
fn template(path: &str) -> String {
    path.replace("{*", "{")
}
