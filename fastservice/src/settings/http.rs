use std::time::Duration;

use super::{
    reader::{Reader, one_of},
    units,
};

/// How requests are read and answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpSettings {
    /// `PUBLIC_PREFIX` (none): what comes before the paths of public endpoints.
    pub public_prefix: Option<String>,
    /// `PRIVATE_PREFIX` (none): what comes before the paths of private endpoints.
    pub private_prefix: Option<String>,
    /// `ERROR_FORMAT` (`problem`): `problem`, `fastapi` or `fastservice`.
    pub error_format: ErrorFormat,
    /// `ERROR_INPUT` (`false`): whether a 422 shows the rejected input, secrets never.
    pub error_input: bool,
    /// `BODY_LIMIT` (`2MiB`): the largest body; an endpoint's `body_limit` goes before it.
    pub body_limit: usize,
    /// `BODY_TIMEOUT` (`30s`): how long a body may take to arrive, and a second more for
    /// each KiB of it that has.
    pub body_timeout: Duration,
    /// `OPENAPI` (`true`): whether `/openapi.json` is served.
    pub openapi: bool,
}

/// The form of error bodies: the setting `ERROR_FORMAT`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorFormat {
    /// RFC 9457: `application/problem+json` with `error`, `request_id` and `errors`.
    #[default]
    Problem,
    /// FastAPI's: `{"detail": …}`, a list for wrong input.
    FastApi,
    /// The Python FastService's: `{"error": "…"}`.
    FastService,
}

impl HttpSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            public_prefix: reader.text("PUBLIC_PREFIX"),
            private_prefix: reader.text("PRIVATE_PREFIX"),
            error_format: reader.checked("ERROR_FORMAT", "problem", |text| {
                one_of(
                    text,
                    &[
                        ("problem", ErrorFormat::Problem),
                        ("fastapi", ErrorFormat::FastApi),
                        ("fastservice", ErrorFormat::FastService),
                    ],
                )
            }),
            error_input: reader.checked("ERROR_INPUT", "false", units::switch),
            body_limit: reader.checked("BODY_LIMIT", "2MiB", units::bytes),
            body_timeout: reader.checked("BODY_TIMEOUT", "30s", units::duration),
            openapi: reader.checked("OPENAPI", "true", units::switch),
        }
    }
}
