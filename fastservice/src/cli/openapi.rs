use super::{Failure, print};
use crate::app::{App, document, list};

/// Prints the document. Nothing is opened for it.
pub(super) fn run(mut app: App) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let endpoints = list(&app, &settings)?;
    print(document(&app, &settings, &endpoints).pretty());
    Ok(())
}
