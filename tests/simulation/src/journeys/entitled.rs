//! Who may be let in: judged from what a card was made as (`fixtures/recipe.toml`) and from whom the process was told to believe,
//! both as they were drawn, and never from what the code under test says of either.
//!
//! Not here: whether the card signed (`fresh`), and everything about PIN tries (`oracle`).

use varco_access_policy::{Effect, ServiceClass};

use super::act::Done;
use super::invariant::ENTITLED as NAME;
use super::keeper::KeptOf;
use super::oracle::{Acted, Verdict, require};
use super::spec::Kind;

/// What is wrong with a card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flaw {
    None,
    /// It cannot prove anything, or lies in its channel: no one is let in by it, whoever is believed.
    Never,
    /// As that, and it shows before a value is sent.
    NeverAndNoValue,
    /// It stands in the lists, as revoked or suspended.
    Listed,
    /// It was changed after it was signed: who asks where it comes from finds out.
    Changed,
    /// As that, and it shows before a value is sent.
    ChangedAndNoValue,
}

impl Flaw {
    /// By the name of a card of the fixtures, whose README says what is special.
    pub(crate) fn of(card: &str) -> Self {
        match card {
            "cns-wrong-key" | "cns-digest-info" | "cns-short" | "cie-unprotected-verify" => Self::Never,
            "cns-no-certificate" | "cns-bit4id" => Self::NeverAndNoValue,
            "cie-clone-device" | "cie-dh-one" | "cie-flipped-mac" | "cie-replayed-answer" => {
                Self::NeverAndNoValue
            }
            "cns-revoked" | "cns-suspended" | "cie-revoked" => Self::Listed,
            "cie-tampered-certificate" => Self::Changed,
            "cie-bad-signature" => Self::ChangedAndNoValue,
            _ => Self::None,
        }
    }
}

/// What is known of what was revoked, and how sure one must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Revoked {
    /// The lists, and all must be known.
    HardByLists,
    /// The lists, and what is not known passes.
    SoftByLists,
    /// No list, and all must be known.
    HardByNothing,
    /// Nobody asks.
    Off,
}

/// Who signed documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signers {
    Known,
    Nobody,
    Unchecked,
}

/// Whom the process believes, as it was drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Belief {
    pub(crate) has_anchors: bool,
    pub(crate) revoked: Revoked,
    pub(crate) signers: Signers,
    /// The instant of which it judges, in seconds since 1970.
    pub(crate) at_s: i64,
    /// Whether test material, of which every card here is, counts at the service.
    pub(crate) admits_tests: bool,
    /// What the wanted service is.
    pub(crate) class: Option<ServiceClass>,
}

/// Why nobody may be let in by this card where that is believed; `None` where somebody may.
fn barred(done: &Done) -> Option<&'static str> {
    let (about, belief) = (&*done.about, done.belief);
    let asks_origin = about.is_document && belief.signers != Signers::Unchecked;
    let (from_s, until_s) = about.valid_s;
    match about.flaw {
        Flaw::Never | Flaw::NeverAndNoValue => return Some("the card can prove nothing"),
        Flaw::Listed if matches!(belief.revoked, Revoked::HardByLists | Revoked::SoftByLists) => {
            return Some("its certificate stands in the lists");
        }
        Flaw::Changed | Flaw::ChangedAndNoValue if asks_origin => return Some("it was changed"),
        _ => {}
    }
    if !belief.has_anchors {
        Some("nobody is believed to issue certificates")
    } else if belief.revoked == Revoked::HardByNothing {
        Some("it must be known what is revoked, and nothing is")
    } else if about.is_document && belief.signers == Signers::Nobody {
        Some("nobody is believed to sign documents")
    } else if belief.at_s < from_s || belief.at_s > until_s {
        Some("its certificate is not valid at that time")
    } else {
        None
    }
}

/// Nobody is identified by a card that is expired, revoked, suspended, changed, cloned, unable to sign, or below nobody who is
/// believed, nor by one whose PIN was blocked; and nothing is permitted to test material, or beyond consultation to what is weak.
pub(crate) fn nobody_is_let_in_who_should_not_be(acted: &Acted<'_>) -> Verdict {
    let done = acted.done;
    let has_proof = done
        .kept
        .iter()
        .any(|call| matches!(&call.of, KeptOf::Proof(_, Some(_))));
    let is_identified = done.identity.is_some() || has_proof;
    if let Some(why) = barred(done).filter(|_| is_identified) {
        return require(
            false,
            NAME,
            &format!("{} identified somebody: {why}", done.about.name),
        );
    }
    if is_identified {
        let is_accepted = acted
            .values()
            .any(|(_, pin)| pin.is_accepted() && pin.before.pin > 0);
        require(is_accepted, NAME, "the card had no try left, or refused the PIN")?;
    }
    no_value_goes_to_a_card_that_shows_itself(acted)?;
    match &done.decision {
        Some(decision) if decision.effect == Effect::Permit => {
            require(done.belief.admits_tests, NAME, "test material was permitted")?;
            let is_public = matches!(
                done.belief.class,
                Some(ServiceClass::Information | ServiceClass::Consultation)
            );
            require(
                is_public || !is_weak(done),
                NAME,
                "a weak login was permitted more than to read",
            )
        }
        _ => Ok(()),
    }
}

/// Whether the login has a weakness that is let through: by how the card's authority signs, or by what nobody asked.
fn is_weak(done: &Done) -> bool {
    let (about, belief) = (&*done.about, done.belief);
    about.is_legacy
        || belief.revoked == Revoked::Off
        || (about.is_document && belief.signers == Signers::Unchecked)
}

/// Where a login can tell before the PIN that nobody will be let in, the PIN stays with whoever typed it.
fn no_value_goes_to_a_card_that_shows_itself(acted: &Acted<'_>) -> Verdict {
    let done = acted.done;
    let asks_origin = done.about.is_document && done.belief.signers != Signers::Unchecked;
    let shows = match done.about.flaw {
        Flaw::NeverAndNoValue => acted.kind == Kind::Login,
        Flaw::ChangedAndNoValue => acted.kind != Kind::Status && asks_origin,
        // The certificate of a CNS is judged before its PIN is asked for.
        _ => {
            acted.kind == Kind::Login
                && !done.about.is_document
                && barred(done).is_some()
                && done.about.flaw != Flaw::Never
        }
    };
    // One that another card was put in place of meanwhile is no longer judged as itself.
    let to_it = acted.values().any(|(heard, _)| heard.card == done.card);
    require(
        !shows || !to_it,
        NAME,
        "a value was sent to a card that shows that it is not to be believed",
    )
}
