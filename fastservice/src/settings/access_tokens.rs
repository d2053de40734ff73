use super::reader::{Reader, one_of};

/// Where and how the service asks for tokens with which it calls others.
///
/// Who it is, is said by `API_CLIENT_ID` and `API_CLIENT_SECRET`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessTokenSettings {
    /// `TOKEN_URL` (none): the token endpoint. Without it that of `AUTH0_DOMAIN`, else of the
    /// first of `OIDC_ISSUERS` by discovery, else the service's own in a development build.
    pub token_url: Option<String>,
    /// `CLIENT_AUTHENTICATION` (`post`): how the secret is sent: `post`, in the form, or
    /// `basic`, in a header.
    pub client_authentication: ClientAuthentication,
}

/// How a client proves who it is (RFC 6749 section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// By members of the form: `client_secret_post`.
    Post,
    /// By HTTP Basic: `client_secret_basic`.
    Basic,
}

impl AccessTokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        use ClientAuthentication::{Basic, Post};
        Self {
            token_url: reader.text("TOKEN_URL"),
            client_authentication: reader.checked("CLIENT_AUTHENTICATION", "post", |text| {
                one_of(text, &[("post", Post), ("basic", Basic)])
            }),
        }
    }
}
