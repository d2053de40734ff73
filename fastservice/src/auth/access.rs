//! The rule a route carries, as data, and what a token lacks to meet it.

use std::fmt;

use http::{HeaderValue, header::WWW_AUTHENTICATE};

use crate::{claims::Claims, error::Error};

/// Who may call a route.
///
/// ```
/// use fastservice::auth::{Access, Rule};
///
/// const READ: Access = Access::Private(Rule { scopes: &["read:items"], ..Rule::NONE });
/// assert_eq!(READ.to_string(), "private scope=read:items");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; the `Authorization` header is not looked at.
    Public,
    /// Who holds a verified token that meets the rule.
    Private(Rule),
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Private(rule) => write!(f, "private{rule}"),
        }
    }
}

/// What a verified token must hold beside being right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Scopes (RFC 6749 section 3.3) that are all needed.
    pub scopes: &'static [&'static str],
    /// Permissions (Auth0's `permissions`) that are all needed.
    pub permissions: &'static [&'static str],
    /// Scopes of which one is needed; empty asks for none.
    pub any_scopes: &'static [&'static str],
    /// Permissions of which one is needed; empty asks for none.
    pub any_permissions: &'static [&'static str],
    /// Whether only the configured machine-to-machine clients may call.
    pub m2m: bool,
}

impl Rule {
    /// Any verified token meets it.
    pub const NONE: Self =
        Self { scopes: &[], permissions: &[], any_scopes: &[], any_permissions: &[], m2m: false };

    /// What the token lacks, or `None` when it meets the rule.
    pub(super) fn lack(&self, claims: &Claims, machines: &Machines) -> Option<Lack> {
        let lack = Lack {
            machine: self.m2m && !machines.have(claims),
            scopes: all_of(self.scopes, |scope| claims.has_scope(scope)),
            any_scopes: one_of(self.any_scopes, |scope| claims.has_scope(scope)),
            permissions: all_of(self.permissions, |name| claims.has_permission(name)),
            any_permissions: one_of(self.any_permissions, |name| claims.has_permission(name)),
        };
        (!lack.is_nothing()).then_some(lack)
    }
}

/// Each part with a blank before it, so that an empty rule prints nothing.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("scope", self.scopes, "+"),
            ("permission", self.permissions, "+"),
            ("any_scope", self.any_scopes, "|"),
            ("any_permission", self.any_permissions, "|"),
        ];
        for (name, words, separator) in parts.into_iter().filter(|(_, words, _)| !words.is_empty())
        {
            write!(f, " {name}={}", words.join(separator))?;
        }
        f.write_str(if self.m2m { " m2m" } else { "" })
    }
}

/// What a token lacks to meet a rule.
#[derive(Debug)]
pub(super) struct Lack {
    pub(super) machine: bool,
    scopes: Vec<&'static str>,
    any_scopes: &'static [&'static str],
    permissions: Vec<&'static str>,
    any_permissions: &'static [&'static str],
}

impl Lack {
    fn is_nothing(&self) -> bool {
        !self.machine && !self.is_scope() && !self.is_permission()
    }

    fn is_scope(&self) -> bool {
        !self.scopes.is_empty() || !self.any_scopes.is_empty()
    }

    fn is_permission(&self) -> bool {
        !self.permissions.is_empty() || !self.any_permissions.is_empty()
    }

    /// 403 with the code of what is missing first. The names are the endpoint's, so telling
    /// them tells nothing about the token.
    pub(super) fn to_error(&self, challenge: HeaderValue) -> Error {
        let is_scope_first = !self.machine && self.is_scope();
        let code = if is_scope_first { "insufficient_scope" } else { "insufficient_permission" };
        Error::forbidden(self.to_string()).with_code(code).with_header(WWW_AUTHENTICATE, challenge)
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("scope ", self.scopes.as_slice(), " and "),
            ("scope ", self.any_scopes, " or "),
            ("permission ", self.permissions.as_slice(), " and "),
            ("permission ", self.any_permissions, " or "),
        ];
        let machine = self.machine.then(|| "the right of a machine client".to_owned());
        let lists = lists.into_iter().filter(|(_, words, _)| !words.is_empty());
        let lists =
            lists.map(|(kind, words, separator)| format!("{kind}{}", words.join(separator)));
        let missing: Vec<_> = machine.into_iter().chain(lists).collect();
        write!(f, "the token lacks {}", missing.join(", "))
    }
}

fn all_of(
    needed: &'static [&'static str],
    has: impl Fn(&'static str) -> bool,
) -> Vec<&'static str> {
    needed.iter().copied().filter(|word| !has(word)).collect()
}

fn one_of(
    accepted: &'static [&'static str],
    has: impl Fn(&'static str) -> bool,
) -> &'static [&'static str] {
    if accepted.iter().copied().any(has) { &[] } else { accepted }
}

/// The machine clients that endpoints for machines let in.
#[derive(Debug)]
pub(super) struct Machines {
    pub(super) subjects: Box<[Box<str>]>,
    /// Whose they are: another issuer may give any subject to anybody.
    pub(super) issuer: Option<Box<str>>,
}

impl Machines {
    /// Auth0 gives machines the subject `CLIENT@clients` and, in most tenants, a `gty`.
    fn have(&self, claims: &Claims) -> bool {
        let subject = claims.subject().as_str();
        let claim = |name: &str| claims.as_map().get(name);
        let is_theirs =
            |issuer: &str| claim("iss").is_some_and(|of_token| of_token.as_str() == Some(issuer));
        self.subjects.iter().any(|machine| **machine == *subject)
            && claim("gty").is_none_or(|grant| grant == "client-credentials")
            && self.issuer.as_deref().is_none_or(is_theirs)
    }
}

const MACHINE_SUFFIX: &str = "@clients";

pub(super) fn m2m_subject(client: &str) -> Box<str> {
    let id = client.strip_suffix(MACHINE_SUFFIX).unwrap_or(client);
    format!("{id}{MACHINE_SUFFIX}").into()
}

pub(super) fn is_client_id(client: &str) -> bool {
    let id = client.strip_suffix(MACHINE_SUFFIX).unwrap_or(client);
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic())
}
