//! How long a key set is fresh.

use std::time::Duration;

use http::{HeaderMap, header};

/// Without another word of the issuer.
const USUAL: Duration = Duration::from_secs(10 * 60);
const SHORTEST: Duration = Duration::from_secs(5 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the answer says that it is fresh (RFC 9111 section 5.2.2), within bounds: an
/// issuer that says nothing, `no-store` or years is asked at reasonable times too.
pub(super) fn lifetime(headers: &HeaderMap) -> Duration {
    let directives = headers.get_all(header::CACHE_CONTROL).into_iter();
    let directives = directives.filter_map(|value| value.to_str().ok());
    let mut lifetime = None;
    for directive in directives.flat_map(|value| value.split(',')).map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            return SHORTEST;
        }
        if name.eq_ignore_ascii_case("max-age") {
            lifetime = value.trim_matches('"').parse().ok().map(Duration::from_secs);
        }
    }
    let seconds = |name| headers.get(name)?.to_str().ok()?.trim().parse().ok();
    let age = seconds(header::AGE).map_or(Duration::ZERO, Duration::from_secs);
    let lifetime = lifetime.map_or(USUAL, |lifetime| lifetime.saturating_sub(age));
    lifetime.clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(cache_control: &'static str, age: Option<&'static str>) -> u64 {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
        if let Some(age) = age {
            headers.insert(header::AGE, HeaderValue::from_static(age));
        }
        lifetime(&headers).as_secs()
    }

    #[test]
    fn an_answer_without_a_word_is_fresh_for_ten_minutes() {
        assert_eq!(lifetime(&HeaderMap::new()), USUAL);
        for silent in ["", "public", "max-age=", "max-age=x", "max-age=-1", "s-maxage=1"] {
            assert_eq!(of(silent, None), 600, "{silent}");
        }
    }

    #[test]
    fn max_age_is_heard_within_bounds() {
        assert_eq!(of("public, Max-Age=\"1800\"", None), 1800);
        assert_eq!(of("max-age=3600", Some("600")), 3000);
        for short in ["max-age=0", "max-age=299", "no-store", "no-cache, max-age=9999"] {
            assert_eq!(of(short, None), 300, "{short}");
        }
        assert_eq!(of("max-age=31536000", None), 86_400);
        assert_eq!(of("max-age=18446744073709551615", Some("1")), 86_400);
        assert_eq!(of("max-age=600", Some("100000")), 300);
    }
}
