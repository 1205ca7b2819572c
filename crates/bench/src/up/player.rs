//! `varco emulate` as a process of the bench: one for each card.
//!
//! Not here: where the card is put (`up`), and what is said to it later (`control`).

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Placed, UpError};

/// The longest first line that is taken.
const LINE_BYTES_MAX: u64 = 65_536;

/// Names this process to `varco emulate`, which ends when it does, however that is.
const PLAYED_FOR: &str = "VARCO_BENCH_PLAYED_FOR";

/// A card that is played. Dropping it ends it.
pub(super) struct Player {
    process: Child,
    reader_entry: String,
}

impl Player {
    /// Starts it, and returns when it says that the card is in its place.
    pub(super) fn start(mut command: Command, placed: &Placed, via: &str) -> Result<Self, UpError> {
        let not_played = |said: String| UpError::NotPlayed {
            profile: placed.plan.profile.clone(),
            said,
        };
        let mut process = command
            .args([
                "emulate",
                "--profile",
                &placed.plan.profile,
                "--via",
                via,
                "--control",
            ])
            .arg(&placed.files.control)
            .arg("--log")
            .arg(&placed.files.log)
            .env(PLAYED_FOR, std::process::id().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| not_played(error.to_string()))?;
        let stdout = process.stdout.take();
        let mut player = Self {
            process,
            reader_entry: String::new(),
        };
        // After its first line nobody reads on: what it tells later stands in its log.
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout.take(LINE_BYTES_MAX))
                .read_line(&mut line)
                .map_err(|error| not_played(error.to_string()))?;
        }
        let told: Value = serde_json::from_str(&line).unwrap_or_default();
        if told.get("event").is_none() {
            return Err(not_played(
                super::control::refused(&told).unwrap_or_else(|| "varco emulate ended.".to_owned()),
            ));
        }
        if let Some(entry) = told.get("reader_entry").and_then(Value::as_str) {
            player.reader_entry = format!("{entry}\n");
        }
        Ok(player)
    }

    /// By which pcscd finds the reader, where it must be told.
    pub(super) fn reader_entry(&self) -> &str {
        &self.reader_entry
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
