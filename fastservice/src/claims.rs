//! What a verified token says.

use std::{borrow::Cow, collections::BTreeSet, fmt, ops::Deref, sync::Arc};

use http::header::WWW_AUTHENTICATE;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The claims of a token whose signature and claims were verified.
///
/// As an argument it may name a type of your own for custom claims. Its fields are read
/// through the claims; a token that lacks one is answered 403 `claim_missing`.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     #[serde(rename = "https://shop.example.com/tier")]
///     tier: String,
/// }
///
/// #[private_api(get = "/offers/{category}")]
/// async fn offers(category: String, claims: Claims<Customer>) -> Result<String> {
///     if category == "wine" {
///         claims.require_scope("read:wine")?;
///     }
///     Ok(format!("{category} for {} customers such as {}", claims.tier, claims.subject()))
/// }
/// ```
///
/// Cloning is cheap. `Debug` shows no values, so that no personal value gets
/// into a log.
#[derive(Clone)]
pub struct Claims<T = Untyped> {
    verified: Arc<Verified>,
    /// The challenge for a right that the token lacks, as far as it is the same for all.
    challenge: Option<Arc<str>>,
    own: T,
}

struct Verified {
    subject: UserId,
    scopes: BTreeSet<Box<str>>,
    permissions: BTreeSet<Box<str>>,
    all: Map<String, Value>,
}

/// Stands in [`Claims`] for claims that are asked for by name, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Untyped;

impl<'de> Deserialize<'de> for Untyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Self)
    }
}

impl Claims {
    /// Claims that an [`Authenticator`](crate::auth::Authenticator) vouches for.
    #[must_use]
    pub fn new(
        subject: UserId,
        scopes: impl IntoIterator<Item = impl Into<Box<str>>>,
        permissions: impl IntoIterator<Item = impl Into<Box<str>>>,
        all: Map<String, Value>,
    ) -> Self {
        let verified = Verified {
            subject,
            scopes: scopes.into_iter().map(Into::into).collect(),
            permissions: permissions.into_iter().map(Into::into).collect(),
            all,
        };
        Self { verified: Arc::new(verified), challenge: None, own: Untyped }
    }

    /// The claims, with the challenge that a lack of rights is answered with.
    pub(crate) fn challenged_by(self, challenge: &Arc<str>) -> Self {
        Self { challenge: Some(challenge.clone()), ..self }
    }

    /// The claims with those that `T` names.
    ///
    /// # Errors
    /// 403 `claim_missing` when the token has not all of them, or one of another type.
    pub fn with<T: DeserializeOwned>(&self) -> Result<Claims<T>> {
        let own = T::deserialize(&self.verified.all).map_err(|_| missing())?;
        Ok(Claims { verified: self.verified.clone(), challenge: self.challenge.clone(), own })
    }
}

impl<T> Claims<T> {
    /// Who the token is about: `sub` (RFC 7519 section 4.1.2).
    #[must_use]
    pub fn subject(&self) -> &UserId {
        &self.verified.subject
    }

    /// Whether `scope` names this one (RFC 8693 section 4.2).
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.verified.scopes.contains(scope)
    }

    /// Whether Auth0's `permissions` hold this one.
    #[must_use]
    pub fn has_permission(&self, permission: &str) -> bool {
        self.verified.permissions.contains(permission)
    }

    /// Demands a scope where the endpoint's rule cannot, as it depends on the request.
    ///
    /// # Errors
    /// 403 `insufficient_scope`, with the challenge of RFC 6750 section 3.1.
    pub fn require_scope(&self, scope: &str) -> Result<()> {
        if self.has_scope(scope) {
            return Ok(());
        }
        let error = Error::forbidden(format!("the token lacks scope {scope}"));
        let named = if is_scope_token(scope) { scope } else { "" };
        Err(self.challenged(error.with_code("insufficient_scope"), named))
    }

    /// Demands a permission where the endpoint's rule cannot.
    ///
    /// # Errors
    /// 403 `insufficient_permission`, with a challenge that names no scope.
    pub fn require_permission(&self, permission: &str) -> Result<()> {
        if self.has_permission(permission) {
            return Ok(());
        }
        let error = Error::forbidden(format!("the token lacks permission {permission}"));
        Err(self.challenged(error.with_code("insufficient_permission"), ""))
    }

    fn challenged(&self, error: Error, scope: &str) -> Error {
        let Some(challenge) = self.challenge.as_deref() else { return error };
        let scope = if scope.is_empty() { String::new() } else { format!(", scope=\"{scope}\"") };
        match format!("{challenge}{scope}").try_into() {
            Ok(challenge) => error.with_header(WWW_AUTHENTICATE, challenge),
            Err(_) => error,
        }
    }

    /// Any claim by its name, for example a namespaced one.
    ///
    /// # Errors
    /// 403 `claim_missing` when the token has no such claim, or one of another type.
    pub fn get<V: DeserializeOwned>(&self, name: &str) -> Result<V> {
        let claim = self.verified.all.get(name).and_then(|claim| V::deserialize(claim).ok());
        claim.ok_or_else(missing)
    }

    pub(crate) fn as_map(&self) -> &Map<String, Value> {
        &self.verified.all
    }
}

/// The fields of the service's own claims.
impl<T> Deref for Claims<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.own
    }
}

impl<T> fmt::Debug for Claims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

fn missing() -> Error {
    Error::forbidden("the token lacks a claim that this endpoint needs").with_code("claim_missing")
}

/// RFC 6749 section 3.3: visible ASCII without `"` and `\`.
pub(crate) fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty()
        && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

/// Who calls: the `sub` of the verified token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for UserId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", &*self.0)
    }
}

impl JsonSchema for UserId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "UserId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "Who the token is about: its `sub`."})
    }
}

impl serde::Serialize for UserId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
