//! Which journey: its cards, its acts and its faults, all of which follow from seed and number unless they are given.
//!
//! Not here: what is drawn within an act (`act`).

use varco_card::ExtendedLength;

use super::fault::Fault;
use super::pool::{self, Pooled};
use super::witness::{Tries, with_tries};
use crate::dice::Dice;

/// Which journey to live through.
#[derive(Clone, Debug)]
pub struct Spec {
    /// What everything follows from.
    pub seed: u64,
    /// Its number.
    pub journey: u64,
    /// The numbers of the acts that are left, where not all of them are.
    pub acts: Option<Vec<u32>>,
    /// The faults, where they are others than the drawn ones.
    pub faults: Option<Vec<Fault>>,
}

/// Cards with RSA-1024 keys below the legacy authority of the fixtures, and with RSA-2048.
const SHORT: [&str; 3] = ["cns-athena", "cns-cardos", "cns-infocamere"];
const LONG: [&str; 9] = [
    "cns-st",
    "cns-minor",
    "cns-st-2021",
    "cns-t0",
    "cns-idemia-2021",
    "cns-gd-2025",
    "cns-infocert-1205",
    "cns-chipdoc",
    "cns-nfc-st2022",
];
/// CNS that are not to let anybody in.
const FAULTY: [&str; 8] = [
    "cns-expired",
    "cns-revoked",
    "cns-suspended",
    "cns-no-certificate",
    "cns-wrong-key",
    "cns-short",
    "cns-bit4id",
    "cns-digest-info",
];
const DOCUMENTS: [&str; 6] = [
    "cie-nxp",
    "cie-actalis",
    "cie-st",
    "cie-gemalto",
    "cie-gemalto2",
    "cie-minor",
];
/// Identity cards that are hostile, or not to let anybody in.
const FAULTY_DOCUMENTS: [&str; 9] = [
    "cie-bad-signature",
    "cie-clone-device",
    "cie-dh-one",
    "cie-expired",
    "cie-flipped-mac",
    "cie-replayed-answer",
    "cie-revoked",
    "cie-tampered-certificate",
    "cie-unprotected-verify",
];

/// What an act does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Kind {
    Login,
    Certificate,
    Status,
    Change,
    Unblock,
}

/// A journey as it is drawn.
pub(crate) struct Drawn {
    pub(crate) cards: Vec<Pooled>,
    pub(crate) length: ExtendedLength,
    /// What is done, by the numbers of the acts.
    pub(crate) acts: Vec<(u32, Kind)>,
    pub(crate) faults: Vec<Fault>,
    /// For what is drawn besides.
    pub(crate) seed: [u8; 16],
}

/// How many worlds of dice one journey has: one for itself and one for each act.
const DICE: u64 = 16;

/// The highest number of a journey.
pub const JOURNEY_MAX: u64 = u64::MAX / DICE - 1;

/// The dice of an act.
pub(crate) fn act_dice(seed: u64, journey: u64, act: u32) -> Dice {
    Dice::new(seed, journey * DICE + 1 + u64::from(act))
}

impl Spec {
    /// The command that lives through it again.
    pub(crate) fn command(&self, planted: Option<&str>) -> String {
        let mut text = format!(
            "cargo xtask simulate journeys --seed {} --journey {}",
            self.seed, self.journey
        );
        if let Some(acts) = &self.acts {
            let acts: Vec<String> = acts.iter().map(u32::to_string).collect();
            text += &format!(" --acts {}", acts.join(","));
        }
        if let Some(faults) = &self.faults {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            text += &format!(" --faults '{}'", faults.join(","));
        }
        if let Some(bug) = planted {
            text += &format!(" --plant {bug}");
        }
        text
    }

    /// Draws the journey.
    pub(crate) fn draw(&self) -> Drawn {
        let mut dice = Dice::new(self.seed, self.journey * DICE);
        let is_document = dice.percent(3);
        let family: &[&str] = match (is_document, dice.below(100)) {
            (true, 0..25) => &FAULTY_DOCUMENTS,
            (true, _) => &DOCUMENTS,
            (false, 0..12) => &FAULTY,
            (false, 12..24) => &LONG,
            (false, _) => &SHORT,
        };
        let count = if dice.percent(30) { 2 } else { 1 };
        let cards = (0..count).map(|_| card(&mut dice, family)).collect();
        let length = if dice.percent(12) {
            ExtendedLength::Unsupported
        } else {
            ExtendedLength::Supported
        };
        let acts = 1 + dice.below(if is_document { 2 } else { 3 });
        let acts: Vec<(u32, Kind)> = (0..acts).map(|act| (act, kind(&mut dice, is_document))).collect();
        // Some have none: what is good must come out good.
        // A login with an identity card is long, and seldom gets to its end with more than one.
        let faults = match dice.below(20) {
            0 => 0,
            1..3 => 1,
            _ if is_document => 1,
            3..9 => 2,
            _ => 3,
        };
        let faults: Vec<Fault> = (0..faults).map(|_| Fault::draw(&mut dice, is_document)).collect();
        let is_left = |act: u32| self.acts.as_ref().is_none_or(|left| left.contains(&act));
        Drawn {
            cards,
            length,
            acts: acts.into_iter().filter(|(act, _)| is_left(*act)).collect(),
            faults: self.faults.clone().unwrap_or(faults),
            seed: dice.bytes(),
        }
    }
}

fn kind(dice: &mut Dice, is_document: bool) -> Kind {
    // An identity card opens its channel for anything: there a login costs little more than the rest.
    let logins = if is_document { 60 } else { 55 };
    match dice.below(100) {
        drawn if drawn < logins => Kind::Login,
        drawn if drawn < logins + 8 => Kind::Certificate,
        drawn if drawn < logins + 16 => Kind::Status,
        drawn if drawn < logins + 30 => Kind::Change,
        _ => Kind::Unblock,
    }
}

/// A card with as many tries left as chance has it.
fn card(dice: &mut Dice, family: &[&str]) -> Pooled {
    let name = dice.pick(family);
    let mut card = pool::take(name, dice.bytes());
    if dice.percent(35) {
        let about = &card.about;
        let left = Tries {
            pin: dice.below(u32::from(about.pin_tries) + 1).try_into().unwrap(),
            puk: dice.below(u32::from(about.puk_tries) + 1).try_into().unwrap(),
        };
        let state = with_tries(&card.fresh, about, left);
        card.card.restore(&state).unwrap();
    }
    card
}
