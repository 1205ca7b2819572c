//! The card's own number, from EF.ID_Carta `[cns §2.4]`.
//!
//! Not here: whether the certificate names the same one.

use varco_apdu::StatusWord;
use varco_credential::CardError;
use varco_pki::{CardId, CardIdError};

use crate::commands;
use crate::dialogue::Dialogue;
use crate::files::EF_ID_CARTA;

/// Bytes of the file.
const LENGTH_BYTES: u32 = 16;

/// SELECT, READ BINARY, Luhn.
pub(crate) fn read_card_id(dialogue: &mut Dialogue<'_>) -> Result<CardId, CardError> {
    dialogue.enter_own()?;
    let path = EF_ID_CARTA.path_bytes();
    dialogue.must_select(|answer| commands::select_path(&path, answer), EF_ID_CARTA.name)?;
    let read = commands::read_binary(0, LENGTH_BYTES);
    let answer = dialogue.ask(&read)?;
    if answer.status() != StatusWord::END_OF_FILE {
        dialogue.require_done(&read, EF_ID_CARTA.name, answer.status())?;
    }
    let misbehaved = |what| CardError::Misbehaved {
        command: read.name(),
        target: EF_ID_CARTA.name,
        what,
    };
    let text = core::str::from_utf8(answer.data()).unwrap_or_default();
    CardId::parse(text).map_err(|error| match error {
        CardIdError::CheckDigit => misbehaved("a card number with a wrong check digit"),
        _ => misbehaved("not the 16 digits of a card number"),
    })
}
