//! Which other programs use smart cards at this moment, as far as this user can see.
//!
//! The service tells nobody who holds a card. But whoever talks to it has its library loaded, and Linux shows which
//! processes of one's own have: those are the candidates, and where there is one, it is the one. Programs of other users
//! and in other containers are not to be seen.
//!
//! Not here: what to say about it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

/// The library by which programs talk to the service.
const LIBRARY: &str = "/libpcsclite.so";
/// The services' own process has another library of nearly that name, and is no candidate.
const SERVICE: &str = "pcscd";
/// Most processes looked at.
const PROCESSES_MAX: usize = 10_000;
/// Most bytes of one process's list of mappings.
const MAPS_MAX_BYTES: u64 = 4 << 20;
/// Most programs told.
const PROGRAMS_MAX: usize = 64;

/// A process that has the service's library loaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// Its name as the system shows it, at most 15 bytes; control characters became `?`.
    pub name: String,
    /// Its process number.
    pub pid: u32,
}

/// The other programs of this user that use smart cards, at most 64, in the order of their numbers. Empty where there
/// are none or the system does not show them.
#[must_use]
pub fn other_programs() -> Vec<Program> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut numbers: Vec<u32> = entries
        .take(PROCESSES_MAX)
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| *pid != std::process::id())
        .collect();
    numbers.sort_unstable();
    numbers
        .into_iter()
        .filter(|pid| has_library(*pid))
        .filter_map(|pid| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            let shown = |c: char| if c.is_control() { '?' } else { c };
            let name = name.trim_end_matches('\n').chars().map(shown).collect();
            Some(Program { name, pid })
        })
        .filter(|program| program.name != SERVICE)
        .take(PROGRAMS_MAX)
        .collect()
}

fn has_library(pid: u32) -> bool {
    // Of other users' processes this cannot be opened.
    let Ok(maps) = File::open(Path::new("/proc").join(pid.to_string()).join("maps")) else {
        return false;
    };
    BufReader::new(maps.take(MAPS_MAX_BYTES))
        .split(b'\n')
        .map_while(Result::ok)
        .any(|line| line.windows(LIBRARY.len()).any(|part| part == LIBRARY.as_bytes()))
}
