use std::time::Duration;

/// A duration: a number with `ms`, `s`, `m` or `h`; without a unit, seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "a duration above zero such as `30s`, `500ms` or `2m`".to_owned();
    let (number, unit) = split(text).ok_or_else(expected)?;
    let duration = match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" | "" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    };
    // Longer ones overflow the clocks of some systems.
    let longest = Duration::from_secs(365 * 24 * 3600);
    duration.filter(|duration| !duration.is_zero() && *duration <= longest).ok_or_else(expected)
}

/// A duration that may be zero.
pub(super) fn delay(text: &str) -> Result<Duration, String> {
    match split(text) {
        Some((0, "" | "ms" | "s" | "m" | "h")) => Ok(Duration::ZERO),
        _ => duration(text),
    }
}

/// A duration that `parse` reads, and not too long a one.
pub(super) fn at_most(
    longest: Duration,
    parse: fn(&str) -> Result<Duration, String>,
) -> impl Fn(&str) -> Result<Duration, String> {
    move |text| {
        let duration = parse(text)?;
        let is_short = duration <= longest;
        is_short.then_some(duration).ok_or_else(|| format!("at most `{}s`", longest.as_secs()))
    }
}

/// Words separated by blanks or commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty())
}

/// Whether the text is a host name or an IP address (one of IPv6 in brackets), maybe
/// with a port.
pub(crate) fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_host = match host.strip_prefix('[').map(|host| host.strip_suffix(']')) {
        Some(address) => {
            address.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
        }
        None => {
            (1..=253).contains(&host.len())
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    };
    is_host && port.is_none_or(is_port)
}

/// A number of bytes: a number with `B`, `KiB`, `MiB`, `GiB`, `KB`, `MB` or `GB`.
pub(crate) fn bytes(text: &str) -> Result<usize, String> {
    let expected = || "a number of bytes above zero such as `2MiB` or `65536`".to_owned();
    let (number, unit) = split(text).ok_or_else(expected)?;
    let factor = match unit {
        "B" | "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(expected()),
    };
    let bytes = number.checked_mul(factor).filter(|bytes| *bytes > 0);
    bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(expected)
}

/// A number that may be zero.
pub(super) fn number(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (0..=1_000_000).contains(number));
    number.ok_or_else(|| "a number from 0 to 1000000".to_owned())
}

/// A number above zero.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| "a number from 1 to 1000000".to_owned())
}

/// Yes or no, in the words that Python's settings take.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(&["true", "1", "yes", "on", "y", "t"]) {
        Ok(true)
    } else if is_one_of(&["false", "0", "no", "off", "n", "f"]) {
        Ok(false)
    } else {
        Err("`true` or `false`".to_owned())
    }
}

/// A logging level, or a list of `target=level`; Python's names of levels too.
pub(crate) fn level(text: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let directive = |part: &str| {
        let (target, level) = part.trim().rsplit_once('=').unwrap_or(("", part.trim()));
        let level = match level.to_ascii_lowercase().as_str() {
            "warning" => "warn".to_owned(),
            "critical" => "error".to_owned(),
            level => level.to_owned(),
        };
        let is_target = |c: char| c.is_ascii_alphanumeric() || "_-:".contains(c);
        if !target.chars().all(is_target) {
            return None;
        }
        let directive = if target.is_empty() { level.clone() } else { format!("{target}={level}") };
        LEVELS.contains(&level.as_str()).then_some(directive)
    };
    let directives: Option<Vec<_>> = text.split(',').map(directive).collect();
    directives.map(|directives| directives.join(",")).ok_or_else(|| {
        format!("one of {}, or a list such as `info,my_service=debug`", LEVELS.join(", "))
    })
}

/// A bare host name, in small letters: DNS knows no others, and issuers are compared.
pub(super) fn host(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    if text.chars().all(is_plain) && !text.starts_with('.') && !text.ends_with('.') {
        return Ok(text.to_ascii_lowercase());
    }
    Err("a host name such as `example.eu.auth0.com`, without `https://` and slashes".to_owned())
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_units() {
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(duration("5").unwrap(), Duration::from_secs(5));
        assert_eq!(duration("2 m").unwrap(), Duration::from_secs(120));
        assert_eq!(bytes("2MiB").unwrap(), 2 << 20);
        assert_eq!(bytes("10KB").unwrap(), 10_000);
    }

    #[test]
    fn levels_are_rusts_or_pythons() {
        assert_eq!(level("WARNING").unwrap(), "warn");
        assert_eq!(level("info, my_service=DEBUG").unwrap(), "info,my_service=debug");
        assert!(level("verbose").is_err() && level("info,").is_err());
        assert!(level("info,foo[bar=debug").is_err());
    }

    #[test]
    fn a_delay_may_be_zero() {
        assert_eq!(delay("0s").unwrap(), Duration::ZERO);
        assert_eq!(delay("0").unwrap(), Duration::ZERO);
        assert_eq!(delay("5s").unwrap(), Duration::from_secs(5));
        assert!(delay("0x").is_err() && delay("").is_err());
    }

    #[test]
    fn a_duration_may_be_limited() {
        let limited = at_most(Duration::from_secs(300), delay);

        assert_eq!(limited("5m").unwrap(), Duration::from_secs(300));
        assert_eq!(limited("0s").unwrap(), Duration::ZERO);
        assert_eq!(limited("301s").unwrap_err(), "at most `300s`");
        assert!(limited("x").unwrap_err().contains("a duration"));
    }

    #[test]
    fn a_host_may_have_a_port() {
        for text in ["example.com", "a_b-c:8080", "127.0.0.1:1", "[::1]", "[2001:db8::1]:443"] {
            assert!(is_host_and_port(text), "{text}");
        }
        for text in ["", ":80", "a:", "a:65536", "a:+1", "a:b", "::1", "[::1", "[a]", "a b", "a/b"]
        {
            assert!(!is_host_and_port(text), "{text}");
        }
        for text in ["me@a", "a:1:2", "[::1]x", "[::1]:", "é.com", "a\\b", "a,b", "a?b", "a#b"] {
            assert!(!is_host_and_port(text), "{text}");
        }
    }

    #[test]
    fn a_host_is_bare() {
        assert_eq!(host("Example.EU.auth0.com").unwrap(), "example.eu.auth0.com");
        for text in ["https://x.auth0.com", "x.auth0.com/", "x:1", "a@b", "x.", "é.com"] {
            assert!(host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_or_size_is_refused() {
        for text in ["", "0s", "s", "-1s", "1d", "99999999999999999999s", "18446744073709551615m"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["", "0", "MiB", "1TB", "18446744073709551615GiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
