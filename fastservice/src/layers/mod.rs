//! Layers of `tower` that settings switch on.

#[cfg(feature = "cors")]
mod cors;

#[cfg(feature = "cors")]
pub(crate) use self::cors::Cors;
