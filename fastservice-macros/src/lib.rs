//! The attributes of `FastService`; documented where `fastservice` re-exports them.
