//! Whose card this is, from the historical bytes of its ATR `[cns §1.1]`.
//!
//! Not here: an exact ATR. There are dozens, and new batches bring new ones without notice. The label only says
//! that the card claims to be a CNS; reading confirms it, as a card of another layout has no certificate in its
//! place. Contactless readers build an ATR without these bytes `[cns §1.4]`: such a card is not recognised here.

use varco_apdu::Atr;
use varco_card::CardChannel;
use varco_credential::{CardDriver, CardError, LoginCard};

use crate::card::CnsCard;
use crate::profile::Profile;

/// The CNS family.
#[derive(Clone, Copy, Debug, Default)]
pub struct CnsDriver;

impl CardDriver for CnsDriver {
    /// Costs no exchange and never fails.
    fn recognise(
        &self,
        atr: &Atr,
        _channel: &mut dyn CardChannel,
    ) -> Result<Option<Box<dyn LoginCard>>, CardError> {
        let Some(maker) = atr.historical_bytes().and_then(Maker::from_historical_bytes) else {
            return Ok(None);
        };
        let profile = Profile::of(&maker);
        tracing::debug!(profile = profile.name, "card labelled CNS");
        Ok(Some(Box::new(CnsCard::new(profile))))
    }
}

/// Who made the card and which version it is, as its historical bytes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Maker {
    /// H3: manufacturer of the chip.
    pub(crate) ic: u8,
    /// H4: manufacturer of the mask, which is the card's operating system.
    pub(crate) mask: u8,
    /// H5 and H6: version of the operating system.
    pub(crate) os: u16,
    /// H13: version of the CNS, one digit in each half. It does not tell the size of the key.
    pub(crate) version: u8,
}

impl Maker {
    /// `None` for other labels in the same place (HPC, ITID of the CIE) and for other forms.
    fn from_historical_bytes(historical: &[u8]) -> Option<Self> {
        match *historical {
            [
                0x00,
                0x6B,
                ic,
                mask,
                os_major,
                os_minor,
                0x01,
                _,
                _,
                b'C',
                b'N',
                b'S',
                version,
                _,
                _,
            ] => Some(Self {
                ic,
                mask,
                os: u16::from_be_bytes([os_major, os_minor]),
                version,
            }),
            _ => None,
        }
    }
}
