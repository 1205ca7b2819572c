//! One case of a corpus: as it is written, and as it is asked.
//!
//! Not here: files and coverage (`corpus`).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use varco_auth::CodiceFiscale;

use super::CorpusError;
use crate::credential::LevelName;
use crate::{
    AccessPolicy, Act, AskedBy, Categorised, Category, Change, Channel, Claims, CredentialId, Delegation,
    DelegationKind, Deployment, Effect, Enablement, FactId, Facts, KnownFacts, Profile, Represented, Request,
    ServiceId, TestMaterial, Validity, Verdict,
};

/// Whoever acts, where a case does not say who. Nobody's codice fiscale.
const PERSON: &str = "DMNNCL80C14H501S";
/// Whoever is acted for.
const OTHER: &str = "BNCGLI75D52F205U";
/// Before everything that a case may be about.
const ALWAYS: &str = "1900-01-01T00:00:00Z";

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it claims.
    pub name: String,
    /// The ids of the rules that it is an example of.
    pub about: Vec<String>,
    #[serde(default = "using")]
    act: String,
    service: Option<ServiceId>,
    channel: Option<Channel>,
    asked_by: Option<AskedBy>,
    kind: Option<DelegationKind>,
    registered_at: Option<String>,
    #[serde(default)]
    profile: Profile,
    at: String,
    identity: Option<Identity>,
    acting_for: Option<Other>,
    #[serde(default)]
    facts: Known,
    /// The answer.
    pub expect: Expected,
}

fn using() -> String {
    "use".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    kind: String,
    level: Option<LevelName>,
    codice_fiscale: Option<String>,
    birth_date: Option<String>,
    #[serde(default)]
    downgraded: Vec<String>,
    #[serde(default)]
    test_material: bool,
    #[serde(default)]
    of_another: bool,
    issued: Option<String>,
    expires: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    codice_fiscale: Option<String>,
    birth_date: Option<String>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Known {
    test_material: Permission,
    cns_high: bool,
    categories: Vec<Category>,
    enablements: Vec<Granted>,
    delegations: Vec<Registered>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Permission {
    #[default]
    Refused,
    Permitted,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    service: ServiceId,
    from: Option<String>,
    until: Option<String>,
    revoked: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    kind: DelegationKind,
    from: Option<String>,
    until: Option<String>,
    revoked: Option<String>,
    birth_date: Option<String>,
}

/// The answer of a case: each list in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Expected {
    /// Permit or deny.
    pub effect: Effect,
    /// The ids of the policies that decided.
    pub policies: Vec<String>,
    /// The codes of the reasons.
    pub reasons: Vec<String>,
    /// The codes of the advice.
    pub advice: Vec<String>,
    /// The codes of the errors.
    #[serde(default)]
    pub errors: Vec<String>,
}

impl Expected {
    /// The answer that a decision is.
    #[must_use]
    pub fn of(decision: &Verdict) -> Self {
        let codes = |list: Vec<&'static str>| list.into_iter().map(str::to_owned).collect();
        Self {
            effect: decision.effect,
            policies: decision.policies.clone(),
            reasons: codes(decision.reasons.iter().map(|reason| reason.code).collect()),
            advice: codes(decision.advice.iter().map(|advice| advice.code).collect()),
            errors: codes(decision.errors.iter().map(|error| error.code).collect()),
        }
    }
}

impl Example {
    /// Asks the policy: what would be decided, or, of what is done to a register, whether it is admitted.
    pub(crate) fn ask(&self, policy: &AccessPolicy) -> Result<Verdict, CorpusError> {
        let read = Reading(self);
        let at = read.instant(&self.at)?;
        let act = read.act()?;
        let given = self
            .identity
            .as_ref()
            .and_then(|one| one.codice_fiscale.as_deref());
        let person = read.code(given, PERSON)?;
        let given = self
            .acting_for
            .as_ref()
            .and_then(|one| one.codice_fiscale.as_deref());
        let other = read.code(given, OTHER)?;
        let facts = read.facts(&person, &other)?;
        if act.service().is_none() {
            let born = self.identity.as_ref().and_then(|one| one.birth_date.as_deref());
            let person = Represented::new(person, read.date(born)?).map_err(|error| read.wrong(&error))?;
            return Ok(policy.admit(&person, act, &facts, at).0);
        }
        let mut request = Request::to(act).in_profile(self.profile);
        if let Some(acting_for) = &self.acting_for {
            let born = read.date(acting_for.birth_date.as_deref())?;
            let represented = Represented::new(other, born).map_err(|error| read.wrong(&error))?;
            request = request.on_behalf_of(represented);
        }
        let simulation = match &self.identity {
            None => policy.simulate_anonymous(&request, &facts, at),
            Some(identity) => {
                let claims = read.claims(identity, person)?;
                policy.simulate(&claims, &request, &facts, at)
            }
        };
        Ok(simulation.would_be().clone())
    }
}

/// A case on its way from text to claims.
struct Reading<'e>(&'e Example);

impl Reading<'_> {
    fn wrong(&self, problem: &dyn ToString) -> CorpusError {
        CorpusError::Case {
            name: self.0.name.clone(),
            problem: problem.to_string(),
        }
    }

    fn instant(&self, text: &str) -> Result<Timestamp, CorpusError> {
        text.parse()
            .map_err(|_| self.wrong(&format!("not an instant: {text}")))
    }

    fn date(&self, text: Option<&str>) -> Result<Option<Date>, CorpusError> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| self.wrong(&format!("not a date: {text}")))
        };
        text.map(parse).transpose()
    }

    fn code(&self, text: Option<&str>, default: &str) -> Result<CodiceFiscale, CorpusError> {
        CodiceFiscale::parse(text.unwrap_or(default)).map_err(|error| self.wrong(&error))
    }

    fn act(&self) -> Result<Act, CorpusError> {
        let case = self.0;
        let missing = |what: &str| self.wrong(&format!("this act needs {what}"));
        let channel = || case.channel.ok_or_else(|| missing("a channel"));
        Ok(match case.act.as_str() {
            "use" => Act::Use(case.service.clone().ok_or_else(|| missing("a service"))?),
            "issue-pin" => Act::IssuePin,
            "renew-pin" => Act::RenewPin,
            "register-delegation" => {
                Act::RegisterDelegation(channel()?, case.kind.unwrap_or(DelegationKind::Delegate))
            }
            "revoke-delegation" => Act::RevokeDelegation {
                channel: channel()?,
                asked_by: case.asked_by.unwrap_or(AskedBy::Delegator),
                kind: case.kind.unwrap_or(DelegationKind::Delegate),
                registered_at: self.instant(case.registered_at.as_deref().unwrap_or(ALWAYS))?,
            },
            other => return Err(self.wrong(&format!("no such act: {other}"))),
        })
    }

    fn claims(&self, identity: &Identity, person: CodiceFiscale) -> Result<Claims, CorpusError> {
        let kind = CredentialId::parse(&identity.kind).map_err(|error| self.wrong(&error))?;
        let born = self.date(identity.birth_date.as_deref())?;
        let mut claims = Claims::new(person, born, kind)
            .map_err(|error| self.wrong(&error))?
            .downgraded(identity.downgraded.clone());
        if let Some(level) = identity.level {
            claims = claims.worth(level.into());
        }
        if identity.test_material {
            claims = claims.of_test_material();
        }
        if identity.of_another {
            claims = claims.held_by_another();
        }
        if let Some(issued) = &identity.issued {
            claims = claims.issued(self.instant(issued)?);
        }
        if let Some(expires) = &identity.expires {
            claims = claims.expires(self.instant(expires)?);
        }
        Ok(claims)
    }

    fn facts(&self, person: &CodiceFiscale, other: &CodiceFiscale) -> Result<Facts, CorpusError> {
        let given = &self.0.facts;
        let mut deployment = Deployment::new(match given.test_material {
            Permission::Refused => TestMaterial::Refused,
            Permission::Permitted => TestMaterial::Permitted,
        });
        if given.cns_high {
            deployment = deployment.with_cns_high();
        }
        let of_other = self.0.acting_for.as_ref().map_or(&[][..], |one| &one.categories);
        Ok(Facts::of(deployment).knowing(KnownFacts {
            enablements: given
                .enablements
                .iter()
                .map(|one| self.enablement(one, person))
                .collect::<Result<_, _>>()?,
            delegations: given
                .delegations
                .iter()
                .map(|one| self.delegation(one, person, other))
                .collect::<Result<_, _>>()?,
            subject_categories: self.categories(person, &given.categories)?,
            acted_for_categories: self.categories(other, of_other)?,
        }))
    }

    fn validity(&self, from: Option<&str>, until: Option<&str>) -> Result<Validity, CorpusError> {
        let from = self.instant(from.unwrap_or(ALWAYS))?;
        let until = until.map(|until| self.instant(until)).transpose()?;
        Validity::new(from, until).map_err(|error| self.wrong(&error))
    }

    fn change(&self, at: &str) -> Result<Change, CorpusError> {
        Change::new("corpus", self.instant(at)?, "corpus").map_err(|error| self.wrong(&error))
    }

    fn ended(&self, at: Option<&str>) -> Result<Option<Change>, CorpusError> {
        at.map(|at| self.change(at)).transpose()
    }

    fn enablement(&self, one: &Granted, holder: &CodiceFiscale) -> Result<Enablement, CorpusError> {
        Ok(Enablement {
            id: FactId(1),
            holder: holder.clone(),
            service: one.service.clone(),
            validity: self.validity(one.from.as_deref(), one.until.as_deref())?,
            granted: self.change(ALWAYS)?,
            revoked: self.ended(one.revoked.as_deref())?,
        })
    }

    fn delegation(
        &self,
        one: &Registered,
        delegate: &CodiceFiscale,
        delegator: &CodiceFiscale,
    ) -> Result<Delegation, CorpusError> {
        Ok(Delegation {
            id: FactId(1),
            delegator: delegator.clone(),
            delegate: delegate.clone(),
            kind: one.kind,
            validity: self.validity(one.from.as_deref(), one.until.as_deref())?,
            birth_date: self.date(one.birth_date.as_deref())?,
            channel: Channel::Office,
            registered: self.change(ALWAYS)?,
            revoked: self.ended(one.revoked.as_deref())?,
        })
    }

    fn categories(
        &self,
        person: &CodiceFiscale,
        categories: &[Category],
    ) -> Result<Vec<Categorised>, CorpusError> {
        let one = |category: &Category| {
            Ok(Categorised {
                id: FactId(1),
                person: person.clone(),
                category: *category,
                validity: self.validity(None, None)?,
                recorded: self.change(ALWAYS)?,
                ended: None,
            })
        };
        categories.iter().map(one).collect()
    }
}
