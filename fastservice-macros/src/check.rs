//! Check: every rule between attribute and function; all mistakes are reported at once.
use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::{LitStr, Path, Type, ext::IdentExt};

use crate::{
    arguments::{self, Argument},
    attribute::Attribute,
    documentation::Documentation,
    function::Function,
    keys::Access,
    mistakes::Mistakes,
    path::{self, Parameter},
    values::{self, ErrorAnswer, Names},
};

/// A checked endpoint: all that expansion needs, and nothing it must ask again.
pub(crate) struct Endpoint {
    /// The path of the runtime crate, if it is not the usual one.
    pub(crate) runtime: Option<Path>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) rule: Option<Rule>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) details: Details,
    /// The `#[cfg(..)]` of the function, which its registration shares.
    pub(crate) conditions: Vec<syn::Attribute>,
    /// Whether calling the function warns.
    pub(crate) is_marked_deprecated: bool,
}

/// By which method an endpoint is served.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    /// `GET`
    Written(String),
    /// A bare attribute: the types decide whether there is a body.
    Bare,
}

/// What a private endpoint asks of a token.
#[derive(Default)]
pub(crate) struct Rule {
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) any_scopes: Vec<String>,
    pub(crate) any_permissions: Vec<String>,
    pub(crate) is_m2m: bool,
}

/// What the documentation and the server are told beside the route.
#[derive(Default)]
pub(crate) struct Details {
    pub(crate) documentation: Documentation,
    pub(crate) tags: Vec<String>,
    pub(crate) operation_id: Option<String>,
    pub(crate) is_deprecated: bool,
    pub(crate) is_hidden: bool,
    pub(crate) status: Option<u16>,
    /// The type of the answer, where the function's result does not say it.
    pub(crate) answers: Option<Type>,
    pub(crate) errors: Vec<ErrorAnswer>,
    pub(crate) timeout_milliseconds: Option<u64>,
    pub(crate) body_limit_bytes: Option<u64>,
    pub(crate) is_cancellable: Option<bool>,
}

/// Checks the attribute's arguments against the function.
pub(crate) fn endpoint(
    access: Access,
    arguments: TokenStream,
    function: &Function,
) -> Result<Endpoint, Mistakes> {
    let mut mistakes = Mistakes::default();
    let attribute = Attribute::parse(access, arguments, &mut mistakes);
    function.check(&mut mistakes);
    let written = attribute.route(&mut mistakes);
    let parameters = written.map(|(_, template)| path::parameters(template, &mut mistakes));
    let parameters = parameters.unwrap_or_default();
    let arguments = arguments::arguments(function, &parameters, &mut mistakes);
    if let Some((method, template)) = written {
        check_parameters(template, &parameters, &arguments, &mut mistakes);
        check_method(method, template, &arguments, &mut mistakes);
    }
    check_bodies(&arguments, &mut mistakes);
    let (method, path) = route(written, function);
    let endpoint = Endpoint {
        runtime: attribute.path("crate", &mut mistakes),
        method,
        path,
        rule: (access == Access::Private).then(|| rule(&attribute, &mut mistakes)),
        arguments,
        details: details(&attribute, function, &mut mistakes),
        conditions: function.attributes_named("cfg").cloned().collect(),
        is_marked_deprecated: is_marked_deprecated(function),
    };
    mistakes.or(endpoint)
}

/// The route that is written, or the one of a bare attribute: the function's name.
fn route(written: Option<(&Ident, &LitStr)>, function: &Function) -> (Method, String) {
    match written {
        Some((method, path)) => (Method::Written(method.to_string().to_uppercase()), path.value()),
        None => (Method::Bare, format!("/{}", function.signature.ident.unraw())),
    }
}

fn rule(attribute: &Attribute, mistakes: &mut Mistakes) -> Rule {
    let mut names = |key, kind| values::names(attribute, key, kind, mistakes);
    Rule {
        scopes: names("scope", Names::Scopes),
        permissions: names("permission", Names::Permissions),
        any_scopes: names("any_scope", Names::Scopes),
        any_permissions: names("any_permission", Names::Permissions),
        is_m2m: attribute.flag("m2m", mistakes),
    }
}

fn details(attribute: &Attribute, function: &Function, mistakes: &mut Mistakes) -> Details {
    let documentation = match attribute.text("summary", mistakes) {
        None => Documentation::read(&function.attributes),
        Some(summary) => {
            if summary.value().trim().is_empty() {
                mistakes.add(summary, "the summary is empty; write it, or remove `summary`");
            }
            Documentation::with_summary(&function.attributes, summary.value())
        }
    };
    let operation_id = attribute.text("operation_id", mistakes);
    let operation_id = operation_id.map(|text| values::operation_id(text, mistakes));
    let status = attribute.number("status", mistakes);
    let timeout = attribute.text("timeout", mistakes);
    Details {
        documentation,
        tags: values::names(attribute, "tag", Names::Tags, mistakes),
        operation_id,
        is_deprecated: attribute.flag("deprecated", mistakes) || is_marked_deprecated(function),
        is_hidden: attribute.flag("hidden", mistakes),
        status: status.and_then(|number| values::status(number, mistakes)),
        answers: attribute.ty("answers", mistakes),
        errors: values::errors(attribute, mistakes),
        timeout_milliseconds: timeout.and_then(|text| values::timeout(text, mistakes)),
        body_limit_bytes: values::body_limit(attribute, mistakes),
        is_cancellable: attribute.truth("cancellable", mistakes),
    }
}

fn is_marked_deprecated(function: &Function) -> bool {
    function.attributes_named("deprecated").next().is_some()
}

/// Every `{name}` of the path is an argument.
fn check_parameters(
    template: &LitStr,
    parameters: &[Parameter],
    arguments: &[Argument],
    mistakes: &mut Mistakes,
) {
    for parameter in parameters {
        if arguments.iter().any(|argument| argument.name == parameter.name) {
            continue;
        }
        let is_number = parameter.name == "id" || parameter.name.ends_with("_id");
        let ty = if is_number && !parameter.is_rest { "i64" } else { "String" };
        let written = parameter.written();
        let name = keyword_safe(&parameter.name);
        let sentence = format!("`{written}` has no argument; add `{name}: {ty}` to the function");
        mistakes.add(template, sentence);
    }
}

/// The name as Rust code writes it: `r#type` for `type`.
fn keyword_safe(name: &str) -> Ident {
    match syn::parse_str(name) {
        Ok(ident) => ident,
        Err(_) => format_ident!("r#{name}"),
    }
}

/// At most one argument takes the body.
fn check_bodies(arguments: &[Argument], mistakes: &mut Mistakes) {
    let mut bodies = arguments.iter().filter(|argument| argument.shows_body());
    let Some(first) = bodies.next() else { return };
    for second in bodies {
        let name = &first.name;
        let sentence =
            format!("`{name}` takes the body already; join both in one type, or remove one");
        mistakes.add(&second.ty, sentence);
    }
}

/// No argument takes the body where a request has none.
fn check_method(
    method: &Ident,
    template: &LitStr,
    arguments: &[Argument],
    mistakes: &mut Mistakes,
) {
    let Some(body) = arguments.iter().find(|argument| argument.shows_body()) else { return };
    if method == "get" || method == "head" {
        let (path, name) = (template.value(), &body.name);
        let method_name = method.to_string().to_uppercase();
        let sentence = format!(
            "a {method_name} request has no body; write `post = {path:?}`, or remove `{name}`"
        );
        mistakes.add(method, sentence);
    }
}
