//! Played cards in a reader of this process, driven as real ones are: each signature is made under a PIN that the card
//! has accepted, and the card is reset behind it.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use varco_apdu::Pin;
use varco_card::{CardChannel, GetResponse, ReaderDriver as _, Transaction, WAIT_DEFAULT};
use varco_credential::{
    Attempt, Attendance, CardError, CardSecret, DocumentKey, Given, LastTry, LoginCard, PinRules, PinSession,
    Recognition, SigningInput, SigningRequest, UnknownTries, Verification, tries,
};
use varco_pki::DeviceKey;
use varco_roster::card_drivers;
use varco_roster::played::{PlayedReader, PlayedReaders, Profile};
use varco_tls::{CardKey, CardKeyError, CardScheme};

/// Bits of the keys of the cards that are played here.
const BITS: usize = 2048;

/// A played card, and its PIN.
pub(crate) struct PlayedCard {
    readers: PlayedReaders,
    pub(crate) hand: PlayedReader,
    pin: &'static str,
    is_raw: bool,
    certificate: CertificateDer<'static>,
}

type Work<'w, T> = &'w mut dyn FnMut(&mut PinSession<'_>) -> Result<T, CardError>;

impl PlayedCard {
    /// Inserts a card, and reads its certificate.
    pub(crate) fn new(profile: &str) -> Arc<Self> {
        let card = Profile::builtin(profile).unwrap().into_card();
        let (readers, hand) = PlayedReaders::with_card("played", Box::new(card));
        let is_cie = profile.starts_with("cie");
        let mut played = Self {
            readers,
            hand,
            pin: if is_cie { "12345678" } else { "12345" },
            is_raw: !is_cie,
            certificate: vec![].into(),
        };
        let der = played.under_pin(&mut |session| session.read_certificate());
        played.certificate = der.unwrap().into();
        Arc::new(played)
    }

    /// Takes the card up, has it accept its PIN, does some work.
    fn under_pin<T>(&self, work: Work<'_, T>) -> Result<T, CardError> {
        let mut link = self.readers.connect(self.hand.name(), WAIT_DEFAULT)?;
        let atr = link.atr().clone();
        let mut channel = GetResponse::new(Transaction::begin(&mut *link, WAIT_DEFAULT)?);
        for driver in card_drivers() {
            if let Recognition::Login(mut card) = driver.recognise(&atr, &mut channel)? {
                let Some(document) = card.as_document() else {
                    card.read_certificate(&mut channel)?;
                    return self.open(&mut *card, &mut channel, work);
                };
                let files = document.read_document(&mut channel, DocumentKey::Device)?;
                let key = DeviceKey::unchecked(&files.key).unwrap();
                let mut secure = document.open_channel(&mut channel, &key, [7; 32].into())?;
                return self.open(&mut *card, &mut *secure, work);
            }
        }
        panic!("no driver knows the card")
    }

    fn open<T>(
        &self,
        card: &mut dyn LoginCard,
        channel: &mut dyn CardChannel,
        work: Work<'_, T>,
    ) -> Result<T, CardError> {
        let left = tries(card, channel, CardSecret::USER_PIN)?.left;
        let attempt = Attempt::verify(CardSecret::USER_PIN, card.user_pin(), left, channel.epoch());
        let pin = Pin::take_from(&mut self.pin.as_bytes().to_vec()).unwrap();
        let approached = PinSession::approach(card, channel)?;
        let authorised = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify)
            .authorise(Given::typed(pin), &attempt)
            .unwrap();
        let Verification::Verified(mut session) = approached.open(authorised)? else {
            panic!("the PIN is right")
        };
        let done = work(&mut session)?;
        session.finish()?;
        Ok(done)
    }
}

impl CardKey for PlayedCard {
    fn certificate_chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.clone()]
    }

    fn can(&self, scheme: CardScheme) -> bool {
        scheme == CardScheme::RsaPssSha256 && self.is_raw || !scheme.is_for_tls13()
    }

    fn sign(&self, scheme: CardScheme, message: &[u8]) -> Result<Vec<u8>, CardKeyError> {
        let info = |last: u8, length: u8, digest: &[u8]| {
            let head = [0x30, length + 17, 0x30, 0x0D, 0x06, 0x09];
            let hash = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last];
            SigningInput::DigestInfo([&head[..], &hash, &[0x05, 0x00, 0x04, length], digest].concat())
        };
        let input = match scheme {
            CardScheme::RsaPkcs1Sha256 => info(1, 32, &Sha256::digest(message)),
            CardScheme::RsaPkcs1Sha384 => info(2, 48, &Sha384::digest(message)),
            CardScheme::RsaPkcs1Sha512 => info(3, 64, &Sha512::digest(message)),
            _ => SigningInput::EncodedMessage(pss(message)),
        };
        let request = SigningRequest {
            input,
            modulus_bits: BITS,
        };
        self.under_pin(&mut |session| Ok(session.sign(&request)?.as_bytes().to_vec()))
            .map_err(|error| CardKeyError::new(error.code(), error.to_string()))
    }
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-256, for 2048 bits, with a salt that is no secret.
fn pss(message: &[u8]) -> Vec<u8> {
    let salt = [0x5A; 32];
    let hash = Sha256::digest([&[0; 8][..], &Sha256::digest(message), &salt].concat());
    let mut block = [&vec![0; BITS / 8 - 66][..], &[1], &salt].concat();
    let mask = (0_u32..).flat_map(|counter| Sha256::digest([&hash[..], &counter.to_be_bytes()].concat()));
    block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    block[0] &= 0x7F;
    [&block[..], &hash, &[0xBC]].concat()
}
