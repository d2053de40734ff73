use super::{Failure, print};
use crate::{
    app::{App, Pending},
    server::Runtime,
};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only prints which are pending.
    #[arg(long)]
    dry_run: bool,
}

/// Its output is the names alone: no log is written.
pub(super) fn run(mut app: App, options: &Options) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let pending = if options.dry_run { Pending::List } else { Pending::Run };
    let runtime = Runtime::new(&settings.server)?;
    let migrations = app.take_migrations();
    if migrations.is_empty() {
        return Err("the service has no database; add `.database(MIGRATIONS)` to the App".into());
    }
    for migrate in migrations {
        for name in runtime.block_on(migrate(settings.clone(), pending))? {
            print(format_args!("{name}\n"));
        }
    }
    Ok(())
}
