//! The providers in a list and their services, with what each was and is (ETSI TS 119 612 §5.4 to §5.6).
//!
//! Not here: which services count for varco (see `anchors`). Names are outside text.

use varco_pki::{CERTIFICATE_LENGTH_MAX, Certificate, CertificateError, Timestamp};

use super::document::{Node, Tree};
use super::extensions::{OF_SERVICES, has_unknown_critical};
use super::names::TSL;
use super::scheme::instant;
use super::{ListError, Warning};

/// Most providers read. The largest list of 2026 has about 150.
const PROVIDERS_MAX: usize = 4096;
/// Most services of one provider.
const SERVICES_MAX: usize = 4096;
/// Most past states of one service.
const HISTORY_MAX: usize = 256;
/// Most certificates of one service.
const CERTIFICATES_MAX: usize = 256;
/// Most languages in which something is named: each of the Union's, twice.
const LANGUAGES_MAX: usize = 64;
/// Longest name kept, in characters; the rest is left off.
const NAME_CHARACTERS_MAX: usize = 400;

/// A name in the languages that varco speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    italian: Option<String>,
    english: Option<String>,
    /// In another language, where there is neither.
    other: Option<String>,
}

impl Name {
    /// In Italian.
    #[must_use]
    pub fn italian(&self) -> Option<&str> {
        self.italian.as_deref()
    }

    /// In English.
    #[must_use]
    pub fn english(&self) -> Option<&str> {
        self.english.as_deref()
    }

    /// In whatever language there is, Italian before English before others; empty where nothing is named.
    #[must_use]
    pub fn any(&self) -> &str {
        self.italian()
            .or(self.english())
            .or(self.other.as_deref())
            .unwrap_or_default()
    }
}

/// What a service was from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceState {
    /// Its type, a URI (ETSI TS 119 612 §5.5.1).
    pub service_type: String,
    /// Its status, a URI (ETSI TS 119 612 §5.5.4).
    pub status: String,
    /// From when on.
    pub since: Timestamp,
}

/// Bytes in a list that should have been a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The bytes, empty where they were not base64 or too long.
    pub der: Vec<u8>,
    /// What is wrong with them.
    pub fault: CertificateFault,
}

/// Shows how many bytes there are, not which.
impl std::fmt::Debug for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Unreadable({} bytes, {:?})",
            self.der.len(),
            self.fault
        )
    }
}

/// What is wrong with a certificate in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// Its text is not base64.
    #[error("not base64")]
    NotBase64,
    /// Its bytes are not a certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// A service and its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    name: Name,
    certificates: Vec<Certificate>,
    unreadable: Vec<Unreadable>,
    current: ServiceState,
    history: Vec<ServiceState>,
}

impl Service {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// All certificates that identify it, each once.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Identities that should have been certificates and could not be read, with their bytes.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// What it is, as the list says.
    #[must_use]
    pub fn current(&self) -> &ServiceState {
        &self.current
    }

    /// What it was before, latest first.
    #[must_use]
    pub fn history(&self) -> &[ServiceState] {
        &self.history
    }

    /// What it was at an instant: `None` before its first state.
    ///
    /// Where two states began at once, the current one counts, then the one that stands first in the list.
    #[must_use]
    pub fn state_at(&self, instant: Timestamp) -> Option<&ServiceState> {
        [&self.current]
            .into_iter()
            .chain(&self.history)
            .filter(|state| state.since <= instant)
            .reduce(|found, state| if state.since > found.since { state } else { found })
    }
}

/// A provider and its services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    name: Name,
    services: Vec<Service>,
}

impl Provider {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its services, in the order of the list.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }
}

/// Reads all providers. A service that cannot be read is a warning, and is not in the list.
///
/// # Errors
/// [`ListError::Malformed`].
pub(super) fn read(tree: &Tree<'_>, warnings: &mut Vec<Warning>) -> Result<Vec<Provider>, ListError> {
    let Some(all) = tree
        .at_most_one(tree.root(), TSL, "TrustServiceProviderList")
        .map_err(|_| ListError::Malformed("TrustServiceProviderList"))?
    else {
        return Ok(Vec::new());
    };
    let mut providers = Vec::new();
    for (provider, node) in tree.named(all, TSL, "TrustServiceProvider").enumerate() {
        if provider >= PROVIDERS_MAX {
            return Err(ListError::Malformed("TrustServiceProviderList"));
        }
        let information = tree.one(node, TSL, &["TSPInformation"]);
        // What is said of a provider is said of all its services.
        let is_usable =
            information.is_none_or(|node| !has_unknown_critical(tree, node, "TSPInformationExtensions", &[]));
        let mut services = Vec::new();
        let all_services = tree
            .named(node, TSL, "TSPServices")
            .flat_map(|all| tree.named(all, TSL, "TSPService"));
        for (service, node) in all_services.enumerate() {
            if service >= SERVICES_MAX {
                return Err(ListError::Malformed("TSPServices"));
            }
            match is_usable.then(|| read_service(tree, node)).flatten() {
                Some(read) => {
                    warnings.extend(read.unreadable.iter().map(|certificate| Warning::Certificate {
                        provider,
                        service,
                        fault: certificate.fault,
                    }));
                    services.push(read);
                }
                None => warnings.push(Warning::Service { provider, service }),
            }
        }
        providers.push(Provider {
            name: information
                .map(|node| name(tree, node, "TSPName"))
                .unwrap_or_default(),
            services,
        });
    }
    Ok(providers)
}

fn read_service(tree: &Tree<'_>, node: Node) -> Option<Service> {
    let information = tree.one(node, TSL, &["ServiceInformation"])?;
    let current = state(tree, information)?;
    let mut history = Vec::new();
    if let Some(past) = tree.at_most_one(node, TSL, "ServiceHistory").ok()? {
        for instance in tree.named(past, TSL, "ServiceHistoryInstance") {
            if history.len() >= HISTORY_MAX {
                return None;
            }
            history.push(state(tree, instance)?);
        }
    }
    // Stable: what began at once keeps the order of the list.
    history.sort_by_key(|state| std::cmp::Reverse(state.since));
    let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
    let identity = tree.one(information, TSL, &["ServiceDigitalIdentity"])?;
    let identities = tree
        .named(identity, TSL, "DigitalId")
        .flat_map(|id| tree.named(id, TSL, "X509Certificate"));
    for identity in identities {
        if certificates.len() + unreadable.len() >= CERTIFICATES_MAX {
            return None;
        }
        match certificate_of(tree, identity) {
            Ok(certificate) if certificates.contains(&certificate) => {}
            Ok(certificate) => certificates.push(certificate),
            Err(bytes) => unreadable.push(bytes),
        }
    }
    Some(Service {
        name: name(tree, information, "ServiceName"),
        certificates,
        unreadable,
        current,
        history,
    })
}

/// The state in a ServiceInformation or a ServiceHistoryInstance. None where it has a critical extension that is not known.
fn state(tree: &Tree<'_>, node: Node) -> Option<ServiceState> {
    if has_unknown_critical(tree, node, "ServiceInformationExtensions", &OF_SERVICES) {
        return None;
    }
    let text = |name: &str| {
        let text = tree.text(tree.one(node, TSL, &[name])?)?;
        (!text.is_empty()).then_some(text)
    };
    Some(ServiceState {
        service_type: text("ServiceTypeIdentifier")?,
        status: text("ServiceStatus")?,
        since: instant(&text("StatusStartingTime")?)?,
    })
}

/// The certificate in an X509Certificate element.
pub(super) fn certificate_of(tree: &Tree<'_>, node: Node) -> Result<Certificate, Unreadable> {
    let der = tree.base64(node).ok_or(Unreadable {
        der: Vec::new(),
        fault: CertificateFault::NotBase64,
    })?;
    Certificate::parse(&der).map_err(|error| Unreadable {
        der: if der.len() > CERTIFICATE_LENGTH_MAX {
            Vec::new()
        } else {
            der
        },
        fault: error.into(),
    })
}

/// A name in several languages.
fn name(tree: &Tree<'_>, node: Node, element: &str) -> Name {
    let mut name = Name::default();
    let Some(names) = tree.one(node, TSL, &[element]) else {
        return name;
    };
    for node in tree.named(names, TSL, "Name").take(LANGUAGES_MAX) {
        let language = tree.language(node).unwrap_or_default().to_ascii_lowercase();
        let place = match language.as_str() {
            "it" => &mut name.italian,
            "en" => &mut name.english,
            _ => &mut name.other,
        };
        if place.is_none() {
            *place = tree.text(node).map(|text| on_one_line(&text));
        }
    }
    name
}

/// With single spaces for all white space.
fn on_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    match line.char_indices().nth(NAME_CHARACTERS_MAX) {
        None => line,
        Some((at, _)) => line
            .split_at_checked(at)
            .map(|(kept, _)| kept.to_owned())
            .unwrap_or_default(),
    }
}
