//! Every reason against the page that publishes them, with its error code and exit code.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::CodiceFiscaleError;

/// After each error the next one, so that a new one does not compile before it stands here.
fn unreadable() -> Vec<CertificateError> {
    use CertificateError as E;
    let mut all = vec![E::NotDer];
    while let Some(next) = all.last().and_then(|last| match last {
        E::NotDer => Some(E::Truncated),
        E::Truncated => Some(E::TrailingBytes),
        E::TrailingBytes => Some(E::TooLarge),
        E::TooLarge => Some(E::Malformed("part")),
        E::Malformed(_) => Some(E::Ambiguous("part")),
        E::Ambiguous(_) => None,
    }) {
        all.push(next);
    }
    all
}

fn rules() -> Vec<PathRule> {
    use PathRule as R;
    let mut all = vec![R::NotAnAuthority];
    while let Some(next) = all.last().and_then(|last| match last {
        R::NotAnAuthority => Some(R::KeyUsage),
        R::KeyUsage => Some(R::PathLength),
        R::PathLength => Some(R::NameConstraints),
        R::NameConstraints => Some(R::Policies),
        R::Policies => Some(R::UnknownCriticalExtension),
        R::UnknownCriticalExtension => Some(R::MalformedExtension),
        R::MalformedExtension => Some(R::Other),
        R::Other => None,
    }) {
        all.push(next);
    }
    all
}

fn distrusts() -> Vec<Distrust> {
    use Distrust as D;
    let mut all = vec![D::NoAnchors];
    while let Some(next) = all.last().and_then(|last| match last {
        D::NoAnchors => Some(D::UnknownIssuer),
        D::UnknownIssuer => Some(D::BadSignature),
        D::BadSignature => Some(D::WeakKey),
        D::WeakKey => Some(D::WeakSignature),
        D::WeakSignature => Some(D::AnchorUse),
        D::AnchorUse => Some(D::TooManyIntermediates),
        D::TooManyIntermediates => Some(D::BadPath(PathRule::Other)),
        D::BadPath(_) => None,
    }) {
        all.push(next);
    }
    all.pop();
    all.extend(rules().into_iter().map(D::BadPath));
    all
}

fn misuses() -> Vec<Misuse> {
    use Misuse as M;
    let subject = M::Subject(SubjectError::CodiceFiscale(CodiceFiscaleError::Length));
    let mut all = vec![M::Authority];
    while let Some(next) = all.last().and_then(|last| match last {
        M::Authority => Some(M::NoCnsPolicy),
        M::NoCnsPolicy => Some(M::NoCiePolicy),
        M::NoCiePolicy => Some(M::NoDigitalSignature),
        M::NoDigitalSignature => Some(M::NonRepudiation),
        M::NonRepudiation => Some(M::NoClientAuthentication),
        M::NoClientAuthentication => Some(M::KeyKind),
        M::KeyKind => Some(M::SmallExponent),
        M::SmallExponent => Some(subject),
        M::Subject(_) => None,
    }) {
        all.push(next);
    }
    all
}

fn undetermined() -> Vec<Undetermined> {
    use Undetermined as U;
    let mut all = vec![U::NoEvidence];
    while let Some(next) = all.last().and_then(|last| match last {
        U::NoEvidence => Some(U::NotFetched),
        U::NotFetched => Some(U::Unsupported),
        U::Unsupported => Some(U::OutOfScope),
        U::OutOfScope => Some(U::Unreadable),
        U::Unreadable => Some(U::NotSigned),
        U::NotSigned => Some(U::Weak),
        U::Weak => Some(U::Future),
        U::Future => Some(U::UnknownCritical),
        U::UnknownCritical => Some(U::ReasonsUncovered),
        U::ReasonsUncovered => Some(U::ResponderRefused),
        U::ResponderRefused => Some(U::ResponderUnknown),
        U::ResponderUnknown => Some(U::ResponderUnchecked),
        U::ResponderUnchecked => Some(U::Stale(Timestamp::UNIX_EPOCH)),
        U::Stale(_) => Some(U::TooMuch),
        U::TooMuch => None,
    }) {
        all.push(next);
    }
    all
}

/// One of each kind, in the order of their exit codes.
fn all() -> Vec<Rejection> {
    let in_path = InPath::Leaf;
    let at = Timestamp::UNIX_EPOCH;
    let outside = |side| Rejection::OutsideValidity {
        in_path,
        side,
        not_before: at,
        not_after: at,
    };
    let mut all: Vec<Rejection> = unreadable().into_iter().map(Rejection::from).collect();
    all.extend(distrusts().into_iter().map(Rejection::from));
    all.extend([ValiditySide::NotYetValid, ValiditySide::Expired].map(outside));
    all.push(Rejection::Revoked {
        in_path,
        revoked_at: at,
        reason: RevocationReason::Unspecified,
    });
    all.extend(misuses().into_iter().map(Rejection::from));
    let unknown = |reason| Rejection::RevocationUnknown { in_path, reason };
    all.extend(undetermined().into_iter().map(unknown));
    all.push(Rejection::Suspended {
        in_path,
        suspended_at: at,
    });
    all
}

/// The rows of the page of four cells: reason, error code, exit, meaning.
fn published() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let page = include_str!("../../../../docs/cli.md");
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
            let [reason, code, exit, meaning, ""] = cells[..] else {
                return None;
            };
            exit.parse::<u8>().ok()?;
            assert!(!meaning.is_empty(), "{reason}");
            Some((reason.trim_matches('`'), (code.trim_matches('`'), exit)))
        })
        .collect()
}

#[test]
fn reasons_are_distinct_words() {
    let words: Vec<&str> = all().iter().map(Rejection::reason).collect();
    let unique: BTreeSet<&str> = words.iter().copied().collect();
    assert_eq!(unique.len(), words.len(), "{words:?}");
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    assert!(words.iter().all(is_word), "{words:?}");
}

#[test]
fn the_page_lists_every_reason_with_its_code_and_no_other() {
    let page = published();
    let known: BTreeMap<&str, &str> = all()
        .iter()
        .map(|rejection| (rejection.reason(), rejection.code()))
        .collect();
    let listed: BTreeMap<&str, &str> = page.iter().map(|(reason, (code, _))| (*reason, *code)).collect();
    assert_eq!(listed, known);
}

/// Of several pieces of evidence that cannot be used, the one furthest down is told.
#[test]
fn the_page_lists_what_is_not_known_in_the_order_in_which_it_is_told() {
    let page = include_str!("../../../../docs/cli.md");
    let known = undetermined();
    assert!(known.is_sorted());
    let place = |reason: &Undetermined| page.find(&format!("| `{}` |", reason.reason()));
    let places: Vec<Option<usize>> = known.iter().map(place).collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// The numbers are those of the page's own table of exit codes, which the program is held against.
#[test]
fn the_page_gives_each_reason_the_exit_code_of_its_error_code() {
    let page = include_str!("../../../../docs/cli.md");
    for (reason, (code, exit)) in published() {
        let row = page.lines().find(|line| line.starts_with(&format!("| {exit} |")));
        let quoted = format!("`{code}`");
        assert!(
            row.is_some_and(|row| row.contains(&quoted)),
            "{reason}: {code} in {exit}"
        );
    }
}

#[test]
fn every_sentence_is_one_line() {
    for rejection in all() {
        let told = rejection.to_string();
        assert!(!told.is_empty() && !told.contains(char::is_control), "{told}");
    }
}
