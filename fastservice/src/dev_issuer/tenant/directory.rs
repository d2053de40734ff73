//! Who can log in, and which programs can ask for tokens.

use std::{collections::BTreeSet, fmt};

use aws_lc_rs::{constant_time, digest};
use serde_json::{Map, Value};

use super::redirect::RedirectUris;
use crate::auth::Rule;

/// The machine that is known without a file.
pub(crate) const MACHINE: (&str, &str) = ("dev-client", "dev-secret");
/// The program without a secret that is known without a file, such as a page of documentation.
pub(crate) const DOCS: &str = "dev-docs";
/// Scopes that OpenID Connect defines, and every user may grant.
pub(super) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The scopes and permissions that endpoints ask for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights {
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) permissions: BTreeSet<String>,
}

impl Rights {
    /// Those that the rules name, without what every user may grant.
    pub(crate) fn of<'r>(rules: impl Iterator<Item = &'r Rule>) -> Self {
        let mut rights = Self::default();
        for rule in rules {
            let scopes = rule.scopes.iter().chain(rule.any_scopes);
            rights.scopes.extend(scopes.map(|&scope| scope.to_owned()));
            let permissions = rule.permissions.iter().chain(rule.any_permissions);
            rights.permissions.extend(permissions.map(|&name| name.to_owned()));
        }
        rights.scopes.retain(|scope| !OPENID_SCOPES.contains(&scope.as_str()));
        rights
    }
}

/// A person whom a developer can log in as.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) sub: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) rights: Rights,
    /// What its tokens say beside the usual.
    pub(super) claims: Map<String, Value>,
}

/// A program that asks for tokens.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) id: String,
    /// Without one it is public (RFC 6749 section 2.1).
    pub(super) secret: Option<String>,
    pub(super) redirect_uris: RedirectUris,
    pub(super) rights: Rights,
}

impl Client {
    pub(super) fn has_secret(&self, secret: &str) -> bool {
        // Of digests, as the comparison is constant in time for equal lengths only.
        let digest = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
        let Some(own) = &self.secret else { return false };
        let (ours, theirs) = (digest(own), digest(secret));
        constant_time::verify_slices_are_equal(ours.as_ref(), theirs.as_ref()).is_ok()
    }

    pub(super) fn is_public(&self) -> bool {
        self.secret.is_none()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All users and clients.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(super) users: Vec<User>,
    pub(super) clients: Vec<Client>,
    /// Every scope that somebody may have, without those of OpenID Connect.
    pub(super) scopes: BTreeSet<String>,
}

impl Directory {
    /// Two users, of whom one has all rights, a machine and a public client.
    pub(crate) fn built_in(rights: &Rights) -> Self {
        Self::new(built_in_users(rights), built_in_clients(rights))
    }

    pub(super) fn new(users: Vec<User>, clients: Vec<Client>) -> Self {
        let of_users = users.iter().map(|user| &user.rights.scopes);
        let of_clients = clients.iter().map(|client| &client.rights.scopes);
        let scopes = of_users.chain(of_clients).flatten().cloned().collect();
        Self { users, clients, scopes }
    }

    pub(super) fn user(&self, sub: &str) -> Option<&User> {
        self.users.iter().find(|user| user.sub == sub)
    }

    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }
}

pub(super) fn built_in_users(rights: &Rights) -> Vec<User> {
    let user = |id: &str, name: &str, rights: Rights| User {
        sub: format!("auth0|{id}"),
        name: Some(name.to_owned()),
        email: Some(format!("{id}@example.com")),
        rights,
        claims: Map::new(),
    };
    vec![user("admin", "Ada Admin", rights.clone()), user("guest", "Gil Guest", Rights::default())]
}

pub(super) fn built_in_clients(rights: &Rights) -> Vec<Client> {
    let client = |id: &str, secret: Option<&str>, redirect_uris| Client {
        id: id.to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris,
        rights: rights.clone(),
    };
    let (machine, secret) = MACHINE;
    vec![
        client(machine, Some(secret), RedirectUris::These(Vec::new())),
        client(DOCS, None, RedirectUris::OnLoopback),
    ]
}
