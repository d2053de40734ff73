//! What people read about their mistakes, and what the macros leave as it was.
//!
//! The snapshots in `fail/` are the messages of one compiler, which `build.rs`
//! names; on another the test is ignored, and the build warns. Renew them with
//! `TRYBUILD=overwrite`, and read the difference as prose.

mod pass;

#[test]
#[cfg_attr(not(pinned_toolchain), ignore = "the snapshots are of another rustc, see build.rs")]
fn every_mistake_is_reported_as_its_snapshot_says() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
