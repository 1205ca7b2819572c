//! A claim's own pcscd, and a card played in the claim's own memory; only a relay of two `cat` runs inside the private
//! network.
//!
//! Not here: the claim's own process (`process`), and a CNS. This card answers a handful of instructions that make a link's behaviour visible.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use varco_card::ReaderName;
use varco_testkit::pcscd::PrivatePcscd;

use crate::process::{in_own_process, use_service};

/// Longer than anything here takes; only ever reached by a failure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Grants something until the next reset or power-up, as VERIFY would.
pub(crate) const GRANT: [u8; 4] = [0x80, 0x02, 0, 0];
/// Answers whether it is granted: 01 or 00.
pub(crate) const IS_GRANTED: [u8; 5] = [0x80, 0x04, 0, 0, 0];
/// Answers only when it is told to.
pub(crate) const HOLD: [u8; 4] = [0x80, 0x06, 0, 0];
/// Answers 65,533 bytes, the most that vpcd carries.
pub(crate) const LONG: [u8; 7] = [0x80, 0x08, 0, 0, 0, 0, 0];

/// An ATR with T=1, historical bytes of a CNS.
pub(crate) const ATR: [u8; 25] = [
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x17, 0x17, 0x01, 0x11,
    0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8C,
];

/// The same of another make.
pub(crate) const OTHER_ATR: [u8; 25] = [
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x0C, 0x17, 0x17, 0x01, 0x11,
    0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x89,
];

/// Runs a claim in a process of its own.
pub(crate) fn claim(name: &str, body: impl FnOnce(&mut PrivatePcscd)) {
    claim_with(name, || PrivatePcscd::start().unwrap(), body);
}

/// The same with a service that is started in another way.
pub(crate) fn claim_with(
    name: &str,
    start: impl FnOnce() -> PrivatePcscd,
    body: impl FnOnce(&mut PrivatePcscd),
) {
    in_own_process(name, || {
        let mut service = start();
        use_service(&service);
        body(&mut service);
    });
}

/// The reader of a slot, 0 or 1.
pub(crate) fn reader(slot: u16) -> ReaderName {
    ReaderName::new(&format!("Virtual PCD 00 0{slot}"))
}

/// What a card saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seen {
    PowerUp,
    Reset,
    /// A command with this instruction.
    Command(u8),
}

/// A card in a slot; dropping it takes it out.
pub(crate) struct PlayedCard {
    relay: Child,
    to_relay: Arc<Mutex<Option<ChildStdin>>>,
    release: Sender<()>,
    pub(crate) seen: Receiver<Seen>,
}

impl PlayedCard {
    /// Puts a card with this ATR in a slot; one too short to be an ATR makes it mute.
    pub(crate) fn insert(service: &PrivatePcscd, slot: u16, atr: &'static [u8]) -> Self {
        let mut relay = service
            .command("/bin/bash")
            .args([
                "-c",
                "exec 3<>/dev/tcp/127.0.0.1/$0; cat <&3 & cat >&3; kill $! 2>/dev/null",
            ])
            .arg(service.port(slot).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to_relay = Arc::new(Mutex::new(relay.stdin.take()));
        let (release, released) = channel();
        let (see, seen) = channel();
        let player = Player {
            atr,
            from_relay: relay.stdout.take().unwrap(),
            to_relay: Arc::clone(&to_relay),
            released,
            see,
            granted: false,
        };
        std::thread::spawn(move || player.play());
        Self {
            relay,
            to_relay,
            release,
            seen,
        }
    }

    /// Waits until the card has seen this.
    pub(crate) fn await_seen(&self, wanted: Seen) {
        while self.seen.recv_timeout(PATIENCE).unwrap() != wanted {}
    }

    /// Everything seen so far and not asked for yet.
    pub(crate) fn seen_so_far(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }

    /// Lets a held command be answered.
    pub(crate) fn release(&self) {
        self.release.send(()).unwrap();
    }

    /// Takes the card out; returns when its line is closed.
    pub(crate) fn remove(mut self) {
        self.take_out();
    }

    fn take_out(&mut self) {
        drop(self.to_relay.lock().unwrap().take());
        self.relay.wait().unwrap();
    }
}

impl Drop for PlayedCard {
    fn drop(&mut self) {
        self.take_out();
    }
}

/// The card's side of vpcd's line: each frame behind two bytes of length.
struct Player {
    atr: &'static [u8],
    from_relay: ChildStdout,
    to_relay: Arc<Mutex<Option<ChildStdin>>>,
    released: Receiver<()>,
    see: Sender<Seen>,
    granted: bool,
}

impl Player {
    fn play(mut self) {
        // Ends when the line is closed.
        while let Ok(frame) = self.read() {
            let answer = match *frame {
                [0] => continue,
                [control @ (1 | 2)] => {
                    self.granted = false;
                    self.say(if control == 1 { Seen::PowerUp } else { Seen::Reset });
                    continue;
                }
                [4] => self.atr.to_vec(),
                [_, ins, ..] => {
                    self.say(Seen::Command(ins));
                    self.answer(ins)
                }
                _ => return,
            };
            if self.write(&answer).is_err() {
                return;
            }
        }
    }

    fn answer(&mut self, ins: u8) -> Vec<u8> {
        match ins {
            0x02 => {
                self.granted = true;
                vec![0x90, 0x00]
            }
            0x04 => vec![u8::from(self.granted), 0x90, 0x00],
            0x06 => {
                // The claim may be over already.
                let _ = self.released.recv();
                vec![0x90, 0x00]
            }
            // vpcd's frames end at 65,535 bytes, the two of the status word included.
            0x08 => [vec![0xA5; 65_533], vec![0x90, 0x00]].concat(),
            _ => vec![0x6D, 0x00],
        }
    }

    fn say(&self, seen: Seen) {
        let _ = self.see.send(seen);
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.from_relay.read_exact(&mut length)?;
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        self.from_relay.read_exact(&mut frame)?;
        Ok(frame)
    }

    fn write(&self, answer: &[u8]) -> io::Result<()> {
        let mut frame = u16::try_from(answer.len()).unwrap().to_be_bytes().to_vec();
        frame.extend_from_slice(answer);
        let mut line = self.to_relay.lock().unwrap();
        let line = line.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        line.write_all(&frame)?;
        line.flush()
    }
}
