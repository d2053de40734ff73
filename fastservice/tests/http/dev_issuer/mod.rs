//! The development issuer, over a socket, as its endpoints answer only this machine.

mod access;
mod address;
mod authorize;
mod browsers;
mod codes;
mod file;
mod metadata;
mod refresh;
mod token_endpoint;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fastservice::prelude::*;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::wire::{Server, start_app};

// Of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT_URI: &str = "http://localhost:3000/back";
/// The authority that the issuer is named by, as these tests give it no port.
const ISSUER: &str = "http://localhost:0/dev-issuer/";
const TOKEN: &str = "/dev-issuer/oauth/token";
const AUTHORIZE: &str = "/dev-issuer/authorize";

#[private_api(get = "/items", scope = "read:items")]
async fn items(user: UserId) -> String {
    user.to_string()
}

#[private_api(get = "/admin", any_permission = ["delete:items", "write:items"])]
async fn admin(user: UserId) -> String {
    user.to_string()
}

type Pairs<'p> = [(&'p str, &'p str)];

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let (first, rest) = head.split_once("\r\n").unwrap();
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let headers = rest.split("\r\n").map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
        });
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Status and OAuth's code.
    fn error(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or_default().to_owned())
    }

    fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.body)).to_owned()
    }

    /// The handle of a page to log in.
    fn handle(&self) -> &str {
        let (_, rest) = self.body.split_once(r#"name="login" value=""#).expect(&self.body);
        rest.split_once('"').unwrap().0
    }

    /// A parameter of the address that it sends the browser to.
    fn sent(&self, name: &str) -> Option<String> {
        let (_, query) = self.header("location").split_once('?')?;
        query.split('&').find_map(|pair| {
            let value = pair.strip_prefix(name)?.strip_prefix('=')?;
            Some(percent_encoding::percent_decode_str(value).decode_utf8().unwrap().into_owned())
        })
    }
}

struct Issuer(Server);

impl Issuer {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    async fn start_with(settings: &Pairs<'_>) -> Self {
        Self(start_app(App::new().only_routes_in(module_path!()), settings).await)
    }

    async fn get(&self, path: &str, headers: &Pairs<'_>) -> Answer {
        self.send("GET", path, headers, "").await
    }

    async fn get_as(&self, path: &str, token: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {token}"))]).await
    }

    async fn form(&self, path: &str, pairs: &Pairs<'_>) -> Answer {
        self.form_with(path, pairs, &[]).await
    }

    async fn form_with(&self, path: &str, pairs: &Pairs<'_>, headers: &Pairs<'_>) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &[&kind, headers].concat(), &encoded(pairs)).await
    }

    /// With `Host: localhost`, if `headers` name no other.
    async fn send(&self, method: &str, path: &str, headers: &Pairs<'_>, body: &str) -> Answer {
        let has_host = headers.iter().any(|(name, _)| *name == "host");
        let host = if has_host { "" } else { "host: localhost:8000\r\n" };
        let lines: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = lines.concat();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{host}{headers}connection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        Answer::parse(&self.0.exchange(&request).await)
    }

    /// A right authorization request, with some parameters changed; an empty one is left out.
    async fn authorize(&self, changes: &Pairs<'_>) -> Answer {
        let query = encoded(&request(changes));
        self.get(&format!("{AUTHORIZE}?{query}"), &[]).await
    }

    /// Answers a page as a user who leaves the ticks as they are.
    async fn answer(&self, page: &Answer, user: &str, scopes: &str) -> Answer {
        let mut form = vec![("login", page.handle()), ("user", user), ("decision", "allow")];
        form.extend(scopes.split(' ').map(|scope| ("scope", scope)));
        self.form(AUTHORIZE, &form).await
    }

    /// Logs in and returns the code.
    async fn code(&self, user: &str, scopes: &str) -> String {
        let page = self.authorize(&[("scope", scopes)]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.answer(&page, user, scopes).await.sent("code").unwrap()
    }

    /// Redeems a code, with some parameters changed; an empty one is left out.
    async fn redeem(&self, code: &str, changes: &Pairs<'_>) -> Answer {
        let form = changed(
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "dev-docs"),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", VERIFIER),
                ("code", code),
            ],
            changes,
        );
        self.form(TOKEN, &form).await
    }

    async fn tokens(&self, user: &str, scopes: &str) -> Answer {
        let code = self.code(user, scopes).await;
        let tokens = self.redeem(&code, &[]).await;
        assert_eq!(tokens.status, 200, "{}", tokens.body);
        tokens
    }

    async fn refresh(&self, token: &str, changes: &Pairs<'_>) -> Answer {
        let form =
            [("grant_type", "refresh_token"), ("client_id", "dev-docs"), ("refresh_token", token)];
        self.form(TOKEN, &changed(&form, changes)).await
    }
}

fn request<'p>(changes: &Pairs<'p>) -> Vec<(&'p str, &'p str)> {
    let right = [
        ("response_type", "code"),
        ("client_id", "dev-docs"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "s t&a=te"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    changed(&right, changes)
}

/// Pairs of which some are replaced, added or, where they are empty, left out.
fn changed<'p>(pairs: &Pairs<'p>, changes: &Pairs<'p>) -> Vec<(&'p str, &'p str)> {
    let is_kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(other, _)| other == name);
    let kept = pairs.iter().filter(is_kept).chain(changes);
    kept.filter(|(_, value)| !value.is_empty()).copied().collect()
}

fn encoded(pairs: &Pairs<'_>) -> String {
    let encode =
        |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The claims of a token.
fn claims(token: &str) -> Value {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

fn kid(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
}
