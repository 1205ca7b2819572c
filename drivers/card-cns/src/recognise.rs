//! Whose card this is: by its answer to reset where that is enough, by an application or by its files otherwise
//! `[cns §1]`.
//!
//! Not here: an exact ATR. There are dozens, and new batches bring new ones without notice. The label only says
//! that the card claims to be a CNS; reading confirms it, as a card of another layout has no certificate in its
//! place.

use std::sync::Arc;

use varco_apdu::{Atr, StatusWord};
use varco_card::{CardChannel, LinkError};
use varco_credential::{CardDriver, CardError, RecognisedBy, Recognition};

use crate::card::CnsCard;
use crate::commands;
use crate::dialogue::{Dialogue, Habits};
use crate::files::EF_ID_CARTA;
use crate::foreign::{self, Foreign};
use crate::maker::Maker;
use crate::profile::{Application, Library, Profile, ProfileError};
use crate::read_card_id;

/// The CNS family: the makers that are built in, or with more of them.
#[derive(Clone, Debug, Default)]
pub struct CnsDriver {
    library: Library,
}

impl CnsDriver {
    /// With makers' files that a user brings, asked before those that are built in: the name of each file, for errors,
    /// and its text. At most [`crate::PROFILES_MAX`].
    ///
    /// Such a file decides in which form a PIN is sent: one that is wrong about its card can cost tries.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the line.
    pub fn with_profiles(files: &[(String, String)]) -> Result<Self, ProfileError> {
        Ok(Self {
            library: Library::with_files(files)?,
        })
    }
}

impl CardDriver for CnsDriver {
    /// A card that is labelled CNS costs no exchange, unless others are known to have the same answer to reset. Any
    /// other card is asked for its files and for the applications of makers that use one, a few exchanges in all.
    fn recognise(&self, atr: &Atr, channel: &mut dyn CardChannel) -> Result<Recognition, CardError> {
        // A maker's file that names this very answer knows better than a list of others.
        let is_hinted = self.library.hinted(atr).next().is_some();
        let foreign = match foreign::look_up(atr) {
            Foreign::Certain(card) if is_hinted => Foreign::Possible(card),
            Foreign::Certain(card) => return Ok(Recognition::Foreign(card)),
            foreign => foreign,
        };
        let mut search = Search {
            library: &self.library,
            channel,
            habits: Habits::default(),
        };
        let found = match (Maker::of(atr), &foreign) {
            (Some(maker), Foreign::No) => Some((self.library.of_maker(&maker), RecognisedBy::AnswerToReset)),
            (Some(maker), _) => {
                let profile = self.library.of_maker(&maker);
                search
                    .has_number_file(&profile)?
                    .then_some((profile, RecognisedBy::AnswerToReset))
            }
            (None, _) => search.look_inside(atr)?,
        };
        Ok(match (found, foreign) {
            (Some((profile, by)), _) => {
                tracing::debug!(profile = profile.name, by = by.name(), "a CNS");
                Recognition::Login(Box::new(CnsCard::new(profile, by, search.habits)))
            }
            (None, Foreign::Possible(card)) => Recognition::Foreign(card),
            (None, _) => Recognition::Unknown,
        })
    }
}

/// Looking into a card whose answer to reset does not decide.
struct Search<'s> {
    library: &'s Library,
    channel: &'s mut dyn CardChannel,
    habits: Habits,
}

impl Search<'_> {
    /// The files first, then each known application, once.
    fn look_inside(&mut self, atr: &Atr) -> Result<Option<(Arc<Profile>, RecognisedBy)>, CardError> {
        let library = self.library;
        let generic = Library::generic();
        if self.has_number(&generic)? {
            let hinted = library.hinted(atr).find(|profile| profile.application.is_none());
            let profile = hinted.map_or(generic, Arc::clone);
            return Ok(Some((profile, RecognisedBy::Files)));
        }
        let mut asked: Vec<&[u8]> = Vec::new();
        for profile in library.with_application() {
            let Some(application) = &profile.application else {
                continue;
            };
            let aid = application.aid.as_bytes();
            if asked.contains(&aid) && application.data.is_none() {
                continue;
            }
            asked.push(aid);
            if self.has_application(profile, application)? {
                return Ok(Some((Arc::clone(profile), RecognisedBy::Application)));
            }
        }
        Ok(None)
    }

    /// Whether EF.ID_Carta is there. Whatever is answered but "done" means no.
    fn has_number_file(&mut self, profile: &Profile) -> Result<bool, LinkError> {
        let mut dialogue = Dialogue::new(self.channel, profile, &mut self.habits);
        let path = EF_ID_CARTA.path_bytes();
        let selected = dialogue.select(|answer| commands::select_path(&path, answer))?;
        Ok(dialogue.is_done(selected.status))
    }

    /// Whether EF.ID_Carta holds a card number, check digit included.
    fn has_number(&mut self, profile: &Profile) -> Result<bool, CardError> {
        let mut dialogue = Dialogue::new(self.channel, profile, &mut self.habits);
        match read_card_id::read_card_id(&mut dialogue) {
            Ok(_) => Ok(true),
            Err(error @ CardError::Link(_)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    fn has_application(&mut self, profile: &Profile, application: &Application) -> Result<bool, LinkError> {
        let mut dialogue = Dialogue::new(self.channel, profile, &mut self.habits);
        let Some(entered) = dialogue.enter(Some(&application.aid))? else {
            return Ok(false);
        };
        if entered.status != StatusWord::SUCCESS {
            return Ok(false);
        }
        let Some(data) = &application.data else {
            return Ok(true);
        };
        let answer = dialogue.ask(&commands::get_data(data.tag))?;
        Ok(answer.status() == StatusWord::SUCCESS && data.value.covers(answer.data()))
    }
}
