//! What proxies write into headers, read from the right: the nearest proxy writes
//! last, and what is left of a client's own text must not change how that is read.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::settings::is_host_and_port;

/// The longest path that a proxy may take off.
const LONGEST_PREFIX: usize = 256;

/// The elements of a header that is a list, the last one first. Empty ones are
/// no elements (RFC 9110 section 5.6.1).
pub(super) fn from_the_right<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).iter().rev().map(HeaderValue::as_bytes);
    lines.flat_map(Elements).map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

/// The last element of a header that is a list.
pub(super) fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    std::str::from_utf8(from_the_right(headers, name).next()?).ok()
}

/// The rest of a line, cut at its last comma that is in no quotes.
struct Elements<'h>(&'h [u8]);

impl<'h> Iterator for Elements<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let comma = last_outside_of_quotes(self.0, b',');
        let (rest, element) = match comma.and_then(|comma| self.0.split_at_checked(comma)) {
            Some((rest, element)) => (rest, element.get(1..).unwrap_or_default()),
            None => (&[][..], self.0),
        };
        self.0 = rest;
        Some(element)
    }
}

fn last_outside_of_quotes(text: &[u8], separator: u8) -> Option<usize> {
    let mut is_quoted = false;
    for (index, byte) in text.iter().enumerate().rev() {
        match *byte {
            b'"' if !is_quoted => is_quoted = true,
            b'"' => is_quoted = is_escaped(text, index),
            byte if byte == separator && !is_quoted => return Some(index),
            _ => {}
        }
    }
    None
}

/// Whether an odd number of backslashes stands before it.
fn is_escaped(text: &[u8], index: usize) -> bool {
    let before = text.iter().take(index).rev();
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// One proxy's part of `Forwarded` (RFC 7239 section 4).
#[derive(Debug, Default, PartialEq)]
pub(super) struct Element {
    pub(super) client: Option<IpAddr>,
    pub(super) is_https: Option<bool>,
    pub(super) host: Option<String>,
}

impl Element {
    /// `None` when it is malformed: nothing in it, or left of it, can be relied on.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut rest = std::str::from_utf8(text).ok()?;
        let (mut client, mut scheme, mut host) = (None, None, None);
        loop {
            let (name, after) = rest.split_once('=')?;
            let (value, after) = value(after)?;
            let place = match name.trim().to_ascii_lowercase().as_str() {
                "for" => Some(&mut client),
                "proto" => Some(&mut scheme),
                "host" => Some(&mut host),
                other if is_name(other) => None,
                _ => return None,
            };
            // A name occurs once.
            if place.is_some_and(|place| place.replace(value).is_some()) {
                return None;
            }
            let after = after.trim_ascii_start();
            if after.is_empty() {
                break;
            }
            rest = after.strip_prefix(';')?;
        }
        Some(Self {
            client: client.as_deref().and_then(address),
            is_https: scheme.as_deref().and_then(is_https),
            host: host.filter(|host| is_host_and_port(host)),
        })
    }
}

/// `by`, `secret` or the like.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A token or a quoted text, and what comes after it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t', '"']).unwrap_or(text.len());
        let (value, after) = text.split_at_checked(end)?;
        return Some((value.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

/// An IP address, maybe with a port; one of IPv6 maybe in brackets. A name that
/// hides it (`unknown`, `_hidden`) is none.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let is_whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let address: Ipv6Addr = address.parse().ok().filter(|_| is_whole)?;
        return Some(IpAddr::V6(address).to_canonical());
    }
    let address = match text.split_once(':') {
        Some((address, port)) if is_port(port) => address.parse().map(IpAddr::V4),
        _ => text.parse(),
    };
    address.ok().map(|address| address.to_canonical())
}

/// A number, or a name that hides it.
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(hidden) => {
            hidden.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok(),
    }
}

/// Whether a scheme is a safe one; `None` when it is unknown. Some proxies name
/// that of a web socket.
pub(super) fn is_https(scheme: &str) -> Option<bool> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" | "wss" => Some(true),
        "http" | "ws" => Some(false),
        _ => None,
    }
}

/// The path that a proxy took off, without a slash at its end. Put before a path
/// it can lead to no other host and to no other folder.
pub(super) fn prefix(text: &str) -> Option<&str> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_segment =
        |segment: &str| !["", ".", ".."].contains(&segment) && segment.bytes().all(is_plain);
    let is_prefix = text.len() <= LONGEST_PREFIX
        && text.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment));
    is_prefix.then_some(text)
}

#[cfg(test)]
mod tests;
