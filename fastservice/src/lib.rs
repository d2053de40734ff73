//! FastService.
