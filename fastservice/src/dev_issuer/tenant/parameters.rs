//! The parameters of a request, as OAuth reads them.

use serde_json::Value;

use super::OAuthError;

/// The parameters of a request, in order (RFC 6749 section 3).
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text; `None` when it is not UTF-8.
    pub(super) fn of_form(text: &str) -> Option<Self> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((form_decoded(name)?, form_decoded(value)?))
        });
        pairs.collect::<Option<_>>().map(Self)
    }

    /// Reads an object of texts, as Auth0 takes it; `None` for anything else.
    pub(super) fn of_json(text: &str) -> Option<Self> {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
        let given = members.into_iter().filter(|(_, value)| !value.is_null());
        let pairs = given.map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        pairs.collect::<Option<_>>().map(Self)
    }

    /// The value of a name. One without a value counts as left out (section 3.1).
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(OAuthError::REPEATED),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Decodes a name or a value of a form.
pub(super) fn form_decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_empty_values_are_left_out() {
        let form = Parameters::of_form("a=x+y%26&b=&&c").unwrap();

        assert_eq!(form.one("a"), Ok(Some("x y&")));
        assert_eq!((form.one("b"), form.one("c"), form.one("d")), (Ok(None), Ok(None), Ok(None)));
        assert!(Parameters::of_form("a=%ff").is_none());
    }

    #[test]
    fn a_repeated_parameter_is_a_mistake() {
        let form = Parameters::of_form("a=1&a=1&b=&b=").unwrap();

        assert_eq!(form.one("a"), Err(OAuthError::REPEATED));
        assert_eq!(form.one("b"), Err(OAuthError::REPEATED));
    }

    #[test]
    fn json_is_an_object_of_texts() {
        let json = Parameters::of_json(r#"{"a": "1", "b": null}"#).unwrap();

        assert_eq!((json.one("a"), json.one("b")), (Ok(Some("1")), Ok(None)));
        for wrong in ["", "[]", "1", r#"{"a": 1}"#, r#"{"a": ["1"]}"#, r#"{"a": "1"} x"#] {
            assert!(Parameters::of_json(wrong).is_none(), "{wrong}");
        }
    }
}
