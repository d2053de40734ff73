use clap::Args;
use serde_json::json;

use super::{Failure, loopback, print};
use crate::{app::App, dev_issuer::TOKEN_PATH};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Whom the token speaks for; `CLIENT@clients` for a machine.
    #[arg(long, default_value = "auth0|123")]
    sub: String,
    /// A scope of the token; may be repeated.
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// A permission of the token; may be repeated.
    #[arg(long = "permission")]
    permissions: Vec<String>,
    /// How many seconds it is valid.
    #[arg(long, default_value_t = 86_400)]
    lifetime: u64,
}

pub(super) fn run(mut app: App, options: &Options) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let wanted = json!({
        "sub": options.sub, "scopes": options.scopes,
        "permissions": options.permissions, "lifetime": options.lifetime,
    });
    let (status, body) =
        loopback::request(&settings.server, "POST", TOKEN_PATH, &wanted.to_string())?;
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    match (status, answer["access_token"].as_str()) {
        (200, Some(token)) => {
            print(format_args!("{token}\n"));
            Ok(())
        }
        (404, _) => Err("the service does not issue its own tokens; it has another issuer".into()),
        _ => Err(format!("the service answered {status}: {body}").into()),
    }
}
