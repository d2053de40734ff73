//! What a verified token says.

use std::{collections::BTreeSet, fmt, sync::Arc};

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The claims of a token whose signature and claims were verified.
///
/// Cloning is cheap. `Debug` shows no values, so that no personal value gets
/// into a log.
#[derive(Clone)]
pub struct Claims(Arc<Inner>);

struct Inner {
    subject: UserId,
    scopes: BTreeSet<Box<str>>,
    permissions: BTreeSet<Box<str>>,
    all: Map<String, Value>,
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
        Self(Arc::new(Inner {
            subject,
            scopes: scopes.into_iter().map(Into::into).collect(),
            permissions: permissions.into_iter().map(Into::into).collect(),
            all,
        }))
    }

    /// Who the token is about: `sub` (RFC 7519 section 4.1.2).
    #[must_use]
    pub fn subject(&self) -> &UserId {
        &self.0.subject
    }

    /// Whether `scope` names this one (RFC 8693 section 4.2).
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.scopes.contains(scope)
    }

    /// Whether Auth0's `permissions` hold this one.
    #[must_use]
    pub fn has_permission(&self, permission: &str) -> bool {
        self.0.permissions.contains(permission)
    }

    /// Any claim by its name, for example a namespaced one.
    ///
    /// # Errors
    /// 403 `claim_missing` when the token has no such claim, or one of another type.
    pub fn get<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let claim =
            self.0.all.get(name).cloned().and_then(|claim| serde_json::from_value(claim).ok());
        claim.ok_or_else(|| {
            Error::forbidden("the token lacks a claim that this endpoint needs")
                .with_code("claim_missing")
        })
    }

    pub(crate) fn as_map(&self) -> &Map<String, Value> {
        &self.0.all
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
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

impl serde::Serialize for UserId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
