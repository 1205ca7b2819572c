//! What is said to a played card over its control socket: a command on a line, one JSON object back.
//!
//! Not here: what the commands are (`varco emulate`).

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take: a card that is put back waits until pcscd has missed it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Says one command, and gives the answer.
///
/// # Errors
/// When nobody listens there, when the command has a line break in it, or when no JSON comes back within 30 seconds.
pub fn tell(socket: &Path, command: &str) -> io::Result<Value> {
    if command.contains('\n') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{command}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(io::Error::from)
}

/// The sentence of an answer that is an error.
#[must_use]
pub fn refused(answer: &Value) -> Option<String> {
    let error = answer.get("error").filter(|error| !error.is_null())?;
    let message = error.get("message").and_then(Value::as_str);
    Some(message.unwrap_or_default().to_owned())
}
