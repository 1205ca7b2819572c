//! The commands of a CIE `[cie §2]`, `[cie §3]`.
//!
//! Not here: class, lengths, chaining and GET RESPONSE (the front of `varco-emulator`); what keys do (`security`).

use varco_apdu::{CommandApdu, FileId, ResponseApdu, StatusKind, StatusWord, ins};
use varco_emulator::{
    Alteration, CardOs, CardState, Emulated, Feature, FileTree, Node, NodeKind, PinSet, Position, Reply,
    ShortRead, StateError, Work,
};
use zeroize::Zeroizing;

use crate::channel::Channel;
use crate::random::Random;
use crate::schema::{ApplicationToml, Behaviour, Fault, LastWrongPin};
use crate::security::{Environment, Keys, lies_about_pins, object, pin_data, public_data};

/// A played CIE. Made by [`crate::Profile::into_card`], used through [`varco_emulator::PlayedCard`].
pub type VirtualCie = Emulated<CieOs>;

pub(crate) const PIN: u8 = 0x81;
pub(crate) const PUK: u8 = 0x82;
/// The most that a short READ BINARY gives [cie §3.1].
const READ_MAX_BYTES: usize = 231;

/// The operating system of a played CIE.
#[derive(Debug)]
pub struct CieOs {
    name: String,
    tree: FileTree,
    /// Short identifiers: application, identifier, file.
    short_ids: Vec<(ApplicationToml, u8, FileId)>,
    habits: Behaviour,
    pins: PinSet,
    keys: Keys,
    random: Random,
    position: Position,
    environment: Environment,
    channel: Option<Channel>,
    /// Of the command that is executed.
    is_secure: bool,
    is_odd: bool,
    counter_after: Option<u64>,
    /// For faults: protected answers so far, and the first of them.
    sealed: u32,
    first_sealed: Option<(Vec<u8>, StatusWord)>,
}

/// The parts that a profile makes.
pub(crate) struct Parts {
    pub(crate) tree: FileTree,
    pub(crate) short_ids: Vec<(ApplicationToml, u8, FileId)>,
    pub(crate) habits: Behaviour,
    pub(crate) pins: PinSet,
    pub(crate) keys: Keys,
    pub(crate) seed: [u8; 32],
}

impl CieOs {
    pub(crate) fn new(name: &str, parts: Parts) -> Self {
        Self {
            name: name.to_owned(),
            tree: parts.tree,
            short_ids: parts.short_ids,
            habits: parts.habits,
            pins: parts.pins,
            keys: parts.keys,
            random: Random::new(parts.seed),
            position: Position::default(),
            environment: Environment::default(),
            channel: None,
            is_secure: false,
            is_odd: false,
            counter_after: None,
            sealed: 0,
            first_sealed: None,
        }
    }

    fn drop_channel(&mut self) {
        self.channel = None;
        self.environment = Environment::default();
        self.pins.reset();
    }

    /// SELECT: the root application by name, by 3F00 or by nothing; the CIE by name; a file below the current one.
    fn select(&mut self, command: &CommandApdu) -> Reply {
        let by_name = command.p1() == 0x04;
        let found = match (command.p1(), command.p2(), command.data()) {
            (0x00 | 0x04 | 0x08, 0x00 | 0x04 | 0x0C, data) => {
                self.position.select(&self.tree, command.p1(), data)
            }
            (0x02, 0x00 | 0x04 | 0x0C, &[high, low]) => {
                let id = FileId(u16::from_be_bytes([high, low]));
                self.position.select_file(&self.tree, id)
            }
            (0x02, _, _) => Err(StatusWord::WRONG_LENGTH),
            _ => Err(StatusWord::WRONG_P1P2),
        };
        let answer = match found {
            Ok(node) if command.p2() != 0x0C && command.expected().is_some() => control_parameters(node),
            Ok(_) => Vec::new(),
            Err(status) => return Reply::status(status),
        };
        if by_name {
            self.environment.select_application();
        }
        Reply::data(Zeroizing::new(answer), StatusWord::SUCCESS)
    }

    fn application(&self) -> ApplicationToml {
        if self.position.stands_in(&self.tree, &[]) {
            ApplicationToml::Ias
        } else {
            ApplicationToml::Cie
        }
    }

    fn select_short(&mut self, short_id: u8) -> Result<(), StatusWord> {
        let here = self.application();
        let file = self
            .short_ids
            .iter()
            .find(|(application, known, _)| *application == here && *known == short_id)
            .map(|(_, _, file)| *file)
            .ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.position.select_file(&self.tree, file).map(drop)
    }

    /// READ BINARY, even: P1 and P2 are the offset, or with the highest bit a short identifier and an offset.
    fn read_binary(&mut self, command: &CommandApdu) -> Reply {
        let (p1, p2) = (command.p1(), command.p2());
        let offset = if p1 & 0x80 == 0 {
            usize::from(u16::from_be_bytes([p1, p2]))
        } else {
            if let Err(status) = self.select_short(p1 & 0x1F) {
                return Reply::status(status);
            }
            usize::from(p2)
        };
        if !command.data().is_empty() {
            return Reply::status(StatusWord::WRONG_LENGTH);
        }
        self.read(offset, self.room(command.expected()), None)
    }

    /// READ BINARY, odd: P2 is a short identifier, the offset stands in an object 54, the answer in an object 53.
    fn read_objects(&mut self, command: &CommandApdu) -> Reply {
        const HEADER_BYTES: usize = 3;
        let offset = match command.data() {
            [0x54, 0x01, low] => usize::from(*low),
            [0x54, 0x02, high, low] => usize::from(u16::from_be_bytes([*high, *low])),
            _ => return Reply::status(StatusWord::WRONG_DATA),
        };
        match (command.p1(), command.p2()) {
            (0, 0) => {}
            (0, short_id @ 1..=0x1E) => {
                if let Err(status) = self.select_short(short_id) {
                    return Reply::status(status);
                }
            }
            _ => return Reply::status(StatusWord::WRONG_P1P2),
        }
        let room = self.room(command.expected()).saturating_sub(HEADER_BYTES);
        self.read(offset, room, Some(0x53))
    }

    /// How many bytes an answer may have, by Le.
    fn room(&self, expected: Option<u32>) -> usize {
        let expected = expected
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(256);
        match expected {
            0..=256 => expected.min(READ_MAX_BYTES),
            _ => expected.min(self.habits.response_max_bytes),
        }
    }

    fn read(&mut self, offset: usize, room: usize, wrapper: Option<u8>) -> Reply {
        let (pins, is_secure) = (&self.pins, self.is_secure);
        let may_read = |reference| is_secure && pins.is_verified(reference);
        match self
            .position
            .read_binary(&self.tree, offset, room, ShortRead::EndOfFile, may_read)
        {
            Ok((bytes, status, read)) => {
                let bytes = match wrapper {
                    Some(tag) => object(&[tag], bytes),
                    None => bytes.to_vec(),
                };
                let mut reply = Reply::data(Zeroizing::new(bytes), status);
                reply.read = Some(read);
                reply
            }
            Err(status) => Reply::status(status),
        }
    }

    fn get_data(&mut self, command: &CommandApdu) -> Reply {
        if (command.p1(), command.p2()) != (0x3F, 0xFF) {
            return Reply::status(StatusWord::WRONG_P1P2);
        }
        let answer = match command.data() {
            &[
                0x4D,
                0x08,
                0x70,
                0x06,
                0xBF,
                0x81,
                number @ (0x01 | 0x02),
                0x02,
                0xA0,
                0x80,
            ] => self.pin_header(0x80 | number),
            [0x4D, 0x04, 0xA6, 0x02, 0x91, 0x00] => self.agree(),
            wanted => {
                public_data(&self.keys, wanted, &self.habits).ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
            }
        };
        match answer {
            Ok(data) => Reply::data(Zeroizing::new(data), StatusWord::SUCCESS),
            Err(status) => Reply::status(status),
        }
    }

    fn pin_header(&self, reference: u8) -> Result<Vec<u8>, StatusWord> {
        if !self.may_use_pins() {
            return Err(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
        }
        self.pins
            .tries(reference)
            .filter(|_| self.habits.tells_tries)
            .map(|tries| pin_data(reference, tries))
            .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)
    }

    fn agree(&mut self) -> Result<Vec<u8>, StatusWord> {
        let (value, channel) = self
            .environment
            .agree(&self.keys, &mut self.random, &self.habits)?;
        self.channel = Some(channel);
        self.sealed = 0;
        Ok(object(&[0xA6], &object(&[0x91], &value)))
    }

    /// PIN and PUK may be used once the terminal proved its key, by secure messaging.
    fn may_use_pins(&self) -> bool {
        self.is_secure && self.environment.is_terminal_proven()
    }

    /// VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER `[cie §3.7]`.
    fn pin_command(&mut self, command: &CommandApdu) -> Reply {
        let status = self.pin_status(command);
        let was_compared = matches!(status.kind(), StatusKind::Success | StatusKind::Counter { .. });
        Reply::status(status).after(if was_compared { Work::PinCheck } else { Work::None })
    }

    fn pin_status(&mut self, command: &CommandApdu) -> StatusWord {
        if !self.may_use_pins() {
            return StatusWord::SECURITY_STATUS_NOT_SATISFIED;
        }
        let reference = command.p2();
        if !matches!(reference, PIN | PUK) {
            return StatusWord::REFERENCED_DATA_NOT_FOUND;
        }
        match (command.ins(), command.p1(), reference) {
            // Not defined, and no try [cie §3.7].
            (ins::VERIFY, 0x00, _) if command.data().len() != 8 => StatusWord::WRONG_LENGTH,
            (ins::VERIFY, 0x00, _) => {
                let status = self.pins.verify(reference, command.data());
                self.last_word(status)
            }
            (ins::CHANGE_REFERENCE_DATA, 0x00, PIN) if !self.pins.is_verified(PIN) => {
                StatusWord::SECURITY_STATUS_NOT_SATISFIED
            }
            (ins::CHANGE_REFERENCE_DATA, 0x00, PIN) => {
                let status = self.pins.change(PIN, command.data());
                self.last_word(status)
            }
            (ins::RESET_RETRY_COUNTER, 0x02 | 0x03, PIN) if !self.pins.is_verified(PUK) => {
                StatusWord::SECURITY_STATUS_NOT_SATISFIED
            }
            (ins::RESET_RETRY_COUNTER, 0x02, PIN) => self.pins.renew(PIN, Some(command.data())),
            (ins::RESET_RETRY_COUNTER, 0x03, PIN) if command.data().is_empty() => self.pins.renew(PIN, None),
            (ins::RESET_RETRY_COUNTER, 0x03, PIN) => StatusWord::WRONG_LENGTH,
            (_, 0x00, _) => StatusWord::SECURITY_STATUS_NOT_SATISFIED,
            _ => StatusWord::WRONG_P1P2,
        }
    }

    fn last_word(&self, status: StatusWord) -> StatusWord {
        match (status.tries_left(), self.habits.last_wrong_pin) {
            (Some(0), LastWrongPin::Blocked) => StatusWord::AUTHENTICATION_BLOCKED,
            _ => status,
        }
    }

    fn internal_authenticate(&mut self, command: &CommandApdu) -> Reply {
        let rights = (self.is_secure, self.pins.is_verified(PIN));
        match self
            .environment
            .authenticate(&self.keys, &mut self.random, command.data(), rights)
        {
            Ok((answer, counter)) => {
                self.counter_after = counter;
                Reply::data(Zeroizing::new(answer), StatusWord::SUCCESS).after(Work::PrivateKey)
            }
            Err(status) => Reply::status(status),
        }
    }

    /// What needs a channel, and is 6985 without one.
    fn needs_channel(&self) -> Result<(), StatusWord> {
        if self.is_secure {
            Ok(())
        } else {
            Err(StatusWord::CONDITIONS_NOT_SATISFIED)
        }
    }
}

impl CardOs for CieOs {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        let challenge = self.environment.take_challenge();
        let parameters = (command.p1(), command.p2());
        match command.ins() {
            ins::SELECT => self.select(command),
            ins::READ_BINARY => self.read_binary(command),
            ins::READ_BINARY_OBJECTS => self.read_objects(command),
            ins::GET_DATA_OBJECTS => self.get_data(command),
            ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER => self.pin_command(command),
            ins::MANAGE_SECURITY_ENVIRONMENT => {
                if parameters == (0x41, 0xA6) {
                    self.drop_channel();
                }
                Reply::status(self.environment.set(parameters, command.data(), &self.habits))
            }
            ins::PERFORM_SECURITY_OPERATION if parameters == (0x00, 0xAE) => {
                let status = self
                    .needs_channel()
                    .err()
                    .unwrap_or_else(|| self.environment.verify_certificate(&self.keys, command.data()));
                Reply::status(status)
            }
            ins::GET_CHALLENGE if command.expected() != Some(8) => Reply::status(StatusWord::WRONG_LENGTH),
            ins::GET_CHALLENGE => {
                let bytes = self.environment.challenge(&mut self.random);
                Reply::data(Zeroizing::new(bytes), StatusWord::SUCCESS)
            }
            ins::EXTERNAL_AUTHENTICATE if !self.is_secure => Reply::status(StatusWord::CLASS_UNSUPPORTED),
            ins::EXTERNAL_AUTHENTICATE => Reply::status(self.environment.see_terminal(
                &self.keys,
                challenge,
                command.data(),
            )),
            ins::INTERNAL_AUTHENTICATE => self.internal_authenticate(command),
            _ => Reply::status(StatusWord::INSTRUCTION_UNSUPPORTED),
        }
    }

    fn open(&mut self, protected: &CommandApdu) -> Result<CommandApdu, StatusWord> {
        let Some(channel) = &mut self.channel else {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        };
        match channel.open(protected) {
            Ok(command) => {
                self.is_secure = true;
                self.is_odd = command.ins() & 1 == 1;
                if command.ins() == ins::VERIFY && lies_about_pins(&self.habits) {
                    return Err(StatusWord::SUCCESS);
                }
                Ok(command)
            }
            Err(status) => {
                self.drop_channel();
                Err(status)
            }
        }
    }

    fn seal(&mut self, answer: ResponseApdu) -> ResponseApdu {
        self.is_secure = false;
        let Some(channel) = &mut self.channel else {
            return answer;
        };
        let mut sealed = channel.seal(&answer, self.is_odd);
        if let Some(counter) = self.counter_after.take() {
            channel.set_counter(counter);
        }
        self.sealed += 1;
        match (self.habits.fault, self.sealed) {
            (Some(Fault::FlippedMac), 1) => {
                let mut bytes = sealed.data().to_vec();
                if let Some(last) = bytes.last_mut() {
                    *last ^= 0x10;
                }
                sealed = ResponseApdu::new(Zeroizing::new(bytes), sealed.status());
            }
            (Some(Fault::ReplayedAnswer), 1) => {
                self.first_sealed = Some((sealed.data().to_vec(), sealed.status()));
            }
            (Some(Fault::ReplayedAnswer), 2) => {
                if let Some((bytes, status)) = self.first_sealed.take() {
                    sealed = ResponseApdu::new(Zeroizing::new(bytes), status);
                }
            }
            _ => {}
        }
        sealed
    }

    /// Anything in clear ends a session but the selection of an application by name [cie §3.6].
    fn hear_clear(&mut self, command: &CommandApdu) {
        self.is_secure = false;
        let keeps = command.ins() == ins::SELECT && command.p1() == 0x04;
        if self.channel.is_some() && !keeps {
            self.drop_channel();
        }
    }

    fn reset(&mut self) {
        self.drop_channel();
        self.position = Position::default();
        self.is_secure = false;
        self.counter_after = None;
        self.first_sealed = None;
        self.sealed = 0;
    }

    fn verified(&self) -> Vec<u8> {
        self.pins.verified()
    }

    fn snapshot(&self) -> CardState {
        CardState::new(&self.name, self.pins.states())
    }

    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.pins.restore(state.pins_of(&self.name)?)
    }

    fn alter(&mut self, alteration: Alteration) -> bool {
        match alteration {
            Alteration::PinTries(left) => self.pins.set_tries(PIN, left),
            Alteration::PukTries(left) => self.pins.set_tries(PUK, left),
            other => self.tree.alter_certificates(other),
        }
    }

    fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::PinCounters | Feature::SecureMessaging => true,
            Feature::Certificates => self.tree.has_certificates(),
            _ => false,
        }
    }
}

/// The answer to SELECT with P2 = 00 or 04: the size of a file first, as clients look for it there [cie §2.2].
fn control_parameters(node: &Node) -> Vec<u8> {
    let [high, low] = node.id().to_bytes();
    let (size, descriptor): (Option<usize>, u8) = match node.kind() {
        NodeKind::Transparent { content, .. } => (Some(content.len()), 0x01),
        NodeKind::Directory { .. } => (None, 0x38),
    };
    let mut inner = Vec::new();
    if let Some([.., size_high, size_low]) = size.map(usize::to_be_bytes) {
        inner.extend_from_slice(&[0x80, 0x02, size_high, size_low]);
    }
    inner.extend_from_slice(&[0x82, 0x01, descriptor, 0x83, 0x02, high, low]);
    object(&[0x62], &inner)
}
