use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;

use super::Text;
use crate::validation::{Place, Report, Violation};

/// An email address, as browsers take it in `<input type="email">` (HTML, section 4.10.5.1.5),
/// not longer than mail servers take it (RFC 5321 section 4.5.3.1).
pub fn email<T: Text + ?Sized>(value: &T, place: &Place<'_>, report: &mut Report) {
    if value.text().is_some_and(|text| !is_email(text)) {
        report.add(place, Violation::new("value_error", "value is not a valid email address"));
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    (1..=64).contains(&local.len())
        && local.bytes().all(is_local)
        && domain.len() <= 255
        && domain.split('.').all(is_label)
}

/// One part of a host name (RFC 1034 section 3.5).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An absolute URL.
pub fn url<T: Text + ?Sized>(value: &T, place: &Place<'_>, report: &mut Report) {
    let Some(Err(error)) = value.text().map(Url::parse) else { return };
    // Its texts are constants.
    let reason = error.to_string();
    let violation = Violation::new("url_parsing", format!("Input should be a valid URL, {reason}"));
    report.add(place, violation.with_limit("error", reason));
}

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident, $address:ty, $kind:literal, $msg:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name<T: Text + ?Sized>(value: &T, place: &Place<'_>, report: &mut Report) {
            if value.text().is_some_and(|text| text.parse::<$address>().is_err()) {
                report.add(place, Violation::new($kind, $msg));
            }
        }
    )*};
}

addresses! {
    /// An IP address.
    ip, IpAddr, "ip_any_address", "Input should be a valid IPv4 or IPv6 address";
    /// An IP address of version 4.
    ipv4, Ipv4Addr, "ip_v4_address", "Input should be a valid IPv4 address";
    /// An IP address of version 6.
    ipv6, Ipv6Addr, "ip_v6_address", "Input should be a valid IPv6 address";
}
