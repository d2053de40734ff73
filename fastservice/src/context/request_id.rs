use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the request id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request: a UUID of version 7 (RFC 9562), so that ids sort by time;
/// or that of a trusted proxy, when the setting `REQUEST_ID` is `trusted`.
///
/// It names the request in logs and answers. It is no secret and grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Uuid, Form);

/// How it is written: as it came, so that logs can be compared as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    Hyphenated,
    Simple,
}

impl RequestId {
    /// How long its text is at most.
    pub(crate) const LONGEST: usize = uuid::fmt::Hyphenated::LENGTH;

    /// A new id.
    // Ids of one millisecond come in any order: `Uuid::now_v7` orders them under
    // a lock of the whole process.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "an id is never a default")]
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = since.as_secs() * 1000 + u64::from(since.subsec_millis());
        let mut bytes = [0; 16];
        let (time, random) = ((millis << 16) | fastrand::u64(..) >> 48, fastrand::u64(..));
        bytes[..8].copy_from_slice(&time.to_be_bytes());
        bytes[8..].copy_from_slice(&random.to_be_bytes());
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(Uuid::from_bytes(bytes), Form::Hyphenated)
    }

    /// An id that came from outside: 32 hexadecimal digits in small letters, with the
    /// hyphens of a UUID or without. Anything else, and one of zeros, is refused.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let form = match text.len() {
            uuid::fmt::Hyphenated::LENGTH => Form::Hyphenated,
            uuid::fmt::Simple::LENGTH => Form::Simple,
            _ => return None,
        };
        let uuid = Uuid::try_parse_ascii(text).ok()?;
        let is_capital = text.iter().any(u8::is_ascii_uppercase);
        (!is_capital && !uuid.is_nil()).then_some(Self(uuid, form))
    }

    /// The id as a UUID.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }

    /// The id as text, in a buffer of the caller's.
    pub(crate) fn encode<'b>(&self, buffer: &'b mut [u8; Self::LONGEST]) -> &'b str {
        match self.1 {
            Form::Hyphenated => self.0.as_hyphenated().encode_lower(buffer),
            Form::Simple => self.0.as_simple().encode_lower(buffer),
        }
    }

    /// The id as the value of `X-Request-ID`.
    pub(crate) fn to_header_value(self) -> HeaderValue {
        let mut buffer = [0; Self::LONGEST];
        let text = self.encode(&mut buffer);
        // Hexadecimal digits and hyphens are always a valid header value.
        HeaderValue::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes()))
            .unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Form::Hyphenated => self.0.as_hyphenated().fmt(f),
            Form::Simple => self.0.as_simple().fmt(f),
        }
    }
}

impl serde::Serialize for RequestId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7_with_the_present_time() {
        let id = RequestId::new();

        assert_eq!(id.as_uuid().get_version_num(), 7);
        assert_eq!(id.as_uuid().get_variant(), uuid::Variant::RFC4122);
        let (seconds, _) = id.as_uuid().get_timestamp().unwrap().to_unix();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        assert!(now.abs_diff(seconds) <= 1);
        assert_eq!(id.to_header_value().to_str().unwrap(), id.to_string());
    }

    #[test]
    fn an_id_from_outside_keeps_its_form() {
        for text in ["01a21245-b2d0-78d2-9625-5e47b3514376", "01a21245b2d078d296255e47b3514376"] {
            let id = RequestId::parse(text.as_bytes()).unwrap();

            assert_eq!(id.to_string(), text);
            assert_eq!(id.to_header_value(), text);
        }
    }

    #[test]
    fn an_id_from_outside_that_is_no_uuid_is_refused() {
        for text in [
            "",
            "mine",
            "01a21245b2d078d296255e47b351437",
            "01A21245B2D078D296255E47B3514376",
            "01a21245-b2d0-78d2-9625-5e47b351437é",
            "01a21245b-2d0-78d2-9625-5e47b3514376",
            "{01a21245b2d078d296255e47b3514376}",
            "urn:uuid:01a21245-b2d0-78d2-9625-5e47b3514376",
            "00000000-0000-0000-0000-000000000000",
            "01a21245b2d078d296255e47b351437\n",
        ] {
            assert_eq!(RequestId::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn ids_do_not_repeat() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| RequestId::new()).collect();

        assert_eq!(ids.len(), 10_000);
    }
}
