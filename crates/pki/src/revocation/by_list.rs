//! What revocation lists say of one certificate (RFC 5280 §6.3.3).
//!
//! Lists of changes are not used, nor what indirect lists tell of other issuers' certificates. A list may be signed by another key of the issuer's name, if a
//! path leads from that key to the same anchor.
//!
//! Not here: whose turn it is to be asked, and what the mode makes of it.

use crate::path::{name_below, same_name};
use crate::{
    Asked, Certificate, CrlHeader, CrlScope, DistributionPoint, GeneralName, KnownList, Legacy, ListFault,
    PointName, Reasons, Revocation, RevokedEntry, Subjects, Undetermined,
};

use super::EvidenceKind;
use super::check::Context;
use super::findings::Evidence;

/// How far a clock may be behind its issuer's, in seconds.
pub(super) const SKEW_S: i64 = 300;

/// What a list says of a certificate.
pub(super) enum Said {
    Revoked(RevokedEntry),
    /// Not revoked, for these reasons.
    Clear(Reasons, Evidence),
}

/// For which reasons a list speaks of a certificate at this instant, whoever signed it.
pub(super) fn speaks_of(
    header: &CrlHeader,
    asked: Asked<'_>,
    context: &Context<'_>,
) -> Result<Reasons, Undetermined> {
    let reasons = scope(header, asked)?;
    if header.this_update.as_second() > context.at.as_second().saturating_add(SKEW_S) {
        return Err(Undetermined::Future);
    }
    Ok(reasons)
}

/// Asks one list that [speaks of](speaks_of) a certificate for these reasons.
pub(super) fn ask(
    list: &dyn KnownList,
    reasons: Reasons,
    asked: Asked<'_>,
    context: &Context<'_>,
) -> Result<Said, Undetermined> {
    let header = list.header();
    let signer = check_signer(list, asked, context)?;
    match list.find(asked.certificate.serial()) {
        Err(_) => Err(Undetermined::Unreadable),
        Ok(Some(entry)) => Ok(Said::Revoked(entry)),
        Ok(None) if header.has_unknown_critical => Err(Undetermined::UnknownCritical),
        Ok(None) => {
            let evidence = Evidence {
                kind: EvidenceKind::Crl,
                this_update: header.this_update,
                next_update: header.next_update,
                fresh_until: header.next_update,
                fetched_at: list.fetched_at(),
                is_weak: signer.is_weak,
                signer: signer.revocation,
            };
            Ok(Said::Clear(reasons, evidence))
        }
    }
}

/// Which reasons a list covers for a certificate, if it speaks of it at all.
fn scope(header: &CrlHeader, asked: Asked<'_>) -> Result<Reasons, Undetermined> {
    if !same_name(&header.issuer, asked.certificate.issuer_der()) {
        return Err(Undetermined::OutOfScope);
    }
    let scope = &header.scope;
    // An indirect list tells of its own issuer's certificates as any other does.
    if header.is_delta || scope.subjects == Subjects::Attributes {
        return Err(Undetermined::Unsupported);
    }
    let is_ca = asked.certificate.is_ca();
    if matches!(
        (scope.subjects, is_ca),
        (Subjects::EndEntities, true) | (Subjects::Authorities, false)
    ) {
        return Err(Undetermined::OutOfScope);
    }
    let points = asked.certificate.crl_points();
    let of_list = scope.reasons.unwrap_or(Reasons::ALL);
    let named = |point: &&DistributionPoint| point.crl_issuer().is_empty() && fits(point, scope, header);
    if points.is_empty() {
        // As if it had a point with its issuer's name.
        let issuer = GeneralName::Directory(header.issuer.clone());
        let point = DistributionPoint {
            name: Some(PointName::Full(vec![issuer])),
            reasons: None,
            crl_issuer: Vec::new(),
        };
        return if fits(&point, scope, header) {
            Ok(of_list)
        } else {
            Err(Undetermined::OutOfScope)
        };
    }
    points
        .iter()
        .filter(named)
        .map(|point| point.reasons().unwrap_or(Reasons::ALL).common(of_list))
        .reduce(Reasons::with)
        .ok_or(Undetermined::OutOfScope)
}

/// Whether a list was published for a point: one that names none was published for all.
fn fits(point: &DistributionPoint, scope: &CrlScope, header: &CrlHeader) -> bool {
    let Some(published) = &scope.name else {
        return true;
    };
    let Some(wanted) = point.name() else {
        return false;
    };
    let (published, wanted) = (full(published, header), full(wanted, header));
    published
        .iter()
        .any(|one| wanted.iter().any(|other| same_place(one, other)))
}

/// The full names of a point; one below the issuer's name is put together with it.
fn full(name: &PointName, header: &CrlHeader) -> Vec<GeneralName> {
    match name {
        PointName::Full(names) => names.clone(),
        PointName::BelowIssuer(part) => name_below(&header.issuer, part)
            .map(GeneralName::Directory)
            .into_iter()
            .collect(),
    }
}

fn same_place(one: &GeneralName, other: &GeneralName) -> bool {
    match (one, other) {
        (GeneralName::Directory(one), GeneralName::Directory(other)) => same_name(one, other),
        _ => one == other,
    }
}

/// Who signed a list, as far as that takes away from what it says.
struct Signer {
    is_weak: bool,
    /// What is known of the signer's own revocation, where it is not the issuer itself.
    revocation: Option<Revocation>,
}

/// That the list was signed by who may: the issuer, or another key of its name.
fn check_signer(
    list: &dyn KnownList,
    asked: Asked<'_>,
    context: &Context<'_>,
) -> Result<Signer, Undetermined> {
    let fault = match by(list, asked.issuer, context) {
        Ok(is_weak) => {
            return Ok(Signer {
                is_weak,
                revocation: None,
            });
        }
        Err(fault) => fault,
    };
    let header = list.header();
    let may_be = |other: &&Certificate| {
        let identifiers = (&header.authority_key_identifier, other.subject_key_identifier());
        let is_another = matches!(identifiers, (Some(wanted), Some(own)) if wanted != own);
        *other != asked.issuer && !is_another && same_name(other.subject_der(), &header.issuer)
    };
    for other in context.intermediates.iter().filter(may_be) {
        if !context.may_look_at_another_signer() {
            break;
        }
        if let Ok(is_weak) = by(list, other, context)
            && let Some(known) = context.believe_signer(other)
        {
            return Ok(Signer {
                is_weak: is_weak || known.is_weak,
                revocation: Some(known.revocation),
            });
        }
    }
    Err(fault)
}

/// Whether this certificate's key signed it, and may.
fn by(list: &dyn KnownList, signer: &Certificate, context: &Context<'_>) -> Result<bool, Undetermined> {
    let is_weak = match list.check_signature(signer) {
        Ok(()) => false,
        Err(ListFault::Weak) if context.anchor.legacy_at(context.at) == Legacy::Accepted => true,
        Err(ListFault::Weak) => return Err(Undetermined::Weak),
        Err(ListFault::Unreadable) => return Err(Undetermined::Unreadable),
        Err(_) => return Err(Undetermined::NotSigned),
    };
    if signer.may_sign_lists() {
        Ok(is_weak)
    } else {
        Err(Undetermined::NotSigned)
    }
}
