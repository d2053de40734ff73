use clap::Args;
use serde_json::json;

use super::{Failure, print};
use crate::{
    app::{App, Endpoint, list},
    auth::{Access, Rule},
    openapi::Operation,
};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(mut app: App, options: &Options) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let endpoints = list(&app, &settings)?;
    if options.json {
        let endpoints: Vec<_> = endpoints.iter().map(object).collect();
        print(format_args!("{}\n", serde_json::to_string_pretty(&endpoints)?));
    } else {
        print(table(&endpoints));
    }
    Ok(())
}

fn table(endpoints: &[Endpoint]) -> String {
    let header = ["METHOD", "PATH", "ACCESS", "FUNCTION", "SOURCE"].map(str::to_owned);
    let rows = endpoints.iter().map(|Endpoint { route, path, .. }| {
        let function = format!("{}::{}", route.source.module, route.source.function);
        [
            route.method.to_string(),
            path.to_string(),
            route.access.to_string(),
            function,
            route.source.to_string(),
        ]
    });
    let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or_default());
    let line = |row: &[String; 5]| {
        let [method, path, access, function, source] = row;
        let [a, b, c, d] = widths;
        format!("{method:a$}  {path:b$}  {access:c$}  {function:d$}  {source}\n")
    };
    rows.iter().map(line).collect()
}

fn object(Endpoint { route, path, .. }: &Endpoint) -> serde_json::Value {
    let mut operation = Operation::default();
    (route.describe)(&mut operation);
    let access = match &route.access {
        Access::Public => json!({ "kind": "public" }),
        Access::Private(rule) => {
            let Rule { scopes, permissions, any_scopes, any_permissions, m2m } = rule;
            json!({
                "kind": "private", "scopes": scopes, "permissions": permissions,
                "any_scopes": any_scopes, "any_permissions": any_permissions, "m2m": m2m,
            })
        }
    };
    json!({
        "method": route.method.as_str(),
        "path": &**path,
        "access": access,
        "summary": route.text.summary,
        "tags": route.text.tags,
        "deprecated": route.text.deprecated,
        "parameters": operation.parameters,
        "body": operation.bodies,
        "function": format!("{}::{}", route.source.module, route.source.function),
        "package": route.source.package,
        "source": route.source.to_string(),
    })
}
