#![allow(unused_variables)]

use fastservice::prelude::*;

#[public_api(get = "/items/:id")]
async fn item(id: i64) {}

#[public_api(get = "/parts/<id>")]
async fn part(id: i64) {}

#[public_api(get = "/tools/{id:int}")]
async fn tool(id: i64) {}

#[public_api(get = "/files/{rest:path}")]
async fn file(rest: String) {}

fn main() {}
