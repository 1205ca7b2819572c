//! The reader: what it does about each message, without a line and without time.
//!
//! Not here: frames (`frame`), blocks (`t1`), the keypad's digits (`keypad`), and who takes the card away (`control`).

use core::time::Duration;

use varco_emulator::{EntryEnd, KeypadEvent, Played, PlayedCard, SlotEvent};
use zeroize::Zeroizing;

use crate::keypad::{After, Dialogue, Entry};
use crate::link::{Offer, Protocol};
use crate::message::{CardStatus, Message, Outcome, answer, command, error, failed};
use crate::pin::Operation;
use crate::t0::{self, T0Error};
use crate::t1::{self, Patience, T1};
use crate::{Model, PadFault};

/// What the reader says of itself.
const FIRMWARE: &[u8] = b"varco-virtual-ccid";
/// The offset of wLevelParameter, and of what follows the header.
const LEVEL_AT: u8 = 8;
const DATA_AT: u8 = 10;
/// PC/SC part 10 §2.5: the two new values differ; too few or too many digits.
const DIFFERING: [u8; 2] = [0x64, 0x02];
const WRONG_LENGTH: [u8; 2] = [0x64, 0x03];

/// What lies in the slot.
pub(crate) struct InSlot<'c> {
    pub(crate) card: Option<&'c mut dyn PlayedCard>,
    /// Tells it from one that lay there before.
    pub(crate) insertion: u64,
}

/// A message answered.
pub(crate) struct Done {
    pub(crate) message: Zeroizing<Vec<u8>>,
    /// How long the card takes.
    pub(crate) took: Duration,
    /// How often it asks the reader for more time, where its requests do not pass the reader.
    pub(crate) extensions: u8,
    pub(crate) events: Vec<SlotEvent>,
}

/// What follows from a message.
pub(crate) enum Step {
    Done(Done),
    /// Digits are asked for, with this event.
    Ask(Box<Asking>, SlotEvent),
}

/// Digits that are asked for.
pub(crate) struct Asking {
    to: Message<'static>,
    dialogue: Dialogue,
    /// Of the card that the command is for.
    insertion: u64,
}

impl Asking {
    pub(crate) fn insertion(&self) -> u64 {
        self.insertion
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.dialogue.timeout_s().into())
    }
}

/// A card that has power.
struct Powered {
    insertion: u64,
    offer: Offer,
    protocol: Protocol,
    t1: T1,
    /// As the host set them, or the card's.
    parameters: Vec<u8>,
    /// Nothing has been said to it since its reset.
    is_fresh: bool,
}

impl Powered {
    fn new(card: &dyn PlayedCard, insertion: u64) -> Self {
        let offer = Offer::of(card.atr());
        let protocol = offer.first();
        Self {
            insertion,
            protocol,
            t1: T1::new(offer.ifsc),
            parameters: parameters(protocol, &offer),
            offer,
            is_fresh: true,
        }
    }
}

/// As they are before anybody sets them (CCID rev. 1.1 §6.2.3).
fn parameters(protocol: Protocol, offer: &Offer) -> Vec<u8> {
    let speed = offer.ta1.unwrap_or(0x11);
    match protocol {
        Protocol::T0 => vec![speed, 0x00, 0x00, 0x0A, 0x00],
        Protocol::T1 => {
            let ifsc = u8::try_from(offer.ifsc).unwrap_or(u8::MAX);
            vec![speed, 0x10, 0x00, 0x4D, 0x00, ifsc, 0x00]
        }
    }
}

/// The reader's own state.
pub(crate) struct Machine {
    model: Model,
    powered: Option<Powered>,
    /// Whether a card was in the slot when the host was last told.
    told: bool,
}

impl Machine {
    pub(crate) fn new(model: Model) -> Self {
        Self {
            model,
            powered: None,
            told: true,
        }
    }

    /// What the host is told of a card that came or went, before the answer to its next message (CCID rev. 1.1 §6.3.1).
    pub(crate) fn movement(&mut self, slot: &InSlot<'_>) -> Option<[u8; 2]> {
        let is_in = slot.card.is_some();
        let has_moved = core::mem::replace(&mut self.told, is_in) != is_in;
        has_moved.then_some([0x50, if is_in { 0x03 } else { 0x02 }])
    }

    fn status(&self, slot: &InSlot<'_>) -> CardStatus {
        match (&slot.card, &self.powered) {
            (None, _) => CardStatus::Absent,
            (Some(_), Some(powered)) if powered.insertion == slot.insertion => CardStatus::Active,
            _ => CardStatus::Inactive,
        }
    }

    /// Does what a message says.
    pub(crate) fn execute(
        &mut self,
        message: &Message<'_>,
        slot: &mut InSlot<'_>,
        fault: Option<&PadFault>,
    ) -> Step {
        let mut run = Run::default();
        let outcome = match message.kind {
            _ if message.slot != 0 => Outcome::Failed(error::SLOT),
            command::POWER_ON => self.power_on(message, slot, &mut run),
            command::POWER_OFF => self.power_off(slot, &mut run),
            command::SLOT_STATUS | command::ABORT | command::CLOCK => Outcome::done(),
            command::PARAMETERS | command::RESET_PARAMETERS | command::SET_PARAMETERS => {
                self.parameters(message, slot)
            }
            command::ESCAPE => self.escape(message.data),
            command::TRANSFER => self.transfer(message, slot, &mut run),
            command::SECURE => match self.secure(message, slot, fault) {
                Ok(asking) => {
                    let asked = SlotEvent::Keypad(asking.dialogue.asked());
                    return Step::Ask(Box::new(asking), asked);
                }
                Err(outcome) => outcome,
            },
            _ => Outcome::Failed(error::UNSUPPORTED),
        };
        Step::Done(self.done(message, slot, &outcome, run))
    }

    fn done(&self, to: &Message<'_>, slot: &InSlot<'_>, outcome: &Outcome, run: Run) -> Done {
        Done {
            message: answer(to, self.status(slot), outcome),
            took: run.took,
            extensions: run.extensions,
            events: run.events,
        }
    }

    fn power_on(&mut self, message: &Message<'_>, slot: &mut InSlot<'_>, run: &mut Run) -> Outcome {
        let was_active = self.status(slot) == CardStatus::Active;
        let Some(card) = slot.card.as_deref_mut() else {
            return Outcome::Failed(error::MUTE);
        };
        // Automatic, 5 V, 3 V, 1.8 V.
        if message.specific[0] > 3 {
            return Outcome::Failed(error::PARAMETER);
        }
        if was_active {
            card.reset();
            run.events.push(SlotEvent::Reset);
        } else {
            card.power_on();
            run.events.push(SlotEvent::PowerOn);
        }
        self.powered = Some(Powered::new(card, slot.insertion));
        Outcome::data(card.atr().as_bytes())
    }

    fn power_off(&mut self, slot: &mut InSlot<'_>, run: &mut Run) -> Outcome {
        if self.status(slot) == CardStatus::Active
            && let Some(card) = slot.card.as_deref_mut()
        {
            card.power_off();
            run.events.push(SlotEvent::PowerOff);
        }
        self.powered = None;
        Outcome::done()
    }

    fn active(&mut self, slot: &InSlot<'_>) -> Result<&mut Powered, Outcome> {
        let is_active = self.status(slot) == CardStatus::Active;
        let powered = self.powered.as_mut().filter(|_| is_active);
        powered.ok_or(Outcome::Failed(error::MUTE))
    }

    fn parameters(&mut self, message: &Message<'_>, slot: &InSlot<'_>) -> Outcome {
        let powered = match self.active(slot) {
            Ok(powered) => powered,
            Err(failed) => return failed,
        };
        match message.kind {
            command::SET_PARAMETERS => {
                let [number, ..] = message.specific;
                let offered =
                    Protocol::of_number(number).filter(|known| powered.offer.protocols.contains(known));
                let Some(protocol) = offered else {
                    return Outcome::Failed(error::PARAMETER);
                };
                let is_whole = message.data.len() == parameters(protocol, &powered.offer).len();
                if !is_whole {
                    return Outcome::Failed(error::LENGTH);
                }
                powered.protocol = protocol;
                powered.parameters = message.data.to_vec();
            }
            command::RESET_PARAMETERS => {
                powered.protocol = powered.offer.first();
                powered.parameters = parameters(powered.protocol, &powered.offer);
            }
            _ => {}
        }
        Outcome::Done(
            powered.protocol.number(),
            Zeroizing::new(powered.parameters.clone()),
        )
    }

    /// What libccid asks of this reader in its own words: its firmware, how it tells of cards that move, its display's texts.
    fn escape(&self, data: &[u8]) -> Outcome {
        match data {
            [0x02] => Outcome::data(FIRMWARE),
            [0x01, 0x01, _] => Outcome::done(),
            [0xB2, 0xA0, ..] | [0xB5, _] if self.model == Model::PinPad => Outcome::done(),
            _ => Outcome::Failed(DATA_AT),
        }
    }

    fn transfer(&mut self, message: &Message<'_>, slot: &mut InSlot<'_>, run: &mut Run) -> Outcome {
        let powered = match self.active(slot) {
            Ok(powered) => powered,
            Err(failed) => return failed,
        };
        // A reader of TPDUs knows no chains of messages.
        if !matches!(message.specific, [_, 0, 0]) {
            return Outcome::Failed(LEVEL_AT);
        }
        if message.data.is_empty() {
            return Outcome::Failed(error::LENGTH);
        }
        let was_fresh = core::mem::take(&mut powered.is_fresh);
        if was_fresh && message.data.first() == Some(&0xFF) {
            return match powered.offer.confirm(message.data) {
                Some((protocol, confirmed)) => {
                    powered.protocol = protocol;
                    Outcome::data(&confirmed)
                }
                None => Outcome::Failed(error::MUTE),
            };
        }
        exchange(powered, message.data, Patience::CardAsks, slot, run)
    }

    fn secure(
        &mut self,
        message: &Message<'_>,
        slot: &InSlot<'_>,
        fault: Option<&PadFault>,
    ) -> Result<Asking, Outcome> {
        match fault {
            Some(PadFault::Missing) => return Err(Outcome::Failed(error::UNSUPPORTED)),
            Some(PadFault::Garbage(bytes)) => return Err(Outcome::data(bytes)),
            None if self.model != Model::PinPad => return Err(Outcome::Failed(error::UNSUPPORTED)),
            None => {}
        }
        let powered = self.active(slot)?;
        if !matches!(message.specific, [_, 0, 0]) {
            return Err(Outcome::Failed(LEVEL_AT));
        }
        let operation = Operation::parse(message.data).map_err(Outcome::Failed)?;
        if powered.protocol == Protocol::T1 {
            let [_, pcb, _] = operation.prologue;
            // One I-block that nothing follows, and that the card can take.
            if pcb & !t1::SEQUENCE != 0 {
                return Err(Outcome::Failed(operation.prologue_at));
            }
            if operation.command_bytes_max() > powered.t1.ifsc() {
                return Err(Outcome::Failed(error::LENGTH));
            }
        }
        Ok(Asking {
            to: Message {
                kind: message.kind,
                slot: message.slot,
                sequence: message.sequence,
                specific: message.specific,
                data: &[],
            },
            dialogue: Dialogue::new(operation),
            insertion: slot.insertion,
        })
    }

    /// Goes on with what was done on the keypad.
    pub(crate) fn enter(&mut self, mut asking: Box<Asking>, entry: &Entry, slot: &mut InSlot<'_>) -> Step {
        let mut run = Run::default();
        let ended = |end| SlotEvent::Keypad(KeypadEvent::Ended(end));
        let outcome = match asking.dialogue.take(entry) {
            After::Next => {
                let asked = SlotEvent::Keypad(asking.dialogue.asked());
                return Step::Ask(asking, asked);
            }
            After::Ended(end) => {
                run.events.push(ended(end));
                match end {
                    EntryEnd::Cancelled => Outcome::Failed(error::CANCELLED),
                    EntryEnd::TimedOut => Outcome::Failed(error::TIMED_OUT),
                    EntryEnd::Differing => Outcome::data(&DIFFERING),
                    EntryEnd::WrongLength => Outcome::data(&WRONG_LENGTH),
                    _ => Outcome::Failed(error::MUTE),
                }
            }
            After::Whole(typed) => {
                run.events.push(ended(EntryEnd::Typed));
                self.send_typed(&asking, &typed, slot, &mut run)
            }
        };
        Step::Done(self.done(&asking.to, slot, &outcome, run))
    }

    fn send_typed(&mut self, asking: &Asking, typed: &[u8], slot: &mut InSlot<'_>, run: &mut Run) -> Outcome {
        match self.active(slot) {
            Ok(powered) if powered.insertion == asking.insertion => {
                powered.is_fresh = false;
                let [nad, pcb, _] = asking.dialogue.prologue();
                match powered.protocol {
                    Protocol::T0 => exchange(powered, typed, Patience::ReaderWaits, slot, run),
                    Protocol::T1 => {
                        let block = t1::block(nad, pcb, typed);
                        exchange(powered, &block, Patience::ReaderWaits, slot, run)
                    }
                }
            }
            Ok(_) => Outcome::Failed(error::MUTE),
            Err(failed) => failed,
        }
    }

    /// Ends an entry that nobody waits for any more, or whose card has gone.
    pub(crate) fn abandon(&self, asking: &Asking, slot: &InSlot<'_>) -> Done {
        let mut run = Run::default();
        run.events
            .push(SlotEvent::Keypad(KeypadEvent::Ended(EntryEnd::Abandoned)));
        self.done(&asking.to, slot, &Outcome::Failed(error::MUTE), run)
    }

    /// The answer when the card has gone before it answered.
    pub(crate) fn card_gone(&self, instead_of: &[u8], slot: &InSlot<'_>) -> Vec<u8> {
        failed(instead_of, self.status(slot), error::MUTE)
    }
}

/// What happens while a message is executed.
#[derive(Default)]
struct Run {
    took: Duration,
    extensions: u8,
    events: Vec<SlotEvent>,
}

/// Brings a block or a TPDU to the card, and back what it says.
fn exchange(
    powered: &mut Powered,
    bytes: &[u8],
    patience: Patience,
    slot: &mut InSlot<'_>,
    run: &mut Run,
) -> Outcome {
    let Some(card) = slot.card.as_deref_mut() else {
        return Outcome::Failed(error::MUTE);
    };
    let mut is_mute = false;
    let mut execute = |command: &[u8]| {
        let played = process(card, command, &mut run.events);
        is_mute |= played.response.is_empty();
        played
    };
    match powered.protocol {
        Protocol::T0 => match t0::take(bytes, &mut execute) {
            Ok(played) => {
                run.took = played.took;
                run.extensions = played.extensions;
                Outcome::Done(0, played.response)
            }
            Err(T0Error::Length) => Outcome::Failed(error::LENGTH),
            Err(T0Error::Mute) => Outcome::Failed(error::MUTE),
        },
        Protocol::T1 => {
            let sent = powered.t1.take(bytes, patience, &mut execute);
            run.took = sent.took;
            if is_mute {
                Outcome::Failed(error::MUTE)
            } else {
                Outcome::Done(0, sent.block)
            }
        }
    }
}

fn process(card: &mut dyn PlayedCard, command: &[u8], events: &mut Vec<SlotEvent>) -> Played {
    let total = card.log().total();
    let played = card.process(command);
    // A mute card logs nothing.
    let is_logged = card.log().total() > total;
    if let Some(event) = card.log().last().filter(|_| is_logged) {
        events.push(SlotEvent::Exchange(event.clone()));
    }
    played
}
