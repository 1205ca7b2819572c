//! Trusted lists (ETSI TS 119 612, versions 5 and 6): bytes, pinned signers and an instant in, a list out.
//!
//! [`TrustedList::open`] verifies the signature and reads what the same tree says; [`accept`] compares with what was held
//! before; [`TrustedList::anchors_at`] gives the authorities. Not here: fetching and keeping lists, the clock, and the
//! first signers, which are those of the Union's list of lists and come from the caller.

mod acceptance;
mod algorithm;
mod anchors;
mod canonical;
mod document;
mod error;
mod extensions;
mod names;
mod scheme;
mod service;
mod shape;
mod signature;
mod verify;
mod xades;

use std::fmt;

use ring::digest::{SHA256, digest};
use varco_pki::{Certificate, Timestamp};

pub use acceptance::{Freshness, ListState, accept};
pub use anchors::{ListSource, ListedAnchor};
pub use document::LIST_BYTES_MAX;
pub use error::ListError;
pub use names::{
    LIST_OF_A_STATE, LIST_OF_LISTS, SERVICE_IDENTITY_VERIFICATION, STATUS_DEPRECATED, STATUS_RECOGNISED,
};
pub use scheme::Pointer;
pub use service::{CertificateFault, Name, Provider, Service, ServiceState, Unreadable};
pub use verify::SIGNERS_MAX;

/// Something in a list that could not be read and therefore does not count. Places are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A certificate of a service.
    #[error("provider {provider}, service {service}: a certificate cannot be read: {fault}")]
    Certificate {
        /// Which provider.
        provider: usize,
        /// Which of its services.
        service: usize,
        /// What is wrong.
        fault: CertificateFault,
    },
    /// A service without readable type, status, starting time or identity, or with a critical extension that is not known: its
    /// own, one of its past, or its provider's.
    #[error("provider {provider}, service {service} cannot be read")]
    Service {
        /// Which provider.
        provider: usize,
        /// Which of its services.
        service: usize,
    },
    /// A pointer to another list.
    #[error("pointer {pointer} cannot be read")]
    Pointer {
        /// Which pointer.
        pointer: usize,
    },
    /// A signer's certificate in a pointer.
    #[error("pointer {pointer}: a signer's certificate cannot be read: {fault}")]
    Signer {
        /// Which pointer.
        pointer: usize,
        /// What is wrong.
        fault: CertificateFault,
    },
}

/// A list whose signature was verified. Only [`TrustedList::open`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedList {
    scheme: scheme::Scheme,
    providers: Vec<Provider>,
    warnings: Vec<Warning>,
    signer: Certificate,
    sha256: [u8; 32],
}

impl TrustedList {
    /// Verifies that one of `signers` signed the list in `bytes`, that it is that of `territory`, and reads it. Of the territory
    /// `EU` it must be the [`LIST_OF_LISTS`], of any other a [`LIST_OF_A_STATE`].
    ///
    /// At most [`SIGNERS_MAX`] signers count. Their validity periods do not: who pins a signer decides how long.
    ///
    /// # Errors
    /// [`ListError`]: all but those of [`accept`].
    pub fn open(bytes: &[u8], territory: &str, signers: &[Certificate]) -> Result<Self, ListError> {
        let tree = document::Tree::parse(bytes)?;
        signature::is_a_list(&tree)?;
        let signer = verify::verify(&tree, signers)?;
        let mut warnings = Vec::new();
        let scheme = scheme::read(&tree, &mut warnings)?;
        if scheme.territory != territory {
            return Err(ListError::Territory);
        }
        let expected = match territory {
            names::TERRITORY_OF_THE_UNION => LIST_OF_LISTS,
            _ => LIST_OF_A_STATE,
        };
        if scheme.list_type != expected {
            return Err(ListError::OtherType);
        }
        let providers = service::read(&tree, &mut warnings)?;
        let mut sha256 = [0; 32];
        for (place, byte) in sha256.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *place = *byte;
        }
        Ok(Self {
            scheme,
            providers,
            warnings,
            signer,
            sha256,
        })
    }

    /// Its version, 5 or 6 (ETSI TS 119 612 §5.3.1).
    #[must_use]
    pub fn version(&self) -> u8 {
        self.scheme.version
    }

    /// Its number, which rises with every issue (ETSI TS 119 612 §5.3.2).
    #[must_use]
    pub fn sequence_number(&self) -> u64 {
        self.scheme.sequence_number
    }

    /// Its type, a URI: [`LIST_OF_A_STATE`] or [`LIST_OF_LISTS`].
    #[must_use]
    pub fn list_type(&self) -> &str {
        &self.scheme.list_type
    }

    /// Its territory, such as `IT`.
    #[must_use]
    pub fn territory(&self) -> &str {
        &self.scheme.territory
    }

    /// When it was issued.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.scheme.issued_at
    }

    /// By when the next one will be issued; `None` where there will be none.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.scheme.next_update
    }

    /// Its pointers to other lists in XML, in its order.
    #[must_use]
    pub fn pointers(&self) -> &[Pointer] {
        &self.scheme.pointers
    }

    /// The first pointer to the list of a territory. There can be several, while a list moves: see
    /// [`TrustedList::pointers`].
    #[must_use]
    pub fn pointer_to(&self, territory: &str) -> Option<&Pointer> {
        self.pointers()
            .iter()
            .find(|pointer| pointer.territory() == territory)
    }

    /// Its providers, in its order.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// What could not be read and does not count.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The pinned certificate whose key signed it.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// What to keep of it for [`accept`].
    #[must_use]
    pub fn state(&self) -> ListState {
        ListState {
            territory: self.territory().to_owned(),
            sequence_number: self.sequence_number(),
            issued_at: self.issued_at(),
            sha256: self.sha256,
        }
    }

    /// How it is cited.
    #[must_use]
    pub fn source(&self) -> ListSource {
        ListSource {
            territory: self.territory().to_owned(),
            sequence_number: self.sequence_number(),
            issued_at: self.issued_at(),
        }
    }
}

/// Shows which list it is and how much it holds.
impl fmt::Debug for TrustedList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "TrustedList({} number {}, {} providers, {} warnings)",
            self.territory(),
            self.sequence_number(),
            self.providers.len(),
            self.warnings.len()
        )
    }
}
