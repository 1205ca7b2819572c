//! One CIE in the field: what it tells in clear, the channel to it, and what is said through that.
//!
//! Not here: whether what it tells is genuine (`pki`).

use varco_card::{
    CardChannel, Epoch, ExtendedLength, LengthCorrection, Limits, LinkError, LongCommands, PinPermit,
};
use varco_credential::{
    CardDescription, CardError, CardSecret, ChangeValues, CredentialKind, DocumentCard, DocumentFiles,
    DocumentKey, LoginCard, NewPinWay, PinId, PinOutcome, PinVerified, PinWays, Presented, RecognisedBy,
    SecretFacts, SignatureScheme, SigningInput, SigningRequest, Tries, UnblockValues,
};
use varco_pki::{CardId, DeviceKey, der_total_length, security_object_length};
use varco_sm::{AuthenticationError, RsaPublicKey, Strength, Terms, authenticate};
use zeroize::Zeroizing;

use crate::capabilities::Capabilities;
use crate::commands::{self, CIE, SHORT_READ_BYTES};
use crate::family::Family;
use crate::parameters;
use crate::pin;
use crate::read_file::{File, read_file};

const HOLDER_KEY: u8 = 0x81;
const SERVICE_KEY: u8 = 0x83;
/// What the card pads: two fifths of the modulus `[cie §3.8]`.
const INPUT_MAX_BYTES: usize = 102;
/// Where the certificate's padding begins is not known before it is read; present ones are shorter than this.
const CERTIFICATE_FIRST_BYTES: u32 = 2_048;

const NUMBER: File = File {
    short_id: 0x01,
    name: "EF.ID_Servizi",
};
const CERTIFICATE: File = File {
    short_id: 0x03,
    name: "EF.Cert_CIE",
};
const DEVICE_PUBLIC_KEY: File = File {
    short_id: 0x04,
    name: "EF.Int.Kpub",
};
const SERVICE_PUBLIC_KEY: File = File {
    short_id: 0x05,
    name: "EF.Servizi_Int.Kpub",
};
const SECURITY_OBJECT: File = File {
    short_id: 0x06,
    name: "EF.SOD",
};
const NUMBER_BYTES: usize = 12;

/// What is known of a chip.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chip {
    pub(crate) family: &'static Family,
    pub(crate) capabilities: Capabilities,
}

/// A CIE.
#[derive(Debug)]
pub(crate) struct CieCard {
    chip: Chip,
    /// In which its application was selected.
    selected_in: Epoch,
    /// Whether the holder's key is the one that signs, in the present channel.
    holder_key_is_set: bool,
}

impl CieCard {
    pub(crate) fn new(chip: Chip, selected_in: Epoch) -> Self {
        Self {
            chip,
            selected_in,
            holder_key_is_set: false,
        }
    }

    /// The most bytes of one answer: what the chip gives where the reader passes it.
    fn answer_bytes(&self, limits: Limits) -> Option<u32> {
        self.chip
            .capabilities
            .extended_answer_bytes
            .filter(|_| limits.extended_length == ExtendedLength::Supported)
    }

    fn read_bytes(&self, limits: Limits) -> u32 {
        self.answer_bytes(limits).unwrap_or(SHORT_READ_BYTES)
    }

    /// Selects the application again after a reset.
    fn stand_in_application(&mut self, channel: &mut dyn CardChannel) -> Result<(), CardError> {
        if self.selected_in == channel.epoch() {
            return Ok(());
        }
        let command = commands::select(&CIE);
        let status = channel.send(&command)?.status();
        if !status.is_success() {
            return Err(CardError::Status {
                command: command.name(),
                target: "application of the identity card",
                status,
            });
        }
        self.selected_in = channel.epoch();
        Ok(())
    }

    /// What is said under a PIN is said through the channel or not at all.
    fn must_be_secure(channel: &dyn CardChannel, what: &'static str) -> Result<(), CardError> {
        if channel.is_secure() {
            Ok(())
        } else {
            Err(CardError::Unsupported { what })
        }
    }

    fn set_key(channel: &mut dyn CardChannel, reference: u8, target: &'static str) -> Result<(), CardError> {
        let command = commands::set_key(reference);
        let status = channel.send(&command)?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(CardError::Status {
                command: command.name(),
                target,
                status,
            })
        }
    }

    fn padded_signature(
        channel: &mut dyn CardChannel,
        command: &varco_apdu::CommandApdu,
        modulus_bytes: usize,
        target: &'static str,
    ) -> Result<Vec<u8>, CardError> {
        let answer = channel.send(command)?;
        if !answer.status().is_success() {
            return Err(CardError::Status {
                command: command.name(),
                target,
                status: answer.status(),
            });
        }
        if answer.data().len() != modulus_bytes {
            return Err(CardError::Misbehaved {
                command: command.name(),
                target,
                what: "a signature of another length than the key",
            });
        }
        Ok(answer.data().to_vec())
    }
}

impl LoginCard for CieCard {
    fn description(&self) -> CardDescription {
        CardDescription {
            kind: CredentialKind::Cie,
            profile: self.chip.family.name.clone(),
            title_en: self.chip.family.title_en.clone(),
            title_it: self.chip.family.title_it.clone(),
            recognised_by: RecognisedBy::Application,
        }
    }

    /// Through the channel, after VERIFY.
    fn read_certificate(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        Self::must_be_secure(
            channel,
            "its certificate is given through a channel and under the PIN only",
        )?;
        let block_bytes = self.read_bytes(channel.limits());
        let mut corrected = LengthCorrection::new(channel);
        let length = |start: &[u8]| match der_total_length(start) {
            Ok(total) => Ok(Some(total)),
            Err(varco_pki::CertificateError::Truncated) => Ok(None),
            Err(_) => Err(CardError::CertificateUnreadable {
                what: "it is not DER",
            }),
        };
        read_file(
            &mut corrected,
            CERTIFICATE,
            block_bytes,
            CERTIFICATE_FIRST_BYTES,
            &length,
        )
    }

    fn read_card_id(&mut self, _channel: &mut dyn CardChannel) -> Result<CardId, CardError> {
        Err(CardError::Unsupported {
            what: "the card number of a CNS",
        })
    }

    fn user_pin(&self) -> SecretFacts {
        pin::facts(pin::USER_PIN, pin::PIN_TRIES)
    }

    fn secret(&self, secret: CardSecret) -> Option<SecretFacts> {
        match secret {
            CardSecret::Pin(PinId::User) => Some(self.user_pin()),
            CardSecret::Puk(PinId::User) => Some(pin::facts(pin::PUK, pin::PUK_TRIES)),
            _ => None,
        }
    }

    fn pin_ways(&self, _: PinId) -> PinWays {
        PinWays {
            change: Some(NewPinWay::VerifiedFirst),
            unblock: Some(NewPinWay::VerifiedFirst),
        }
    }

    fn check_signing(
        &self,
        _limits: Limits,
        modulus_bits: usize,
        scheme: SignatureScheme,
    ) -> Result<(), CardError> {
        if scheme != SignatureScheme::RsaPkcs1Sha256 {
            return Err(CardError::Unsupported {
                what: "RSASSA-PSS: this card pads by itself, as PKCS#1 v1.5 has it",
            });
        }
        if modulus_bits.is_multiple_of(8) {
            Ok(())
        } else {
            Err(CardError::Unsupported {
                what: "an RSA key whose bits do not fill bytes",
            })
        }
    }

    /// By GET DATA, which spends no try, and only within the channel. A chip that does not tell is not asked otherwise: the
    /// permit stays unspent.
    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        secret: CardSecret,
        _permit: &mut PinPermit,
    ) -> Result<Tries, CardError> {
        if !channel.is_secure() {
            return Ok(Tries::UNKNOWN);
        }
        pin::read_counter(channel, secret)
    }

    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        value: Presented<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Self::must_be_secure(channel, "a PIN sent in clear")?;
        pin::verify(channel, value, permit)
    }

    fn change(
        &mut self,
        channel: &mut dyn CardChannel,
        id: PinId,
        values: ChangeValues<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Self::must_be_secure(channel, "a PIN sent in clear")?;
        pin::change(channel, id, values, permit)
    }

    fn unblock(
        &mut self,
        channel: &mut dyn CardChannel,
        id: PinId,
        values: UnblockValues<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Self::must_be_secure(channel, "a PIN sent in clear")?;
        pin::unblock(channel, id, values, permit)
    }

    /// The key is set once for all signatures of a channel.
    fn sign(
        &mut self,
        channel: &mut dyn CardChannel,
        _verified: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError> {
        const KEY: &str = "authentication key";
        let SigningInput::DigestInfo(input) = &request.input else {
            return Err(CardError::Unsupported {
                what: "a message that was padded already",
            });
        };
        if input.len() > INPUT_MAX_BYTES {
            return Err(CardError::Unsupported {
                what: "a digest too long for the key",
            });
        }
        Self::must_be_secure(channel, "a signature outside of a channel")?;
        if !self.holder_key_is_set {
            Self::set_key(channel, HOLDER_KEY, KEY)?;
            self.holder_key_is_set = true;
        }
        let command = commands::internal_authenticate(input);
        Self::padded_signature(channel, &command, request.modulus_bits / 8, KEY)
    }

    fn as_document(&mut self) -> Option<&mut dyn DocumentCard> {
        Some(self)
    }
}

impl DocumentCard for CieCard {
    fn read_number(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        self.stand_in_application(channel)?;
        let block_bytes = self.read_bytes(channel.limits());
        let whole = |_: &[u8]| Ok(Some(NUMBER_BYTES));
        read_file(
            &mut LengthCorrection::new(channel),
            NUMBER,
            block_bytes,
            12,
            &whole,
        )
    }

    fn read_document(
        &mut self,
        channel: &mut dyn CardChannel,
        key: DocumentKey,
    ) -> Result<DocumentFiles, CardError> {
        let number = self.read_number(channel)?;
        let block_bytes = self.read_bytes(channel.limits());
        let mut channel = LengthCorrection::new(channel);
        let key_file = match key {
            DocumentKey::Device => DEVICE_PUBLIC_KEY,
            DocumentKey::Service => SERVICE_PUBLIC_KEY,
        };
        let key_length = |start: &[u8]| match der_total_length(start) {
            Ok(total) => Ok(Some(total)),
            Err(varco_pki::CertificateError::Truncated) => Ok(None),
            Err(_) => Err(CardError::Misbehaved {
                command: "READ BINARY",
                target: key_file.name,
                what: "no public key in it",
            }),
        };
        let key = read_file(&mut channel, key_file, block_bytes, block_bytes, &key_length)?;
        let object_length = |start: &[u8]| {
            security_object_length(start).map_err(|_| CardError::Misbehaved {
                command: "READ BINARY",
                target: SECURITY_OBJECT.name,
                what: "no security object in it",
            })
        };
        let security_object = read_file(
            &mut channel,
            SECURITY_OBJECT,
            block_bytes,
            block_bytes,
            &object_length,
        )?;
        Ok(DocumentFiles {
            number,
            key,
            security_object,
        })
    }

    fn sign_with_service_key(
        &mut self,
        channel: &mut dyn CardChannel,
        input: &[u8],
        modulus_bits: usize,
    ) -> Result<Vec<u8>, CardError> {
        const KEY: &str = "key against cloning";
        self.stand_in_application(channel)?;
        Self::set_key(channel, SERVICE_KEY, KEY)?;
        let answer_bytes = self.answer_bytes(channel.limits()).unwrap_or(256);
        let command = commands::internal_authenticate(input).expecting(answer_bytes);
        Self::padded_signature(channel, &command, modulus_bits / 8, KEY)
    }

    fn open_channel<'c>(
        &mut self,
        channel: &'c mut dyn CardChannel,
        device_key: &DeviceKey,
        seed: Zeroizing<[u8; 32]>,
    ) -> Result<Box<dyn CardChannel + 'c>, CardError> {
        let device_key = RsaPublicKey::new(device_key.modulus(), device_key.exponent())
            .filter(|key| key.modulus_bits() >= Strength::SPECIFIED.modulus_bits_min)
            .ok_or(CardError::NotGenuine {
                what: "its device key is not of the strength that its specification asks for",
            })?;
        self.stand_in_application(channel)?;
        self.holder_key_is_set = false;
        let limits = channel.limits();
        let answer_bytes = self.answer_bytes(limits).unwrap_or(256);
        let form = self.chip.family.domain_parameters;
        let (group, root) = {
            let mut corrected = LengthCorrection::new(&mut *channel);
            let group = parameters::read_group(&mut corrected, form, answer_bytes)?;
            (group, parameters::read_root_key(&mut corrected, answer_bytes)?)
        };
        let terms = Terms {
            group: &group,
            root: &root,
            device_key: &device_key,
            long_commands: match self.answer_bytes(limits) {
                Some(_) => LongCommands::Either,
                None => LongCommands::Chained,
            },
            answer_bytes,
        };
        let secure = authenticate(channel, terms, seed).map_err(authentication)?;
        Ok(Box::new(secure))
    }
}

fn authentication(error: AuthenticationError) -> CardError {
    match error {
        AuthenticationError::Link(error) => CardError::Link(error),
        AuthenticationError::Status {
            command,
            target,
            status,
        } => CardError::Status {
            command,
            target,
            status,
        },
        AuthenticationError::Misbehaved {
            command,
            target,
            what,
        } => CardError::Misbehaved {
            command,
            target,
            what,
        },
        AuthenticationError::Weak(_) => CardError::NotGenuine {
            what: "its Diffie-Hellman value is not in its group",
        },
        AuthenticationError::OtherRoot => CardError::Unsupported {
            what: "a root key for terminals other than the published one",
        },
        AuthenticationError::NotProven => CardError::NotGenuine {
            what: "it did not prove the device key that was signed for it",
        },
        _ => CardError::Link(LinkError::Protocol {
            what: "device authentication failed",
        }),
    }
}
