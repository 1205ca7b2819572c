//! One conversation with a CNS: the channels that its profile asks for, where on the card it stands, and which
//! answers mean "done".
//!
//! Not here: any dialogue. Each has a file of its own.

use varco_apdu::{Aid, CommandApdu, ResponseApdu, StatusWord};
use varco_card::{CardChannel, Chaining, LengthCorrection, LinkError, PadEntry, PinPermit, Request};
use varco_credential::{CardError, CardSecret, PinId};

use crate::commands::{self, Answer};
use crate::place::Place;
use crate::profile::Profile;

/// What errors call a folder or an application.
const FOLDER: &str = "folder of the key";
const APPLICATION: &str = "application";

/// What was learned about one card while it was spoken to.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Habits {
    /// SELECT without FCI is refused, so it is always asked for.
    wants_fci: bool,
    /// An application was entered, and not left again.
    inside: bool,
}

/// The channel of one call, as this card needs it.
pub(crate) struct Dialogue<'c> {
    channel: Chaining<LengthCorrection<&'c mut dyn CardChannel>>,
    pub(crate) profile: &'c Profile,
    habits: &'c mut Habits,
}

impl<'c> Dialogue<'c> {
    pub(crate) fn new(
        channel: &'c mut dyn CardChannel,
        profile: &'c Profile,
        habits: &'c mut Habits,
    ) -> Self {
        let corrected = LengthCorrection::new(channel);
        Self {
            channel: Chaining::new(corrected, profile.commands.long.into()),
            profile,
            habits,
        }
    }

    /// The most bytes to read at once.
    pub(crate) fn read_block_bytes(&self) -> u32 {
        if self.channel.uses_extended_length() {
            65_536
        } else {
            self.profile.commands.read_block_bytes
        }
    }

    /// Sends a command; any status word is an answer.
    pub(crate) fn ask(&mut self, command: &CommandApdu) -> Result<ResponseApdu, LinkError> {
        self.channel.send(command)
    }

    /// Sends a PIN command with its permit; any status word is an answer.
    pub(crate) fn ask_with_permit(
        &mut self,
        command: &CommandApdu,
        permit: &mut PinPermit,
    ) -> Result<StatusWord, CardError> {
        let request = Request::PinCommand { command, permit };
        Ok(self.channel.exchange(request)?.status())
    }

    /// Has the reader's pin pad complete and send a PIN command, with its permit; any status word is an answer.
    pub(crate) fn have_typed(
        &mut self,
        entry: &PadEntry,
        permit: &mut PinPermit,
    ) -> Result<StatusWord, CardError> {
        let request = Request::PadEntry { entry, permit };
        Ok(self.channel.exchange(request)?.status())
    }

    /// Sends a command that must be done.
    pub(crate) fn must(
        &mut self,
        command: &CommandApdu,
        target: &'static str,
    ) -> Result<ResponseApdu, CardError> {
        let answer = self.ask(command)?;
        self.require_done(command, target, answer.status())?;
        Ok(answer)
    }

    /// Sends a SELECT in the form that this card takes: without FCI, and once more with it where that is refused.
    pub(crate) fn select(&mut self, form: impl Fn(Answer) -> CommandApdu) -> Result<Selected, LinkError> {
        if !self.habits.wants_fci {
            let command = form(Answer::Nothing);
            let selected = self.select_once(command)?;
            if selected.status != StatusWord::WRONG_P1P2 {
                return Ok(selected);
            }
        }
        let selected = self.select_once(form(Answer::Fci))?;
        self.habits.wants_fci |= self.is_done(selected.status);
        Ok(selected)
    }

    /// Sends a SELECT that asks for the FCI, and once more without where that is refused.
    pub(crate) fn select_for_fci(
        &mut self,
        form: impl Fn(Answer) -> CommandApdu,
    ) -> Result<Selected, LinkError> {
        let selected = self.select_once(form(Answer::Fci))?;
        if selected.status == StatusWord::WRONG_P1P2 {
            return self.select_once(form(Answer::Nothing));
        }
        Ok(selected)
    }

    fn select_once(&mut self, command: CommandApdu) -> Result<Selected, LinkError> {
        let answer = self.ask(&command)?;
        Ok(Selected {
            command,
            status: answer.status(),
            answer: answer.data().to_vec(),
        })
    }

    /// As [`Dialogue::select`], and it must be done.
    pub(crate) fn must_select(
        &mut self,
        form: impl Fn(Answer) -> CommandApdu,
        target: &'static str,
    ) -> Result<(), CardError> {
        let selected = self.select(form)?;
        self.require_done(&selected.command, target, selected.status)
    }

    /// Goes where an application's files are, or back to those outside of any. Nothing is sent where none was entered.
    pub(crate) fn enter(&mut self, application: Option<&Aid>) -> Result<Option<Selected>, LinkError> {
        let selected = match application {
            Some(aid) => self.select(|answer| commands::select_application(aid, answer))?,
            None if !self.habits.inside => return Ok(None),
            // Quirk: that the master file's identifier leads out of an application is inferred.
            None => self.select(commands::select_master_file)?,
        };
        if self.is_done(selected.status) {
            self.habits.inside = application.is_some();
        }
        Ok(Some(selected))
    }

    /// Goes to the files that every CNS has.
    pub(crate) fn enter_own(&mut self) -> Result<(), CardError> {
        let profile = self.profile;
        self.must_enter(profile.own_application())
    }

    /// Goes where the PIN and the key of a place are used `[cns §3.2]`, `[cns §8.1]`. One selection serves VERIFY and
    /// the signature after it, as another one between the two could end what the PIN granted `[cns §3.5]`.
    pub(crate) fn stand_by_key(&mut self, place: &Place) -> Result<(), CardError> {
        let profile = self.profile;
        self.must_enter(profile.application_of(place))?;
        match &place.key.folder {
            None => Ok(()),
            Some(folder) => {
                let path = folder.to_bytes();
                self.must_select(|answer| commands::select_path(&path, answer), FOLDER)
            }
        }
    }

    /// Goes where the PIN for signatures is used; a card without that folder has no such PIN.
    pub(crate) fn stand_by_signature(&mut self) -> Result<(), CardError> {
        let profile = self.profile;
        self.enter_own()?;
        let Some(folder) = profile.signature_folder() else {
            return Ok(());
        };
        let path = folder.to_bytes();
        let selected = self.select(|answer| commands::select_path(&path, answer))?;
        if selected.status == StatusWord::FILE_NOT_FOUND {
            let secret = CardSecret::Pin(PinId::Signature).name();
            return Err(CardError::SecretAbsent { secret });
        }
        self.require_done(&selected.command, FOLDER, selected.status)
    }

    fn must_enter(&mut self, application: Option<&Aid>) -> Result<(), CardError> {
        match self.enter(application)? {
            None => Ok(()),
            Some(selected) => self.require_done(&selected.command, APPLICATION, selected.status),
        }
    }

    /// Whether this maker's card says "done" with this word.
    pub(crate) fn is_done(&self, status: StatusWord) -> bool {
        self.profile.commands.success_words.contains(&u16::from(status))
    }

    /// An error that keeps command, target and status word, unless the card says "done".
    pub(crate) fn require_done(
        &self,
        command: &CommandApdu,
        target: &'static str,
        status: StatusWord,
    ) -> Result<(), CardError> {
        if self.is_done(status) {
            Ok(())
        } else {
            Err(refused(command, target, status))
        }
    }
}

/// What became of a SELECT.
pub(crate) struct Selected {
    /// The form that was answered last.
    pub(crate) command: CommandApdu,
    pub(crate) status: StatusWord,
    /// File control information, where it was asked for and given.
    pub(crate) answer: Vec<u8>,
}

/// The card said no.
pub(crate) fn refused(command: &CommandApdu, target: &'static str, status: StatusWord) -> CardError {
    CardError::Status {
        command: command.name(),
        target,
        status,
    }
}
