//! The faults of a journey, as they are drawn, written and read: those of the emulator's catalogue, which strike exchanges
//! (`remove@verify`, `status=6A82@select#2`), and what a hand, the clock or another program does at a place of the journey
//! (`out@typing`, `clock+130@kept#2`). Two are of the link alone: `old-answer@sign` and `reset-fails@end`.
//!
//! Not here: doing any of it (`bench`, `wire`, and the emulator's `FaultSet`).

use core::fmt;
use core::str::FromStr;

use core::time::Duration;
use varco_apdu::ins;
use varco_emulator::fault::{Fault as Catalogued, FaultPlan, Instruction, Target, When, entry};

use crate::dice::Dice;

/// One thing that goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// One of the catalogue.
    Plan(FaultPlan),
    /// One of this simulation.
    Own(Own),
}

/// What a journey suffers besides the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Own {
    pub(crate) what: What,
    /// How often its place or command is passed before: 1 is the first time.
    pub(crate) nth: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    At(Place, Event),
    /// An answer to such a command is replaced by the one before.
    OldAnswer(Command),
    /// The card cannot be reset.
    ResetFails,
}

/// What happens at a place of the journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    Out,
    OutAndIn,
    /// The other card of the journey lies there.
    Swap,
    /// Another program resets the card.
    Reset,
    /// Another program sends a wrong PIN, or the right one and leaves it verified.
    WrongPin,
    RightPin,
    /// Another program keeps the card until the act is over.
    Hold,
    /// The clock jumps by so many seconds.
    Clock(i64),
    /// The journey is ended from this side.
    Cancel,
    Deadline,
    Abandon,
}

/// A place of the journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Between two acts.
    Rest,
    /// A transaction begins.
    Begin,
    Seen,
    Judged,
    Typing,
    Channel,
    Sent,
    Signing,
    Verified,
    /// Before each call of whoever keeps the card.
    Kept,
}

/// A command, by what it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    Select,
    Read,
    Verify,
    Change,
    Unblock,
    Manage,
    Sign,
    Data,
    /// Any of them.
    Any,
}

impl Command {
    /// Whether a command of this instruction is meant.
    pub(crate) fn fits(self, instruction: u8) -> bool {
        match self {
            Self::Select => instruction == 0xA4,
            Self::Read => instruction & 0xFE == 0xB0,
            Self::Verify => instruction == ins::VERIFY,
            Self::Change => instruction == ins::CHANGE_REFERENCE_DATA,
            Self::Unblock => instruction == ins::RESET_RETRY_COUNTER,
            Self::Manage => instruction == 0x22,
            Self::Sign => matches!(instruction, 0x2A | 0x88),
            Self::Data => matches!(instruction, 0xCA | 0xCB),
            Self::Any => true,
        }
    }
}

const EVENTS: [(&str, Event); 10] = [
    ("out", Event::Out),
    ("out-and-in", Event::OutAndIn),
    ("swap", Event::Swap),
    ("reset", Event::Reset),
    ("wrong-pin", Event::WrongPin),
    ("right-pin", Event::RightPin),
    ("hold", Event::Hold),
    ("cancel", Event::Cancel),
    ("deadline", Event::Deadline),
    ("abandon", Event::Abandon),
];
const PLACES: [(&str, Place); 10] = [
    ("rest", Place::Rest),
    ("begin", Place::Begin),
    ("seen", Place::Seen),
    ("judged", Place::Judged),
    ("typing", Place::Typing),
    ("channel", Place::Channel),
    ("sent", Place::Sent),
    ("signing", Place::Signing),
    ("verified", Place::Verified),
    ("kept", Place::Kept),
];
const COMMANDS: [(&str, Command); 9] = [
    ("select", Command::Select),
    ("read", Command::Read),
    ("verify", Command::Verify),
    ("change", Command::Change),
    ("unblock", Command::Unblock),
    ("manage", Command::Manage),
    ("sign", Command::Sign),
    ("data", Command::Data),
    ("any", Command::Any),
];
const CLOCK: &str = "clock";
const OLD_ANSWER: &str = "old-answer";
const RESET_FAILS: (&str, &str) = ("reset-fails", "end");

fn word<T: PartialEq>(words: &[(&'static str, T)], of: &T) -> &'static str {
    let found = words.iter().find(|(_, one)| one == of);
    found.map_or("", |(word, _)| word)
}

fn meaning<T: Copy>(words: &[(&str, T)], text: &str) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => plan.fmt(f),
            Self::Own(own) => own.fmt(f),
        }
    }
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::At(place, Event::Clock(seconds)) => {
                write!(f, "{CLOCK}{seconds:+}@{}", word(&PLACES, &place))?;
            }
            What::At(place, event) => write!(f, "{}@{}", word(&EVENTS, &event), word(&PLACES, &place))?,
            What::OldAnswer(command) => write!(f, "{OLD_ANSWER}@{}", word(&COMMANDS, &command))?,
            What::ResetFails => write!(f, "{}@{}", RESET_FAILS.0, RESET_FAILS.1)?,
        }
        if self.nth == 1 {
            Ok(())
        } else {
            write!(f, "#{}", self.nth)
        }
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(own) = Own::read(text) {
            return Ok(Self::Own(own));
        }
        text.parse().map(Self::Plan).map_err(|why| {
            let words = |words: Vec<&str>| words.join(", ");
            format!(
                "{text}: {why}. Besides the catalogue there are EVENT@PLACE#N with the events {}, {CLOCK}+SECONDS and the places {}; \
                 {OLD_ANSWER}@COMMAND#N with the commands {}; and {}@{}#N",
                words(EVENTS.iter().map(|(word, _)| *word).collect()),
                words(PLACES.iter().map(|(word, _)| *word).collect()),
                words(COMMANDS.iter().map(|(word, _)| *word).collect()),
                RESET_FAILS.0,
                RESET_FAILS.1,
            )
        })
    }
}

impl Own {
    fn read(text: &str) -> Option<Self> {
        let (what, at) = text.split_once('@')?;
        let (at, nth) = match at.split_once('#') {
            Some((at, nth)) => (at, nth.parse().ok().filter(|nth| *nth > 0)?),
            None => (at, 1),
        };
        let what = if what == OLD_ANSWER {
            What::OldAnswer(meaning(&COMMANDS, at)?)
        } else if (what, at) == RESET_FAILS {
            What::ResetFails
        } else if let Some(event) = meaning(&EVENTS, what) {
            What::At(meaning(&PLACES, at)?, event)
        } else {
            let seconds = what.strip_prefix(CLOCK)?.parse().ok()?;
            What::At(meaning(&PLACES, at)?, Event::Clock(seconds))
        };
        Some(Self { what, nth })
    }
}

impl What {
    /// The word of what happens, without its place.
    pub(crate) fn word(self) -> String {
        match self {
            Self::At(_, Event::Clock(_)) => CLOCK.to_owned(),
            Self::At(_, event) => word(&EVENTS, &event).to_owned(),
            Self::OldAnswer(_) => OLD_ANSWER.to_owned(),
            Self::ResetFails => RESET_FAILS.0.to_owned(),
        }
    }
}

/// How often a place is passed before something happens there: mostly not at all.
fn nth(dice: &mut Dice, most: u32) -> u32 {
    if dice.percent(75) { 1 } else { 1 + dice.below(most) }
}

impl Fault {
    /// One that can strike a journey with such a card.
    pub(crate) fn draw(dice: &mut Dice, is_document: bool) -> Self {
        match dice.below(100) {
            40..60 if is_document => Self::Own(at_a_place(dice, is_document)),
            0..40 => Self::Own(at_a_place(dice, is_document)),
            40..50 => Self::Own(of_the_link(dice)),
            _ => Self::Plan(of_the_catalogue(dice, is_document)),
        }
    }
}

fn at_a_place(dice: &mut Dice, is_document: bool) -> Own {
    let place = match dice.below(100) {
        // Of a kept CNS only its reader tells that it left.
        _ if is_document && dice.percent(60) => Place::Kept,
        0..8 => Place::Kept,
        8..24 => Place::Rest,
        24..42 => Place::Begin,
        42..54 => Place::Seen,
        54..63 => Place::Judged,
        63..84 => Place::Typing,
        84..90 if is_document => Place::Channel,
        84..91 => Place::Sent,
        91..96 => Place::Signing,
        _ => Place::Verified,
    };
    // While we hold the card no other program can have it.
    let is_held = matches!(place, Place::Channel | Place::Sent | Place::Signing | Place::Kept);
    let event = match dice.below(18) {
        0 | 1 => Event::Out,
        2 => Event::OutAndIn,
        3 => Event::Swap,
        4 if !is_held => Event::Reset,
        5..9 if !is_held => Event::WrongPin,
        9 if !is_held => Event::RightPin,
        10 if !is_held => Event::Hold,
        // After the last look nobody is told.
        11 if place != Place::Verified => Event::Cancel,
        12 if place != Place::Verified => Event::Deadline,
        13 if place != Place::Verified => Event::Abandon,
        14 | 4 => Event::Out,
        15 | 5 => Event::OutAndIn,
        _ => Event::Clock(dice.pick(&[-3_600, -2, 4, 90, 119, 121, 400, 86_400, 400_000_000])),
    };
    Own {
        what: What::At(place, event),
        nth: nth(dice, 6),
    }
}

fn of_the_link(dice: &mut Dice) -> Own {
    let what = if dice.percent(50) {
        What::ResetFails
    } else {
        What::OldAnswer(dice.pick(&[
            Command::Select,
            Command::Read,
            Command::Verify,
            Command::Manage,
            Command::Sign,
            Command::Sign,
            Command::Sign,
            Command::Data,
            Command::Any,
        ]))
    };
    Own {
        what,
        nth: nth(dice, 6),
    }
}

/// One that the reader in process can play, with a value of its own. Two that are lost are as many as ten others: what becomes of
/// a value whose answer never comes is what the PIN rules are about.
fn of_the_catalogue(dice: &mut Dice, is_document: bool) -> FaultPlan {
    let fault = if dice.percent(25) {
        Catalogued::Lost
    } else {
        loop {
            let drawn = dice.pick(&Catalogued::ALL);
            let is_possible = is_document || drawn != Catalogued::Mac;
            if is_possible && entry(drawn).is_some_and(|entry| entry.at.contains(&Target::InProcess)) {
                break drawn;
            }
        }
    };
    let fault = match fault {
        Catalogued::ClockJump(_) => Catalogued::ClockJump(dice.pick(&[-3_600, -2, 90, 121, 86_400])),
        Catalogued::Slow(_) => Catalogued::Slow(Duration::from_secs(dice.pick(&[1, 3, 60, 130]))),
        Catalogued::Suspend(moment, _) => {
            Catalogued::Suspend(moment, Duration::from_secs(dice.pick(&[2, 130, 3_000])))
        }
        Catalogued::Status(_) => Catalogued::Status(dice.pick(&[
            0x9000, 0x9001, 0x6300, 0x63C0, 0x63C1, 0x63C5, 0x6982, 0x6983, 0x6984, 0x6A82, 0x6A88, 0x6581,
            0x6F00, 0x6700,
        ])),
        Catalogued::Cut(_) => Catalogued::Cut(dice.pick(&[1, 8, 100])),
        Catalogued::Flip(_) => Catalogued::Flip(dice.below(2_100)),
        Catalogued::PinTries(_) => Catalogued::PinTries(dice.pick(&[0, 1, 2])),
        other => other,
    };
    let plan = FaultPlan::new(fault).at(when(dice, is_document));
    if dice.percent(5) {
        plan.until_cleared()
    } else {
        plan
    }
}

fn when(dice: &mut Dice, is_document: bool) -> When {
    if dice.percent(45) {
        // Every act says about as much.
        let last = if is_document { 45 } else { 12 };
        return When::Exchange(u64::from(1 + dice.below(last)));
    }
    let instruction = match dice.below(10) {
        0..4 => Instruction::Verify,
        4 | 5 if is_document => Instruction::InternalAuthenticate,
        4 | 5 => Instruction::Sign,
        6 => dice.pick(&[Instruction::Change, Instruction::Unblock]),
        7 | 8 => dice.pick(&[Instruction::Select, Instruction::Read]),
        _ if is_document => dice.pick(&Instruction::ALL),
        _ => dice.pick(&[
            Instruction::ManageEnvironment,
            Instruction::GetResponse,
            Instruction::GetData,
        ]),
    };
    When::Instruction(instruction, u64::from(nth(dice, 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_that_is_drawn_is_read_as_it_is_written() {
        let mut dice = Dice::new(1, 1);
        for _ in 0..2_000 {
            let is_document = dice.percent(50);
            let fault = Fault::draw(&mut dice, is_document);
            assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault, "{fault}");
        }
        for catalogued in [
            "remove@verify",
            "status=6A82@select#2",
            "clock-jump=+90s@sign",
            "reset@verify",
        ] {
            assert!(matches!(catalogued.parse(), Ok(Fault::Plan(_))), "{catalogued}");
        }
        for wrong in [
            "",
            "out",
            "out@",
            "out@verify",
            "lost-answer@typing",
            "out@rest#0",
            "clock@rest",
        ] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }
}
