//! The stage for NFC readers: a virtual PN532 that runs, the real libnfc in `varco-nfcd`, and varco before it.
//!
//! Not here: what is claimed about them (`tests/nfc*`).

use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::Instant;

use tempfile::TempDir;
use varco::nfc::{Connection, NfcReaders};
use varco::played::pn532::{Board, BoardControl, CardType, LinkSpeed, SlotEvent};
use varco::steps::ReaderName;
use varco::{LoginOptions, LoginReport, StartError, Varco};
use varco_apdu::{Atr, CommandApdu, StatusWord};
use varco_emulator::{CardOs, CardState, Emulated, LinkHabits, PlayedCard, Reply, StateError};
use varco_testkit::program::nfcd;
use zeroize::Zeroizing;

use crate::identity;

/// How long a board may take to come back.
const MENDED_MAX: Duration = Duration::from_secs(20);

/// A card that answers as many bytes as P1 and P2 say.
struct Answers;

impl CardOs for Answers {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        let length = u16::from_be_bytes([command.p1(), command.p2()]);
        Reply::data(Zeroizing::new(vec![0x5A; length.into()]), StatusWord::SUCCESS)
    }
    fn reset(&mut self) {}
    fn verified(&self) -> Vec<u8> {
        Vec::new()
    }

    fn snapshot(&self) -> CardState {
        CardState::new("answers", Vec::new())
    }
    fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
        Ok(())
    }
}

/// A PN532 with a card in its field. Dropping it ends it.
pub struct Field {
    folder: TempDir,
    /// The hand at the reader.
    pub control: BoardControl,
    is_powered: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Field {
    /// With this card, spoken to by this signal, at no speed but the machine's.
    #[must_use]
    pub fn with(card: Box<dyn PlayedCard>, card_type: CardType) -> Self {
        Self::at_speed(card, card_type, LinkSpeed::NONE)
    }

    /// With a link that takes its time.
    #[must_use]
    pub fn at_speed(card: Box<dyn PlayedCard>, card_type: CardType, speed: LinkSpeed) -> Self {
        Self::watched(card, card_type, speed, |_| {})
    }

    /// With somebody who is told what happens to the card, before it answers.
    #[must_use]
    pub fn watched(
        card: Box<dyn PlayedCard>,
        card_type: CardType,
        speed: LinkSpeed,
        mut watcher: impl FnMut(&SlotEvent) + Send + 'static,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let mut board = Board::open(&folder.path().join("pn532"), card, card_type, speed).unwrap();
        let control = board.control();
        let is_powered = Arc::new(AtomicBool::new(false));
        let power = Arc::clone(&is_powered);
        let thread = spawn(move || {
            let tell = &mut |event| {
                match event {
                    SlotEvent::PowerOn => power.store(true, Ordering::SeqCst),
                    SlotEvent::PowerOff | SlotEvent::Removed => power.store(false, Ordering::SeqCst),
                    _ => {}
                }
                watcher(&event);
            };
            board.run(tell).unwrap();
        });
        Self {
            folder,
            control,
            is_powered,
            thread: Some(thread),
        }
    }

    /// With the card of a built-in profile, as type A.
    #[must_use]
    pub fn of(profile: &str) -> Self {
        Self::with(identity::card(profile), CardType::A)
    }

    /// With a card that answers as many bytes as P1 and P2 say.
    #[must_use]
    pub fn answering() -> Self {
        let atr = Atr::new(&[0x3B, 0x80, 0x80, 0x01, 0x01]).unwrap();
        let card = Emulated::new(atr, LinkHabits::default(), Answers);
        Self::with(Box::new(card), CardType::A)
    }

    /// The path of its port.
    #[must_use]
    pub fn port(&self) -> PathBuf {
        self.folder.path().join("pn532")
    }

    /// What libnfc calls the reader.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection::parse(&format!("pn532_uart:{}", self.port().display())).unwrap()
    }

    /// What varco calls it.
    #[must_use]
    pub fn name(&self) -> ReaderName {
        ReaderName::new(&format!("nfc:{}", self.connection()))
    }

    /// Its readers, driven by the executable at this path.
    #[must_use]
    pub fn readers_by(&self, nfcd: PathBuf) -> NfcReaders {
        NfcReaders::new(nfcd, vec![self.connection()])
    }

    /// Its readers.
    #[must_use]
    pub fn readers(&self) -> NfcReaders {
        self.readers_by(nfcd())
    }

    /// Varco with this reader alone.
    #[must_use]
    pub fn varco(&self) -> Varco {
        Varco::with_readers(vec![Box::new(self.readers())])
    }

    /// A login with an identity card, by someone who types this.
    ///
    /// # Errors
    /// Those of [`Varco::login`].
    pub fn login(&self, options: &LoginOptions, typed: &str) -> Result<LoginReport, StartError> {
        self.varco().login(options, &mut crate::Typed::new(typed))
    }

    /// The same, where a card may take no longer than this over a command.
    ///
    /// # Errors
    /// Those of [`Varco::login`].
    pub fn login_within(
        &self,
        limit: Duration,
        options: &LoginOptions,
        typed: &str,
    ) -> Result<LoginReport, StartError> {
        let readers = self.readers().with_command_timeout(limit);
        Varco::with_readers(vec![Box::new(readers)]).login(options, &mut crate::Typed::new(typed))
    }

    /// Whether the card has power still.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.is_powered.load(Ordering::SeqCst)
    }

    /// Mends the reader, puts the card back, and waits until both are there.
    pub fn mend(&self) {
        self.control.set_line_fault(None);
        self.control.clear_faults();
        self.control.insert();
        let begun = Instant::now();
        while !self.port().exists() {
            assert!(begun.elapsed() < MENDED_MAX, "the board does not come back");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Commands that the card has seen.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.control.with_card(|card| card.log().total())
    }

    /// Tries left, on the card's own count.
    #[must_use]
    pub fn tries(&self) -> u8 {
        self.control
            .with_card(|card| card.snapshot().tries_left(identity::REFERENCE))
            .unwrap()
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(thread) = self.thread.take() {
            // A board that failed has said so.
            let _ = thread.join();
        }
    }
}
