use proptest::prelude::*;

use super::*;

fn router(routes: &[(&str, &'static str)]) -> Router<&'static str> {
    let mut router = Router::new();
    for (method, path) in routes {
        let template = PathTemplate::parse("", path).unwrap();
        router.insert(method.parse().unwrap(), template, *path).unwrap();
    }
    router
}

fn found(router: &Router<&'static str>, method: &str, path: &str) -> String {
    match router.find(&method.parse().unwrap(), path, Some("q=1")) {
        Ok(Found::Route(found)) => {
            let values: Vec<_> =
                found.params.iter(path).map(|(name, value)| format!("{name}={value}")).collect();
            format!("{} {}", found.route, values.join(" ")).trim_end().to_owned()
        }
        Ok(Found::Allow(allow)) => format!("allow {}", allow.to_str().unwrap()),
        Ok(Found::Redirect(location)) => format!("redirect {}", location.to_str().unwrap()),
        Err(error) => match error.headers().get(header::ALLOW) {
            Some(allow) => format!("{} {}", error.code(), allow.to_str().unwrap()),
            None => error.code().to_owned(),
        },
    }
}

#[test]
fn static_routes_win_over_parameters() {
    let router = router(&[
        ("GET", "/items/{id}"),
        ("GET", "/items/latest"),
        ("GET", "/items/{id}/parts/{part}"),
        ("GET", "/{*rest}"),
    ]);

    assert_eq!(found(&router, "GET", "/items/latest"), "/items/latest");
    assert_eq!(found(&router, "GET", "/items/7"), "/items/{id} id=7");
    assert_eq!(found(&router, "GET", "/items/7/parts/a"), "/items/{id}/parts/{part} id=7 part=a");
    assert_eq!(found(&router, "GET", "/items/7/other"), "/{*rest} rest=items/7/other");
}

#[test]
fn one_path_may_have_other_names_for_other_methods() {
    let router = router(&[("GET", "/items/{id}"), ("PUT", "/items/{number}")]);

    assert_eq!(found(&router, "GET", "/items/7"), "/items/{id} id=7");
    assert_eq!(found(&router, "PUT", "/items/7"), "/items/{number} number=7");
}

#[test]
fn the_same_method_and_shape_is_taken() {
    let mut router = router(&[("GET", "/items/{id}")]);
    let template = PathTemplate::parse("", "/items/{name}").unwrap();

    let taken = router.insert(Method::GET, template, "second");

    assert!(matches!(taken, Err(InsertError::Taken(&"/items/{id}"))));
}

#[test]
fn a_rest_beside_a_parameter_names_the_other_route() {
    let mut router = router(&[("GET", "/items/{*rest}")]);
    let template = PathTemplate::parse("", "/items/{id}").unwrap();

    let clash = router.insert(Method::GET, template, "second");

    assert!(matches!(clash, Err(InsertError::Clash(&"/items/{*rest}"))));
}

#[test]
fn parameters_are_decoded_once_and_stay_in_their_segment() {
    let router = router(&[("GET", "/u/{name}"), ("GET", "/f/{*rest}"), ("GET", "/café")]);

    assert_eq!(found(&router, "GET", "/u/1%2F2"), "/u/{name} name=1/2");
    assert_eq!(found(&router, "GET", "/u/%252F"), "/u/{name} name=%2F");
    assert_eq!(found(&router, "GET", "/u/a%20b%C3%A9"), "/u/{name} name=a bé");
    assert_eq!(found(&router, "GET", "/f/a/b%2Fc"), "/f/{*rest} rest=a/b/c");
    assert_eq!(found(&router, "GET", "/caf%C3%A9"), "/café");
    assert_eq!(found(&router, "GET", "/u/%ff"), "malformed_path");
}

#[test]
fn head_is_served_by_get_and_options_by_allow() {
    let router = router(&[("GET", "/a"), ("POST", "/a"), ("OPTIONS", "/own")]);

    assert_eq!(found(&router, "HEAD", "/a"), "/a");
    assert_eq!(found(&router, "OPTIONS", "/a"), "allow GET, HEAD, OPTIONS, POST");
    assert_eq!(found(&router, "OPTIONS", "/own"), "/own");
    assert_eq!(found(&router, "DELETE", "/a"), "method_not_allowed GET, HEAD, OPTIONS, POST");
    assert_eq!(found(&router, "HEAD", "/own"), "method_not_allowed OPTIONS");
}

#[test]
fn the_other_form_of_a_slash_is_a_redirect_that_keeps_the_query() {
    let router = router(&[("GET", "/with/"), ("GET", "/without"), ("GET", "/u/{name}")]);

    assert_eq!(found(&router, "GET", "/with"), "redirect /with/?q=1");
    assert_eq!(found(&router, "POST", "/without/"), "redirect /without?q=1");
    assert_eq!(found(&router, "GET", "/u/a%2Fb/"), "redirect /u/a%2Fb?q=1");
    assert_eq!(found(&router, "GET", "/nowhere/"), "route_not_found");
    assert_eq!(found(&router, "GET", "/"), "route_not_found");
}

#[test]
fn a_redirect_never_leads_to_another_host() {
    let router = router(&[("GET", "/{*rest}")]);

    for path in ["//evil.example/", "//evil.example", "/\\evil.example/", "//"] {
        assert!(!found(&router, "GET", path).starts_with("redirect"), "{path}");
    }
}

proptest! {
    #[test]
    fn any_path_is_answered(path in "/[ -~]{0,40}|/(%[0-9a-zA-Z]{2}|[a-z/]){0,20}") {
        let router = router(&[("GET", "/a/{b}"), ("GET", "/a/{b}/c"), ("POST", "/{*rest}")]);

        if let Ok(Found::Redirect(location)) = router.find(&Method::GET, &path, None) {
            let location = location.to_str().unwrap();
            prop_assert!(!location.starts_with("//"));
            prop_assert!(matches!(
                router.find(&Method::GET, location, None),
                Ok(Found::Route(_)) | Err(_)
            ));
        }
    }

    #[test]
    fn an_encoded_value_arrives_as_it_was(value in "[^\u{0}]{1,12}") {
        let router = router(&[("GET", "/a/{value}")]);
        let encoded =
            percent_encoding::percent_encode(value.as_bytes(), percent_encoding::NON_ALPHANUMERIC)
                .to_string();
        let path = format!("/a/{encoded}");

        let Ok(Found::Route(found)) = router.find(&Method::GET, &path, None) else {
            panic!("not found");
        };

        prop_assert_eq!(found.params.get(&path, "value").unwrap(), value);
    }
}
