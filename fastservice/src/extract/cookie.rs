use http::{HeaderMap, header};

use super::{
    Argument, FromRequest, OptionalFromRequest, Request,
    param::{self, Param},
};
use crate::{
    error::{Loc, Result},
    openapi::{Location, Operation, Parameter},
    validation::{Place, around_argument},
};

/// A cookie; the argument's name is the cookie's (RFC 6265 section 4.2).
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/cart")]
/// async fn cart(session: Option<Cookie<String>>) -> &'static str {
///     if session.is_some() { "your cart" } else { "an empty cart" }
/// }
/// ```
///
/// # Errors
/// 422 with `loc` `["cookie", "session"]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cookie<T>(pub T);

impl<T: Param> FromRequest for Cookie<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        match value(request.headers(), argument.name()) {
            Some(text) => param::parse(text, loc(argument)).map(Self),
            None => param::missing(loc(argument)),
        }
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let parameter = Parameter::required(Location::Cookie, argument.name());
        operation.parameters.push(parameter.with_schema(schema));
    }
}

impl<T: Param> OptionalFromRequest for Cookie<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Option<Self>> {
        let text = value(request.headers(), argument.name());
        Ok(param::parse_optional(text, loc(argument))?.map(Self))
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let parameter = Parameter::optional(Location::Cookie, argument.name());
        operation.parameters.push(parameter.with_schema(schema));
    }
}

around_argument!(Cookie, place => &place.within(&Place::source(Location::Cookie.as_str())));

fn loc(argument: Argument) -> [Loc; 2] {
    [Location::Cookie.as_str().into(), argument.name().into()]
}

/// The first cookie of this name, without the quotes that may stand around its value.
fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    let value = value.trim();
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_name_in_every_header_line() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; session=\"x y\"; empty=".parse().unwrap());
        headers.append(header::COOKIE, "b=2".parse().unwrap());

        let found = ["a", "session", "empty", "b", "c"].map(|name| value(&headers, name));

        assert_eq!(found, [Some("1"), Some("x y"), Some(""), Some("2"), None]);
    }
}
