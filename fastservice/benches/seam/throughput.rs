//! What access control costs in requests per second: endpoints in turn, in one run, as times
//! of different runs cannot be compared.

use std::time::Instant;

use super::{
    Result, Server, SocketAddr,
    exchange::{ALL, Exchange, Line},
};

const CONNECTIONS: usize = 32;
/// Of every connection, before it is the other endpoint's turn.
const TURN: usize = 200;
const ROUNDS: usize = 15;

pub(super) fn compare() -> Result<()> {
    let [public, .., warm, cold] = ALL else { return Err("there are too few exchanges".into()) };
    println!("\nthroughput beside the public endpoint `text`, medians of {ROUNDS} rounds\n");
    for private in [warm, cold] {
        let (server, address) = Server::start("fast", private.setting, None)?;
        let mut lines = Lines::open(address)?;
        let mut ratios = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            ratios.push(lines.per_second(private)? / lines.per_second(public)?);
        }
        server.stop()?;
        ratios.sort_by(f64::total_cmp);
        let median = ratios.get(ROUNDS / 2).ok_or("no round was run")?;
        println!("{:<8}{median:>14.2}", private.name);
    }
    Ok(())
}

/// Many connections, so that the server always has something to do.
struct Lines(Vec<Line>);

impl Lines {
    fn open(address: SocketAddr) -> Result<Self> {
        (0..CONNECTIONS).map(|_| Line::open(address)).collect::<Result<_>>().map(Self)
    }

    fn per_second(&mut self, exchange: &Exchange) -> Result<f64> {
        let request = exchange.request();
        let began = Instant::now();
        for _ in 0..TURN {
            self.0.iter_mut().try_for_each(|line| line.ask(&request))?;
            self.0.iter_mut().try_for_each(|line| exchange.check(&line.hear()?))?;
        }
        let asked = u32::try_from(CONNECTIONS * TURN)?;
        Ok(f64::from(asked) / began.elapsed().as_secs_f64())
    }
}
