//! Device authentication with privacy: agree on keys, show the terminal's certificate, have the card prove its own key
//! (IAS ECC 1.0.1 §5.2.3; `[cie §3.2]`, `[cie §3.5]`).
//!
//! Nothing that is said here is worth anything to whoever stands between: what makes the channel trustworthy is that the
//! last answer is made by a key that the caller knows to be a genuine card's.
//!
//! Not here: where group, root key and device key come from; the card's driver reads them.

use varco_apdu::{CommandApdu, ResponseApdu, Sensitivity, StatusWord, ins, tlv};
use varco_card::{CardChannel, Chaining, LinkError, LongCommands};
use zeroize::Zeroizing;

use crate::certificate::{
    TERMINAL_BYTES, TERMINAL_SERIAL, object, sign_as_terminal, terminal_certificate, terminal_reference,
};
use crate::channel::SHORT_PART_BYTES;
use crate::expand::Expansion;
use crate::{Group, RootKey, RsaPublicKey, SecureMessaging, Session, WeakValue, recovery};

/// Device authentication with privacy, SHA-256 key derivation, 3DES secure messaging (IAS ECC §10.5).
const WITH_PRIVACY: u8 = 0x9B;
/// Verification of certificates by RSA with SHA-256.
const BY_CERTIFICATE: u8 = 0x41;
const DIFFIE_HELLMAN_KEY: u8 = 0x81;
const DEVICE_KEY: u8 = 0x82;
const ROOT_KEY: u8 = 0x84;
/// The counter when keys were agreed upon `[cie §3.4]`.
const FIRST_COUNTER: u64 = 1;
const RANDOM_BYTES: usize = 8;

/// What was read from the card before, and how it wants long commands.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'t> {
    /// The card's group.
    pub group: &'t Group,
    /// The key by which the card verifies terminals.
    pub root: &'t RootKey,
    /// The key that the card must prove.
    pub device_key: &'t RsaPublicKey,
    /// How it takes more than a short command holds.
    pub long_commands: LongCommands,
    /// The most bytes that one answer is asked to have: 256, or more where card and reader pass extended length.
    pub answer_bytes: u32,
}

/// Why there is no channel. The card is as before, but for a session that nobody holds.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticationError {
    /// The link failed, or secure messaging did.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The card refused a step.
    #[error("{command}, {target}: the card answered {status}")]
    Status {
        /// The command's name.
        command: &'static str,
        /// What it was about.
        target: &'static str,
        /// The card's answer.
        status: StatusWord,
    },
    /// An answer is not of its form.
    #[error("{command}, {target}: {what}")]
    Misbehaved {
        /// The command's name.
        command: &'static str,
        /// What it was about.
        target: &'static str,
        /// What was wrong.
        what: &'static str,
    },
    /// The card's group or value is not to be used.
    #[error(transparent)]
    Weak(#[from] WeakValue),
    /// No certificate for terminals can be made for the card's root key: the published exponent is not its own.
    #[error("the card verifies terminals by another root key than the published one")]
    OtherRoot,
    /// The card did not prove the key that it must have.
    #[error("the card did not prove its device key")]
    NotProven,
}

/// Opens a channel to a card that proves its device key; `seed` is fresh and used for nothing else.
///
/// Nine commands: two in clear, seven protected. None is sent twice.
///
/// # Errors
/// [`AuthenticationError`].
pub fn authenticate<C: CardChannel>(
    mut channel: C,
    terms: Terms<'_>,
    seed: Zeroizing<[u8; 32]>,
) -> Result<SecureMessaging<C>, AuthenticationError> {
    let certificate = terminal_certificate(terms.root).ok_or(AuthenticationError::OtherRoot)?;
    let mut expansion = Expansion::new(seed);
    let own = terms.group.key(&mut expansion)?;
    let card_value = {
        let mut chaining = Chaining::new(&mut channel, terms.long_commands);
        exchange_values(&mut chaining, &own.public, terms.answer_bytes)?
    };
    let mut session = Session::new(own.agree(&card_value)?, FIRST_COUNTER);
    if terms.answer_bytes > 256 {
        session = session.asking_extended();
    }
    let mut secure = SecureMessaging::new(channel, session);

    let hashed = Hashed {
        group: terms.group,
        own: &own.public,
        card: &card_value,
    };
    let counter = {
        let chaining = Chaining::new(&mut secure, terms.long_commands).in_parts_of(SHORT_PART_BYTES);
        let mut steps = Steps(chaining);
        let card_random = steps.show_terminal(&certificate, &hashed, &mut expansion)?;
        let own_random = steps.see_card(&hashed, terms.device_key, &mut expansion)?;
        counter_after(&card_random, &own_random)
    };
    secure.restart(counter);
    Ok(secure)
}

/// The last four bytes of the card's random number, then of ours `[cie §3.5]`.
fn counter_after(card: &[u8; RANDOM_BYTES], own: &[u8; RANDOM_BYTES]) -> u64 {
    let low = |bytes: &[u8; RANDOM_BYTES]| u64::from_be_bytes(*bytes) & 0xFFFF_FFFF;
    low(card) << 32 | low(own)
}

/// MANAGE SECURITY ENVIRONMENT, SET, with the own value (ISO/IEC 7816-4 §11.5.11, template A6); GET DATA of the card's.
fn exchange_values(
    channel: &mut dyn CardChannel,
    own: &[u8],
    answer_bytes: u32,
) -> Result<Vec<u8>, AuthenticationError> {
    const VALUES: &str = "Diffie-Hellman values";
    let mut data = Vec::new();
    let whole = object(&mut data, &[0x80], &[WITH_PRIVACY])
        .and_then(|()| object(&mut data, &[0x83], &[DIFFIE_HELLMAN_KEY]))
        .and_then(|()| object(&mut data, &[0x91], own));
    whole.ok_or(WeakValue::Group)?;
    let set = CommandApdu::new(0, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6).with_data(&data);
    done(&set, VALUES, channel.send(&set)?)?;

    let get = CommandApdu::new(0, ins::GET_DATA_OBJECTS, 0x3F, 0xFF)
        .with_data(&[0x4D, 0x04, 0xA6, 0x02, 0x91, 0x00])
        .expecting(answer_bytes)
        .answering(Sensitivity::Public);
    let answer = done(&get, VALUES, channel.send(&get)?)?;
    let malformed = misbehaved(&get, VALUES, "no value in the answer");
    let objects = tlv::read(answer.data()).map_err(|_| malformed.clone())?;
    tlv::find(&objects, 0xA6)
        .and_then(|template| template.child(0x91)?.bytes().map(<[u8]>::to_vec))
        .ok_or(malformed)
}

/// What both proofs hash beside their random numbers.
struct Hashed<'a> {
    group: &'a Group,
    own: &'a [u8],
    card: &'a [u8],
}

/// The commands under protection.
struct Steps<C>(C);

impl<C: CardChannel> Steps<C> {
    fn must(
        &mut self,
        command: &CommandApdu,
        target: &'static str,
    ) -> Result<ResponseApdu, AuthenticationError> {
        let answer = self.0.send(command)?;
        done(command, target, answer)
    }

    /// The terminal's half: certificate, challenge, proof. Gives the card's random number.
    fn show_terminal(
        &mut self,
        certificate: &[u8],
        hashed: &Hashed<'_>,
        expansion: &mut Expansion,
    ) -> Result<[u8; RANDOM_BYTES], AuthenticationError> {
        const ROOT: &str = "root key";
        const TERMINAL: &str = "terminal's key";
        // The official form has an Le [cie §3.6].
        let by_root = set_key(0x81, 0xB6, &[0x80, 1, BY_CERTIFICATE, 0x83, 1, ROOT_KEY]).expecting(256);
        self.must(&by_root, ROOT)?;
        let verify = CommandApdu::new(0, ins::PERFORM_SECURITY_OPERATION, 0x00, 0xAE).with_data(certificate);
        self.must(&verify, "terminal's certificate")?;
        let mut named = vec![0x83, 12];
        named.extend_from_slice(&terminal_reference());
        // Template A4: other chips also take B6, those of ST do not [cie §1.3].
        self.must(&set_key(0x81, 0xA4, &named), TERMINAL)?;

        let challenge = CommandApdu::new(0, ins::GET_CHALLENGE, 0, 0)
            .expecting(8)
            .answering(Sensitivity::Public);
        let answer = self.must(&challenge, "random number")?;
        let card_random = <[u8; RANDOM_BYTES]>::try_from(answer.data())
            .map_err(|_| misbehaved(&challenge, "random number", "another length than eight bytes"))?;

        let room = recovery::room_bytes(TERMINAL_BYTES).unwrap_or_default();
        let filler = expansion.take(room);
        let rest = [
            hashed.own,
            &TERMINAL_SERIAL,
            &card_random,
            hashed.card,
            hashed.group.g(),
            hashed.group.p(),
            hashed.group.q(),
        ];
        let proof = sign_as_terminal(&recovery::encode(&filler, &rest));
        let proof = proof.ok_or(AuthenticationError::OtherRoot)?;
        let external = CommandApdu::new(0, ins::EXTERNAL_AUTHENTICATE, 0, 0)
            .with_data(&[&TERMINAL_SERIAL, &proof[..]].concat());
        self.must(&external, TERMINAL)?;
        Ok(card_random)
    }

    /// The card's half. Gives our random number.
    fn see_card(
        &mut self,
        hashed: &Hashed<'_>,
        device_key: &RsaPublicKey,
        expansion: &mut Expansion,
    ) -> Result<[u8; RANDOM_BYTES], AuthenticationError> {
        const DEVICE: &str = "device key";
        self.must(
            &set_key(0x41, 0xA4, &[0x84, 1, DEVICE_KEY, 0x80, 1, WITH_PRIVACY]),
            DEVICE,
        )?;
        let mut own_random = [0; RANDOM_BYTES];
        for (slot, byte) in own_random.iter_mut().zip(expansion.take(RANDOM_BYTES).iter()) {
            *slot = *byte;
        }
        // Without Le, as official clients send it: the answer is longer than a short Le can say [cie §3.2].
        let internal = CommandApdu::new(0, ins::INTERNAL_AUTHENTICATE, 0, 0)
            .with_data(&own_random)
            .answering(Sensitivity::Personal);
        let answer = self.must(&internal, DEVICE)?;
        let Some((serial, proof)) = answer.data().split_first_chunk::<8>() else {
            return Err(misbehaved(&internal, DEVICE, "an answer without a proof"));
        };
        let rest = [
            hashed.card,
            serial,
            &own_random,
            hashed.own,
            hashed.group.g(),
            hashed.group.p(),
            hashed.group.q(),
        ];
        let block = device_key.raise(proof).ok_or(AuthenticationError::NotProven)?;
        if recovery::is_valid(&block, &rest) {
            Ok(own_random)
        } else {
            Err(AuthenticationError::NotProven)
        }
    }
}

/// MANAGE SECURITY ENVIRONMENT, SET (ISO/IEC 7816-4 §11.5.11).
fn set_key(p1: u8, p2: u8, data: &[u8]) -> CommandApdu {
    CommandApdu::new(0, ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2).with_data(data)
}

fn done(
    command: &CommandApdu,
    target: &'static str,
    answer: ResponseApdu,
) -> Result<ResponseApdu, AuthenticationError> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    Err(AuthenticationError::Status {
        command: command.name(),
        target,
        status: answer.status(),
    })
}

fn misbehaved(command: &CommandApdu, target: &'static str, what: &'static str) -> AuthenticationError {
    AuthenticationError::Misbehaved {
        command: command.name(),
        target,
        what,
    }
}
