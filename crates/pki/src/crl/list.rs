//! A revocation list that was read whole: every entry was walked before anybody is told anything.
//!
//! Not here: keeping it ([`super::HeldList`]), and whether its signer is believed.

use sha2::{Digest as _, Sha256};

use super::extensions::ListExtensions;
use super::outline::Outline;
use super::{AllEntries, CrlError, CrlHeader, InOrder, ListFault, RevokedEntry};
use crate::Certificate;
use crate::signed::Strength;

/// Longest list read, in bytes: about 1.6 million entries.
pub const CRL_LENGTH_MAX: usize = 64 * 1024 * 1024;

/// A revocation list (CertificateList, RFC 5280 §5.1), version 1 or 2, in bytes that somebody else owns.
#[derive(Clone, Debug)]
pub struct RevocationList<'a> {
    outline: Outline<'a>,
    scope_der: Option<&'a [u8]>,
    header: CrlHeader,
}

impl<'a> RevocationList<'a> {
    /// Reads a list that fills `der` exactly, and walks all its entries once. Nothing is said of its signature.
    ///
    /// # Errors
    /// [`CrlError`]; one malformed entry refuses the whole list.
    pub fn parse(der: &'a [u8]) -> Result<Self, CrlError> {
        let outline = Outline::read(der)?;
        let extensions = ListExtensions::read(outline.extensions)?;
        let mut header = CrlHeader {
            issuer: outline.issuer.to_vec(),
            this_update: outline.this_update,
            next_update: outline.next_update,
            number: extensions.number,
            authority_key_identifier: extensions.authority_key_identifier,
            scope: extensions.scope,
            is_delta: extensions.is_delta,
            has_unknown_critical: extensions.has_unknown_critical,
            sha256: [0; 32],
            entries: 0,
        };
        for entry in AllEntries::new(&outline, header.scope.indirect) {
            header.has_unknown_critical |= entry?.has_unknown_critical();
            header.entries += 1;
        }
        header.sha256 = Sha256::digest(der).into();
        Ok(Self {
            outline,
            scope_der: extensions.scope_der,
            header,
        })
    }

    /// What it says of itself.
    #[must_use]
    pub fn header(&self) -> &CrlHeader {
        &self.header
    }

    /// The value of its IssuingDistributionPoint extension as encoded, which [`super::CrlScope::from_der`] reads.
    #[must_use]
    pub fn scope_der(&self) -> Option<&'a [u8]> {
        self.scope_der
    }

    /// Its entries about certificates of its own issuer, in the order of the list: the serial number as encoded (the content
    /// of its INTEGER), and what is said of it.
    ///
    /// # Errors
    /// Of an item: [`CrlError`], which [`RevocationList::parse`] has ruled out.
    pub fn entries(&self) -> impl Iterator<Item = Result<(&'a [u8], RevokedEntry), CrlError>> {
        self.all_entries().filter_map(|entry| match entry {
            Ok(entry) => entry
                .is_of_issuer()
                .then_some(Ok((entry.serial(), entry.revoked()))),
            Err(error) => Some(Err(error)),
        })
    }

    /// All its entries, those about other issuers' certificates too (indirect lists, RFC 5280 §5.3.3).
    #[must_use]
    pub fn all_entries(&self) -> AllEntries<'a> {
        AllEntries::new(&self.outline, self.header.scope.indirect)
    }

    /// What [`RevocationList::entries`] gives, sorted by serial number, each once: of entries about one serial number the
    /// stricter counts ([`RevokedEntry::stricter`]). Takes 16 bytes of memory for each entry.
    ///
    /// # Errors
    /// [`CrlError`], which [`RevocationList::parse`] has ruled out.
    pub fn in_order(&self) -> Result<InOrder<'a>, CrlError> {
        InOrder::new(self.outline.entries, self.all_entries(), self.header.entries)
    }

    /// That the key of this certificate signed it.
    ///
    /// # Errors
    /// [`ListFault::NotSigned`]; [`ListFault::Weak`], where the signature holds but is SHA-1 or by RSA under 2048 bits.
    pub fn check_signature(&self, signer: &Certificate) -> Result<(), ListFault> {
        check_signature(&self.outline, signer)
    }
}

pub(super) fn check_signature(outline: &Outline<'_>, signer: &Certificate) -> Result<(), ListFault> {
    let signature = outline.signature.ok_or(ListFault::NotSigned)?;
    match signer.has_signed(outline.algorithm, outline.tbs, signature) {
        Ok(Strength::Current) => Ok(()),
        Ok(Strength::Legacy) => Err(ListFault::Weak),
        Err(_) => Err(ListFault::NotSigned),
    }
}
