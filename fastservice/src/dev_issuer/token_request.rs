use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

const DEFAULT_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What a token of the [`DevIssuer`](super::DevIssuer) shall say.
///
/// ```
/// use std::time::Duration;
///
/// use fastservice::dev_issuer::TokenRequest;
///
/// let reader = TokenRequest::new("auth0|ali").scopes(["read:items"]);
/// let expired = reader.clone().lifetime(Duration::from_secs(60)).issued_ago(Duration::from_secs(90));
/// let without_audience = reader.clone().without_claim("aud");
/// let machine = TokenRequest::for_machine("billing").permissions(["read:items"]);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until an issuer signs it"]
pub struct TokenRequest {
    subject: String,
    lifetime: Duration,
    age: Duration,
    /// Members set (`Some`) or removed (`None`), in order.
    claims: Vec<(String, Option<Value>)>,
    header: Vec<(String, Option<Value>)>,
}

impl TokenRequest {
    /// A user's token. Default: issued now for 24 hours, without scope and permissions.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            lifetime: DEFAULT_LIFETIME,
            age: Duration::ZERO,
            claims: Vec::new(),
            header: Vec::new(),
        }
    }

    /// The token of a machine-to-machine client, as Auth0 makes it by the grant
    /// `client_credentials`.
    pub fn for_machine(client_id: &str) -> Self {
        Self::new(format!("{client_id}@clients"))
            .claim("azp", client_id)
            .claim("gty", "client-credentials")
    }

    /// The scopes, as one text in `scope`.
    pub fn scopes<'s>(self, scopes: impl IntoIterator<Item = &'s str>) -> Self {
        let scopes: Vec<_> = scopes.into_iter().collect();
        self.claim("scope", scopes.join(" "))
    }

    /// The permissions, as a list in `permissions`.
    pub fn permissions<'p>(self, permissions: impl IntoIterator<Item = &'p str>) -> Self {
        let permissions: Vec<_> = permissions.into_iter().collect();
        self.claim("permissions", permissions)
    }

    /// How long after it was issued the token expires.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Issues the token in the past; one older than its lifetime has expired.
    pub fn issued_ago(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Sets any claim to any value, right or wrong.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.push((name.into(), Some(value.into())));
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: impl Into<String>) -> Self {
        self.claims.push((name.into(), None));
        self
    }

    /// Sets any member of the header to any value, right or wrong.
    pub fn header_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.push((name.into(), Some(value.into())));
        self
    }

    /// Leaves a member of the header out.
    pub fn without_header_member(mut self, name: impl Into<String>) -> Self {
        self.header.push((name.into(), None));
        self
    }

    pub(super) fn header(&self, kid: &str) -> Map<String, Value> {
        let header = [("alg", json!("RS256")), ("typ", json!("JWT")), ("kid", json!(kid))];
        edited(header, &self.header)
    }

    pub(super) fn claims(
        &self,
        issuer: &str,
        audience: &str,
        now: SystemTime,
    ) -> Map<String, Value> {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let issued_at = now.saturating_sub(self.age);
        let claims = [
            ("iss", json!(issuer)),
            ("sub", json!(self.subject)),
            ("aud", json!(audience)),
            ("iat", json!(issued_at.as_secs())),
            ("exp", json!(issued_at.saturating_add(self.lifetime).as_secs())),
        ];
        edited(claims, &self.claims)
    }
}

fn edited<const COUNT: usize>(
    members: [(&str, Value); COUNT],
    edits: &[(String, Option<Value>)],
) -> Map<String, Value> {
    let mut members: Map<_, _> =
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    for (name, value) in edits {
        match value {
            Some(value) => members.insert(name.clone(), value.clone()),
            None => members.remove(name),
        };
    }
    members
}
