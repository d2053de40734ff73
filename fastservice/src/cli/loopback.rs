//! One request to the service that runs beside this command. A whole HTTP
//! client for it would double the size of a command that only looks.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use super::Failure;
use crate::settings::ServerSettings;

const TIME_LIMIT: Duration = Duration::from_secs(3);
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// Sends a request and returns the status and the body of its answer.
pub(super) fn request(
    settings: &ServerSettings,
    method: &str,
    path: &str,
    json: &str,
) -> Result<(u16, String), Failure> {
    let address = SocketAddr::new(reachable(settings.host), settings.port);
    let failed = |error: std::io::Error| {
        format!(
            "no service answers at {address}: {error}; is it running, with the same HOST and PORT?"
        )
    };
    let mut stream = TcpStream::connect_timeout(&address, TIME_LIMIT).map_err(failed)?;
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    stream.set_write_timeout(Some(TIME_LIMIT))?;
    let length = json.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}"
    );
    stream.write_all(head.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer).map_err(failed)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is not HTTP")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or("the answer is not HTTP")?, body.to_owned()))
}

/// The address at which a service that listens on `host` is reached from here.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    }
}
