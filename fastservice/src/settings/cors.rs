use super::{
    reader::{Reader, one_of},
    units,
};

/// Which pages of other origins may call the service from a browser.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CorsSettings {
    /// `ORIGINS` (none): origins such as `https://app.example.com`, separated by blanks, or
    /// `*` for all.
    pub origins: Origins,
    /// `CORS_CREDENTIALS` (`false`): whether these may send cookies; never with `*`. A bearer
    /// token needs it not.
    pub credentials: bool,
}

/// The origins that may call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origins {
    /// No other origin.
    Own,
    /// All.
    All,
    /// These, as browsers write them.
    These(Vec<String>),
}

impl CorsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let origins = reader.checked("ORIGINS", "", origins);
        let credentials = reader.checked("CORS_CREDENTIALS", "false", |text| {
            let credentials = one_of(text, &[("true", true), ("false", false)])?;
            if credentials && origins == Origins::All {
                return Err("`false`, as ORIGINS is `*`: name the origins instead".to_owned());
            }
            Ok(credentials)
        });
        Self { origins, credentials }
    }
}

fn origins(text: &str) -> Result<Origins, String> {
    let words: Vec<_> = units::list(text).collect();
    match words.as_slice() {
        [] => Ok(Origins::Own),
        ["*"] => Ok(Origins::All),
        words => {
            words.iter().map(|word| origin(word)).collect::<Result<_, _>>().map(Origins::These)
        }
    }
}

/// An origin as browsers send it (RFC 6454 section 6.2).
fn origin(text: &str) -> Result<String, String> {
    let expected = || {
        format!(
            "`*` alone, or origins such as `https://app.example.com` without a path or a slash at \
             the end, separated by blanks, not `{text}`"
        )
    };
    let lower = text.to_ascii_lowercase();
    let (scheme, host) = lower.split_once("://").ok_or_else(expected)?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme || !units::is_host_and_port(host) {
        return Err(expected());
    }
    let usual_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    Ok(format!("{scheme}://{}", host.strip_suffix(usual_port).unwrap_or(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_do() {
        assert_eq!(origins(""), Ok(Origins::Own));
        assert_eq!(origins("*"), Ok(Origins::All));
        assert_eq!(
            origins("https://App.example.com:443 http://localhost:3000  http://[::1]:80"),
            Ok(Origins::These(vec![
                "https://app.example.com".into(),
                "http://localhost:3000".into(),
                "http://[::1]".into(),
            ]))
        );
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for wrong in [
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://*.example.com",
            "https://me@example.com",
            "https://example.com:port",
            "https://example.com:",
            "https://",
            "://example.com",
            "null",
            "*",
        ] {
            let mistake = origins(&format!("https://right.example {wrong}")).unwrap_err();
            assert!(mistake.contains(&format!("not `{wrong}`")), "{mistake}");
        }
    }
}
