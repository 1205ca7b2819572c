//! The wait until pcscd tells of every card: `varco readers --watch` at the private service.
//!
//! Not here: a PC/SC client of our own; libpcsclite takes its service from the environment of a process.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use varco_stand::pcscd::PrivatePcscd;

use super::{Plan, UpError};

/// pcscd looks for cards every 0.4 s, and needs longer with a keypad.
const PATIENCE: Duration = Duration::from_secs(20);
const LOG_LINES: usize = 8;

pub(super) fn wait(
    plan: &Plan,
    service: &PrivatePcscd,
    configuration: &Path,
    readers: BTreeSet<&str>,
) -> Result<(), UpError> {
    let mut waited_for = readers;
    let mut watch = plan
        .command()
        .args(["readers", "--watch", "--config"])
        .arg(configuration)
        .envs(service.env())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(UpError::Service)?;
    let (sender, lines) = mpsc::channel();
    if let Some(stdout) = watch.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    let until = Instant::now() + PATIENCE;
    while !waited_for.is_empty() {
        let rest = until.saturating_duration_since(Instant::now());
        let Ok(line) = lines.recv_timeout(rest) else { break };
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        let of = |name: &str| told.get(name).and_then(Value::as_str);
        // A card that is planned to be mute is there all the same.
        if let (Some("card-inserted" | "card-mute"), Some(reader)) = (of("event"), of("reader")) {
            waited_for.remove(reader);
        }
    }
    // It has done its work, or never will.
    let _ = watch.kill();
    let _ = watch.wait();
    waited_for.first().map_or(Ok(()), |reader| {
        Err(UpError::NotSeen {
            reader: (*reader).to_owned(),
            log: end_of(&service.log()),
        })
    })
}

/// The last lines of a log that may be long.
fn end_of(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let from = lines.len().saturating_sub(LOG_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}
