use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    process::Command,
};

use super::*;
use crate::log::config::FileConfig;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

fn file(path: &Path) -> Destination {
    let config =
        FileConfig { path: path.to_owned(), max_size: 1_000_000, keep: 2, compress: false };
    Destination::File(config)
}

#[test]
fn what_was_pushed_is_written_in_order_after_a_flush() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let queue = Queue::start(file(&path), Format::Text).unwrap();

    for number in 0..5000 {
        queue.push(format!("{number}\n").into_bytes());
    }
    queue.flush(PATIENCE);

    let text = fs::read_to_string(path).unwrap();
    assert!(text.lines().map(|line| line.parse::<u32>().unwrap()).eq(0..5000));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_records_and_says_how_many() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let queue = Queue::start(file(Path::new("/dev/full")), Format::Text).unwrap();

    queue.push(b"one\n".to_vec());
    queue.push(b"two\n".to_vec());
    queue.flush(PATIENCE);
    queue.configure(file(&path), Format::Text);
    queue.push(b"three\n".to_vec());
    queue.flush(PATIENCE);

    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("three\n"), "{text}");
    assert!(text.ends_with("log records were lost records=2\n"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_made_costs_records_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("log");
    fs::write(&in_the_way, "no folder").unwrap();
    let path = in_the_way.join("app.log");
    let queue = Queue::start(file(&path), Format::Text).unwrap();
    queue.push(b"one\n".to_vec());
    queue.flush(PATIENCE);

    fs::remove_file(&in_the_way).unwrap();
    queue.push(b"two\n".to_vec());
    queue.flush(PATIENCE);

    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("two\n") && text.ends_with("records=1\n"), "{text}");
}

#[cfg(unix)]
#[test]
fn who_logs_never_waits_for_a_slow_reader() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let queue = Queue::start(file(&pipe), Format::Text).unwrap();

    // Nobody reads yet, so that the thread hangs in opening the pipe.
    for _ in 0..3 * MOST_WAITING {
        queue.push(b"a record\n".to_vec());
    }
    drop(queue);
    let reader = BufReader::new(File::open(&pipe).unwrap());
    let (lost, read): (Vec<_>, Vec<_>) =
        reader.lines().map(Result::unwrap).partition(|line| line.contains("were lost"));

    let number = |line: &String| line.rsplit_once('=').unwrap().1.parse::<usize>().unwrap();
    let lost: usize = lost.iter().map(number).sum();
    assert!(lost > 0);
    assert_eq!(read.len() + lost, 3 * MOST_WAITING);
}

#[test]
fn a_change_of_the_destination_counts_also_while_the_queue_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    // Its thread does not run yet, as if a write took long.
    let (queue, writer) = Queue::new(file(Path::new("/nowhere/app.log")), Format::Text);
    while queue.shared.lost.load(Ordering::Relaxed) == 0 {
        queue.push(b"a record\n".to_vec());
    }

    queue.configure(file(&path), Format::Text);
    thread::spawn(move || writer.run());
    queue.flush(PATIENCE);

    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().filter(|line| *line == "a record").count(), MOST_WAITING);
}

#[test]
fn a_change_of_the_destination_needs_no_record_to_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let (queue, mut writer) = Queue::new(file(Path::new("/nowhere/app.log")), Format::Text);

    queue.configure(file(&path), Format::Text);

    let message = writer.receiver.try_recv().unwrap();
    writer.take(message);
    writer.write();
    assert_eq!(writer.sink.write(b"a record\n"), 0);
    assert_eq!(fs::read_to_string(path).unwrap(), "a record\n");
}
