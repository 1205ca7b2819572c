//! A card that does nothing: it answers each command with as many bytes as it was told, and 9000. What a round trip to it takes
//! is what pcscd, vpcd and the loopback take.
//!
//! Not here: anything of ours. It shares no code with what is measured beside it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::linux::net::TcpStreamExt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes it answers before 9000.
pub(crate) static ANSWER_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Until the reader goes away.
pub(crate) fn run(port: u16, atr: &[u8]) -> io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    let mut buffer = [0_u8; 1024];
    loop {
        let mut length = [0; 2];
        fill(&mut stream, &mut length)?;
        let length = usize::from(u16::from_be_bytes(length));
        let Some(command) = buffer.get_mut(..length) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        fill(&mut stream, command)?;
        match command {
            [0..=2] => {}
            [4] => frame(&mut stream, atr)?,
            _ => {
                let mut answer = vec![0x5A; ANSWER_BYTES.load(Ordering::Relaxed)];
                answer.extend([0x90, 0x00]);
                frame(&mut stream, &answer)?;
            }
        }
    }
}

fn fill(stream: &mut TcpStream, mut room: &mut [u8]) -> io::Result<()> {
    while !room.is_empty() {
        stream.set_quickack(true)?;
        let read = stream.read(room)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        room = room.get_mut(read..).unwrap_or_default();
    }
    Ok(())
}

fn frame(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let length = u16::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut whole = length.to_be_bytes().to_vec();
    whole.extend(bytes);
    stream.write_all(&whole)
}
