use std::path::PathBuf;

use super::{reader::Reader, units};

/// Who can log in to the development issuer, and from where.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DevIssuerSettings {
    /// `DEV_ISSUER_FILE` (none): a JSON file with its users and clients. Without it there
    /// are two users, of whom one has all rights, `dev-client` and `dev-docs`.
    pub file: Option<PathBuf>,
    /// `DEV_ISSUER_PUBLIC` (`false`): whether it answers others than this machine, as in a
    /// container it must.
    pub public: bool,
}

impl DevIssuerSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            file: reader.text("DEV_ISSUER_FILE").map(PathBuf::from),
            public: reader.checked("DEV_ISSUER_PUBLIC", "false", units::switch),
        }
    }
}
