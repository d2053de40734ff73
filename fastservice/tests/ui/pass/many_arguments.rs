//! Clippy's limits of arguments are not for declarations.
#![allow(clippy::many_single_char_names, reason = "their number is what is tested")]

use fastservice::prelude::*;

#[public_api(get = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}")]
async fn fourteen(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: Option<u8>,
    i: Option<u8>,
    j: Option<u8>,
    k: Vec<u8>,
    l: HeaderMap,
    m: Method,
    n: RequestId,
) -> String {
    let path = [a, b, c, d, e, f, g];
    format!("{path:?} {h:?} {i:?} {j:?} {k:?} {} {m} {}", l.len(), n.to_string().is_empty())
}

#[tokio::test]
async fn fourteen_arguments_are_made() {
    let answer = super::get(module_path!(), "/1/2/3/4/5/6/7?h=8&k=9&k=10").await;

    assert_eq!(answer, "[1, 2, 3, 4, 5, 6, 7] Some(8) None None [9, 10] 2 GET false");
}
