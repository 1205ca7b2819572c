//! A question for tests.

use varco_access_policy::Title;
use varco_card::ReaderName;
use varco_credential::{CardDescription, CardSecret, CredentialKind, PinForm, RecognisedBy, TriesLeft};
use varco_session::{AskedValue, PinQuestion, Purpose};

/// The PIN of an identity card as it comes: eight digits, four on each paper.
pub(crate) const HALVES: PinForm = PinForm {
    length_min: 8,
    length_max: 8,
    first_half: Some(4),
};

/// Asks for the PIN of a CNS, for a login, with two of three tries left, or whatever `alter` makes of that.
pub(crate) fn asking<T>(
    alter: impl FnOnce(&mut PinQuestion<'_>),
    ask: impl FnOnce(&PinQuestion<'_>) -> T,
) -> T {
    let card = CardDescription {
        kind: CredentialKind::Cns,
        profile: "st-incard-1.1".to_owned(),
        title_en: "CNS (ST/Incard)".to_owned(),
        title_it: "CNS (ST/Incard)".to_owned(),
        recognised_by: RecognisedBy::AnswerToReset,
    };
    let title = Title {
        it: "Estratto conto contributivo".to_owned(),
        en: "Contribution record".to_owned(),
    };
    let reader = ReaderName::new("Lettore\u{1b}[2J 00");
    let mut question = PinQuestion {
        reader: &reader,
        card: &card,
        secret: CardSecret::USER_PIN,
        value: AskedValue::Present,
        purpose: Purpose::Login,
        form: PinForm {
            length_min: 5,
            length_max: 8,
            first_half: None,
        },
        tries_left: Some(TriesLeft::Known(2)),
        tries_max: Some(3),
        audience: "https://servizi.example.it",
        service: Some(&title),
        not_taken: None,
    };
    alter(&mut question);
    ask(&question)
}
