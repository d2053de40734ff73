//! Users and clients from a file of JSON.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    Directory,
    directory::{Client, OPENID_SCOPES, Rights, User, built_in_clients, built_in_users},
    redirect::{RedirectUri, RedirectUris},
};

const LONGEST_SUBJECT: usize = 255;
/// What the issuer says itself.
const OWN_CLAIMS: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "azp",
    "gty",
    "scope",
    "permissions",
    "nonce",
    "auth_time",
    "at_hash",
    "name",
    "email",
    "email_verified",
];

impl Directory {
    /// Reads a file's text. Who is left out has what the endpoints ask for. All mistakes at
    /// once, each with its place.
    pub(crate) fn from_json(
        text: &str,
        rights: &Rights,
        audiences: &[String],
    ) -> Result<Self, Vec<String>> {
        // An editor's byte order mark is no JSON.
        let text = text.trim_start_matches('\u{feff}');
        let value = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut reading = Reading { rights, faults: Vec::new() };
        let directory = reading.directory(&value);
        for client in &directory.clients {
            if audiences.contains(&client.id) {
                let id = &client.id;
                reading.fault("clients", &format!("client_id {id:?} is also the API's identifier"));
            }
        }
        if reading.faults.is_empty() { Ok(directory) } else { Err(reading.faults) }
    }
}

struct Reading<'r> {
    rights: &'r Rights,
    faults: Vec<String>,
}

impl Reading<'_> {
    fn directory(&mut self, value: &Value) -> Directory {
        let members = self.members("", value, &["users", "clients"]);
        let users = match members.get("users") {
            None => built_in_users(self.rights),
            Some(value) => self.list("users", value, Self::user),
        };
        let clients = match members.get("clients") {
            None => built_in_clients(self.rights),
            Some(value) => self.list("clients", value, Self::client),
        };
        if users.is_empty() {
            self.fault("users", "must have one user, or be left out");
        }
        self.check_unique("users", "sub", users.iter().map(|user| &user.sub));
        self.check_unique("clients", "client_id", clients.iter().map(|client| &client.id));
        Directory::new(users, clients)
    }

    fn user(&mut self, place: &str, value: &Value) -> User {
        const NAMES: [&str; 6] = ["sub", "name", "email", "permissions", "scopes", "claims"];
        let members = self.members(place, value, &NAMES);
        let sub = self.needed(place, "sub", &members);
        if sub.len() > LONGEST_SUBJECT {
            self.fault(&below(place, "sub"), "has over 255 bytes");
        }
        let claims = match members.get("claims") {
            None => Map::new(),
            Some(Value::Object(claims)) => claims.clone(),
            Some(_) => self.wrong(&below(place, "claims"), "must be an object"),
        };
        for name in claims.keys().filter(|name| OWN_CLAIMS.contains(&name.as_str())) {
            self.fault(&below(&below(place, "claims"), name), "is for the issuer to say");
        }
        User {
            sub,
            name: self.text(place, "name", &members),
            email: self.text(place, "email", &members),
            rights: self.rights_of(place, &members),
            claims,
        }
    }

    fn client(&mut self, place: &str, value: &Value) -> Client {
        const NAMES: [&str; 5] =
            ["client_id", "client_secret", "redirect_uris", "scopes", "permissions"];
        let members = self.members(place, value, &NAMES);
        let redirect_uris = match members.get("redirect_uris") {
            None => RedirectUris::OnLoopback,
            Some(value) => {
                let place = below(place, "redirect_uris");
                RedirectUris::These(
                    self.list(&place, value, Self::uri).into_iter().flatten().collect(),
                )
            }
        };
        Client {
            id: self.needed(place, "client_id", &members),
            secret: self.text(place, "client_secret", &members),
            redirect_uris,
            rights: self.rights_of(place, &members),
        }
    }

    fn uri(&mut self, place: &str, value: &Value) -> Option<RedirectUri> {
        value.as_str().and_then(RedirectUri::parse).or_else(|| {
            self.wrong(
                place,
                "must be an address such as `https://app.example.com/callback`, without `#`, or of \
                 an app's own scheme such as `com.example.app:/callback`",
            )
        })
    }

    fn rights_of(&mut self, place: &str, members: &Members<'_>) -> Rights {
        let scopes = self.words(place, "scopes", members);
        let is_openid = |scope: &String| OPENID_SCOPES.contains(&scope.as_str());
        if scopes.as_ref().is_some_and(|scopes| scopes.iter().any(is_openid)) {
            let text = "every user may grant `openid`, `profile`, `email` and `offline_access`; \
                        leave them out";
            self.fault(&below(place, "scopes"), text);
        }
        Rights {
            scopes: scopes.unwrap_or_else(|| self.rights.scopes.clone()),
            permissions: self
                .words(place, "permissions", members)
                .unwrap_or_else(|| self.rights.permissions.clone()),
        }
    }

    /// Words of scopes and permissions (RFC 6749 section 3.3).
    fn words(
        &mut self,
        place: &str,
        name: &str,
        members: &Members<'_>,
    ) -> Option<BTreeSet<String>> {
        let value = members.get(name)?;
        let is_word = |text: &str| {
            let is_fit = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
            !text.is_empty() && text.bytes().all(is_fit)
        };
        let words = self.list(&below(place, name), value, |reading, place, value| {
            match value.as_str().filter(|text| is_word(text)) {
                Some(text) => text.to_owned(),
                None => reading.wrong(place, "must be one word of ASCII"),
            }
        });
        Some(words.into_iter().collect())
    }

    /// The members of an object of which only these are known.
    fn members<'v>(&mut self, place: &str, value: &'v Value, names: &[&str]) -> Members<'v> {
        let Value::Object(members) = value else {
            return self.wrong(place, "must be an object");
        };
        for name in members.keys().filter(|name| !names.contains(&name.as_str())) {
            self.fault(&below(place, name), &format!("is unknown; known are {}", names.join(", ")));
        }
        members.iter().map(|(name, value)| (name.as_str(), value)).collect()
    }

    fn list<T>(
        &mut self,
        place: &str,
        value: &Value,
        read: impl Fn(&mut Self, &str, &Value) -> T,
    ) -> Vec<T> {
        let Value::Array(values) = value else {
            return self.wrong(place, "must be a list");
        };
        let values = values.iter().enumerate();
        values.map(|(index, value)| read(self, &format!("{place}[{index}]"), value)).collect()
    }

    fn needed(&mut self, place: &str, name: &str, members: &Members<'_>) -> String {
        if !members.contains_key(name) {
            self.fault(&below(place, name), "is missing");
        }
        self.text(place, name, members).unwrap_or_default()
    }

    fn text(&mut self, place: &str, name: &str, members: &Members<'_>) -> Option<String> {
        let value = members.get(name)?;
        let text =
            value.as_str().filter(|text| !text.is_empty() && !text.contains(char::is_control));
        match text {
            Some(text) => Some(text.to_owned()),
            None => self.wrong(&below(place, name), "must be a text of one line, and not empty"),
        }
    }

    fn check_unique<'n>(
        &mut self,
        place: &str,
        name: &str,
        values: impl Iterator<Item = &'n String>,
    ) {
        let mut seen = BTreeSet::new();
        // An empty one is a fault already.
        for value in values.filter(|value| !value.is_empty()) {
            if !seen.insert(value) {
                self.fault(place, &format!("{name} {value:?} is there twice"));
            }
        }
    }

    fn fault(&mut self, place: &str, text: &str) {
        let place = if place.is_empty() { "the document" } else { place };
        self.faults.push(format!("{place} {text}"));
    }

    /// Remembers a fault, and stands in for the value that it was to be.
    fn wrong<T: Default>(&mut self, place: &str, text: &str) -> T {
        self.fault(place, text);
        T::default()
    }
}

type Members<'v> = BTreeMap<&'v str, &'v Value>;

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}
