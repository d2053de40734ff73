//! One endpoint in the document.

use std::collections::{BTreeMap, HashMap, HashSet};

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{problem, security::Security};
use crate::{
    auth::{Access, Rule},
    openapi::{Content, Location, Operation, Parameter},
    registry::Route,
    settings::ErrorFormat,
};

/// A name for each route: what it asks for, or its function's, with more before it where
/// several would have the same.
pub(super) fn ids(routes: &[(&'static Route, &str)]) -> Vec<String> {
    let own: Vec<_> = routes
        .iter()
        .map(|(route, _)| match route.text.operation_id {
            "" => route.source.function,
            id => id,
        })
        .collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for id in &own {
        *count.entry(id).or_default() += 1;
    }
    let mut taken: HashSet<String> =
        count.iter().filter(|(_, count)| **count == 1).map(|(id, _)| (*id).to_owned()).collect();
    let of_route = |((route, path), id): (&(&'static Route, &str), &str)| {
        if count.get(id) == Some(&1) {
            return id.to_owned();
        }
        let module = route.source.module.rsplit("::").next().unwrap_or_default();
        let words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let place = format!("{}_{}", route.method.as_str().to_ascii_lowercase(), words.join("_"));
        let numbered = (2_u32..).map(|number| format!("{place}_{number}"));
        let mut ids = [format!("{module}_{id}"), place.clone()].into_iter().chain(numbered);
        ids.find(|id| taken.insert(id.clone())).unwrap_or(place)
    };
    routes.iter().zip(own.iter().copied()).map(of_route).collect()
}

/// Every scope that the route's rule names.
pub(super) fn scopes(route: &Route) -> impl Iterator<Item = &'static str> {
    let rule = match route.access {
        Access::Public => Rule::NONE,
        Access::Private(rule) => rule,
    };
    rule.scopes.iter().chain(rule.any_scopes).copied()
}

pub(super) fn object(
    route: &Route,
    name: &str,
    described: &Operation,
    security: &Security<'_>,
    errors: ErrorFormat,
) -> Value {
    let text = &route.text;
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
    if !text.tags.is_empty() {
        set("tags", json!(text.tags));
    }
    if !text.summary.is_empty() {
        set("summary", text.summary.into());
    }
    let description = description(route);
    if !description.is_empty() {
        set("description", description.into());
    }
    set("operationId", name.into());
    if !described.parameters.is_empty() {
        set("parameters", described.parameters.iter().map(parameter).collect());
    }
    if !described.bodies.is_empty() {
        let required = !described.is_body_optional;
        let mut body = json!({"content": content(&described.bodies), "required": required});
        if !described.body_description.is_empty() {
            body["description"] = described.body_description.into();
        }
        set("requestBody", body);
    }
    set("responses", responses(route, described, errors));
    if text.deprecated {
        set("deprecated", true.into());
    }
    if let Access::Private(rule) = &route.access {
        set("security", security.of_rule(rule));
        if !rule.permissions.is_empty() || !rule.any_permissions.is_empty() {
            let permissions = json!({"all": rule.permissions, "any": rule.any_permissions});
            set("x-permissions", permissions);
        }
    } else if described.needs_identity {
        set("security", security.of_rule(&Rule::NONE));
    } else if described.takes_identity {
        set("security", security.optional());
    }
    object.into()
}

/// What people wrote, and what `OpenAPI` has no word for.
fn description(route: &Route) -> String {
    let mut parts = vec![route.text.description.to_owned()];
    if let Access::Private(rule) = &route.access {
        let lists = [("all of", rule.permissions), ("one of", rule.any_permissions)];
        for (how, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            let how = if names.len() == 1 { String::new() } else { format!("{how} ") };
            parts.push(format!("Needs {how}the permission {}.", names.join(", ")));
        }
        if rule.m2m {
            parts.push("For machines only.".to_owned());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn parameter(parameter: &Parameter) -> Value {
    let Parameter { name, location, required, allows_empty, schema } = parameter;
    let mut schema = schema.clone();
    let description = schema.remove("description");
    let mut object = json!({
        "name": name, "in": location.as_str(), "required": required, "schema": schema,
    });
    if let Some(description) = description {
        object["description"] = description;
    }
    if *allows_empty {
        object["allowEmptyValue"] = true.into();
    }
    object
}

fn content(contents: &[Content]) -> Value {
    let mut object = Map::new();
    for Content { media_type, schema } in contents {
        let content = match schema {
            Some(schema) => json!({"schema": schema}),
            None if media_type.starts_with("text/") => json!({"schema": {"type": "string"}}),
            // Bytes have no schema in `OpenAPI` 3.1.
            None => json!({}),
        };
        object.insert((*media_type).to_owned(), content);
    }
    object.into()
}

fn responses(route: &Route, described: &Operation, errors: ErrorFormat) -> Value {
    let mut responses = BTreeMap::new();
    let success = route.limits.status.or(described.status).unwrap_or(StatusCode::OK);
    let mut usual = json!({"description": success.canonical_reason().unwrap_or("Success")});
    if !described.answers.is_empty() {
        usual["content"] = content(&described.answers);
    }
    if !described.headers.is_empty() {
        let string = json!({"schema": {"type": "string"}});
        let headers = described.headers.iter().map(|name| ((*name).to_owned(), string.clone()));
        usual["headers"] = headers.collect::<Map<_, _>>().into();
    }
    responses.insert(success.as_str().to_owned(), usual);
    for other in &described.others {
        let answer = json!({"description": other.description});
        responses.insert(other.status.as_str().to_owned(), answer);
    }
    let mut reasons: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (status, description) in failures(route, described) {
        reasons.entry(status).or_default().push(description.to_owned());
    }
    for (status, code) in route.text.errors {
        let reason = match *code {
            "" => StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason()),
            _ => None,
        };
        let reason = reason.map_or_else(|| format!("`{code}`."), |reason| format!("{reason}."));
        reasons.entry(*status).or_default().push(reason);
    }
    for (status, reasons) in reasons {
        let answer = problem::response(errors, status, &reasons.join(" "));
        responses.entry(status.to_string()).or_insert(answer);
    }
    json!(responses)
}

/// What the framework itself answers, where this endpoint can cause it.
fn failures(route: &Route, described: &Operation) -> Vec<(u16, &'static str)> {
    let mut failures = Vec::new();
    let is_private = matches!(route.access, Access::Private(_));
    let reads_body = !described.bodies.is_empty();
    let reads_text =
        described.parameters.iter().any(|parameter| parameter.location != Location::Path);
    if is_private || described.takes_identity || reads_body || reads_text {
        failures.push((400, "The request is malformed."));
    }
    if is_private || described.takes_identity {
        failures.push((401, "The token is missing or refused."));
        failures.push((503, "Tokens cannot be checked for now."));
    }
    if is_private {
        failures.push((403, "The token lacks a right."));
    }
    if reads_body {
        failures.push((408, "The body takes too long to arrive."));
        failures.push((413, "The body is too large."));
        failures.push((415, "The body has another media type."));
    }
    if reads_body || !described.parameters.is_empty() {
        failures.push((422, "Some inputs are wrong."));
    }
    failures
}
