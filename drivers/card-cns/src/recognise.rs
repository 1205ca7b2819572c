//! Whose card this is, from the historical bytes of its ATR `[cns §1.1]`.
//!
//! Not here: an exact ATR. There are dozens, and new batches bring new ones without notice. The label only says
//! that the card claims to be a CNS; reading confirms it, as a card of another layout has no certificate in its
//! place. Contactless readers build an ATR without these bytes `[cns §1.4]`: such a card is not recognised here.

use varco_apdu::Atr;
use varco_card::CardChannel;
use varco_credential::{CardDriver, CardError, Recognition};

use crate::card::CnsCard;
use crate::maker::Maker;
use crate::profile::Profile;

/// The CNS family.
#[derive(Clone, Copy, Debug, Default)]
pub struct CnsDriver;

impl CardDriver for CnsDriver {
    /// Costs no exchange and never fails.
    fn recognise(&self, atr: &Atr, _channel: &mut dyn CardChannel) -> Result<Recognition, CardError> {
        let Some(maker) = atr.historical_bytes().and_then(Maker::from_historical_bytes) else {
            return Ok(Recognition::Unknown);
        };
        let profile = Profile::of(&maker);
        tracing::debug!(profile = profile.name, "card labelled CNS");
        Ok(Recognition::Login(Box::new(CnsCard::new(profile))))
    }
}
