//! The pages as text. Scripts and styles are files of their own.

use super::{
    assets::{Asset, Assets},
    login::Login,
};
use crate::response::Escaped;

/// What every page shows.
pub(super) struct About<'s> {
    pub(super) name: &'s str,
    pub(super) version: &'s str,
    pub(super) assets: &'s Assets,
}

pub(super) fn swagger_ui(about: &About<'_>, login: &Login<'_>) -> String {
    let Login { client_id, audience, scopes, .. } = login;
    let place = format!(
        "<div id=\"swagger-ui\" data-client-id=\"{}\" data-audience=\"{}\" \
         data-scopes=\"{}\"></div>",
        Escaped(client_id),
        Escaped(audience),
        Escaped(scopes),
    );
    let Assets { swagger_ui, swagger_ui_style, swagger_ui_start, .. } = about.assets;
    let head = style(swagger_ui_style);
    page(about, "Swagger UI", &head, &place, [swagger_ui, swagger_ui_start])
}

pub(super) fn redoc(about: &About<'_>) -> String {
    let Assets { redoc, redoc_start, .. } = about.assets;
    page(about, "ReDoc", "", "<div id=\"redoc\"></div>", [redoc, redoc_start])
}

/// What the window in which one logs in shows at last: it tells the page, and closes.
pub(super) fn oauth2_redirect(about: &About<'_>) -> String {
    let name = &about.assets.oauth2_redirect.name;
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Logged in</title>\n\
         <script src=\"assets/{name}\"></script>\n</html>\n"
    )
}

fn page(about: &About<'_>, title: &str, head: &str, place: &str, scripts: [&Asset; 2]) -> String {
    let About { name, version, assets } = about;
    let (name, version) = (Escaped(name), Escaped(version));
    let [script, start] = scripts.map(|script| &script.name);
    let links = [("docs", "Swagger UI"), ("redoc", "ReDoc"), ("openapi.json", "openapi.json")];
    let links = links.map(|(path, text)| {
        let current = if text == title { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{path}\"{current}>{text}</a>\n")
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{name} {version} - {title}</title>\n\
         <link rel=\"icon\" href=\"docs/assets/{icon}\">\n{head}{style}</head>\n<body>\n\
         <nav>\n<strong>{name}</strong>\n{links}</nav>\n\
         <noscript><p>This page needs JavaScript; openapi.json needs none.</p></noscript>\n\
         {place}\n<script src=\"docs/assets/{script}\"></script>\n\
         <script src=\"docs/assets/{start}\"></script>\n</body>\n</html>\n",
        icon = assets.icon.name,
        style = style(&assets.style),
        links = links.concat(),
    )
}

fn style(asset: &Asset) -> String {
    format!("<link rel=\"stylesheet\" href=\"docs/assets/{}\">\n", asset.name)
}
