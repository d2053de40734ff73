//! The README lists every setting with its default.

use fastservice::settings::Settings;

#[test]
fn the_readme_lists_every_setting_with_its_default() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let rows: Vec<_> = readme.lines().filter(|line| line.starts_with("| `")).collect();

    let settings = Settings::from_pairs([]).unwrap();
    for setting in settings.shown() {
        let row = rows.iter().find(|row| row.starts_with(&format!("| `{}` |", setting.name())));
        let row = row.unwrap_or_else(|| panic!("README has no row for {}", setting.name()));
        // These depend on the machine, the build or another setting.
        if !["THREADS", "DATABASE_URL", "M2M_USER", "HOST"].contains(&setting.name()) {
            let default = if setting.value().is_empty() { "| none" } else { setting.value() };
            assert!(row.contains(default), "{row} lacks {default}");
        }
    }
}
