//! What is asked for: an act, in a profile, for oneself or for another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varco_auth::{BirthDate, CodiceFiscale};

use crate::person::{BirthDateContradicts, birth_date};
use crate::{Channel, DelegationKind, ServiceId};

/// Who asks for a delegation to be revoked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedBy {
    /// The person who is acted for.
    Delegator,
    /// A court or an office, by an act of its own.
    Authority,
}

impl AskedBy {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delegator => "delegator",
            Self::Authority => "authority",
        }
    }
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Act {
    /// Using a service.
    Use(ServiceId),
    /// Giving the person an INPS PIN.
    IssuePin,
    /// Renewing the person's INPS PIN.
    RenewPin,
    /// Entering in the register that another may act for the person, in this quality.
    RegisterDelegation(Channel, DelegationKind),
    /// Ending that.
    RevokeDelegation {
        /// Where.
        channel: Channel,
        /// At whose wish.
        asked_by: AskedBy,
        /// In which quality the delegate acts.
        kind: DelegationKind,
        /// When it was registered.
        registered_at: Timestamp,
    },
}

impl Act {
    /// The stable name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Use(_) => "use",
            Self::IssuePin => "issue-pin",
            Self::RenewPin => "renew-pin",
            Self::RegisterDelegation(..) => "register-delegation",
            Self::RevokeDelegation { .. } => "revoke-delegation",
        }
    }

    /// The service, where one is used.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceId> {
        match self {
            Self::Use(service) => Some(service),
            _ => None,
        }
    }
}

/// The profile in which a person acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// For one's own affairs, or those of a person whom one represents.
    #[default]
    Citizen,
    /// As intermediary, company, association, administration or professional.
    Professional,
}

impl Profile {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Professional => "professional",
        }
    }
}

/// A person by the codice fiscale, and the birth date as far as it is known: who is acted for, or whom a register is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Represented {
    pub(crate) codice_fiscale: CodiceFiscale,
    pub(crate) birth: BirthDate,
}

impl Represented {
    /// By the codice fiscale, and the full birth date where that is known.
    ///
    /// # Errors
    /// [`BirthDateContradicts`].
    pub fn new(
        codice_fiscale: CodiceFiscale,
        born: Option<jiff::civil::Date>,
    ) -> Result<Self, BirthDateContradicts> {
        let birth = birth_date(&codice_fiscale, born)?;
        Ok(Self {
            codice_fiscale,
            birth,
        })
    }

    /// The codice fiscale.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        &self.codice_fiscale
    }
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Request {
    /// What is to be done.
    pub act: Act,
    /// In which profile.
    pub profile: Profile,
    /// For whom, if for another.
    pub acting_for: Option<Represented>,
}

impl Request {
    /// To use a service, as a citizen, for oneself.
    #[must_use]
    pub fn new(service: ServiceId) -> Self {
        Self::to(Act::Use(service))
    }

    /// To do something.
    #[must_use]
    pub fn to(act: Act) -> Self {
        Self {
            act,
            profile: Profile::default(),
            acting_for: None,
        }
    }

    /// In this profile.
    #[must_use]
    pub fn in_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// For this person.
    #[must_use]
    pub fn on_behalf_of(mut self, person: Represented) -> Self {
        self.acting_for = Some(person);
        self
    }
}

/// Whether an identity that rests on test material may be permitted anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TestMaterial {
    /// No: whoever has the fixtures can make such an identity.
    Refused,
    /// Yes: the deployment is a test, and its configuration says so.
    Permitted,
}

/// What a deployment decides for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Deployment {
    /// Whether test material is permitted here.
    pub test_material: TestMaterial,
    /// Whether a CNS that is worth `substantial` counts as `high` here. `[access sheet, credentials: CNS]`
    pub is_cns_high: bool,
}

impl Deployment {
    /// One that takes test material or not, and a CNS as substantial.
    #[must_use]
    pub fn new(test_material: TestMaterial) -> Self {
        Self {
            test_material,
            is_cns_high: false,
        }
    }

    /// One that takes a CNS as high.
    #[must_use]
    pub fn with_cns_high(mut self) -> Self {
        self.is_cns_high = true;
        self
    }
}
