//! What the system says about the process. Elsewhere than on Linux that is nothing.

use std::fs;

use super::page::{Kind, Number, Page};

/// Clock ticks a second in `/proc`: the same on every machine that Rust knows.
const TICKS: f64 = 100.0;

pub(super) fn write(page: &mut Page) {
    // Files of the kernel, made in memory: reading them does not wait for a disk.
    if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu) {
        let name = "process_cpu_seconds_total";
        page.family(name, Kind::Counter, "Time of processors that the process has used.");
        page.sample(name, &[], Number(seconds));
    }
    if let Some(bytes) = fs::read_to_string("/proc/self/status").ok().as_deref().and_then(memory) {
        let name = "process_resident_memory_bytes";
        page.family(name, Kind::Gauge, "Memory of the process that is in RAM.");
        page.sample(name, &[], bytes);
    }
    if let Ok(descriptors) = fs::read_dir("/proc/self/fd") {
        let name = "process_open_fds";
        page.family(name, Kind::Gauge, "Open file descriptors.");
        page.sample(name, &[], descriptors.count());
    }
}

/// User and system time: fields 14 and 15, counted after the name, which may hold blanks.
fn cpu(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((times.next()?.ok()? + times.next()?.ok()?) / TICKS)
}

fn memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_read() {
        let stat = "7 (a ) b) S 1 1 1 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 9";

        assert_eq!(cpu(stat), Some(3.0));
        assert_eq!(memory("Name:\ta\nVmRSS:\t    12 kB\n"), Some(12 * 1024));
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        for text in ["", "7 (a) S 1", "VmRSS: many kB"] {
            assert_eq!((cpu(text), memory(text)), (None, None), "{text}");
        }
    }
}
