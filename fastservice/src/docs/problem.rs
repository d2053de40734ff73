//! Errors in the document, in the form that the service answers them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{openapi::Schemas, settings::ErrorFormat};

/// An error of this form. A type, so that it has a name like those of users, and no other has it.
struct ErrorBody<const FORM: u8>;

/// One wrong input.
struct WrongInput;

const PROBLEM: u8 = 0;
const FAST_API: u8 = 1;
const FAST_SERVICE: u8 = 2;

/// Names the schemas that the responses below refer to, before any type of a user.
pub(super) fn register(format: ErrorFormat, schemas: &mut Schemas) {
    match format {
        ErrorFormat::Problem => schemas.given::<ErrorBody<PROBLEM>>(),
        ErrorFormat::FastApi => schemas.given::<ErrorBody<FAST_API>>(),
        ErrorFormat::FastService => schemas.given::<ErrorBody<FAST_SERVICE>>(),
    };
}

impl<const FORM: u8> JsonSchema for ErrorBody<FORM> {
    fn schema_name() -> Cow<'static, str> {
        if FORM == PROBLEM { "Problem".into() } else { "Error".into() }
    }

    fn schema_id() -> Cow<'static, str> {
        "fastservice::docs::ErrorBody".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut inputs = || {
            json_schema!({
                "type": "array", "items": generator.subschema_for::<WrongInput>(),
            })
        };
        match FORM {
            PROBLEM => problem(&inputs()),
            FAST_API => json_schema!({
                "type": "object",
                "required": ["detail"],
                "properties": {"detail": {"anyOf": [{"type": "string"}, inputs()]}},
            }),
            _ => json_schema!({
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"type": "string"}},
            }),
        }
    }
}

impl JsonSchema for WrongInput {
    fn schema_name() -> Cow<'static, str> {
        "InputError".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "fastservice::docs::WrongInput".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "One wrong input.",
            "required": ["type", "loc", "msg"],
            "properties": {
                "type": {"type": "string", "description": "What is wrong, as a stable name."},
                "loc": {
                    "type": "array",
                    "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                    "description": "Where: `path`, `query`, `header`, `cookie` or `body`, then names and positions.",
                },
                "msg": {"type": "string", "description": "What is wrong, in words."},
                "input": {"description": "What was sent, where the service shows it."},
                "ctx": {"type": "object", "description": "The limit that was broken."},
            },
        })
    }
}

fn problem(inputs: &Schema) -> Schema {
    json_schema!({
        "type": "object",
        "description": "A problem document (RFC 9457).",
        "required": ["type", "title", "status", "detail", "error", "request_id"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What was wrong, and what to do."},
            "error": {"type": "string", "description": "The error's stable code."},
            "request_id": {"type": "string", "description": "As in `X-Request-ID`."},
            "errors": inputs,
        },
    })
}

pub(super) fn response(format: ErrorFormat, status: u16, description: &str) -> Value {
    let media_type = match format {
        ErrorFormat::Problem => "application/problem+json",
        ErrorFormat::FastApi | ErrorFormat::FastService => "application/json",
    };
    let schema = json!({"$ref": format!("#/components/schemas/{}", name(format))});
    let mut response = json!({
        "description": description,
        "content": {media_type: {"schema": schema}},
    });
    let header = match status {
        401 => Some("WWW-Authenticate"),
        503 => Some("Retry-After"),
        _ => None,
    };
    if let Some(header) = header {
        response["headers"] = json!({header: {"schema": {"type": "string"}}});
    }
    response
}

fn name(format: ErrorFormat) -> &'static str {
    match format {
        ErrorFormat::Problem => "Problem",
        ErrorFormat::FastApi | ErrorFormat::FastService => "Error",
    }
}
