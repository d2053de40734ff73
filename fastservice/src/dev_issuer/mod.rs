//! A small Auth0 for development.
