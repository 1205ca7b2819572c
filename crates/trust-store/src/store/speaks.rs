//! Whether there is any point in fetching: what is at hand speaks of the certificate and is fresh, or it does not.
//!
//! This decides nothing about the certificate; `varco-pki` does, and looks more closely. Not here: fetching.

use varco_pki::{
    Asked, Certificate, CrlHeader, DistributionPoint, GeneralName, KnownList, KnownRevocation, PointName,
    Subjects, Timestamp,
};

/// How far a list may be from the future, in seconds.
const SKEW_S: i64 = 300;

/// Whether a fresh list of the issuer's about this certificate is at hand.
pub(super) fn is_fresh(known: &KnownRevocation, asked: Asked<'_>, now: Timestamp) -> bool {
    known.lists.iter().any(|list| is_list_fresh(&**list, asked, now))
}

/// Whether a list made and due at these instants counts at another.
pub(super) fn is_in_time(made: Timestamp, due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_some_and(|due| now <= due) && made.as_second() <= now.as_second().saturating_add(SKEW_S)
}

fn is_list_fresh(list: &dyn KnownList, asked: Asked<'_>, now: Timestamp) -> bool {
    let header = list.header();
    // A weak signature counts or not: fetching the same again would not change it.
    is_in_time(header.this_update, header.next_update, now)
        && speaks_of(header, asked.certificate)
        && !matches!(
            list.check_signature(asked.issuer),
            Err(varco_pki::ListFault::NotSigned | varco_pki::ListFault::Unreadable)
        )
}

/// Whether a list is about a certificate.
pub(super) fn speaks_of(header: &CrlHeader, certificate: &Certificate) -> bool {
    let scope = &header.scope;
    let is_about = match scope.subjects {
        Subjects::EndEntities => !certificate.is_ca(),
        Subjects::Authorities => certificate.is_ca(),
        Subjects::Attributes => false,
        _ => true,
    };
    let points = certificate.crl_points();
    let is_published = match &scope.name {
        None => true,
        Some(name) => points.is_empty() || points.iter().any(|point| is_named(name, point)),
    };
    is_about && is_published && scope.reasons.is_none() && !header.is_delta
}

fn is_named(published: &PointName, point: &DistributionPoint) -> bool {
    match (published, point.name()) {
        (PointName::Full(published), Some(PointName::Full(wanted))) => {
            published.iter().any(|name: &GeneralName| wanted.contains(name))
        }
        (published, wanted) => Some(published) == wanted,
    }
}
