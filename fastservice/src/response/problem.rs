use std::fmt::Write;

use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{JSON, Response, of_type};
use crate::{
    body::Body,
    context::RequestId,
    error::{Error, InputError, Loc},
    settings::ErrorFormat,
};

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// How errors become answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ErrorForm {
    pub(crate) format: ErrorFormat,
    /// Whether input errors show what was rejected, except secrets.
    pub(crate) shows_input: bool,
}

impl ErrorForm {
    /// The answer that an error becomes.
    pub(crate) fn response(self, error: &Error, request_id: RequestId) -> Response {
        let (media_type, body) = match self.format {
            ErrorFormat::Problem => (PROBLEM, self.problem(error, request_id)),
            ErrorFormat::FastApi => (JSON, self.fastapi(error)),
            ErrorFormat::FastService => (JSON, fastservice(error)),
        };
        let mut response = of_type(media_type, Body::from(body));
        *response.status_mut() = error.status();
        if self.format == ErrorFormat::FastApi && !error.inputs().is_empty() {
            *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
        }
        response.headers_mut().extend(error.headers().clone());
        // An error is about this request only.
        let headers = response.headers_mut();
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }

    fn problem(self, error: &Error, request_id: RequestId) -> String {
        text(&Problem {
            kind: "about:blank",
            title: error.status().canonical_reason().unwrap_or("Error"),
            status: error.status().as_u16(),
            detail: error.detail(),
            error: error.code(),
            request_id,
            errors: self.inputs(error),
        })
    }

    fn fastapi(self, error: &Error) -> String {
        if error.inputs().is_empty() {
            return text(&json!({ "detail": plain(error) }));
        }
        text(&Detail { detail: self.inputs(error) })
    }

    fn inputs(self, error: &Error) -> Vec<WrongInput<'_>> {
        let shown = |input| WrongInput::new(input, self.shows_input);
        error.inputs().iter().map(shown).collect()
    }
}

/// A problem document (RFC 9457 section 3), with extension members of ours.
#[derive(Serialize)]
struct Problem<'e> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'e str,
    error: &'e str,
    request_id: RequestId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongInput<'e>>,
}

/// FastAPI's body of a 422.
#[derive(Serialize)]
struct Detail<'e> {
    detail: Vec<WrongInput<'e>>,
}

/// One wrong input, with FastAPI's members in FastAPI's order.
#[derive(Serialize)]
struct WrongInput<'e> {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: &'e [Loc],
    msg: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'e Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<&'e Map<String, Value>>,
}

impl<'e> WrongInput<'e> {
    fn new(input: &'e InputError, shows_input: bool) -> Self {
        Self {
            kind: input.kind(),
            loc: input.loc(),
            msg: input.msg(),
            input: input.rejected().filter(|_| shows_input),
            ctx: Some(input.limits()).filter(|limits| !limits.is_empty()),
        }
    }
}

/// Texts, numbers and lists of them: this cannot fail.
fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// The Python FastService's texts, for clients that compare them.
fn fastservice(error: &Error) -> String {
    if error.inputs().is_empty() {
        return text(&json!({ "error": plain(error) }));
    }
    let count = error.inputs().len();
    let plural = if count == 1 { "" } else { "s" };
    let mut list = format!("{count} validation error{plural} for Request");
    for input in error.inputs() {
        let loc: Vec<_> = input.loc().iter().map(Loc::to_string).collect();
        let _ = write!(list, "\n{}\n  {} (type={})", loc.join(" -> "), input.msg(), input.kind());
    }
    text(&json!({ "error": list }))
}

/// One text for an error, in the words that clients of both Python frameworks know.
fn plain(error: &Error) -> &str {
    match error.code() {
        "route_not_found" => "Not Found",
        "method_not_allowed" => "Method Not Allowed",
        "internal_error" => "Internal Server Error",
        "missing_token" => "Not authenticated",
        "malformed_authorization" => "Invalid authentication credentials",
        "token_malformed" => "invalid_header : Invalid JWT Access Token",
        "token_algorithm" => "invalid_header : JWT Access Token Signed Using Invalid Algorithm",
        "token_key" => "invalid_header : Unable to Find Appropriate Key",
        "token_signature" | "token_type" | "token_binding" => {
            "invalid_header : Unable to Parse JWT Access Token"
        }
        "token_expired" => "token_expired : Token is Expired",
        "token_issuer" | "token_audience" | "token_not_yet_valid" | "token_claims" => {
            "invalid_claims : Incorrect Claims, Please Check the Audience and Issuer"
        }
        "insufficient_scope" | "insufficient_permission" => {
            "Unauthorized : User Not Authorized to Access This Resource"
        }
        _ => error.detail(),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn answer(format: ErrorFormat, shows_input: bool, error: &Error) -> (u16, String) {
        let form = ErrorForm { format, shows_input };
        let response = form.response(error, RequestId::new());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn wrong_input() -> Error {
        let input = InputError::new(["path", "id"], "int_parsing", "Input should be an integer");
        Error::input(vec![input.with_input("x")])
    }

    #[tokio::test]
    async fn a_problem_has_the_code_and_the_request_id() {
        let (status, body) = answer(ErrorFormat::Problem, false, &wrong_input()).await;

        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &problem["status"]), (422, &json!(422)));
        assert_eq!(problem["error"], "invalid_input");
        assert_eq!(problem["request_id"].as_str().unwrap().len(), 36);
        assert_eq!(
            problem["errors"],
            json!([{"type": "int_parsing", "loc": ["path", "id"], "msg": "Input should be an integer"}])
        );
    }

    #[tokio::test]
    async fn the_fastapi_form_is_fastapis() {
        let body = answer(ErrorFormat::FastApi, true, &wrong_input()).await;

        let expected = r#"{"detail":[{"type":"int_parsing","loc":["path","id"],"msg":"Input should be an integer","input":"x"}]}"#;
        assert_eq!(body, (422, expected.into()));
        let missing = Error::not_found("").with_code("route_not_found");
        let body = answer(ErrorFormat::FastApi, false, &missing).await;
        assert_eq!(body, (404, r#"{"detail":"Not Found"}"#.into()));
    }

    #[tokio::test]
    async fn malformed_json_is_a_422_in_the_fastapi_form_only() {
        let input =
            InputError::new([Loc::from("body"), 3.into()], "json_invalid", "JSON decode error");
        let error = Error::bad_request("no").with_inputs(vec![input]);

        assert_eq!(answer(ErrorFormat::FastApi, false, &error).await.0, 422);
        assert_eq!(answer(ErrorFormat::Problem, false, &error).await.0, 400);
    }

    #[tokio::test]
    async fn the_fastservice_form_is_one_text() {
        let body = answer(ErrorFormat::FastService, false, &wrong_input()).await;

        let expected = r#"{"error":"1 validation error for Request\npath -> id\n  Input should be an integer (type=int_parsing)"}"#;
        assert_eq!(body, (422, expected.into()));
        let expired = Error::unauthorized("x").with_code("token_expired");
        let body = answer(ErrorFormat::FastService, false, &expired).await;
        assert_eq!(body, (401, r#"{"error":"token_expired : Token is Expired"}"#.into()));
    }
}
