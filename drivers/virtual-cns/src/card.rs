//! The commands of a CNS, as cns.md §3, §4 and §8 have them.
//!
//! Not here: class byte, lengths, chaining (the front of `varco-emulator`).

use varco_apdu::{Aid, CommandApdu, FileId, StatusKind, StatusWord, ins};
use varco_emulator::{
    Alteration, CardOs, CardState, Emulated, Feature, PinSet, Reply, ShortRead, StateError, Work,
};
use zeroize::Zeroizing;

use crate::application::Applications;
use crate::fci;
use crate::random::Numbers;
use crate::schema::{SearchBit, Select, Unblock};
use crate::security::KeyRing;

/// A played CNS. Made by [`crate::Profile::into_card`], used through [`varco_emulator::PlayedCard`].
pub type VirtualCns = Emulated<CnsOs>;

/// UPDATE BINARY (ISO/IEC 7816-4 §11.2.5).
const UPDATE_BINARY: u8 = 0xD6;
/// The bit of P2 that lets a card search in the directories above [cns §3].
const SEARCH_BIT: u8 = 0x80;

/// Which objects the PIN commands name, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PinReferences {
    pub(crate) pin: u8,
    pub(crate) puk: u8,
    /// PIN and PUK of the key for qualified signatures.
    pub(crate) signature: Option<(u8, u8)>,
    pub(crate) search_bit: SearchBit,
    pub(crate) unblock: Unblock,
}

impl PinReferences {
    /// The PUK of a PIN.
    fn puk_of(self, pin: u8) -> Option<u8> {
        match self.signature {
            _ if pin == self.pin => Some(self.puk),
            Some((signature, puk)) if pin == signature => Some(puk),
            _ => None,
        }
    }

    fn is_puk(self, reference: u8) -> bool {
        reference == self.puk || self.signature.is_some_and(|(_, puk)| puk == reference)
    }
}

/// The operating system of a played CNS.
#[derive(Debug)]
pub struct CnsOs {
    name: String,
    applications: Applications,
    habits: Habits,
    pins: PinSet,
    references: PinReferences,
    keys: KeyRing,
    numbers: Numbers,
}

/// How a make of card selects, reads and answers.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
    pub(crate) select: Select,
    pub(crate) fci: fci::Form,
    pub(crate) short_read: ShortRead,
    /// How many bytes GET CHALLENGE gives at most.
    pub(crate) challenge_max: u16,
    /// What a right PIN is answered.
    pub(crate) verified: StatusWord,
    /// The application in which PIN and keys are; `None` for the default one.
    pub(crate) security_application: Option<Aid>,
}

impl CnsOs {
    pub(crate) fn new(
        name: &str,
        applications: Applications,
        habits: Habits,
        pins: PinSet,
        references: PinReferences,
        keys: KeyRing,
    ) -> Self {
        Self {
            name: name.to_owned(),
            applications,
            habits,
            pins,
            references,
            keys,
            numbers: Numbers::of(name),
        }
    }

    fn select(&mut self, command: &CommandApdu) -> Reply {
        // Before the selection, which a wrong P2 must not change.
        let wants_fci = match (command.p2(), self.habits.select) {
            (0x00 | 0x04, _) => command.expected().is_some(),
            (0x0C, Select::Any) => false,
            _ => return Reply::status(StatusWord::WRONG_P1P2),
        };
        match self.applications.select(command.p1(), command.data()) {
            Ok(found) => {
                let answer = wants_fci.then(|| fci::template(found.node, found.aid, self.habits.fci));
                if found.changed {
                    // What a PIN granted ends with its application [cns §3.5].
                    self.pins.reset();
                    self.keys.reset();
                }
                Reply::data(Zeroizing::new(answer.unwrap_or_default()), StatusWord::SUCCESS)
            }
            Err(status) => Reply::status(status),
        }
    }

    /// Whether PIN and keys are in the application that is current.
    fn is_secured_here(&self) -> bool {
        self.applications.current().aid == self.habits.security_application
    }

    fn get_data(&self, command: &CommandApdu) -> Reply {
        let tag = u16::from_be_bytes([command.p1(), command.p2()]);
        let object = self
            .applications
            .current()
            .data
            .iter()
            .find(|(known, _)| *known == tag);
        match object {
            Some((_, value)) => Reply::data(Zeroizing::new(value.clone()), StatusWord::SUCCESS),
            None => Reply::status(StatusWord::REFERENCED_DATA_NOT_FOUND),
        }
    }

    /// As many bytes as are wanted [cns §4.2].
    fn get_challenge(&mut self, command: &CommandApdu) -> Reply {
        if (command.p1(), command.p2()) != (0, 0) {
            return Reply::status(StatusWord::WRONG_P1P2);
        }
        let wanted = command.expected().and_then(|le| u16::try_from(le).ok());
        match wanted.filter(|wanted| *wanted <= self.habits.challenge_max && command.data().is_empty()) {
            Some(wanted) => {
                let bytes = self.numbers.take(usize::from(wanted));
                Reply::data(Zeroizing::new(bytes), StatusWord::SUCCESS)
            }
            None => Reply::status(StatusWord::WRONG_LENGTH),
        }
    }

    fn read_binary(&self, command: &CommandApdu) -> Reply {
        let offset = usize::from(u16::from_be_bytes([command.p1(), command.p2()]));
        let expected = command.expected().and_then(|le| usize::try_from(le).ok());
        let (Some(expected), true) = (expected, command.data().is_empty()) else {
            return Reply::status(StatusWord::WRONG_LENGTH);
        };
        if command.p1() & 0x80 != 0 {
            // Reading by short identifier; no file of a CNS has one.
            return Reply::status(StatusWord::WRONG_P1P2);
        }
        let pins = &self.pins;
        let verified = |reference| pins.is_verified(reference);
        let tree = &self.applications.current().tree;
        let position = self.applications.position();
        match position.read_binary(tree, offset, expected, self.habits.short_read, verified) {
            Ok((bytes, status, read)) => {
                let mut reply = Reply::data(Zeroizing::new(bytes.to_vec()), status);
                reply.read = Some(read);
                reply
            }
            Err(status) => Reply::status(status),
        }
    }

    /// No file may be written: the same answer as a real card gives to anyone but its issuer.
    fn update_binary(&self) -> StatusWord {
        if self.applications.position().has_file() {
            StatusWord::SECURITY_STATUS_NOT_SATISFIED
        } else {
            StatusWord::NO_CURRENT_FILE
        }
    }

    /// VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER, all with P1 = 00 [cns §3.2].
    fn pin_command(&mut self, command: &CommandApdu) -> Reply {
        let status = self.pin_status(command);
        let compared = !command.data().is_empty()
            && (status == self.habits.verified
                || matches!(
                    status.kind(),
                    StatusKind::Success | StatusKind::Counter { .. } | StatusKind::WarningChanged
                ));
        Reply::status(status).after(if compared { Work::PinCheck } else { Work::None })
    }

    fn pin_status(&mut self, command: &CommandApdu) -> StatusWord {
        let references = self.references;
        if command.p1() != 0x00 {
            return StatusWord::WRONG_P1P2;
        }
        if !self.is_secured_here() {
            return StatusWord::REFERENCED_DATA_NOT_FOUND;
        }
        let searching = command.p2() & SEARCH_BIT != 0;
        if searching != (references.search_bit == SearchBit::Required) {
            return StatusWord::REFERENCED_DATA_NOT_FOUND;
        }
        let reference = command.p2() & !SEARCH_BIT;
        match command.ins() {
            ins::VERIFY => match self.pins.verify(reference, command.data()) {
                StatusWord::SUCCESS if !command.data().is_empty() => self.habits.verified,
                status => status,
            },
            // The holder cannot change a PUK [cns §3.3].
            ins::CHANGE_REFERENCE_DATA if references.is_puk(reference) => {
                StatusWord::SECURITY_STATUS_NOT_SATISFIED
            }
            ins::CHANGE_REFERENCE_DATA => self.pins.change(reference, command.data()),
            _ => match references.puk_of(reference) {
                None => StatusWord::REFERENCED_DATA_NOT_FOUND,
                Some(puk) if references.unblock == Unblock::VerifiedFirst && !self.pins.is_verified(puk) => {
                    StatusWord::SECURITY_STATUS_NOT_SATISFIED
                }
                Some(puk) => self.pins.unblock(reference, puk, command.data()),
            },
        }
    }

    fn perform(&self, command: &CommandApdu) -> Reply {
        if !self.pins.is_verified(self.references.pin) {
            return Reply::status(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
        }
        if command.expected().is_none() {
            return Reply::status(StatusWord::WRONG_LENGTH);
        }
        let tree = &self.applications.current().tree;
        let position = self.applications.position();
        let stands_in = |folder: &[FileId]| position.stands_in(tree, folder);
        match self
            .keys
            .perform((command.p1(), command.p2()), command.data(), stands_in)
        {
            Ok(result) => Reply::data(result, StatusWord::SUCCESS).after(Work::PrivateKey),
            Err(status) => Reply::status(status),
        }
    }
}

impl CardOs for CnsOs {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        match command.ins() {
            ins::SELECT => self.select(command),
            ins::READ_BINARY => self.read_binary(command),
            UPDATE_BINARY => Reply::status(self.update_binary()),
            ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER => self.pin_command(command),
            ins::MANAGE_SECURITY_ENVIRONMENT if !self.is_secured_here() => {
                Reply::status(StatusWord::REFERENCED_DATA_NOT_FOUND)
            }
            ins::MANAGE_SECURITY_ENVIRONMENT => {
                Reply::status(self.keys.manage(command.p1(), command.p2(), command.data()))
            }
            ins::PERFORM_SECURITY_OPERATION => self.perform(command),
            ins::GET_DATA => self.get_data(command),
            ins::GET_CHALLENGE => self.get_challenge(command),
            _ => Reply::status(StatusWord::INSTRUCTION_UNSUPPORTED),
        }
    }

    fn reset(&mut self) {
        self.applications.reset();
        self.pins.reset();
        self.keys.reset();
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
            Alteration::PinTries(left) => self.pins.set_tries(self.references.pin, left),
            Alteration::PukTries(left) => self.pins.set_tries(self.references.puk, left),
            // Each of them, whatever the others did.
            other => {
                let trees = self.applications.trees();
                let altered = trees.filter_map(|tree| tree.alter_certificates(other).then_some(()));
                altered.count() > 0
            }
        }
    }

    fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::PinCounters => true,
            Feature::Certificates => self.applications.have_certificates(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod makers;
#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
