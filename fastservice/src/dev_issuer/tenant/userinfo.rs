//! Who a user is (OpenID Connect Core 1.0 section 5.3).

use serde_json::{Map, Value, json};

use super::{Tenant, directory::User};
use crate::claims::Claims;

impl User {
    /// What the scopes allow to say.
    pub(super) fn profile(&self, has_scope: impl Fn(&str) -> bool) -> Map<String, Value> {
        let mut profile = Map::new();
        if let Some(name) = self.name.as_ref().filter(|_| has_scope("profile")) {
            profile.insert("name".to_owned(), json!(name));
        }
        if let Some(email) = self.email.as_ref().filter(|_| has_scope("email")) {
            profile.insert("email".to_owned(), json!(email));
            profile.insert("email_verified".to_owned(), json!(true));
        }
        profile
    }
}

impl Tenant {
    /// The user of a verified token; of one whom nobody described, just the subject.
    pub(super) fn userinfo(&self, claims: &Claims) -> Map<String, Value> {
        let sub = claims.subject().as_str();
        let user = self.directory.user(sub);
        let mut profile =
            user.map(|user| user.profile(|scope| claims.has_scope(scope))).unwrap_or_default();
        profile.insert("sub".to_owned(), json!(sub));
        profile
    }
}
