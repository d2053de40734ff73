//! 4. May they.
