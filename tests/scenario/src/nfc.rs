//! The stage for NFC readers: a virtual PN532 that runs, the real libnfc in `varco-nfcd`, and varco before it.
//!
//! Not here: what is claimed about them (`tests/nfc*`).

use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};

use tempfile::TempDir;
use varco::nfc::NfcReaders;
use varco::played::pn532::{Board, BoardControl, CardType, LinkSpeed, SlotEvent};
use varco::{LoginOptions, LoginReport, StartError, Varco};
use varco_emulator::PlayedCard;
use varco_testkit::program::nfcd;

use crate::identity;

/// How long a card may take over a command here: no played one takes as long.
pub const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);

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

    /// What libnfc calls the reader.
    #[must_use]
    pub fn connection(&self) -> String {
        format!("pn532_uart:{}", self.folder.path().join("pn532").display())
    }

    /// Its readers, driven by the executable at this path.
    #[must_use]
    pub fn readers_by(&self, nfcd: PathBuf) -> NfcReaders {
        NfcReaders::new(nfcd, vec![self.connection()]).with_command_timeout(COMMAND_TIMEOUT)
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

    /// Whether the card has power still.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.is_powered.load(Ordering::SeqCst)
    }

    /// Mends the reader, puts the card back, and waits until both are there.
    pub fn mend(&self) {
        self.control.set_fault(None);
        self.control.insert();
        while !self.folder.path().join("pn532").exists() {
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
