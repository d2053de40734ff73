//! 3. Which route, by method and path. Knows no handlers.

mod path;

use std::{collections::HashMap, fmt};

use http::{HeaderValue, Method, header};

pub use self::path::{PathParams, PathTemplate};
use crate::error::{Error, Result};

const ALL_METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// Finds what was registered for a method and path.
///
/// Static segments win over parameters; the order of insertion does not matter.
pub struct Router<T> {
    tree: matchit::Router<usize>,
    nodes: Vec<Node<T>>,
    by_shape: HashMap<String, usize>,
}

/// The routes of one path shape, one for each method.
struct Node<T> {
    routes: Vec<(Method, PathTemplate, T)>,
    allow: HeaderValue,
}

/// What a request's method and path lead to.
#[derive(Debug)]
pub enum Found<'r, T> {
    /// A route.
    Route(RouteMatch<'r, T>),
    /// `OPTIONS` of a path that has no such route: the methods that it has.
    Allow(HeaderValue),
    /// The path exists with, or without, a slash at its end: where to go.
    Redirect(HeaderValue),
}

/// A route and the values of its path's parameters.
#[derive(Debug)]
pub struct RouteMatch<'r, T> {
    /// What was registered.
    pub route: &'r T,
    /// The values of the path's parameters.
    pub params: PathParams,
}

/// Why a route was not inserted.
#[derive(Debug)]
pub enum InsertError<'r, T> {
    /// This one takes the same requests.
    Taken(&'r T),
    /// This one's path has `{*rest}` where the new one has `{name}`, or the other way round.
    Clash(&'r T),
    /// The router cannot hold this path; says why.
    Unfit(String),
}

impl<T> Router<T> {
    /// A router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self { tree: matchit::Router::new(), nodes: Vec::new(), by_shape: HashMap::new() }
    }

    /// Adds a route.
    ///
    /// # Errors
    /// When its method and path are taken, where `/items/{id}` and
    /// `/items/{name}` are the same path.
    pub fn insert(
        &mut self,
        method: Method,
        template: PathTemplate,
        route: T,
    ) -> Result<(), InsertError<'_, T>> {
        let Some(&index) = self.by_shape.get(template.shape()) else {
            return self.insert_node(Node::new(method, template, route));
        };
        let node = &mut self.nodes[index];
        if let Some(taken) = node.routes.iter().position(|(other, ..)| *other == method) {
            return Err(InsertError::Taken(&node.routes[taken].2));
        }
        node.routes.push((method, template, route));
        node.allow = node.allowed_methods();
        Ok(())
    }

    fn insert_node(&mut self, node: Node<T>) -> Result<(), InsertError<'_, T>> {
        let index = self.nodes.len();
        let shape = node.routes[0].1.shape().to_owned();
        match self.tree.insert(&shape, index) {
            Ok(()) => {
                self.by_shape.insert(shape, index);
                self.nodes.push(node);
                Ok(())
            }
            Err(matchit::InsertError::Conflict { with }) if self.by_shape.contains_key(&with) => {
                Err(InsertError::Clash(&self.nodes[self.by_shape[&with]].routes[0].2))
            }
            Err(error) => Err(InsertError::Unfit(error.to_string())),
        }
    }

    /// Finds the route of a request. `path` is as it came, percent-encoded;
    /// `query` is kept in a redirect.
    ///
    /// # Errors
    /// 404 `route_not_found`, 405 `method_not_allowed` with `Allow`, and
    /// 400 `malformed_path` when the path is not percent-encoded UTF-8.
    pub fn find(&self, method: &Method, path: &str, query: Option<&str>) -> Result<Found<'_, T>> {
        if path == "*" && *method == Method::OPTIONS {
            // RFC 9110 section 9.3.7: about the server, not a path.
            return Ok(Found::Allow(HeaderValue::from_static(ALL_METHODS)));
        }
        let decoded = path::decode(path)?;
        let text = decoded.as_deref().unwrap_or(path);
        let Some((node, matched)) = self.node(text) else {
            return self.redirect(path, query).map(Found::Redirect).ok_or_else(|| {
                Error::not_found("no endpoint has this path").with_code("route_not_found")
            });
        };
        let Some((template, route)) = node.route(method) else {
            if *method == Method::OPTIONS {
                return Ok(Found::Allow(node.allow.clone()));
            }
            return Err(Error::method_not_allowed("this path does not answer to this method")
                .with_header(header::ALLOW, node.allow.clone()));
        };
        let params = PathParams::new(template, &matched, text, decoded.is_some());
        Ok(Found::Route(RouteMatch { route, params }))
    }

    fn node<'r, 'p>(&'r self, path: &'p str) -> Option<(&'r Node<T>, matchit::Params<'r, 'p>)> {
        let matched = self.tree.at(path).ok()?;
        Some((self.nodes.get(*matched.value)?, matched.params))
    }

    /// The other form of the path, if it exists. It is a relative reference
    /// (RFC 9110 section 10.2.2), so the scheme and host stay the client's own.
    fn redirect(&self, path: &str, query: Option<&str>) -> Option<HeaderValue> {
        // `//host/` and `/\host/` would name another host to a browser.
        if path.starts_with("//") || path.starts_with("/\\") {
            return None;
        }
        let other = match path.strip_suffix('/') {
            Some("") | None if path == "/" => return None,
            Some(shorter) => shorter.to_owned(),
            None => format!("{path}/"),
        };
        let decoded = path::decode(&other).ok()?;
        self.node(decoded.as_deref().unwrap_or(&other))?;
        let location = match query {
            Some(query) => format!("{other}?{query}"),
            None => other,
        };
        HeaderValue::from_str(&location).ok()
    }
}

impl<T> Node<T> {
    fn new(method: Method, template: PathTemplate, route: T) -> Self {
        let routes = vec![(method, template, route)];
        let mut node = Self { routes, allow: HeaderValue::from_static("") };
        node.allow = node.allowed_methods();
        node
    }

    /// The route of a method; HEAD is served by GET.
    fn route(&self, method: &Method) -> Option<(&PathTemplate, &T)> {
        let exact = |method: &Method| self.routes.iter().find(|(other, ..)| other == method);
        let found = match exact(method) {
            None if *method == Method::HEAD => exact(&Method::GET),
            found => found,
        };
        found.map(|(_, template, route)| (template, route))
    }

    fn allowed_methods(&self) -> HeaderValue {
        let mut methods: Vec<&str> =
            self.routes.iter().map(|(method, ..)| method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        // Method names are tokens (RFC 9110 section 9.1), so the value is always valid.
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""))
    }
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Router<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_shape.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
