//! The key that turns a codice fiscale into what stands for it in the record.
//!
//! Not here: who may search with it (whoever has it).

use std::fmt;

use ring::hmac;
use varco_auth::CodiceFiscale;
use zeroize::Zeroizing;

use super::{KeyInvalid, read_text, write_text};
use crate::audit::{KeyId, Pseudonym};

const KIND: &str = "varco-audit-pseudonym-key";
/// What is authenticated for a person begins so.
const OF_A_PERSON: &[u8] = b"varco-audit-pseudonym 1 ";
/// What is authenticated for the key's own name.
const OF_THE_KEY: &[u8] = b"varco-audit-pseudonym-key-id 1";

/// A pseudonym key of 32 random bytes. It wipes itself and does not print.
pub struct PseudonymKey(Zeroizing<[u8; 32]>);

impl PseudonymKey {
    /// The key of these 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Reads what [`PseudonymKey::to_text`] writes, with white space around it.
    ///
    /// # Errors
    /// [`KeyInvalid`].
    pub fn parse(text: &str) -> Result<Self, KeyInvalid> {
        read_text(text, KIND, "a pseudonym key of the audit record").map(Self)
    }

    /// One line of text without its end: secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        write_text(&self.0, KIND)
    }

    /// By which records name it.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::beginning(hmac::sign(&self.key(), OF_THE_KEY).as_ref())
    }

    /// What stands for a person. An omocode is another code than its base form, and stands for itself.
    #[must_use]
    pub fn pseudonym(&self, person: &CodiceFiscale) -> Pseudonym {
        let mut context = hmac::Context::with_key(&self.key());
        context.update(OF_A_PERSON);
        context.update(person.as_str().as_bytes());
        let mut word = [0; 32];
        for (place, byte) in word.iter_mut().zip(context.sign().as_ref()) {
            *place = *byte;
        }
        Pseudonym::from_bytes(word)
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice())
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PseudonymKey({})", self.id())
    }
}
