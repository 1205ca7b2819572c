//! Claims about a PIN session, told on a card of a few lines.

use varco_apdu::{Atr, CommandApdu, Pin, ins};
use varco_card::{
    CardLink as _, Disposition, LinkError, PinPermit, Request, Transaction, WAIT_DEFAULT,
    scripted::ScriptedLink,
};
use varco_pki::CardId;

use super::*;
use crate::{Attempt, SecretFacts, SigningInput};
use crate::{
    Attendance, CardDescription, CredentialKind, LastTry, PinForm, PinReference, PinRules, UnknownTries,
};

const FORM: PinForm = PinForm {
    length_min: 5,
    length_max: 8,
    first_half: None,
};

const FACTS: SecretFacts = SecretFacts {
    form: FORM,
    reference: PinReference(0x10),
    counter_query: CounterQuery::NotAsked,
    tries_max: None,
};

struct TinyCard(CounterQuery);

impl LoginCard for TinyCard {
    fn description(&self) -> CardDescription {
        CardDescription {
            kind: CredentialKind::Cns,
            profile: "tiny".into(),
            title_en: "tiny".into(),
            title_it: "tiny".into(),
            recognised_by: crate::RecognisedBy::AnswerToReset,
        }
    }
    fn read_certificate(&mut self, _: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        Err(CardError::CertificateAbsent)
    }
    fn read_card_id(&mut self, _: &mut dyn CardChannel) -> Result<CardId, CardError> {
        Err(CardError::Unsupported { what: "card number" })
    }
    fn user_pin(&self) -> SecretFacts {
        SecretFacts {
            counter_query: self.0,
            ..FACTS
        }
    }
    fn check_signing(
        &self,
        _: varco_card::Limits,
        _: usize,
        _: crate::SignatureScheme,
    ) -> Result<(), CardError> {
        Ok(())
    }
    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        _: CardSecret,
        permit: &mut PinPermit,
    ) -> Result<Tries, CardError> {
        let command = CommandApdu::new(0, ins::VERIFY, 0, 0x10);
        let answer = channel.exchange(Request::PinCommand {
            command: &command,
            permit,
        })?;
        let left = answer.status().tries_left();
        Ok(Tries {
            left: left.map_or(TriesLeft::Unknown, TriesLeft::Known),
            most: None,
        })
    }
    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        value: Presented<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        let Presented::Pin(_, pin) = value else {
            return Err(CardError::Unsupported {
                what: "other than a PIN",
            });
        };
        let command =
            CommandApdu::new(0, ins::VERIFY, 0, 0x10).with_secret_data(pin.padded(8, 0xFF).unwrap());
        let answer = channel.exchange(Request::PinCommand {
            command: &command,
            permit,
        })?;
        Ok(
            match (answer.status().is_success(), answer.status().tries_left()) {
                (true, _) => PinOutcome::Verified,
                (_, Some(tries)) => PinOutcome::Wrong {
                    tries_left: TriesLeft::Known(tries),
                },
                _ => PinOutcome::Wrong {
                    tries_left: TriesLeft::Unknown,
                },
            },
        )
    }
    fn sign(
        &mut self,
        channel: &mut dyn CardChannel,
        _: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError> {
        let command = CommandApdu::new(0, 0x2A, 0x9E, 0x9A)
            .with_data(match &request.input {
                SigningInput::DigestInfo(bytes) | SigningInput::EncodedMessage(bytes) => bytes,
            })
            .expecting(256);
        Ok(channel.send(&command)?.data().to_vec())
    }
}

fn link() -> ScriptedLink {
    ScriptedLink::new(Atr::new(&[0x3B, 0x00]).unwrap())
}

fn authorise(epoch: Epoch) -> AuthorisedPin {
    let pin = Pin::take_from(&mut b"12345".to_vec()).unwrap();
    PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify)
        .authorise(
            Given::typed(pin),
            &Attempt::verify(CardSecret::USER_PIN, FACTS, TriesLeft::Known(3), epoch),
        )
        .unwrap()
}

const VERIFY: &str = "00200010083132333435FFFFFF";

fn request() -> SigningRequest {
    SigningRequest {
        input: SigningInput::DigestInfo(vec![1]),
        modulus_bits: 2048,
    }
}

#[test]
fn a_session_ends_with_a_reset_when_finished_and_when_dropped() {
    for finishes in [true, false] {
        let mut link = link();
        link.expect(VERIFY, "9000");
        link.expect("002A9E9A010100", "AA9000");
        {
            let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
            let mut card = TinyCard(CounterQuery::Free);
            let authorised = authorise(transaction.epoch());
            let Verification::Verified(mut session) = PinSession::approach(&mut card, &mut transaction)
                .and_then(|card| card.open(authorised))
                .unwrap()
            else {
                panic!("verified")
            };
            assert_eq!(session.sign(&request()).unwrap().as_bytes(), [0xAA]);
            if finishes {
                session.finish().unwrap();
            }
        }
        assert_eq!(link.endings[0], Disposition::Reset);
    }
}

#[test]
fn a_wrong_pin_without_counter_is_followed_by_a_free_query_and_by_none_otherwise() {
    for (query, script, expected) in [
        (
            CounterQuery::Free,
            vec![(VERIFY, "6300"), ("00200010", "63C2")],
            TriesLeft::Known(2),
        ),
        (CounterQuery::NotAsked, vec![(VERIFY, "6300")], TriesLeft::Unknown),
        (
            CounterQuery::NotAsked,
            vec![(VERIFY, "63C1")],
            TriesLeft::Known(1),
        ),
    ] {
        let mut link = link();
        for (command, answer) in script {
            link.expect(command, answer);
        }
        {
            let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
            let authorised = authorise(transaction.epoch());
            let mut card = TinyCard(query);
            let Verification::Wrong { tries_left } = PinSession::approach(&mut card, &mut transaction)
                .and_then(|card| card.open(authorised))
                .unwrap()
            else {
                panic!("wrong")
            };
            assert_eq!(tries_left, expected);
        }
        assert_eq!(
            (link.remaining(), link.endings.as_slice()),
            (0, &[Disposition::Reset][..])
        );
    }
}

#[test]
fn a_last_wrong_try_is_blocked_in_either_word() {
    let mut link = link();
    link.expect(VERIFY, "63C0");
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let authorised = authorise(transaction.epoch());
    let mut card = TinyCard(CounterQuery::Free);
    let verification = PinSession::approach(&mut card, &mut transaction)
        .and_then(|card| card.open(authorised))
        .unwrap();
    assert!(matches!(verification, Verification::Blocked));
}

#[test]
fn nothing_is_signed_with_a_grant_of_an_earlier_epoch() {
    let mut link = link();
    link.expect(VERIFY, "9000");
    link.fail(LinkError::CardRemoved);
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let authorised = authorise(transaction.epoch());
    let mut card = TinyCard(CounterQuery::Free);
    let Verification::Verified(mut session) = PinSession::approach(&mut card, &mut transaction)
        .and_then(|card| card.open(authorised))
        .unwrap()
    else {
        panic!("verified")
    };
    assert_eq!(
        session.sign(&request()).unwrap_err(),
        CardError::Link(LinkError::CardRemoved)
    );
    assert_eq!(session.sign(&request()).unwrap_err(), CardError::GrantLost);
}

#[test]
fn a_pin_authorised_in_an_earlier_epoch_does_not_leave_the_host() {
    let mut link = link();
    let authorised = authorise(link.epoch());
    link.reset().unwrap();
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let mut card = TinyCard(CounterQuery::Free);
    let refused = PinSession::approach(&mut card, &mut transaction)
        .and_then(|card| card.open(authorised))
        .unwrap_err();
    assert_eq!(refused.code(), "pin-guard");
    assert_eq!(transaction.exchanges(), 0);
}
