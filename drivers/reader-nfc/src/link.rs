//! A card in the field of an NFC reader: the card contract over a child process.
//!
//! Not here: what libnfc does (`varco-nfcd`).

use core::time::Duration;
use std::path::PathBuf;
use std::time::Instant;

use varco_apdu::{Atr, CommandApdu};
use varco_card::{
    CardLink, CardPresence, Disposition, Epoch, ExtendedLength, InsertionCount, Limits, LinkError, PinPad,
    Protocol, ReaderKind, ReaderName,
};
use zeroize::Zeroizing;

use crate::atr::atr;
use crate::child::{Lost, Nfcd};
use crate::connection::Connection;
use crate::crashes::Crashes;
use crate::port::HeldPort;
use crate::wire::{Answer, COMMAND_MAX_BYTES, Fault, Question};

/// How long opening and selecting may take: libnfc's own limits are below a second each.
const OPEN_MAX: Duration = Duration::from_secs(5);
/// What the child gets beyond its own limit before it is given up.
const CHILD_GRACE: Duration = Duration::from_secs(2);
/// How often is looked whether a card came back.
const RETURN_POLL: Duration = Duration::from_millis(200);

/// Where a reader is and how it is spoken to.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) name: ReaderName,
    pub(crate) connection: Connection,
    pub(crate) nfcd: PathBuf,
    pub(crate) command_timeout: Duration,
    pub(crate) crashes: Crashes,
}

impl Place {
    /// What lies in the field now; a card there starts anew.
    pub(crate) fn presence(&self) -> Result<CardPresence, LinkError> {
        let port = HeldPort::take(&self.connection)?;
        let found = OpenReader::open(self, &port)?.select()?;
        Ok(found.map_or(CardPresence::Absent, CardPresence::Present))
    }
}

/// A reader that a child has open.
struct OpenReader {
    nfcd: Nfcd,
    connection: Connection,
    crashes: Crashes,
}

impl OpenReader {
    fn open(place: &Place, port: &HeldPort) -> Result<Self, LinkError> {
        let mut reader = Self {
            nfcd: Nfcd::start(&place.nfcd, port.lent())?,
            connection: place.connection.clone(),
            crashes: place.crashes.clone(),
        };
        match reader.ask(&Question::Open(place.connection.to_string()), OPEN_MAX)? {
            Answer::Done => Ok(reader),
            _ => Err(strange()),
        }
    }

    /// What is in the field now, selected anew.
    fn select(&mut self) -> Result<Option<Atr>, LinkError> {
        match self.ask(&Question::Select, OPEN_MAX)? {
            Answer::Empty => Ok(None),
            Answer::Found(target) => Ok(atr(&target)),
            _ => Err(strange()),
        }
    }

    fn ask(&mut self, question: &Question, limit: Duration) -> Result<Answer, LinkError> {
        let asked = self.nfcd.ask(question, limit + CHILD_GRACE);
        let is_first = matches!(question, Question::Open(_));
        if is_first && matches!(asked, Err(Lost::Ended)) && self.nfcd.could_not_be_loaded() {
            return Err(LinkError::DriverAbsent);
        }
        self.crashes.note(asked.as_ref().err());
        let answer = asked.map_err(|lost| match lost {
            Lost::Ended => LinkError::DriverCrashed,
            Lost::TimedOut => LinkError::TimedOut {
                command: name_of(question),
            },
            Lost::Strange => strange(),
        })?;
        match answer {
            Answer::Failed(Fault::NoReader) => Err(LinkError::NoReader),
            Answer::Failed(Fault::TimedOut) => Err(LinkError::TimedOut {
                command: name_of(question),
            }),
            Answer::Failed(Fault::CardGone) => Err(LinkError::CardRemoved),
            Answer::Failed(Fault::Line) if self.connection.is_port_there() == Some(false) => {
                Err(LinkError::ReaderGone)
            }
            Answer::Failed(Fault::Line) => Err(LinkError::Protocol {
                what: "the line to the reader is disturbed",
            }),
            Answer::Failed(Fault::Other) => Err(LinkError::Protocol {
                what: "the reader answered what makes no sense",
            }),
            answer => Ok(answer),
        }
    }
}

fn name_of(question: &Question) -> &'static str {
    match question {
        Question::Transmit { command, .. } => match ***command {
            [cla, ins, p1, p2, ..] => CommandApdu::new(cla, ins, p1, p2).name(),
            _ => "command",
        },
        Question::Open(_) => "OPEN READER",
        Question::Select => "SELECT CARD",
        Question::IsPresent => "LOOK FOR CARD",
        Question::Release => "RELEASE CARD",
    }
}

fn strange() -> LinkError {
    LinkError::Protocol {
        what: "varco-nfcd answered what nobody asked",
    }
}

/// A connected card. The port is held as long as this lives, also while one child follows another.
pub(crate) struct NfcLink {
    place: Place,
    reader: Result<OpenReader, LinkError>,
    /// Given back when the child is gone: fields are dropped in this order.
    port: HeldPort,
    atr: Atr,
    epoch: Epoch,
    /// Whether anything went wrong: a session that ends well after that does not end a row of crashes.
    had_trouble: bool,
}

impl NfcLink {
    pub(crate) fn connect(place: Place) -> Result<Self, LinkError> {
        place.crashes.rest();
        let port = HeldPort::take(&place.connection)?;
        let mut reader = OpenReader::open(&place, &port)?;
        let atr = reader.select()?.ok_or(LinkError::NoCard)?;
        Ok(Self {
            place,
            reader: Ok(reader),
            port,
            atr,
            epoch: Epoch::default(),
            had_trouble: false,
        })
    }

    fn reader(&mut self) -> Result<&mut OpenReader, LinkError> {
        self.reader.as_mut().map_err(|error| error.clone())
    }

    /// After anything that went wrong nothing of before counts: the child goes. One that ended by itself leaves the field on, until
    /// a reset or the next opening.
    fn noticing<T>(&mut self, outcome: Result<T, LinkError>) -> Result<T, LinkError> {
        if let Err(error) = &outcome {
            self.epoch = self.epoch.next();
            self.had_trouble = true;
            self.reader = Err(error.clone());
        }
        outcome
    }

    /// The reader, opened anew, with a card of the same answer to reset in its field within this time. Without a rest: a card
    /// there may know a PIN.
    fn open_again(&mut self, wait: Duration) -> Result<OpenReader, LinkError> {
        let begun = Instant::now();
        if !self.port.is_current() {
            self.port = HeldPort::take(&self.place.connection)?;
        }
        let mut reader = OpenReader::open(&self.place, &self.port)?;
        loop {
            match reader.select()? {
                Some(atr) if atr == self.atr => return Ok(reader),
                None if begun.elapsed() < wait => std::thread::sleep(RETURN_POLL),
                _ => return Err(LinkError::CardRemoved),
            }
        }
    }
}

impl CardLink for NfcLink {
    fn reader(&self) -> &ReaderName {
        &self.place.name
    }

    fn reader_kind(&self) -> ReaderKind {
        ReaderKind::Nfc
    }

    fn atr(&self) -> &Atr {
        &self.atr
    }

    /// libnfc carries no extended length.
    fn limits(&self) -> Limits {
        Limits {
            extended_length: ExtendedLength::Unsupported,
            pin_pad: PinPad::Absent,
            protocol: Protocol::Apdu,
        }
    }

    /// Nobody counts insertions here: a card that was exchanged unseen is not told from the one before, and what may have been
    /// spent on either counts against both.
    fn insertion(&self) -> Option<InsertionCount> {
        Some(InsertionCount::UNCOUNTED)
    }

    fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The port is held by the link: nobody else can be at the card. Whether it is still there is asked.
    fn begin(&mut self, _wait: Duration) -> Result<(), LinkError> {
        let present = self
            .reader()
            .and_then(|reader| reader.ask(&Question::IsPresent, OPEN_MAX));
        let outcome = match present {
            Ok(Answer::Done) => Ok(()),
            Ok(Answer::Empty) => Err(LinkError::CardRemoved),
            Ok(_) => Err(strange()),
            Err(error) => Err(error),
        };
        self.noticing(outcome)
    }

    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        match disposition {
            Disposition::Leave => Ok(()),
            Disposition::Reset => self.reset(),
        }
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        if command.len() > COMMAND_MAX_BYTES {
            return Err(LinkError::CommandTooLong {
                command: "command",
                length_bytes: command.len(),
            });
        }
        let limit = self.place.command_timeout;
        let question = Question::Transmit {
            timeout_ms: u32::try_from(limit.as_millis()).unwrap_or(u32::MAX),
            command: Zeroizing::new(command.to_vec()),
        };
        let answer = self.reader().and_then(|reader| reader.ask(&question, limit));
        let outcome = match answer {
            Ok(Answer::Response(bytes)) if bytes.len() >= 2 => Ok(bytes),
            // Too short for a status word.
            Ok(Answer::Response(_)) => Err(LinkError::CardRemoved),
            Ok(_) => Err(strange()),
            Err(error) => Err(error),
        };
        self.noticing(outcome)
    }

    fn rejoin(&mut self, wait: Duration) -> Result<(), LinkError> {
        // The old child is gone, or of no use.
        self.reader = Err(LinkError::CardRemoved);
        self.epoch = self.epoch.next();
        self.reader = Ok(self.open_again(wait)?);
        Ok(())
    }

    /// Also where the reader is lost: the card in its field still has power, and may know a PIN.
    fn reset(&mut self) -> Result<(), LinkError> {
        self.epoch = self.epoch.next();
        if let Ok(reader) = &mut self.reader {
            let found = reader.select().and_then(|found| match found {
                Some(atr) if atr == self.atr => Ok(()),
                _ => Err(LinkError::CardRemoved),
            });
            let outcome = self.noticing(found);
            if matches!(outcome, Ok(()) | Err(LinkError::CardRemoved)) {
                return outcome;
            }
            // Once more by a new child.
        }
        self.reader = Ok(self.open_again(Duration::ZERO)?);
        Ok(())
    }

    /// The field goes off when the child ends: no card keeps a verified PIN.
    fn close(mut self: Box<Self>, _disposition: Disposition) -> Result<(), LinkError> {
        if let Ok(reader) = &mut self.reader {
            reader.ask(&Question::Release, OPEN_MAX)?;
            if !self.had_trouble {
                self.place.crashes.forget();
            }
        }
        Ok(())
    }
}
