//! The cards of a world: a CNS written in code, of a make that follows from chance, and identity cards of the fixtures with
//! other values.
//!
//! Not here: watching them (`card`).

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use varco_emulator::PlayedCard;
use varco_roster::played::Profile;

use crate::card::{About, Card, Ears};
use crate::dice::Dice;

/// Holders with a certificate and its key: any make of card may be theirs.
const HOLDERS: [&str; 2] = ["cns-st", "cns-minor"];
/// Identity cards by twos of the same answer to reset, and of different numbers.
const DOCUMENTS: [[&str; 2]; 5] = [
    ["cie-nxp", "cie-expired"],
    ["cie-actalis", "cie-minor"],
    ["cie-st", "cie-st"],
    ["cie-gemalto", "cie-gemalto"],
    ["cie-gemalto2", "cie-gemalto2"],
];
const PUK_TRIES: [u8; 2] = [3, 10];

/// A file of the fixtures, read once.
pub(crate) fn fixture(name: &str) -> Arc<Vec<u8>> {
    static READ: OnceLock<Mutex<HashMap<String, Arc<Vec<u8>>>>> = OnceLock::new();
    let mut read = READ.get_or_init(Mutex::default).lock().unwrap();
    let file = read.entry(name.to_owned()).or_insert_with(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures")
            .join(name);
        Arc::new(std::fs::read(path).unwrap())
    });
    Arc::clone(file)
}

/// What all cards of one make have in common.
#[derive(Clone, Copy)]
struct Make {
    /// The driver asks for the counter.
    is_asked: bool,
    tells_after_wrong: bool,
    empty_verify: &'static str,
    puk_tries: u8,
}

impl Make {
    fn draw(dice: &mut Dice) -> Self {
        let make = Self {
            is_asked: dice.percent(60),
            tells_after_wrong: dice.percent(50),
            empty_verify: dice.pick(&["count", "count", "refused", "burns"]),
            puk_tries: dice.pick(&PUK_TRIES),
        };
        // A card that counts a question and tells the count after it cannot be known from one that answers for nothing: a
        // maker's file that says "free" of such a card is wrong in a way that shows in no answer.
        let is_undetectable = make.is_asked && make.empty_verify == "burns";
        Self {
            tells_after_wrong: make.tells_after_wrong && !is_undetectable,
            ..make
        }
    }

    fn about(self) -> About {
        About {
            make: format!(
                "CNS {}, wrong PIN {}, empty VERIFY {}",
                if self.is_asked { "asked" } else { "not asked" },
                if self.tells_after_wrong { "63Cx" } else { "6300" },
                self.empty_verify
            ),
            is_document: false,
            pin_reference: 0x10,
            puk_reference: 0x11,
            search: if self.is_asked { 0x80 } else { 0x00 },
            is_readable: self.is_asked && self.empty_verify == "count",
            pin_tries: 3,
            puk_tries: self.puk_tries,
        }
    }

    fn text(self, name: &str, pin: &str, puk: &str) -> String {
        // ST/Incard 1.1, whose file says "free", and CardOS, whose file says "not-asked".
        let (atr, search) = if self.is_asked {
            ("3BFF1800FF8131FE55006B02091717011101434E531131808C", "required")
        } else {
            ("3BFF1800FFC10A31FE55006B0508C805011101434E531031800C", "absent")
        };
        let (wrong, empty, tries) = (
            if self.tells_after_wrong { "63cx" } else { "6300" },
            self.empty_verify,
            self.puk_tries,
        );
        format!(
            r#"format = 1
kind = "cns"
name = "{name}"
title_en = "a card of the simulation"
title_it = "una carta della simulazione"
atr = "{atr}"
[behaviour]
wrong_pin = "{wrong}"
empty_verify = "{empty}"
reference_search_bit = "{search}"
chaining = true
extended_length = true
short_read = "9000"
security_environment = 3
[pin]
reference = 0x10
value = "{pin}"
tries_max = 3
tries_left = 3
length_min = 5
length_max = 8
[puk]
reference = 0x11
value = "{puk}"
tries_max = {tries}
tries_left = {tries}
length_min = 8
length_max = 8
[[key]]
reference = 0x01
file = "key.p8"
[[file]]
path = "1000/1003"
size = 16
content = "ef-1003.bin"
read = "always"
[[file]]
path = "1100/1101"
size = 2048
content = "ef-1101.bin"
read = "always"
"#
        )
    }
}

/// So many CNS of one make, each of another holder.
pub(crate) fn cns(dice: &mut Dice, ears: &Arc<Ears>) -> Vec<Arc<Card>> {
    let make = Make::draw(dice);
    let count = if dice.percent(60) { 2 } else { 1 };
    let cards = HOLDERS.iter().take(count).enumerate();
    cards
        .map(|(number, holder)| {
            let length = 5 + dice.below(4);
            let (pin, puk) = (dice.digits(length), dice.digits(8));
            let text = make.text(&format!("card-{number}"), &pin, &puk);
            let card = parse(&text, holder, dice);
            Arc::new(Card::new(number, make.about(), Arc::clone(ears), card))
        })
        .collect()
}

/// Identity cards of one family.
pub(crate) fn documents(dice: &mut Dice, ears: &Arc<Ears>) -> Vec<Arc<Card>> {
    let folders = dice.pick(&DOCUMENTS);
    let count = if folders[0] == folders[1] { 1 } else { 2 };
    let tells = dice.percent(75);
    let puk_tries = dice.pick(&PUK_TRIES);
    let cards = folders.iter().take(count).enumerate();
    cards
        .map(|(number, folder)| {
            let name = format!("card-{number}");
            let text = String::from_utf8(fixture(&format!("cards/{folder}/card.toml")).to_vec()).unwrap();
            let mut text = text
                .replace(&format!("name = \"{folder}\""), &format!("name = \"{name}\""))
                .replace("value = \"12345678\"", &format!("value = \"{}\"", dice.digits(8)))
                .replace("value = \"87654321\"", &format!("value = \"{}\"", dice.digits(8)))
                .replace("tries_left = 10", &format!("tries_left = {puk_tries}"))
                .replace("tries_max = 10", &format!("tries_max = {puk_tries}"));
            if !tells {
                text = text.replace("tells_tries = true", "tells_tries = false");
            }
            let about = About {
                make: format!(
                    "{folder}, which {} its tries",
                    if tells { "tells" } else { "does not tell" }
                ),
                is_document: true,
                pin_reference: 0x81,
                puk_reference: 0x82,
                search: 0,
                is_readable: tells,
                pin_tries: 3,
                puk_tries,
            };
            let card = parse(&text, folder, dice);
            Arc::new(Card::new(number, about, Arc::clone(ears), card))
        })
        .collect()
}

fn parse(text: &str, folder: &str, dice: &mut Dice) -> Box<dyn PlayedCard> {
    let mut file = |name: &str| Ok(fixture(&format!("cards/{folder}/{name}")).to_vec());
    match Profile::parse(text, &mut file).unwrap() {
        Profile::Cns(profile) => Box::new(profile.into_card()),
        Profile::Cie(profile) => Box::new(profile.with_seed(dice.bytes()).into_card()),
    }
}
