//! A card that is a document: what it tells of itself without a PIN, and the channel to it once its key is known.
//!
//! Not here: whether what it tells is genuine (`pki`).

use varco_card::CardChannel;
use varco_pki::DeviceKey;
use zeroize::Zeroizing;

use crate::{CardError, LoginCard};

/// Which of its public keys a document is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentKey {
    /// The one by which the card itself is proven when a channel is opened.
    Device,
    /// The one that shows, without a channel, that it is no copy.
    Service,
}

/// What a document tells without a PIN, as it stands: not judged.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentFiles {
    /// The number by which it names itself.
    pub number: Vec<u8>,
    /// The public key that was asked for: RSAPublicKey in DER (RFC 8017 appendix A.1.1).
    pub key: Vec<u8>,
    /// The security object, tag included.
    pub security_object: Vec<u8>,
}

/// Shows lengths only.
impl core::fmt::Debug for DocumentFiles {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "DocumentFiles({} bytes of security object)",
            self.security_object.len()
        )
    }
}

/// A login card that is a document.
pub trait DocumentCard: LoginCard {
    /// Reads the number alone.
    ///
    /// # Errors
    /// [`CardError`].
    fn read_number(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError>;

    /// Reads number, a public key and the security object.
    ///
    /// # Errors
    /// [`CardError`].
    fn read_document(
        &mut self,
        channel: &mut dyn CardChannel,
        key: DocumentKey,
    ) -> Result<DocumentFiles, CardError>;

    /// Has the key against cloning sign a DigestInfo, without PIN or channel.
    ///
    /// # Errors
    /// [`CardError`].
    fn sign_with_service_key(
        &mut self,
        channel: &mut dyn CardChannel,
        input: &[u8],
        modulus_bits: usize,
    ) -> Result<Vec<u8>, CardError>;

    /// Opens a channel to a card that proves this device key. `seed` is fresh and used for nothing else.
    ///
    /// # Errors
    /// [`CardError::NotGenuine`] when it does not prove it; nothing of it may be believed then.
    fn open_channel<'c>(
        &mut self,
        channel: &'c mut dyn CardChannel,
        device_key: &DeviceKey,
        seed: Zeroizing<[u8; 32]>,
    ) -> Result<Box<dyn CardChannel + 'c>, CardError>;
}
