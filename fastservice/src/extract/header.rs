use http::HeaderMap;

use super::{
    Argument, FromRequest, OptionalFromRequest, Request,
    param::{self, Param},
};
use crate::{
    error::{Error, InputError, Loc, Result},
    openapi::{Location, Operation, Parameter},
    validation::{Place, around_argument},
};

/// A header; the argument's name is the header's, with `_` for `-`.
///
/// `Header<Vec<T>>` takes every value of a repeated header.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/greeting")]
/// async fn greeting(Header(accept_language): Header<String>, x_tags: Header<Vec<u32>>) -> String {
///     format!("{accept_language} {:?}", x_tags.0)
/// }
/// ```
///
/// # Errors
/// 422 with `loc` `["header", "accept-language"]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T: Param> FromRequest for Header<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let name = header_name(argument);
        match value(request.headers(), &name)? {
            Some(text) => param::parse(text, loc(name)).map(Self),
            None => param::missing(loc(name)),
        }
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let parameter = Parameter::required(Location::Header, header_name(argument));
        operation.parameters.push(parameter.with_schema(schema));
    }
}

impl<T: Param> OptionalFromRequest for Header<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Option<Self>> {
        let name = header_name(argument);
        let text = value(request.headers(), &name)?;
        Ok(param::parse_optional(text, loc(name))?.map(Self))
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let parameter = Parameter::optional(Location::Header, header_name(argument));
        operation.parameters.push(parameter.with_schema(schema));
    }
}

impl<T: Param> FromRequest for Header<Vec<T>> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let name = header_name(argument);
        let values = request.headers().get_all(&name).iter();
        param::parse_all(values.map(|value| visible(value, &name)), &loc(name.clone())).map(Self)
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = param::list_of::<T>(&mut operation.schemas);
        let parameter = Parameter::optional(Location::Header, header_name(argument));
        operation.parameters.push(parameter.with_schema(schema));
    }
}

around_argument!(Header, place => &place.header(&Place::source(Location::Header.as_str())));

fn header_name(argument: Argument) -> String {
    argument.name().replace('_', "-")
}

fn loc(name: String) -> [Loc; 2] {
    [Location::Header.as_str().into(), name.into()]
}

fn value<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>> {
    headers.get(name).map(|value| visible(value, name)).transpose()
}

fn visible<'h>(value: &'h http::HeaderValue, name: &str) -> Result<&'h str> {
    value.to_str().map_err(|_| {
        let msg = "Input should be visible ASCII characters";
        Error::input(vec![InputError::new(loc(name.to_owned()), "string_type", msg)])
    })
}
