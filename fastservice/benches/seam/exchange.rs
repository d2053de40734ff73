//! What is asked, and how the client asks.

use super::{BufRead, BufReader, Duration, Result, SocketAddr, TcpStream, Write, values::USER};

pub(super) struct Exchange {
    pub(super) name: &'static str,
    request: &'static str,
    answer: &'static str,
    /// A setting of the service that answers.
    pub(super) setting: (&'static str, &'static str),
}

/// Verified tokens are remembered, or each is checked.
const WARM: (&str, &str) = ("TOKEN_CACHE", "100");
const COLD: (&str, &str) = ("TOKEN_CACHE", "0");
const PRIVATE: Exchange = Exchange {
    name: "private",
    request: "GET /private HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
              accept: */*\r\nauthorization: Bearer TOKEN\r\n\r\n",
    answer: USER,
    setting: WARM,
};

pub(super) const ALL: &[Exchange] = &[
    Exchange {
        name: "text",
        request: "GET /hello HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                  accept: */*\r\n\r\n",
        answer: "Hello, World!",
        setting: WARM,
    },
    Exchange {
        name: "item",
        request: "GET /items/42?q=blue+shoes HTTP/1.1\r\nhost: localhost\r\n\
                  user-agent: seam\r\naccept: */*\r\n\r\n",
        answer: r#"{"id":42,"q":"blue shoes"}"#,
        setting: WARM,
    },
    Exchange {
        name: "echo",
        request: "POST /echo HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                  accept: */*\r\ncontent-type: application/json\r\ncontent-length: 89\r\n\r\n\
                  {\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                  \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
        answer: "{\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                 \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
        setting: WARM,
    },
    PRIVATE,
    Exchange { name: "cold", setting: COLD, ..PRIVATE },
];

/// As Auth0 makes them. Its key is thrown away.
pub(super) const TOKEN: &str = include_str!("tenant/token.txt");
pub(super) const JWKS: &str = include_str!("tenant/jwks.json");

impl Exchange {
    /// Asks `count` times, each time after the answer before.
    pub(super) fn repeat(&self, address: SocketAddr, count: u32) -> Result<()> {
        let mut line = Line::open(address)?;
        let request = self.request();
        for _ in 0..count {
            line.ask(&request)?;
            self.check(&line.hear()?)?;
        }
        Ok(())
    }

    pub(super) fn request(&self) -> String {
        self.request.replace("TOKEN", TOKEN)
    }

    pub(super) fn check(&self, answer: &[u8]) -> Result<()> {
        if answer == self.answer.as_bytes() {
            return Ok(());
        }
        let answer = String::from_utf8_lossy(answer);
        Err(format!("{} was answered by {answer}", self.name).into())
    }
}

/// A connection that is kept.
pub(super) struct Line {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Line {
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let answers = BufReader::new(stream.try_clone()?);
        Ok(Self { stream, answers })
    }

    pub(super) fn ask(&mut self, request: &str) -> Result<()> {
        Ok(self.stream.write_all(request.as_bytes())?)
    }

    pub(super) fn hear(&mut self) -> Result<Vec<u8>> {
        read_answer(&mut self.answers)
    }
}

fn read_answer(answers: &mut impl BufRead) -> Result<Vec<u8>> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse()?,
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body)?;
    Ok(body)
}
