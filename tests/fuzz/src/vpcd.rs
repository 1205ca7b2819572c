//! Frames of vpcd: any stream of bytes from a reader, over a connection to this machine.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use varco_apdu::Atr;
use varco_emulator::{CardOs, Played};
use varco_emulator::{CardState, Emulated, LinkHabits, PlayedCard, Reply, StateError};
use varco_virtual_vpcd::{Ended, Reach, Slot, VpcdAddress};

const ATR: &[u8] = &[0x3B, 0x80, 0x80, 0x01, 0x01];
/// A frame is a connection's worth of work; more of them teach nothing.
const STREAM_MAX_BYTES: usize = 4096;

thread_local! {
    static READER: RefCell<TcpListener> = RefCell::new(TcpListener::bind("127.0.0.1:0").unwrap());
}

/// A card that gives back what it got, so that an answer tells which command it is to.
pub(crate) struct Echo;

impl CardOs for Echo {
    fn execute(&mut self, command: &varco_apdu::CommandApdu) -> Reply {
        Reply::data(
            zeroize::Zeroizing::new(command.data().to_vec()),
            varco_apdu::StatusWord::SUCCESS,
        )
    }
    fn reset(&mut self) {}
    fn verified(&self) -> Vec<u8> {
        Vec::new()
    }

    fn snapshot(&self) -> CardState {
        CardState::new("echo", Vec::new())
    }
    fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
        Ok(())
    }
}

fn echo() -> Emulated<Echo> {
    Emulated::new(Atr::new(ATR).unwrap(), LinkHabits::default(), Echo)
}

/// Each whole frame is answered as a second reading of the same bytes says, the cut one at the end not at all.
pub fn target(data: &[u8]) {
    let stream = &data[..data.len().min(STREAM_MAX_BYTES)];
    let answers = READER.with_borrow(|listener| converse(listener, stream));
    assert_eq!(answers, expected(stream));
}

fn converse(listener: &TcpListener, stream: &[u8]) -> Vec<u8> {
    let address = format!("vpcd://{}", listener.local_addr().unwrap());
    let address = VpcdAddress::parse(&address, Reach::LoopbackOnly).unwrap();
    let mut slot = Slot::connect(&address, Box::new(echo())).unwrap();
    let (reader, _) = listener.accept().unwrap();
    std::thread::scope(|scope| {
        let run = scope.spawn(move || slot.run(&mut |_| {}));
        let answers = say(reader, stream);
        assert_eq!(run.join().unwrap().unwrap(), Ended::ReaderClosed);
        answers
    })
}

/// What is sent at most fits the buffers of the connection, so it is written whole before answers are read.
fn say(mut reader: TcpStream, stream: &[u8]) -> Vec<u8> {
    reader.write_all(stream).unwrap();
    reader.shutdown(Shutdown::Write).unwrap();
    let mut answers = Vec::new();
    reader.read_to_end(&mut answers).unwrap();
    answers
}

fn expected(mut stream: &[u8]) -> Vec<u8> {
    let (mut card, mut answers) = (echo(), Vec::new());
    let mut answer = |bytes: &[u8]| {
        answers.extend((bytes.len() as u16).to_be_bytes());
        answers.extend(bytes);
    };
    while let Some((length, rest)) = stream.split_first_chunk::<2>() {
        let Some((frame, rest)) = rest.split_at_checked(u16::from_be_bytes(*length).into()) else {
            break;
        };
        stream = rest;
        match frame {
            [0] => card.power_off(),
            [1] => card.power_on(),
            [2] => card.reset(),
            [4] => answer(ATR),
            command => {
                let Played { response, .. } = card.process(command);
                answer(&response);
            }
        }
    }
    answers
}

/// A session, an empty frame, a cut one, a command without power.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let command = b"\x00\x09\x00\x20\x00\x90\x0412345";
    vec![
        [
            &b"\x00\x01\x01\x00\x01\x04"[..],
            command,
            b"\x00\x01\x02",
            command,
            b"\x00\x01\x00",
        ]
        .concat(),
        [
            &b"\x00\x01\x01"[..],
            command,
            b"\x00\x00",
            b"\x00\x01\x03",
            command,
        ]
        .concat(),
        [&command[..], b"\x10\x00\x00\xA4"].concat(),
    ]
}
