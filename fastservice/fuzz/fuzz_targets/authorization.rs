//! Any header lines: the guard admits the known tokens and nothing else, at once.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/auth/known.rs"]
mod known;

static GUARDS: LazyLock<known::Guards> = LazyLock::new(known::Guards::new);

fuzz_target!(|input: &[u8]| {
    let _ = GUARDS.judge(input);
});
