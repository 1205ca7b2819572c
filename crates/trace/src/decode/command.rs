//! What a command asks for: its name, and the meaning of CLA, P1, P2 and of what is public in its data.
//!
//! Not here: words of a language. Each fact is a topic, which has a code, and a value in the field's own terms.

use varco_apdu::{CommandApdu, ins};

use super::known::{INSTRUCTIONS, KEY_REFERENCES, OPERATIONS, PIN_REFERENCES, TEMPLATES};
use super::place::{Place, Target, target};
use crate::hex;
use crate::said::Exchange;

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// Bits of CLA: the kind of secure messaging.
    SecureMessaging,
    /// Under secure messaging, and told as it was before it was protected.
    Secured,
    /// Bits of CLA: more of this command follows.
    NotLast,
    /// Bits of CLA: a logical channel other than 0.
    Channel,
    /// CLA is a maker's own.
    Proprietary,
    /// SELECT of the master file, or of what has this identifier.
    SelectId,
    /// SELECT of the folder above.
    SelectParent,
    /// SELECT of an application.
    SelectName,
    /// SELECT by path from the master file.
    SelectPath,
    /// SELECT by path from the current folder.
    SelectPathHere,
    /// The name of what is selected or read.
    Name,
    /// Where reading begins.
    Offset,
    /// Reading a file by its short identifier.
    ShortId,
    /// Which PIN or PUK.
    Reference,
    /// VERIFY without data: how many tries are left.
    AsksTries,
    /// The reader's own keys are used.
    ByPad,
    /// CHANGE REFERENCE DATA and RESET RETRY COUNTER: what the data field has.
    Carries,
    /// MSE SET with this template.
    SetEnvironment,
    /// MSE RESTORE of this environment.
    RestoreEnvironment,
    /// MSE STORE under this number.
    StoreEnvironment,
    /// MSE ERASE of this environment.
    EraseEnvironment,
    /// Which key.
    Key,
    /// Which algorithm.
    Algorithm,
    /// Which security operation.
    Operation,
    /// Which data object.
    Object,
}

impl Topic {
    /// Stable name of the text that tells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SecureMessaging => "said-secure-messaging",
            Self::Secured => "said-secured",
            Self::NotLast => "said-not-last",
            Self::Channel => "said-channel",
            Self::Proprietary => "said-proprietary",
            Self::SelectId => "said-select-id",
            Self::SelectParent => "said-select-parent",
            Self::SelectName => "said-select-name",
            Self::SelectPath => "said-select-path",
            Self::SelectPathHere => "said-select-path-here",
            Self::Name => "said-name",
            Self::Offset => "said-offset",
            Self::ShortId => "said-short-id",
            Self::Reference => "said-reference",
            Self::AsksTries => "said-asks-tries",
            Self::ByPad => "said-by-pad",
            Self::Carries => "said-carries",
            Self::SetEnvironment => "said-set-environment",
            Self::RestoreEnvironment => "said-restore-environment",
            Self::StoreEnvironment => "said-store-environment",
            Self::EraseEnvironment => "said-erase-environment",
            Self::Key => "said-key",
            Self::Algorithm => "said-algorithm",
            Self::Operation => "said-operation",
            Self::Object => "said-object",
        }
    }
}

/// One thing that a command says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// What it is about.
    pub topic: Topic,
    /// In hexadecimal, decimal, or by its name in a specification; empty where the topic says it all.
    pub value: String,
}

fn fact(topic: Topic, value: impl Into<String>) -> Fact {
    Fact {
        topic,
        value: value.into(),
    }
}

/// The name of an instruction, in the standard's words.
#[must_use]
pub fn name(ins: u8) -> Option<&'static str> {
    match CommandApdu::new(0, ins, 0, 0).name() {
        "command" => INSTRUCTIONS
            .iter()
            .find(|(of, _)| *of == ins)
            .map(|(_, name)| *name),
        name => Some(name),
    }
}

/// The most facts of a command: an environment of a hostile trace names a key in every two bytes.
const FACTS_MAX: usize = 16;

/// What can be told of a command, said at this place: sixteen facts at most.
#[must_use]
pub fn facts(exchange: &Exchange, place: &Place) -> Vec<Fact> {
    let [cla, ins, p1, p2] = exchange.header;
    let mut facts = of_class(cla);
    if exchange.secured {
        facts.push(fact(Topic::Secured, ""));
    }
    // The maker's own instructions may have any number.
    if cla & 0x80 != 0 {
        return facts;
    }
    // Under secure messaging, what is in the data field cannot be read.
    let is_wrapped = cla & 0x0C == 0x0C || cla & 0x60 == 0x60;
    let data = if is_wrapped { None } else { exchange.data.bytes() };
    match ins {
        ins::SELECT => of_select(p1, data, place, &mut facts),
        ins::READ_BINARY => of_reading(p1, p2, place, &mut facts),
        ins::READ_BINARY_OBJECTS => of_reading_by_object(data, &mut facts),
        ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER => {
            of_pin(exchange, place, &mut facts);
        }
        ins::MANAGE_SECURITY_ENVIRONMENT => of_environment(p1, p2, data, place, &mut facts),
        ins::PERFORM_SECURITY_OPERATION => {
            let known = OPERATIONS.iter().find(|(high, low, _)| (*high, *low) == (p1, p2));
            let name = known.map_or_else(|| hex(&[p1, p2]), |(_, _, name)| (*name).to_owned());
            facts.push(fact(Topic::Operation, name));
        }
        ins::INTERNAL_AUTHENTICATE | ins::EXTERNAL_AUTHENTICATE | 0x86 | 0x87 => {
            if p1 != 0 {
                facts.push(fact(Topic::Algorithm, hex(&[p1])));
            }
            if p2 != 0 {
                facts.push(fact(Topic::Key, reference(KEY_REFERENCES, p2, place)));
            }
        }
        ins::GET_DATA => facts.push(fact(Topic::Object, hex(&[p1, p2]))),
        ins::GET_DATA_OBJECTS => {
            if let Some(data) = data.filter(|data| !data.is_empty()) {
                facts.push(fact(Topic::Object, hex(data)));
            }
        }
        _ => {}
    }
    facts
}

/// CLA (ISO/IEC 7816-4 §5.4.1).
fn of_class(cla: u8) -> Vec<Fact> {
    let mut facts = Vec::new();
    if cla & 0x80 != 0 {
        facts.push(fact(Topic::Proprietary, hex(&[cla])));
        return facts;
    }
    let is_further = cla & 0x40 != 0;
    let messaging = match (is_further, cla & 0x0C, cla & 0x20 != 0) {
        (false, 0x0C, _) => Some("0C"),
        (false, 0x08, _) => Some("08"),
        (false, 0x04, _) => Some("04"),
        (true, _, true) => Some("60"),
        _ => None,
    };
    if let Some(messaging) = messaging {
        facts.push(fact(Topic::SecureMessaging, messaging));
    }
    if cla & CommandApdu::CHAINING_BIT != 0 {
        facts.push(fact(Topic::NotLast, ""));
    }
    let channel = if is_further { 4 + (cla & 0x0F) } else { cla & 0x03 };
    if channel != 0 {
        facts.push(fact(Topic::Channel, channel.to_string()));
    }
    facts
}

fn of_select(p1: u8, data: Option<&[u8]>, place: &Place, facts: &mut Vec<Fact>) {
    let Some(target) = data.and_then(|data| target(p1, data)) else {
        return;
    };
    let told = data.unwrap_or_default();
    facts.push(match &target {
        Target::Parent => fact(Topic::SelectParent, ""),
        Target::Name(_) => fact(Topic::SelectName, hex(told)),
        Target::Path(_) => fact(Topic::SelectPath, hex(told)),
        Target::PathHere(_) => fact(Topic::SelectPathHere, hex(told)),
        Target::Master => fact(Topic::SelectId, "3F00"),
        Target::Id(_) => fact(Topic::SelectId, hex(told)),
    });
    if let Some(name) = place.name(&target) {
        facts.push(fact(Topic::Name, name));
    }
}

fn of_reading(p1: u8, p2: u8, place: &Place, facts: &mut Vec<Fact>) {
    let (name, offset) = if p1 & 0x80 == 0 {
        (place.current(), u16::from_be_bytes([p1, p2]))
    } else {
        facts.push(fact(Topic::ShortId, hex(&[p1 & 0x1F])));
        (place.name_of_short(p1 & 0x1F), u16::from(p2))
    };
    if let Some(name) = name {
        facts.push(fact(Topic::Name, name));
    }
    facts.push(fact(Topic::Offset, offset.to_string()));
}

/// The offset stands in an object 54 of the data field (ISO/IEC 7816-4 §11.3.3).
fn of_reading_by_object(data: Option<&[u8]>, facts: &mut Vec<Fact>) {
    if let Some([0x54, length @ 1..=4, offset @ ..]) = data
        && offset.len() == usize::from(*length)
    {
        let value = offset
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        facts.push(fact(Topic::Offset, value.to_string()));
    }
}

fn of_pin(exchange: &Exchange, place: &Place, facts: &mut Vec<Fact>) {
    let [_, ins, p1, p2] = exchange.header;
    facts.push(fact(Topic::Reference, reference(PIN_REFERENCES, p2, place)));
    if exchange.by_pad {
        facts.push(fact(Topic::ByPad, ""));
    }
    let carries = match (ins, p1) {
        (ins::VERIFY, _) => None,
        (ins::CHANGE_REFERENCE_DATA, 0) => Some("PIN + PIN"),
        (ins::RESET_RETRY_COUNTER, 0) => Some("PUK + PIN"),
        (ins::RESET_RETRY_COUNTER, 1) => Some("PUK"),
        (ins::CHANGE_REFERENCE_DATA, 1) | (ins::RESET_RETRY_COUNTER, 2) => Some("PIN"),
        _ => None,
    };
    if let Some(carries) = carries {
        facts.push(fact(Topic::Carries, carries));
    }
    if ins == ins::VERIFY && !exchange.by_pad && exchange.data.length_bytes() == 0 {
        facts.push(fact(Topic::AsksTries, ""));
    }
}

/// MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4 §11.5.11); the low half of P1 says what is done [cns §4.1].
fn of_environment(p1: u8, p2: u8, data: Option<&[u8]>, place: &Place, facts: &mut Vec<Fact>) {
    let topic = match p1 & 0x0F {
        1 => Topic::SetEnvironment,
        2 => Topic::StoreEnvironment,
        3 => Topic::RestoreEnvironment,
        4 => Topic::EraseEnvironment,
        _ => return,
    };
    let value = match TEMPLATES.iter().find(|(tag, _)| *tag == p2) {
        Some((_, name)) if topic == Topic::SetEnvironment => format!("{name} ({p2:02X})"),
        _ => hex(&[p2]),
    };
    facts.push(fact(topic, value));
    let mut rest = data.unwrap_or_default();
    // Each round eats at least the two bytes of tag and length.
    while let [tag, length @ 0..=0x7F, more @ ..] = rest
        && facts.len() < FACTS_MAX
    {
        let Some((value, after)) = more.split_at_checked(usize::from(*length)) else {
            return;
        };
        match (*tag, value) {
            (0x83 | 0x84, [one]) => {
                facts.push(fact(Topic::Key, reference(KEY_REFERENCES, *one, place)));
            }
            (0x83 | 0x84, several) => facts.push(fact(Topic::Key, hex(several))),
            (0x80, algorithm) => facts.push(fact(Topic::Algorithm, hex(algorithm))),
            _ => {}
        }
        rest = after;
    }
}

fn reference(table: &'static [(super::known::Home, u8, &'static str)], value: u8, place: &Place) -> String {
    match place.reference(table, value) {
        Some(name) => format!("{name} ({value:02X})"),
        None => hex(&[value]),
    }
}
