//! Taking up a card that is only looked at: which it is and what number it has, by commands that only read.
//!
//! Not here: what is looked for on it ([`crate::record_card`], [`crate::compare`]).

use std::time::Duration;

use varco::steps::{Atr, CardDriver, CardError, Disposition, LinkError, LoginCard, Nis, Recognition};
use varco::{LoginError, StartError, Varco};
use varco_card::{CardChannel, CardLink, Transaction};

use crate::record_card::ReadOnly;

/// Why a card could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// There is no card to speak to.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It does not answer, or is none that is known.
    #[error(transparent)]
    Card(#[from] LoginError),
    /// A list that is built in is damaged.
    #[error("a list that is built in is damaged: {0}")]
    Damaged(String),
}

impl LookError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start(error) => error.code(),
            Self::Card(error) => error.code(),
            Self::Damaged(_) => "defect",
        }
    }
}

impl From<CardError> for LookError {
    fn from(error: CardError) -> Self {
        Self::Card(error.into())
    }
}

impl From<LinkError> for LookError {
    fn from(error: LinkError) -> Self {
        CardError::from(error).into()
    }
}

/// The number of the card in a reader, as `varco card` tells it: of a CNS the card number, of a CIE the NIS. None where it has
/// none that can be read. The card is sent nothing but what may be sent to one that is recorded.
///
/// # Errors
/// [`LookError`].
pub fn number(varco: &Varco, reader: Option<&str>, wait: Duration) -> Result<Option<String>, LookError> {
    let mut link = varco.connect(reader, wait)?;
    let number = number_of(&mut *link, varco.card_drivers(), wait);
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Reset);
    number
}

fn number_of(
    link: &mut dyn CardLink,
    drivers: &[Box<dyn CardDriver>],
    wait: Duration,
) -> Result<Option<String>, LookError> {
    let atr = link.atr().clone();
    let mut card = ReadOnly::new(Transaction::begin(link, wait)?)?;
    let mut seen = recognise(&atr, &mut card, drivers)?;
    if let Some(document) = seen.as_document() {
        let bytes = document.read_number(&mut card).ok();
        let number = bytes.and_then(|bytes| Nis::parse(&bytes));
        return Ok(number.map(|number| number.as_str().to_owned()));
    }
    let number = seen.read_card_id(&mut card).ok();
    Ok(number.map(|number| number.as_str().to_owned()))
}

/// Finds the driver that knows the card.
pub(crate) fn recognise<C: CardChannel>(
    atr: &Atr,
    card: &mut ReadOnly<C>,
    drivers: &[Box<dyn CardDriver>],
) -> Result<Box<dyn LoginCard>, LookError> {
    for driver in drivers {
        match driver.recognise(atr, card)? {
            Recognition::Login(seen) => return Ok(seen),
            Recognition::Foreign(seen) => return Err(LoginError::ForeignCard(seen).into()),
            Recognition::Unknown => {}
        }
    }
    Err(LoginError::NotRecognised.into())
}
