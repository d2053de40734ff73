use super::*;

fn rights() -> Rights {
    let of = |word: &str| BTreeSet::from([word.to_owned()]);
    Rights { scopes: of("read:items"), permissions: of("delete:items") }
}

fn read(text: &str) -> Result<Directory, Vec<String>> {
    Directory::from_json(text, &rights(), &["dev-api".to_owned()])
}

#[test]
fn what_is_left_out_is_what_the_endpoints_ask_for() {
    let file = r#"{"users": [{"sub": "a|b"}, {"sub": "c", "scopes": [], "permissions": ["x"]}]}"#;

    let directory = read(file).unwrap();

    let (all, some) = (&directory.users[0].rights, &directory.users[1].rights);
    assert!(all.scopes.contains("read:items") && all.permissions.contains("delete:items"));
    assert!(some.scopes.is_empty() && some.permissions.contains("x"));
    assert!(directory.client("dev-docs").is_some() && directory.client("dev-client").is_some());
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let file = r#"{
        "users": [
            {"name": "", "scopes": ["two words", "openid"], "claims": {"iss": 1}},
            {"sub": "a", "email": 1, "claims": []},
            {"sub": "a", "roles": []}
        ],
        "clients": [
            {"client_id": "dev-api", "redirect_uris": ["/cb", "https://a.test/#x"]},
            {"client_secret": "", "permissions": "p"},
            7
        ],
        "user": []
    }"#;

    let faults = read(file).unwrap_err();

    for expected in [
        "users[0].sub is missing",
        "users[0].name must be",
        "users[0].scopes[0] must be",
        "users[0].scopes every user may grant",
        "users[0].claims.iss is for the issuer",
        "users[1].email must be",
        "users[1].claims must be an object",
        "users[2].roles is unknown",
        "users sub \"a\" is there twice",
        "clients[0].redirect_uris[0] must be",
        "clients[0].redirect_uris[1] must be",
        "clients client_id \"dev-api\" is also",
        "clients[1].client_id is missing",
        "clients[1].client_secret must be",
        "clients[1].permissions must be a list",
        "clients[2] must be an object",
        "user is unknown; known are users, clients",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected}: {faults:#?}");
    }
}

#[test]
fn what_is_no_json_is_named_with_line_and_column() {
    assert!(read("{\n  x").unwrap_err()[0].contains("line 2 column 3"));
    assert_eq!(read("[]").unwrap_err(), ["the document must be an object"]);
    assert_eq!(read(r#"{"users": []}"#).unwrap_err(), ["users must have one user, or be left out"]);
}
