//! Whether a card is a CIE: it is asked for its application `[cie §1.2]`.
//!
//! The answer to reset only says whether asking is worth while. Some two hundred catalogued cards would pass for one by it.

use varco_apdu::Atr;
use varco_card::CardChannel;
use varco_credential::{CardDriver, CardError, Recognition};

use crate::capabilities::Capabilities;
use crate::card::{Chip, CieCard};
use crate::commands::{self, CIE, IAS, SHORT_READ_BYTES};
use crate::family;

/// EF.ATR `[cie §2.2]`.
const EF_ATR_SHORT_ID: u8 = 0x1D;

/// The CIE family.
#[derive(Clone, Copy, Default, Debug)]
pub struct CieDriver;

impl CardDriver for CieDriver {
    /// A contact card costs no exchange, a CIE two that are needed anyhow: EF.ATR and the selection of its application.
    fn recognise(&self, atr: &Atr, channel: &mut dyn CardChannel) -> Result<Recognition, CardError> {
        if !is_contactless(atr) && family::hinted(atr).is_none() {
            return Ok(Recognition::Unknown);
        }
        // After a reset the root application is current, and EF.ATR is there or nowhere.
        let mut ef_atr = read_ef_atr(channel)?;
        let mut is_cie = is_selected(channel, &commands::select(&CIE))?;
        // Not so where somebody went on from another application: without EF.ATR the card would seem to be less than it is.
        if !is_cie || ef_atr.is_empty() {
            let has_root = is_selected(channel, &commands::select(&IAS))?
                || is_selected(channel, &commands::select_master_file())?;
            if has_root {
                if ef_atr.is_empty() {
                    ef_atr = read_ef_atr(channel)?;
                }
                is_cie = is_selected(channel, &commands::select(&CIE))?;
            }
        }
        if !is_cie {
            return Ok(Recognition::Unknown);
        }
        let Some(family) = family::of(&ef_atr, atr) else {
            return Ok(Recognition::Unknown);
        };
        tracing::debug!(family = family.name, "a CIE");
        let chip = Chip {
            family,
            capabilities: Capabilities::read(&ef_atr),
        };
        Ok(Recognition::Login(Box::new(CieCard::new(chip, channel.epoch()))))
    }
}

/// The form that PC/SC gives to cards without contacts (PC/SC part 3 §3.1.3.2.3.1).
fn is_contactless(atr: &Atr) -> bool {
    matches!(atr.as_bytes(), [0x3B, 0x80..=0x8F, 0x80, 0x01, ..])
}

fn is_selected(channel: &mut dyn CardChannel, command: &varco_apdu::CommandApdu) -> Result<bool, CardError> {
    Ok(channel.send(command)?.status().is_success())
}

/// Its first block, empty where there is none.
fn read_ef_atr(channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
    let answer = channel.send(&commands::read_short_id(EF_ATR_SHORT_ID, SHORT_READ_BYTES))?;
    let is_read = answer.status().is_success() || answer.status() == varco_apdu::StatusWord::END_OF_FILE;
    Ok(if is_read {
        answer.data().to_vec()
    } else {
        Vec::new()
    })
}
