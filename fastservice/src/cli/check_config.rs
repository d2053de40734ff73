use super::{Failure, print};
use crate::{
    app::{self, App},
    log,
    settings::Setting,
};

/// The settings and the routes; nothing is opened or connected to.
pub(super) fn run(mut app: App) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    app::check(&app, &settings)?;
    log::check(&settings)?;
    let width = settings.shown().iter().map(|setting| setting.name().len()).max().unwrap_or(0);
    for setting in settings.shown() {
        print(line(setting, width));
    }
    for hint in settings.hints() {
        print(format_args!("hint: {hint}\n"));
    }
    Ok(())
}

fn line(setting: &Setting, width: usize) -> String {
    format!("{:width$} = {}  ({})\n", setting.name(), setting.value(), setting.origin())
}
