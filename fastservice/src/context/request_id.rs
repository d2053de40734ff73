use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the request id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request: a UUID of version 7 (RFC 9562), so that ids sort by time.
///
/// It names the request in logs and answers. It is no secret and grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Uuid);

impl RequestId {
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
        Self(Uuid::from_bytes(bytes))
    }

    /// The id as a UUID.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }

    /// The id as the value of `X-Request-ID`.
    pub(crate) fn to_header_value(self) -> HeaderValue {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = self.0.as_hyphenated().encode_lower(&mut text);
        // Hexadecimal digits and hyphens are always a valid header value.
        HeaderValue::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes()))
            .unwrap_or(HeaderValue::from_static(""))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
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
    fn ids_do_not_repeat() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| RequestId::new()).collect();

        assert_eq!(ids.len(), 10_000);
    }
}
