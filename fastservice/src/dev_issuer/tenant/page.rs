//! Its pages: plain HTML, without scripts and without anything from elsewhere.

use std::{collections::BTreeSet, fmt::Write as _, sync::LazyLock};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{authorization::Authorization, directory::User};
use crate::{
    error::Result,
    response::{Escaped, Html, IntoResponse, Response},
};

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
body{max-width:34rem;margin:2rem auto;padding:0 1rem}\
.warning{border-left:.3rem solid #c60;padding-left:.7rem}\
fieldset{margin:1rem 0;border:1px solid #888;border-radius:.4rem}\
label{display:block;padding:.25rem}\
small{display:block;margin-left:1.8rem;opacity:.8;overflow-wrap:anywhere}\
button{font:inherit;padding:.4rem 1.2rem;margin-right:.5rem}";

static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let digest = digest::digest(&digest::SHA256, STYLE.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(digest))
});

/// The page to log in.
pub(super) fn login(handle: &str, request: &Authorization, users: &[User]) -> Result<Response> {
    let mut body = format!(
        "<h1>Log in</h1>\n<p><strong>{}</strong> asks who you are, and goes on at \
         <strong>{}</strong>.</p>\n<form method=\"post\" action=\"authorize\">\n\
         <input type=\"hidden\" name=\"login\" value=\"{}\">\n\
         <fieldset><legend>You are</legend>\n",
        Escaped(&request.client_id),
        Escaped(request.redirect_uri.as_str()),
        Escaped(handle),
    );
    let hint = request.login_hint.as_deref();
    let is_hinted =
        |user: &User| hint.is_some() && (hint == Some(&user.sub) || hint == user.email.as_deref());
    let chosen = users.iter().position(is_hinted).unwrap_or_default();
    for (index, user) in users.iter().enumerate() {
        user_choice(&mut body, user, index == chosen);
    }
    body.push_str("</fieldset>\n");
    if !request.scopes.is_empty() {
        body.push_str("<fieldset><legend>It may have the scopes</legend>\n");
        for scope in &request.scopes {
            let scope = Escaped(scope);
            // Writing to a text does not fail, here and below.
            let _ = writeln!(
                body,
                "<label><input type=\"checkbox\" name=\"scope\" value=\"{scope}\" checked> \
                 {scope}</label>"
            );
        }
        body.push_str("</fieldset>\n");
    }
    body.push_str(
        "<button name=\"decision\" value=\"allow\" autofocus>Log in</button>\n\
         <button name=\"decision\" value=\"deny\">Deny</button>\n</form>\n",
    );
    page(StatusCode::OK, "Log in", &body)
}

fn user_choice(body: &mut String, user: &User, is_chosen: bool) {
    let name = Escaped(user.name.as_deref().unwrap_or(&user.sub));
    let sub = Escaped(&user.sub);
    let checked = if is_chosen { " checked" } else { "" };
    let _ = write!(
        body,
        "<label><input type=\"radio\" name=\"user\" value=\"{sub}\" required{checked}> {name}\n\
         <small>{sub}"
    );
    if let Some(email) = &user.email {
        let _ = write!(body, ", {}", Escaped(email));
    }
    let _ = writeln!(
        body,
        "<br>permissions: {}<br>scopes: {}</small></label>",
        Listed(&user.rights.permissions),
        Listed(&user.rights.scopes),
    );
}

/// The page of a request that cannot be answered to its client.
pub(super) fn refusal(text: &str) -> Result<Response> {
    let body = format!(
        "<h1>This does not work</h1>\n<p>{}.</p>\n<p>Nothing was sent to the address that the \
         request names.</p>\n",
        Escaped(text)
    );
    page(StatusCode::BAD_REQUEST, "This does not work", &body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Result<Response> {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title} - development issuer</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <main>\n{body}</main>\n<p class=\"warning\">This is a development issuer. It asks for no \
         password, and is not for production.</p>\n</body>\n</html>\n"
    );
    // No `form-action`: browsers hold each redirect after the form against it, also those of
    // the client, which nobody knows here.
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; frame-ancestors 'none'",
        *STYLE_SOURCE
    );
    let fixed = HeaderValue::from_static;
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?),
        (header::X_FRAME_OPTIONS, fixed("DENY")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        // With `no-referrer` its own form would come with `Origin: null`, like that of anybody.
        (header::REFERRER_POLICY, fixed("same-origin")),
        (header::CACHE_CONTROL, fixed("no-store")),
    ];
    (status, headers, Html(html)).into_response()
}

/// Words of a file, or that there are none.
struct Listed<'w>(&'w BTreeSet<String>);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, word) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", Escaped(word))?;
        }
        Ok(())
    }
}
