//! Fields of the framework's own, which need neither a mask nor much of a time.

use std::{io::Write as _, net::SocketAddr};

use super::Line;

/// Takes fields of the framework's own, whose names and texts are known to be clean.
pub(crate) trait CleanFields {
    fn clean(&mut self, name: &'static str, value: &str);
    fn count(&mut self, name: &'static str, value: u64);
    fn flag(&mut self, name: &'static str, value: bool);
    fn address(&mut self, name: &'static str, address: SocketAddr);
    /// A time in milliseconds, to the microsecond.
    fn millis(&mut self, name: &'static str, micros: u64);
}

impl CleanFields for Line {
    fn clean(&mut self, name: &'static str, value: &str) {
        self.name(name);
        self.value(value);
    }

    fn count(&mut self, name: &'static str, value: u64) {
        self.name(name);
        digits(&mut self.out, value, 1);
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.name(name);
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn address(&mut self, name: &'static str, address: SocketAddr) {
        self.name(name);
        self.quote();
        match address {
            // The usual one, without the machinery of formatting.
            SocketAddr::V4(address) => {
                for (index, octet) in address.ip().octets().into_iter().enumerate() {
                    if index > 0 {
                        self.out.push(b'.');
                    }
                    digits(&mut self.out, octet.into(), 1);
                }
                self.out.push(b':');
                digits(&mut self.out, address.port().into(), 1);
            }
            SocketAddr::V6(address) => {
                // Into memory: it cannot fail.
                let _ = write!(self.out, "{address}");
            }
        }
        self.quote();
    }

    fn millis(&mut self, name: &'static str, micros: u64) {
        self.count(name, micros / 1000);
        self.out.push(b'.');
        digits(&mut self.out, micros % 1000, 3);
    }
}

/// Appends a number, in at least `width` digits.
fn digits(out: &mut Vec<u8>, mut number: u64, width: usize) {
    const LONGEST: usize = 20;
    let mut text = [b'0'; LONGEST];
    let mut count = 0;
    for digit in text.iter_mut().rev() {
        if number == 0 && count >= width {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
    }
    out.extend_from_slice(text.get(LONGEST - count..).unwrap_or_default());
}

/// Appends at most 16 bytes in hexadecimal.
pub(super) fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    out.extend_from_slice(text.get(..2 * bytes.len()).unwrap_or_default());
}
