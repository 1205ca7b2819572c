//! A card in a few lines that signs with a fixture's key, and the way from it to evidence.

use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, PrivateKey};
use varco_apdu::{Atr, Pin};
use varco_auth::{Audience, Challenge, VerifiedIdentity};
use varco_card::{CardChannel, Limits, PinPermit, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
use varco_credential::{
    Attempt, Attendance, CardDescription, CardError, CardSecret, CardSignature, CounterQuery, CredentialKind,
    Given, LastTry, LoginCard, PinForm, PinOutcome, PinReference, PinRules, PinSession, PinVerified,
    Presented, RecognisedBy, SecretFacts, SignatureScheme, SigningInput, SigningRequest, Tries, TriesLeft,
    UnknownTries, Verification,
};
use varco_pki::{
    AnchorKind, CardId, Certificate, ChainValid, EvidenceAtHand, HeldList, Judging, RevocationCheck,
    RevocationMode, Timestamp, TrustAnchor, TrustAnchors, judge_cns,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
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

/// The instant of the tests.
pub(crate) const NOW: &str = "2026-06-01T09:00:00Z";

/// Accepts any PIN and signs with a fixture's key.
struct SoftwareCard(PrivateKey);

impl LoginCard for SoftwareCard {
    fn description(&self) -> CardDescription {
        CardDescription {
            kind: CredentialKind::Cns,
            profile: "software".into(),
            title_en: "software".into(),
            title_it: "software".into(),
            recognised_by: RecognisedBy::AnswerToReset,
        }
    }
    fn read_certificate(&mut self, _: &mut dyn CardChannel) -> Result<Vec<u8>, CardError> {
        Err(CardError::CertificateAbsent)
    }
    fn read_card_id(&mut self, _: &mut dyn CardChannel) -> Result<CardId, CardError> {
        Err(CardError::Unsupported { what: "card number" })
    }
    fn check_signing(&self, _: Limits, _: usize, _: SignatureScheme) -> Result<(), CardError> {
        Ok(())
    }
    fn user_pin(&self) -> SecretFacts {
        FACTS
    }
    fn query_counter(
        &mut self,
        _: &mut dyn CardChannel,
        _: CardSecret,
        _: &mut PinPermit,
    ) -> Result<Tries, CardError> {
        Ok(Tries::UNKNOWN)
    }
    fn verify(
        &mut self,
        _: &mut dyn CardChannel,
        _: Presented<'_>,
        _: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Ok(PinOutcome::Verified)
    }
    fn sign(
        &mut self,
        _: &mut dyn CardChannel,
        _: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError> {
        let SigningInput::DigestInfo(digest_info) = &request.input else {
            panic!("not asked for yet")
        };
        Ok(self.0.sign(Pkcs1v15Sign::new_unprefixed(), digest_info).unwrap())
    }
}

/// What the card of a fixture answers to a request.
pub(crate) fn sign(card: &str, request: &SigningRequest) -> CardSignature {
    let key = std::fs::read(format!("{FIXTURES}cards/{card}/key.p8")).unwrap();
    let mut card = SoftwareCard(PrivateKey::from_pkcs8_der(&key).unwrap());
    let mut link = ScriptedLink::new(Atr::new(&[0x3B, 0x00]).unwrap());
    let mut transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let pin = Pin::take_from(&mut b"12345".to_vec()).unwrap();
    let authorised = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify)
        .authorise(
            Given::typed(pin),
            &Attempt::verify(
                CardSecret::USER_PIN,
                FACTS,
                TriesLeft::Known(3),
                transaction.epoch(),
            ),
        )
        .unwrap();
    let Verification::Verified(mut session) = PinSession::approach(&mut card, &mut transaction)
        .and_then(|card| card.open(authorised))
        .unwrap()
    else {
        panic!("the card takes any PIN")
    };
    session.sign(request).unwrap()
}

/// What the fixture authorities have revoked.
pub(crate) fn evidence() -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for list in ["crl-cns", "crl-legacy", "crl-cie-sub"] {
        let der = std::fs::read(format!("{FIXTURES}pki/{list}.crl")).unwrap();
        evidence.add_list(std::sync::Arc::new(HeldList::parse(der, None).unwrap()));
    }
    evidence
}

/// The verdict on the certificate of a fixture's card, under both fixture authorities for CNS.
pub(crate) fn judged(card: &str) -> ChainValid {
    let read = |path: String| Certificate::parse(&std::fs::read(path).unwrap()).unwrap();
    let anchors: TrustAnchors = ["ca-cns", "ca-cns-legacy"]
        .map(|ca| TrustAnchor::new(read(format!("{FIXTURES}pki/{ca}.der")), AnchorKind::Test).unwrap())
        .into_iter()
        .collect();
    let leaf = read(format!("{FIXTURES}cards/{card}/ef-1101.bin"));
    let evidence = evidence();
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: &evidence,
    };
    judge_cns(leaf, &Judging::new(&anchors, at(NOW)).checking(check)).unwrap()
}

pub(crate) fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

pub(crate) fn challenge(random: [u8; 32]) -> Challenge {
    let audience = Audience::parse("https://servizi.example.it").unwrap();
    Challenge::new(random, audience, None, at(NOW))
}

/// The identity that the card of a fixture proves.
pub(crate) fn identity(card: &str, random: [u8; 32]) -> VerifiedIdentity {
    let challenge = challenge(random);
    let chain = judged(card);
    let signature = sign(card, &challenge.signing_request(&chain).unwrap());
    VerifiedIdentity::from_card(challenge.verify(chain, signature, at(NOW)).unwrap(), None)
}
