//! Every question in both languages: who asks for what, what a mistake costs, and where it is typed.

use varco_messages::Locale;

use super::*;
use crate::sample::{HALVES, asking};

const TERMINAL: Face<'_> = Face::Terminal(Duration::from_secs(60));

fn told(locale: Locale, alter: impl FnOnce(&mut PinQuestion<'_>)) -> Vec<String> {
    let messages = Messages::new(locale);
    asking(alter, |question| {
        let mut lines: Vec<String> = not_taken(question, &messages).into_iter().collect();
        lines.extend(lines_without_card(question, &messages));
        lines.push(prompt(question, &messages));
        lines
    })
}

fn lines_without_card(question: &PinQuestion<'_>, messages: &Messages) -> Vec<String> {
    let lines = lines(question, messages, TERMINAL);
    let named = |line: &String| {
        ["Carta: ", "Lettore: ", "Card: ", "Reader: "]
            .iter()
            .any(|name| line.starts_with(name))
    };
    // Those of a new value stand on the screen already.
    let due = if question.value == AskedValue::Present {
        2
    } else {
        0
    };
    assert_eq!(lines.iter().filter(|line| named(line)).count(), due, "{lines:?}");
    lines.into_iter().filter(|line| !named(line)).collect()
}

#[test]
fn a_login_says_who_asks_for_which_service() {
    assert_eq!(
        told(Locale::English, |_| ()),
        [
            "Who asks for the login: https://servizi.example.it",
            "For the service: Contribution record",
            "Tries left: 2 of 3.",
            "Type the PIN of the card (5-8 digits) and press Enter. Nothing shows while you type. Press Esc to cancel.",
            "If you type nothing for 60 seconds, the request ends and no try is spent.",
            "PIN:",
        ]
    );
}

#[test]
fn an_unblocking_asks_for_the_puk_and_says_what_losing_it_costs() {
    let puk = |question: &mut PinQuestion<'_>| {
        question.purpose = Purpose::UnblockPin;
        question.secret = CardSecret::Puk(PinId::User);
        question.form = HALVES;
        question.tries_left = Some(TriesLeft::Known(1));
        question.tries_max = Some(10);
        question.audience = "";
    };
    assert_eq!(
        told(Locale::Italian, puk),
        [
            "Si sblocca il PIN della carta, con il PUK e un nuovo PIN.",
            "Tentativi rimasti: 1 di 10.",
            "Attenzione: è l'ultimo tentativo. Se il PUK è sbagliato, il PIN non si potrà più sbloccare e la carta andrà \
             sostituita.",
            "Le prime 4 cifre sono sulla ricevuta della richiesta della carta, le altre 4 nella lettera arrivata con la \
             carta, se non le hai cambiate.",
            "Puoi scriverle tutte di seguito, oppure scrivere le prime 4 e premere Invio: poi ti chiedo le altre.",
            "Scrivi il PUK della carta (8 cifre) e premi Invio. Mentre scrivi non compare nulla. Per annullare premi Esc.",
            "Se per 60 secondi non scrivi nulla, la richiesta finisce e non si perde nessun tentativo.",
            "PUK:",
        ]
    );
}

#[test]
fn a_new_pin_is_at_no_stake_and_on_no_paper() {
    let new = |question: &mut PinQuestion<'_>| {
        question.purpose = Purpose::ChangePin;
        question.value = AskedValue::New;
        question.form = HALVES;
        question.tries_left = None;
        question.audience = "varco";
        question.not_taken = Some(NotTaken::NewPin(NewPinProblem::Run));
    };
    assert_eq!(
        told(Locale::Italian, new),
        [
            "Un PIN di cifre in fila, come 23456 o 98765, si indovina subito: scegline un altro. Alla carta non è stato \
             inviato nulla.",
            "Scrivi il nuovo PIN (8 cifre) e premi Invio. Mentre scrivi non compare nulla. Per annullare premi Esc.",
            "Se per 60 secondi non scrivi nulla, la richiesta finisce e non si perde nessun tentativo.",
            "Nuovo PIN:",
        ]
    );
}

/// Which value of which secret: what is to be typed, and what stands before the keys.
#[test]
fn every_value_of_every_secret_is_named() {
    let secrets = [PinId::User, PinId::Signature].map(CardSecret::Pin);
    let puks = [PinId::User, PinId::Signature].map(CardSecret::Puk);
    let values = [AskedValue::Present, AskedValue::New, AskedValue::NewAgain];
    for locale in [Locale::Italian, Locale::English] {
        let mut seen = Vec::new();
        for purpose in [Purpose::ChangePin, Purpose::UnblockPin, Purpose::ReadCertificate] {
            let asked = match purpose {
                Purpose::ChangePin => secrets
                    .iter()
                    .flat_map(|secret| values.map(|value| (*secret, value)))
                    .collect(),
                Purpose::UnblockPin => puks.map(|puk| (puk, AskedValue::Present)).to_vec(),
                _ => vec![(CardSecret::USER_PIN, AskedValue::Present)],
            };
            for (secret, value) in asked {
                let lines = told(locale, |question| {
                    (question.purpose, question.secret, question.value) = (purpose, secret, value);
                });
                let said = lines.concat();
                seen.push(lines.last().unwrap().clone());
                assert!(!said.contains('{') && !said.contains("Message without"), "{said}");
            }
        }
        let told = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((told, seen.len()), (9, 9), "{seen:?}");
    }
}

#[test]
fn a_counter_that_comes_later_or_never_is_not_said_as_a_number() {
    let later = told(Locale::Italian, |question| question.tries_left = None).concat();
    assert!(later.contains("solo dopo che il PIN è stato scritto"), "{later}");
    let unknown = told(Locale::Italian, |question| {
        question.tries_left = Some(TriesLeft::Unknown);
    })
    .concat();
    assert!(
        unknown.contains("Questa carta non dice quanti tentativi restano."),
        "{unknown}"
    );
    let without_most = told(Locale::Italian, |question| question.tries_max = None).concat();
    assert!(
        without_most.contains("Tentativi rimasti: 2.Scrivi"),
        "{without_most}"
    );
    let messages = Messages::new(Locale::English);
    let unknown = before_sending(CardSecret::USER_PIN, TriesLeft::Unknown, &messages);
    assert_eq!(unknown, ["The card does not say how many tries are left."]);
}

#[test]
fn each_reason_for_asking_again_has_its_own_sentence() {
    let reasons = [
        NotTaken::WrongForm,
        NotTaken::RefusedBefore,
        NotTaken::NewPin(NewPinProblem::Uniform),
        NotTaken::NewPin(NewPinProblem::Run),
        NotTaken::NewPin(NewPinProblem::SameAsPresent),
        NotTaken::Differ,
    ];
    let messages = Messages::new(Locale::English);
    let mut sentences = reasons.map(|reason| {
        asking(
            |question| question.not_taken = Some(reason),
            |question| not_taken(question, &messages),
        )
        .unwrap()
    });
    sentences.sort();
    assert!(
        sentences.windows(2).all(|pair| pair[0] != pair[1]),
        "{sentences:?}"
    );
}
