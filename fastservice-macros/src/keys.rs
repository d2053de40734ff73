//! The keys an attribute takes, once: what each takes, with an example for messages.

/// Which attribute was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    Private,
}

/// One key, and how to write it.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// `a string`: ends the sentence "`summary` takes".
    pub(crate) takes: &'static str,
    pub(crate) example: &'static str,
}

const fn key(name: &'static str, takes: &'static str, example: &'static str) -> Key {
    Key { name, takes, example }
}

const PATH: &str = "a path in quotes";
const NAMES: &str = "a string or a list of strings";
const FLAG: &str = "`true`, `false` or nothing";

const METHODS: [Key; 7] = [
    key("get", PATH, r#"get = "/items""#),
    key("post", PATH, r#"post = "/items""#),
    key("put", PATH, r#"put = "/items/{id}""#),
    key("patch", PATH, r#"patch = "/items/{id}""#),
    key("delete", PATH, r#"delete = "/items/{id}""#),
    key("head", PATH, r#"head = "/items""#),
    key("options", PATH, r#"options = "/items""#),
];

const RULES: [Key; 5] = [
    key("scope", NAMES, r#"scope = "read:items""#),
    key("permission", NAMES, r#"permission = "read:items""#),
    key("any_scope", NAMES, r#"any_scope = ["read:items", "admin"]"#),
    key("any_permission", NAMES, r#"any_permission = ["read:items", "admin"]"#),
    key("m2m", FLAG, "m2m"),
];

const OTHERS: [Key; 12] = [
    key("tag", NAMES, r#"tag = "items""#),
    key("summary", "a string", r#"summary = "Read one item""#),
    key("status", "a number", "status = 201"),
    key("answers", "a type", "answers = Json<Item>"),
    key("errors", NAMES, r#"errors = ["404 item_not_found", "409"]"#),
    key("operation_id", "a string", r#"operation_id = "read_item""#),
    key("deprecated", FLAG, "deprecated"),
    key("hidden", FLAG, "hidden"),
    key("timeout", "a string", r#"timeout = "5s""#),
    key("body_limit", "a number of bytes or a string", r#"body_limit = "10MiB""#),
    key("cancellable", FLAG, "cancellable = false"),
    key("crate", "a path", r#"crate = "my_crate::fastservice""#),
];

/// All keys that `access` allows, in the order of the documentation.
pub(crate) fn allowed(access: Access) -> impl Iterator<Item = &'static Key> {
    let rules: &[Key] = if access == Access::Private { &RULES } else { &[] };
    METHODS.iter().chain(rules).chain(&OTHERS)
}

pub(crate) fn find(name: &str) -> Option<&'static Key> {
    allowed(Access::Private).find(|key| key.name == name)
}

pub(crate) fn is_method(name: &str) -> bool {
    METHODS.iter().any(|key| key.name == name)
}

/// What a public endpoint lacks when this key is written on it.
pub(crate) fn rule_noun(name: &str) -> Option<&'static str> {
    match name {
        "scope" | "any_scope" => Some("scope"),
        "permission" | "any_permission" => Some("permission"),
        "m2m" => Some("`m2m`"),
        _ => None,
    }
}
