//! Ends of logins and reasons of decisions, as a citizen reads them.

use varco_card::LinkError;
use varco_credential::{CardError, PinForm, TriesLeft};
use varco_pki::{Distrust, Misuse, PathRule, ValiditySide};
use varco_session::EntryError;

use super::*;
use crate::Locale;

fn end_of(error: &LoginError) -> Explanation {
    Messages::new(Locale::English).explain(error)
}

#[test]
fn a_wrong_pin_tells_what_is_left() {
    let told = end_of(&LoginError::WrongPin {
        tries_left: TriesLeft::Known(2),
    });
    assert_eq!(
        (told.code, told.message.as_str()),
        ("pin-wrong", "The PIN is not right. 2 tries are left.")
    );
    assert!(told.advice.starts_with("Check the PIN"), "{}", told.advice);
    let told = end_of(&LoginError::WrongPin {
        tries_left: TriesLeft::Unknown,
    });
    assert!(
        told.message.ends_with("does not say how many tries are left."),
        "{}",
        told.message
    );
}

#[test]
fn a_pin_of_the_wrong_form_tells_the_form_where_it_is_known() {
    let form = PinForm {
        length_min: 5,
        length_max: 8,
        first_half: None,
    };
    let told = end_of(&LoginError::NotSent(NotSent::WrongForm { form }));
    assert!(
        told.message.contains("this card takes 5-8 digits"),
        "{}",
        told.message
    );
    let told = end_of(&LoginError::Entry(EntryError::TooLong));
    assert_eq!(told.code, "pin-wrong-form");
    assert!(
        told.message.contains("more characters than any PIN"),
        "{}",
        told.message
    );
}

#[test]
fn a_certificate_outside_its_validity_tells_the_day_and_whose_it_is() {
    let rejected = |in_path, side| {
        end_of(&LoginError::Rejected(Rejection::OutsideValidity {
            in_path,
            side,
            not_before: "2020-05-02T00:00:00Z".parse().unwrap(),
            not_after: "2026-05-01T23:59:59Z".parse().unwrap(),
        }))
    };
    let told = rejected(InPath::Leaf, ValiditySide::Expired);
    assert_eq!(
        told.message,
        "The card's certificate has expired (last valid day: 1 May 2026)."
    );
    let told = rejected(InPath::Anchor, ValiditySide::NotYetValid);
    assert_eq!(told.code, "certificate-not-yet-valid");
    assert!(told.message.contains("of the authority") && told.message.contains("2 May 2020"));
}

#[test]
fn distrust_and_misuse_are_told_apart_where_the_next_step_differs() {
    let told = |distrust: Distrust| end_of(&LoginError::Rejected(distrust.into()));
    assert!(told(Distrust::UnknownIssuer).advice.contains("add the authority"));
    assert!(told(Distrust::NoAnchors).advice.contains("--trust"));
    assert!(
        told(Distrust::BadSignature)
            .advice
            .contains("Do not log in with this card")
    );
    assert!(told(Distrust::WeakKey).advice.contains("--trust-legacy"));
    assert!(
        told(Distrust::BadPath(PathRule::PathLength))
            .message
            .contains("more authorities")
    );
    let told = end_of(&LoginError::Rejected(Misuse::NonRepudiation.into()));
    assert!(told.message.contains("signing documents"));
}

#[test]
fn an_error_of_the_link_comes_through() {
    let told = end_of(&LoginError::Card(CardError::Link(LinkError::CardRemoved)));
    assert_eq!(told.code, "card-removed");
    assert!(told.advice.contains("leave it in the reader"));
}

#[test]
fn a_decision_is_told_with_levels_and_days_in_words() {
    let italian = Messages::new(Locale::Italian);
    let arguments: Arguments = [("level", "low".to_owned()), ("needed", "substantial".to_owned())].into();
    assert_eq!(
        italian.decided("deny-assurance-too-low", &arguments),
        "Hai fatto un accesso di livello basso, ma per questo servizio serve un accesso di livello \
         significativo (SPID di livello 2, CIE o CNS)."
    );
    let arguments: Arguments = [("last_day", "2021-09-30".to_owned())].into();
    assert_eq!(
        italian.decided("deny-inps-pin-ended", &arguments),
        "Il PIN INPS non vale più per questo servizio (ultimo giorno: 30 settembre 2021)."
    );
}
