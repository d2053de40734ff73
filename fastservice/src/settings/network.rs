use std::{fmt, net::IpAddr, str::FromStr};

/// A network such as `10.0.0.0/8`, or one address.
///
/// ```
/// use fastservice::settings::Network;
///
/// let network: Network = "10.0.0.0/8".parse().unwrap();
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// The bits that say which network it is.
    length: u8,
}

/// Says what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkError;

impl Network {
    /// Whether the address is one of the network's. An IPv4 address may come in IPv6's clothes.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (mine, other) = (bits(self.address), bits(address.to_canonical()));
        mine.width == other.width && mine.first(self.length) == other.first(self.length)
    }
}

/// An address as a number; that of IPv4 has 32 bits.
struct Bits {
    value: u128,
    width: u8,
}

fn bits(address: IpAddr) -> Bits {
    match address {
        IpAddr::V4(address) => Bits { value: address.to_bits().into(), width: 32 },
        IpAddr::V6(address) => Bits { value: address.to_bits(), width: 128 },
    }
}

impl Bits {
    fn first(&self, length: u8) -> u128 {
        self.value.checked_shr((self.width - length).into()).unwrap_or(0)
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let given: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let address = given.to_canonical();
        let widest = bits(address).width;
        let length = match length {
            None => widest,
            // `+8` is a number to Rust.
            Some(length) if !length.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(NetworkError);
            }
            Some(length) => {
                let length: u8 = length.parse().map_err(|_| NetworkError)?;
                // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
                let clothes = bits(given).width - widest;
                length.checked_sub(clothes).ok_or(NetworkError)?
            }
        };
        if length > widest {
            return Err(NetworkError);
        }
        Ok(Self { address, length })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an IP address or a network such as `10.0.0.0/8`")
    }
}

impl std::error::Error for NetworkError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_contains_the_addresses_that_begin_as_it_does() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.1"),
            ("10.1.2.3/8", "10.9.9.9", "::10.1.2.3"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("::1", "::1", "::2"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("::ffff:10.0.0.0/104", "10.2.3.4", "11.2.3.4"),
            ("::ffff:10.0.0.1", "::ffff:10.0.0.1", "10.0.0.2"),
            ("0.0.0.0/0", "203.0.113.9", "2001:db8::1"),
            ("::/0", "2001:db8::1", "203.0.113.9"),
        ] {
            assert!(contains(network, inside), "{inside} in {network}");
            assert!(!contains(network, outside), "{outside} in {network}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/+8", "10.0.0.0/8/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
        }
        for text in ["10.0.0", "host", "10.0.0.0/256", "::ffff:10.0.0.0/95", "fe80::1%eth0", "*"] {
            assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_network_contains_the_address_that_it_is_written_with(
            address: IpAddr,
            length in 0_u8..=32,
        ) {
            let network: Network = format!("{address}/{length}").parse().unwrap_or_else(|_| {
                // An IPv4 address in IPv6's clothes has longer ones only.
                address.to_string().parse().unwrap()
            });

            prop_assert!(network.contains(address));
            prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
        }
    }
}
