use super::{Failure, loopback, print};
use crate::{app::App, dev_issuer::ROTATE_PATH};

pub(super) fn run(mut app: App) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let (status, body) = loopback::request(&settings.server, "POST", ROTATE_PATH, "")?;
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    match (status, answer.pointer("/keys/0/kid").and_then(serde_json::Value::as_str)) {
        (200, Some(kid)) => {
            print(format_args!("{kid}\n"));
            Ok(())
        }
        (404, _) => Err("the service does not issue its own tokens; it has another issuer".into()),
        _ => Err(format!("the service answered {status}: {body}").into()),
    }
}
