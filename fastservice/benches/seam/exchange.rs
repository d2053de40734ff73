//! What is asked, and how the client asks.

use super::{BufRead, BufReader, Duration, Result, SocketAddr, TcpStream, Write};

pub(super) struct Exchange {
    pub(super) name: &'static str,
    request: &'static str,
    answer: &'static str,
}

pub(super) const ALL: &[Exchange] = &[
    Exchange {
        name: "text",
        request: "GET /hello HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                  accept: */*\r\n\r\n",
        answer: "Hello, World!",
    },
    Exchange {
        name: "item",
        request: "GET /items/42?q=blue+shoes HTTP/1.1\r\nhost: localhost\r\n\
                  user-agent: seam\r\naccept: */*\r\n\r\n",
        answer: r#"{"id":42,"q":"blue shoes"}"#,
    },
    Exchange {
        name: "echo",
        request: "POST /echo HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                  accept: */*\r\ncontent-type: application/json\r\ncontent-length: 89\r\n\r\n\
                  {\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                  \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
        answer: "{\"name\":\"blue shoes\",\"price\":59.5,\"in_stock\":true,\
                 \"tags\":[\"shoes\",\"blue\",\"leather\",\"42\"]}",
    },
    Exchange {
        name: "private",
        request: "GET /private HTTP/1.1\r\nhost: localhost\r\nuser-agent: seam\r\n\
                  accept: */*\r\nauthorization: Bearer TOKEN\r\n\r\n",
        answer: "ali",
    },
];

/// As long as an access token of Auth0.
pub(super) fn token() -> String {
    "eyJhbGciOiJSUzI1NiJ9".repeat(45)
}

impl Exchange {
    /// Asks `count` times, each time after the answer before.
    pub(super) fn repeat(&self, address: SocketAddr, count: u32) -> Result<()> {
        let request = self.request.replace("TOKEN", &token());
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut answers = BufReader::new(stream.try_clone()?);
        for _ in 0..count {
            stream.write_all(request.as_bytes())?;
            let answer = read_answer(&mut answers)?;
            if answer != self.answer.as_bytes() {
                let answer = String::from_utf8_lossy(&answer);
                return Err(format!("{} was answered by {answer}", self.name).into());
            }
        }
        Ok(())
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
