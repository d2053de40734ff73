//! A service that is not its own issuer, as in production.

use std::{net::SocketAddr, sync::Arc};

use super::{App, core::Endpoint, preparation::Preparation};
use crate::{auth::Authenticator, error::Result, settings::Settings};

/// There are none.
#[derive(Clone, Copy)]
pub(super) enum OwnUsers {}

pub(super) fn own_users(
    _: &App,
    _: &Settings,
    _: &[Endpoint],
    _: &mut [String],
) -> Option<OwnUsers> {
    None
}

pub(super) fn of_itself(
    users: OwnUsers,
    _: &Settings,
    _: Option<SocketAddr>,
) -> Result<(Arc<dyn Authenticator>, Preparation)> {
    match users {}
}
