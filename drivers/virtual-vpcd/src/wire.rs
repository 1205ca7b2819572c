//! Frames of vpcd: two length bytes, big-endian, then so many bytes. A frame of one byte is a word to the
//! card, any other is a C-APDU; the card answers the ATR word and each APDU, with one frame.
//!
//! Not here: what the card does.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use zeroize::Zeroizing;

/// What the reader says.
pub(crate) enum Said {
    PowerOff,
    PowerOn,
    Reset,
    AskAtr,
    Command(Zeroizing<Vec<u8>>),
}

/// The next frame. The length is of 16 bits, so no frame is longer than 65,535 bytes.
///
/// # Errors
/// When the connection ends, in the middle of a frame or between two.
pub(crate) fn read(stream: &TcpStream) -> io::Result<Said> {
    let mut length = [0; 2];
    fill(stream, &mut length)?;
    let mut bytes = Zeroizing::new(vec![0; usize::from(u16::from_be_bytes(length))]);
    fill(stream, &mut bytes)?;
    Ok(match bytes.as_slice() {
        [0] => Said::PowerOff,
        [1] => Said::PowerOn,
        [2] => Said::Reset,
        [4] => Said::AskAtr,
        _ => Said::Command(bytes),
    })
}

fn fill(mut stream: &TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        acknowledge_at_once(stream)?;
        match stream.read(room) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The kernel forgets the setting, hence before each read.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(stream: &TcpStream) -> io::Result<()> {
    std::os::linux::net::TcpStreamExt::set_quickack(stream, true)
}

/// vpcd runs where pcscd does; elsewhere a session is slower, not wrong.
#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

/// Whether one frame can hold so much; no card played here says more, but a fault may lengthen it.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    u16::try_from(bytes.len()).is_ok()
}

/// Writes one frame with one write.
///
/// # Errors
/// When the connection has ended, or no frame [`holds`] so much.
pub(crate) fn write(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    let length = u16::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut frame = Zeroizing::new(Vec::with_capacity(2 + bytes.len()));
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    stream.write_all(&frame)
}
