//! `varco trace`: what was said to a card.
//!
//! Not here: what is in a trace, and what it means (crate `trace`).

mod carry;
mod differ;
#[cfg(feature = "played")]
mod replay;
mod show;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use varco_messages::Arg;
use varco_trace::lines::{self, TRACE_MAX_BYTES};
use varco_trace::said::Said;
use zeroize::Zeroizing;

use crate::arguments::{TraceArguments, TraceCommand};
use crate::exit::Exit;
use crate::new_file::{fill, trace as new_file};
use crate::output::Output;
use crate::problem::Problem;

/// The first room for what comes out of a pipe.
const PIPE_BYTES: usize = 4_096;

pub(crate) fn run(arguments: &TraceArguments, output: &Output) -> Exit {
    match &arguments.command {
        TraceCommand::Show(arguments) => show::run(arguments, output),
        TraceCommand::Diff(arguments) => differ::run(arguments, output),
        TraceCommand::Export(arguments) => carry::export(arguments, output),
        TraceCommand::Import(arguments) => carry::import(arguments, output),
        #[cfg(feature = "played")]
        TraceCommand::Record(arguments) => replay::record(arguments, output),
        #[cfg(feature = "played")]
        TraceCommand::Replay(arguments) => replay::replay(arguments, output),
    }
    .unwrap_or_else(|problem| output.fail(&problem))
}

fn read(path: &Path, output: &Output) -> Result<Vec<Said>, Problem> {
    let text = contents(path, TRACE_MAX_BYTES)
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", path, &error))?;
    lines::read(&text).map_err(|error| problem_at("trace-malformed", path, output).detailed(&error))
}

/// What is in a file, up to one byte more than it may have; whoever reads it refuses that. It may hold a PIN.
fn contents(path: &Path, max_bytes: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = File::open(path)?;
    let expected = usize::try_from(file.metadata()?.len()).unwrap_or(max_bytes);
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.min(max_bytes) + 1));
    while bytes.len() <= max_bytes {
        if bytes.len() == bytes.capacity() {
            // A pipe does not say how much will come. A vector that grew by itself would leave copies behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(bytes.len() * 2 + PIPE_BYTES));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        let room = (bytes.capacity() - bytes.len()).min(max_bytes + 1 - bytes.len());
        let limit = u64::try_from(room).unwrap_or(u64::MAX);
        if file.by_ref().take(limit).read_to_end(&mut bytes)? < room {
            break;
        }
    }
    Ok(bytes)
}

fn problem_at(code: &'static str, path: &Path, output: &Output) -> Problem {
    let shown = path.display().to_string();
    output.problem(code, &[("path", Arg::Text(&shown))])
}

/// How many commands are in a trace.
fn commands(said: &[Said]) -> usize {
    said.iter()
        .filter(|said| matches!(said, Said::Exchange(_)))
        .count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_is_read_to_its_end_or_one_byte_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for length in [0, 1, 10, 11, 12, 50] {
            std::fs::write(&path, vec![7; length]).unwrap();
            assert_eq!(contents(&path, 10).unwrap().len(), length.min(11));
        }
    }

    #[test]
    fn a_pipe_is_read_to_its_end_or_one_byte_over() {
        for (most, expected) in [(100_000, 50_000), (20_000, 20_001)] {
            let (reader, mut writer) = io::pipe().unwrap();
            let writing = std::thread::spawn(move || {
                // Whoever has read enough goes.
                let _ = writer.write_all(&vec![7; 50_000]);
            });
            let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
            assert_eq!(contents(Path::new(&path), most).unwrap().len(), expected);
            drop(reader);
            writing.join().unwrap();
        }
    }
}
