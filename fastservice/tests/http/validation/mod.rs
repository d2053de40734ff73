//! Rules of types, as clients meet them.

mod arguments;
mod names;
mod nested;
mod own;
mod schemas;

use fastservice::testing::TestResponse;
use serde_json::Value;

/// `loc` and type of each fault in a 422.
fn faults(answer: &TestResponse) -> Vec<(String, String)> {
    assert_eq!(answer.status(), 422, "{}", answer.text());
    let problem: Value = answer.json();
    let errors = problem["errors"].as_array().unwrap().iter();
    let faults =
        errors.map(|error| (error["loc"].to_string(), error["type"].as_str().unwrap().to_owned()));
    faults.collect()
}

/// Compares with `(loc, type)` as they are in JSON.
#[track_caller]
fn assert_faults(answer: &TestResponse, expected: &[(&str, &str)]) {
    let found = faults(answer);
    let found: Vec<_> = found.iter().map(|(loc, kind)| (loc.as_str(), kind.as_str())).collect();
    assert_eq!(found, expected);
}
