//! The parts of a form, as they came.

use std::{collections::BTreeMap, convert::Infallible, future::ready};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderMap, header};
use multer::{Field, Multipart};

use super::Upload;
use crate::error::{Error, Result};

/// As many as other frameworks take.
const MOST_PARTS: usize = 1000;
const MOST_HEADER_BYTES: usize = 8 * 1024;

/// The parts of each name, in their order.
pub(super) type Members = BTreeMap<String, Vec<Upload>>;

/// What stands between the parts.
pub(super) fn boundary(headers: &HeaderMap) -> Result<String> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    multer::parse_boundary(content_type.unwrap_or_default()).map_err(|source| {
        Error::bad_request("`Content-Type` names no boundary of the parts")
            .with_code("malformed_multipart")
            .with_source(source)
    })
}

/// Takes the body apart.
pub(super) async fn read(body: Bytes, boundary: &str) -> Result<Members> {
    let mut parts = Multipart::new(stream::once(ready(Ok::<_, Infallible>(body))), boundary);
    let mut members = Members::new();
    let mut count = 0;
    while let Some(mut part) = parts.next_field().await.map_err(malformed)? {
        count += 1;
        check_size(count, part.headers())?;
        let Some(name) = part.name().map(str::to_owned) else {
            let error = Error::bad_request("each part of the form must have a name");
            return Err(error.with_code("malformed_multipart"));
        };
        let content = content(&mut part).await?;
        let file_name = part.file_name();
        // A browser sends so what nobody chose a file for.
        if file_name == Some("") && content.is_empty() {
            continue;
        }
        let mut upload = Upload::new(content);
        if let Some(file_name) = file_name {
            upload = upload.with_file_name(file_name);
        }
        if let Some(content_type) = part.content_type() {
            upload = upload.with_content_type(content_type.as_ref());
        }
        members.entry(name).or_default().push(upload);
    }
    Ok(members)
}

fn check_size(count: usize, headers: &HeaderMap) -> Result<()> {
    if count > MOST_PARTS {
        let error = Error::payload_too_large(format!("a form may have {MOST_PARTS} parts at most"));
        return Err(error.with_code("too_many_parts"));
    }
    let bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.as_bytes().len()).sum();
    if bytes > MOST_HEADER_BYTES {
        let detail = format!("the headers of a part may have {MOST_HEADER_BYTES} bytes at most");
        return Err(Error::payload_too_large(detail).with_code("part_headers_too_large"));
    }
    Ok(())
}

/// The content of a part: of a body in memory all of it comes at once, and is not copied.
async fn content(part: &mut Field<'_>) -> Result<Bytes> {
    let first = part.chunk().await.map_err(malformed)?.unwrap_or_default();
    let Some(second) = part.chunk().await.map_err(malformed)? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    while let Some(chunk) = part.chunk().await.map_err(malformed)? {
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn malformed(source: multer::Error) -> Error {
    Error::bad_request("the body is not well-formed `multipart/form-data`")
        .with_code("malformed_multipart")
        .with_source(source)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn parts(body: &[u8]) -> Result<Members> {
        read(Bytes::copy_from_slice(body), "x-y").now_or_never().unwrap()
    }

    fn body(parts: &[(String, Option<String>, Vec<u8>)]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file_name, content) in parts {
            let file_name = file_name.as_ref().map(|name| format!("; filename=\"{name}\""));
            let file_name = file_name.unwrap_or_default();
            body.extend_from_slice(b"--x-y\r\nContent-Disposition: form-data; name=\"");
            body.extend_from_slice(format!("{name}\"{file_name}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--x-y--\r\n");
        body
    }

    fn part(
        name: &str,
        file_name: Option<&str>,
        content: &str,
    ) -> (String, Option<String>, Vec<u8>) {
        (name.to_owned(), file_name.map(str::to_owned), content.into())
    }

    #[test]
    fn a_file_that_nobody_chose_is_no_part() {
        let members = parts(&body(&[part("a", Some(""), ""), part("b", None, "")])).unwrap();

        assert_eq!(members.into_keys().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn there_are_limits() {
        let many = vec![part("a", None, ""); MOST_PARTS + 1];
        let long = part(&"n".repeat(MOST_HEADER_BYTES), None, "");

        assert!(parts(&body(many.get(1..).unwrap())).is_ok());
        assert_eq!(parts(&body(&many)).unwrap_err().code(), "too_many_parts");
        assert_eq!(parts(&body(&[long])).unwrap_err().code(), "part_headers_too_large");
    }

    #[test]
    fn broken_forms_are_refused() {
        let nameless = b"--x-y\r\nContent-Disposition: form-data\r\n\r\na\r\n--x-y--".as_slice();
        let whole = body(&[part("a", None, "text")]);
        for broken in [b"".as_slice(), b"a=b", b"--x-y", nameless, &whole[..whole.len() - 8]] {
            assert_eq!(parts(broken).unwrap_err().code(), "malformed_multipart", "{broken:?}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            sent in vec((
                "[a-c]|[^\"\\\\\\p{C}]{1,8}",
                proptest::option::of("[^\"\\\\/\\p{C}]{1,8}"),
                vec(any::<u8>(), 0..64),
            ), 0..8),
        ) {
            let is_boundary = |content: &[u8]| content.windows(5).any(|part| part == b"--x-y");
            prop_assume!(!sent.iter().any(|(_, _, content)| is_boundary(content)));
            let mut expected = Members::new();
            for (name, file_name, content) in &sent {
                let mut upload = Upload::new(content.clone());
                if let Some(file_name) = file_name {
                    upload = upload.with_file_name(file_name);
                }
                expected.entry(name.clone()).or_default().push(upload);
            }

            prop_assert_eq!(parts(&body(&sent)).unwrap(), expected);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, text in "(--x-y|\r\n|:|;|=|\"|name|a){0,40}") {
            let _ = (parts(&bytes), parts(text.as_bytes()));
        }
    }
}
