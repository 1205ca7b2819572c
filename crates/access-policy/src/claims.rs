//! What somebody says of himself: it can be simulated, never decided.
//!
//! Not here: a verified identity (`auth`).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use varco_auth::{AssuranceLevel, BirthDate, CodiceFiscale};

use crate::case::Login;
use crate::credential::{Level, level_name};
use crate::person::{BirthDateContradicts, birth_date};
use crate::{CredentialId, Represented, Verdict};

/// A claimed login. Nothing that it says was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    pub(crate) codice_fiscale: CodiceFiscale,
    pub(crate) birth: BirthDate,
    pub(crate) login: Login,
}

impl Claims {
    /// A person with a credential, worth what its kind is worth, and the full birth date where that is claimed too.
    ///
    /// # Errors
    /// [`BirthDateContradicts`].
    pub fn new(
        codice_fiscale: CodiceFiscale,
        born: Option<Date>,
        credential: CredentialId,
    ) -> Result<Self, BirthDateContradicts> {
        Ok(Self {
            birth: birth_date(&codice_fiscale, born)?,
            codice_fiscale,
            login: Login::clean(credential),
        })
    }

    /// With a PIN that was given then.
    #[must_use]
    pub fn issued(mut self, at: Timestamp) -> Self {
        self.login.issued = Some(at);
        self
    }

    /// With a PIN that holds until just before then.
    #[must_use]
    pub fn expires(mut self, at: Timestamp) -> Self {
        self.login.expires = Some(at);
        self
    }

    /// With the credential of somebody else.
    #[must_use]
    pub fn held_by_another(mut self) -> Self {
        self.login.is_of_another = true;
        self
    }

    /// With weaknesses that were accepted, by their codes.
    #[must_use]
    pub fn downgraded(mut self, codes: Vec<String>) -> Self {
        self.login.weaknesses = codes;
        self
    }

    /// Resting on test material.
    #[must_use]
    pub fn of_test_material(mut self) -> Self {
        self.login.test_material = true;
        self
    }

    /// Worth the level of this name (`none`, `low`, `substantial`, `high`), whatever its kind. `None` if there is no such level.
    #[must_use]
    pub fn worth_named(self, level: &str) -> Option<Self> {
        let levels = [
            None,
            Some(AssuranceLevel::Low),
            Some(AssuranceLevel::Substantial),
            Some(AssuranceLevel::High),
        ];
        let level = levels.into_iter().find(|one| level_name(*one) == level)?;
        Some(self.worth(level))
    }

    /// Worth another level than its kind.
    #[must_use]
    pub(crate) fn worth(mut self, level: Level) -> Self {
        self.login.level = level;
        self
    }

    /// Who it is said to be, with the birth date.
    #[must_use]
    pub fn person(&self) -> Represented {
        Represented {
            codice_fiscale: self.codice_fiscale.clone(),
            birth: self.birth,
        }
    }

    /// Who it is said to be.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        &self.codice_fiscale
    }
}

/// Shows nothing of the person.
impl core::fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("Claims")
            .field("credential", &self.login.credential)
            .finish_non_exhaustive()
    }
}

/// What would be decided if claims were true. No permit follows from it, and its JSON says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Simulation {
    simulated: bool,
    #[serde(flatten)]
    would_be: Verdict,
}

impl Simulation {
    pub(crate) fn new(would_be: Verdict) -> Self {
        Self {
            simulated: true,
            would_be,
        }
    }

    /// What would be decided. To show, not to obey.
    #[must_use]
    pub fn would_be(&self) -> &Verdict {
        &self.would_be
    }
}
