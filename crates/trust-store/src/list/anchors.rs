//! The authorities in a list whose certificates count as anchors for identity cards.
//!
//! Not here: what kind of anchor each becomes, and paths below it.

use varco_pki::{Certificate, Timestamp};

use super::names::{SERVICE_IDENTITY_VERIFICATION, STATUS_RECOGNISED};
use super::{Provider, Service, TrustedList};

/// Which list said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSource {
    /// The list's territory, such as `IT`.
    pub territory: String,
    /// Its sequence number.
    pub sequence_number: u64,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// A certificate that a list recognises for identity verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAnchor {
    /// The authority's certificate.
    pub certificate: Certificate,
    /// The service's name: outside text.
    pub service_name: String,
    /// The provider's name: outside text.
    pub provider_name: String,
    /// Since when it has the status that it has now.
    pub since: Timestamp,
    /// Whether it also had that status at the instant asked about, by its history.
    pub recognised_then: bool,
    /// The list that says so.
    pub source: ListSource,
}

impl TrustedList {
    /// The services of a type, by what they are now, each with its provider.
    pub fn services_of(&self, service_type: &str) -> impl Iterator<Item = (&Provider, &Service)> {
        self.providers().iter().flat_map(move |provider| {
            provider
                .services()
                .iter()
                .filter(move |service| service.current().service_type == service_type)
                .map(move |service| (provider, service))
        })
    }

    /// The certificates of the identity verification services that are recognised now, and whether they were at `instant`.
    ///
    /// A service that has lost its recognition gives no anchor, whatever it was at that instant; one that was recognised
    /// only afterwards gives an anchor that says so ([`ListedAnchor::recognised_then`]).
    #[must_use]
    pub fn anchors_at(&self, instant: Timestamp) -> Vec<ListedAnchor> {
        let source = self.source();
        self.services_of(SERVICE_IDENTITY_VERIFICATION)
            .filter(|(_, service)| service.current().status == STATUS_RECOGNISED)
            .flat_map(|(provider, service)| {
                let source = &source;
                service
                    .certificates()
                    .iter()
                    .map(move |certificate| ListedAnchor {
                        certificate: certificate.clone(),
                        service_name: service.name().any().to_owned(),
                        provider_name: provider.name().any().to_owned(),
                        since: service.current().since,
                        recognised_then: recognised_at(service, instant),
                        source: source.clone(),
                    })
            })
            .collect()
    }
}

/// Whether a service was a recognised one at an instant: its type counts too.
fn recognised_at(service: &Service, instant: Timestamp) -> bool {
    service.state_at(instant).is_some_and(|state| {
        state.status == STATUS_RECOGNISED && state.service_type == SERVICE_IDENTITY_VERIFICATION
    })
}
