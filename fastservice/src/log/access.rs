use std::time::Duration;

use http::{HeaderMap, Uri, header};
use tracing::Level;

use super::{
    format::redact,
    records::Records,
};
use crate::context::{Context, Ending, Observer};

/// The target of the records of requests.
pub(super) const TARGET: &str = "fastservice::access";

/// Longer paths and user agents are cut.
const LONGEST: usize = 1024;
