//! Errors in the document, in the form that the service answers them.

use serde_json::{Map, Value, json};

use crate::settings::ErrorFormat;

/// The schemas that the responses below refer to.
pub(super) fn schemas(format: ErrorFormat) -> Map<String, Value> {
    let input = json!({
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
    });
    let inputs = json!({"type": "array", "items": {"$ref": "#/components/schemas/InputError"}});
    let (error, has_inputs) = match format {
        ErrorFormat::Problem => (problem(&inputs), true),
        ErrorFormat::FastApi => {
            let detail = json!({"anyOf": [{"type": "string"}, inputs]});
            let properties = json!({"detail": detail});
            (json!({"type": "object", "required": ["detail"], "properties": properties}), true)
        }
        ErrorFormat::FastService => {
            let properties = json!({"error": {"type": "string"}});
            (json!({"type": "object", "required": ["error"], "properties": properties}), false)
        }
    };
    let mut schemas = Map::new();
    schemas.insert(name(format).to_owned(), error);
    if has_inputs {
        schemas.insert("InputError".to_owned(), input);
    }
    schemas
}

fn problem(inputs: &Value) -> Value {
    json!({
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
