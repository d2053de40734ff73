//! Which client asks for a token (RFC 6749 section 2.3).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    OAuthError, Tenant,
    directory::Client,
    parameters::{Parameters, form_decoded},
};

impl Tenant {
    /// The client, which has proved that it is; a public one cannot.
    pub(super) fn authenticated(
        &self,
        headers: &HeaderMap,
        parameters: &Parameters,
    ) -> Result<&Client, OAuthError> {
        let (id, secret) = (parameters.one("client_id")?, parameters.one("client_secret")?);
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return self.known(id.unwrap_or_default(), secret.unwrap_or_default());
        };
        if secret.is_some() || values.next().is_some() {
            return Err(OAuthError::invalid_request("the client authenticates in two ways"));
        }
        let (user, password) =
            basic(value.as_bytes()).ok_or(OAuthError::INVALID_CLIENT.to_basic())?;
        if id.is_some_and(|id| id != user) {
            return Err(OAuthError::invalid_request("client_id is another than in Authorization"));
        }
        self.known(&user, &password).map_err(OAuthError::to_basic)
    }

    fn known(&self, id: &str, secret: &str) -> Result<&Client, OAuthError> {
        let client = self.directory.client(id).ok_or(OAuthError::INVALID_CLIENT)?;
        let is_proved =
            if client.is_public() { secret.is_empty() } else { client.has_secret(secret) };
        if is_proved { Ok(client) } else { Err(OAuthError::INVALID_CLIENT) }
    }
}

/// Name and password of HTTP Basic, each form-encoded before they were joined.
fn basic(value: &[u8]) -> Option<(String, String)> {
    let (scheme, rest) = value.split_at_checked("basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim_ascii()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((form_decoded(user)?, form_decoded(password)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded() {
        let of = |text: &str| basic(format!("bAsIc {}", STANDARD.encode(text)).as_bytes());

        assert_eq!(of("a%3Ab:c+d%25"), Some(("a:b".into(), "c d%".into())));
        assert_eq!(of("a:"), Some(("a".into(), String::new())));
        assert_eq!((of("a"), of("a:%ff")), (None, None));
        for wrong in ["", "Basic", "Basic !", "Bearer YTpi", "BasicYTpi"] {
            assert_eq!(basic(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
