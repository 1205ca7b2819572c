//! All that the rules look at for one decision, gathered from login, request, facts and instant.
//!
//! Not here: how it is told to Cedar (`engine`).

use jiff::{Span, Timestamp};
use varco_auth::{AssuranceLevel, BirthDate, BirthYear, CodiceFiscale, VerifiedIdentity};

use crate::calendar::in_rome;
use crate::credential::Level;
use crate::person::{Person, birth_date};
use crate::{
    Act, CredentialId, Delegation, DelegationKind, Deployment, Enablement, Facts, PersonCategory, Profile,
    Represented, Request, Validity,
};

/// After how many days a delegation can be revoked online. `[access sheet, acting for others: message 3305/2021]`
const ONLINE_REVOCATION_DAYS: i64 = 30;

/// A login, as the rules see one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) credential: CredentialId,
    pub(crate) level: Level,
    pub(crate) is_of_another: bool,
    pub(crate) weaknesses: Vec<String>,
    pub(crate) test_material: bool,
    pub(crate) issued: Option<Timestamp>,
    pub(crate) expires: Option<Timestamp>,
}

impl Login {
    /// A login without blemish by this kind.
    pub(crate) fn clean(credential: CredentialId) -> Self {
        Self {
            credential,
            level: credential.level(),
            is_of_another: false,
            weaknesses: Vec::new(),
            test_material: false,
            issued: None,
            expires: None,
        }
    }

    /// Of an identity that was verified; `None` of a kind that the policy does not know.
    pub(crate) fn of(identity: &VerifiedIdentity) -> Option<Self> {
        let assurance = identity.assurance();
        let credential = CredentialId::parse(identity.credential().kind().name()).ok()?;
        Some(Self {
            level: Some(assurance.level()),
            weaknesses: assurance
                .downgraded()
                .iter()
                .map(|downgrade| downgrade.code().to_owned())
                .collect(),
            test_material: assurance.is_test_material(),
            ..Self::clean(credential)
        })
    }

    /// As the deployment takes it: a CNS without weaknesses may count as high.
    pub(crate) fn raised(mut self, deployment: Deployment) -> Self {
        let is_cns = self.credential.family() == "cns" && self.weaknesses.is_empty();
        if deployment.is_cns_high && is_cns && self.level == Some(AssuranceLevel::Substantial) {
            self.level = Some(AssuranceLevel::High);
        }
        self
    }
}

/// The birth date of who is acted for: the one that was registered by the parent who acts, before what is told now; and whether
/// what is known of it contradicts itself. Of a parent's delegations those count that hold, or else those that were not revoked.
fn birth_of(person: &Represented, delegations: &[&Delegation], at: Timestamp) -> (BirthDate, bool) {
    let of_parents = |counts: &dyn Fn(Standing) -> bool| -> Vec<BirthDate> {
        delegations
            .iter()
            .filter(|one| one.kind == DelegationKind::Parent && counts(Held::from(**one).standing(at)))
            .filter_map(|one| birth_date(&person.codice_fiscale, one.birth_date).ok())
            .filter(|birth| matches!(birth.year, BirthYear::Known(_)))
            .collect()
    };
    let mut registered = of_parents(&|standing| standing == Standing::Holds);
    if registered.is_empty() {
        registered = of_parents(&|standing| !matches!(standing, Standing::Revoked(_)));
    }
    let is_told = matches!(person.birth.year, BirthYear::Known(_));
    match registered.first() {
        Some(first) => {
            let differs = registered.iter().any(|one| one != first);
            (*first, differs || is_told && *first != person.birth)
        }
        None => (person.birth, false),
    }
}

/// What holds for a time, of several the one that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    pub(crate) validity: Validity,
    pub(crate) revoked: Option<Timestamp>,
}

/// What became of it at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    Holds,
    NotYet(Timestamp),
    /// Until just before then.
    Ended(Timestamp),
    Revoked(Timestamp),
}

impl Held {
    pub(crate) fn standing(&self, at: Timestamp) -> Standing {
        match (self.revoked, self.validity.until()) {
            (Some(revoked), _) if revoked <= at => Standing::Revoked(revoked),
            (_, Some(until)) if until <= at => Standing::Ended(until),
            _ if at < self.validity.from() => Standing::NotYet(self.validity.from()),
            _ => Standing::Holds,
        }
    }

    /// The one to tell about: one that holds, else one to come, else the last to have held.
    fn rank(&self, at: Timestamp) -> (u8, i128) {
        match self.standing(at) {
            Standing::Holds => (2, self.validity.from().as_nanosecond()),
            // The first of those to come.
            Standing::NotYet(from) => (1, -from.as_nanosecond()),
            Standing::Ended(end) | Standing::Revoked(end) => (0, end.as_nanosecond()),
        }
    }
}

impl From<&Enablement> for Held {
    fn from(one: &Enablement) -> Self {
        Self {
            validity: one.validity,
            revoked: one.revoked.as_ref().map(crate::Change::at),
        }
    }
}

impl From<&Delegation> for Held {
    fn from(one: &Delegation) -> Self {
        Self {
            validity: one.validity,
            revoked: one.revoked.as_ref().map(crate::Change::at),
        }
    }
}

/// Everything that a rule may look at.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) act: Act,
    pub(crate) profile: Profile,
    pub(crate) at: Timestamp,
    pub(crate) deployment: Deployment,
    /// Nobody, where nobody is known.
    pub(crate) person: Option<Person>,
    pub(crate) login: Option<Login>,
    pub(crate) enablement: Option<Held>,
    pub(crate) acting_for: Option<Person>,
    pub(crate) delegation: Option<(Delegation, Held)>,
    /// The birth date that is told of the person acted for is not the one that was registered.
    pub(crate) contradicts: bool,
}

impl Case {
    /// Of a person, or nobody, and a login, or none.
    pub(crate) fn new(
        who: Option<(&CodiceFiscale, BirthDate)>,
        login: Option<Login>,
        request: &Request,
        facts: &Facts,
        at: Timestamp,
    ) -> Self {
        let known = &facts.known;
        let person = who.map(|(code, birth)| Person::new(code, birth, &known.subject_categories, at));
        let service = request.act.service();
        let enablement = known
            .enablements
            .iter()
            .filter(|one| who.is_some_and(|(code, _)| one.holder == *code) && Some(&one.service) == service)
            .map(Held::from)
            .max_by_key(|held| held.rank(at));
        let delegations: Vec<&Delegation> = known
            .delegations
            .iter()
            .filter(|one| {
                let is_his = who.is_some_and(|(code, _)| one.delegate == *code);
                let is_for = request.acting_for.as_ref();
                is_his && is_for.is_some_and(|person| one.delegator == person.codice_fiscale)
            })
            .collect();
        let (acting_for, contradicts) = match &request.acting_for {
            None => (None, false),
            Some(person) => {
                let (birth, contradicts) = birth_of(person, &delegations, at);
                let known = &known.acted_for_categories;
                let person = Person::new(&person.codice_fiscale, birth, known, at);
                (Some(person), contradicts)
            }
        };
        let is_minor = acting_for
            .as_ref()
            .is_some_and(|person| person.categories.contains(&PersonCategory::Minor));
        // One that holds and serves, before one that holds and does not.
        let delegation = delegations
            .into_iter()
            .map(|one| (one, Held::from(one)))
            .max_by_key(|(one, held)| {
                let serves = one.kind != DelegationKind::Parent || is_minor;
                let holds = held.standing(at) == Standing::Holds;
                (serves && holds, held.rank(at))
            });
        let login = login.map(|login| login.raised(facts.deployment));
        Self {
            act: request.act.clone(),
            profile: request.profile,
            at,
            deployment: facts.deployment,
            person,
            login,
            enablement,
            acting_for,
            delegation: delegation.map(|(one, held)| (one.clone(), held)),
            contradicts,
        }
    }

    /// The same at a later instant, if nothing but time changes.
    pub(crate) fn later(&self, at: Timestamp) -> Self {
        Self {
            at,
            person: self.person.as_ref().map(|person| person.later(at)),
            acting_for: self.acting_for.as_ref().map(|person| person.later(at)),
            ..self.clone()
        }
    }

    /// Where a delegation is to be revoked: the first instant at which that can be done online, the same time of day in Rome
    /// so many days later.
    pub(crate) fn online_from(registered_at: Timestamp) -> Timestamp {
        let span = Span::new().days(ONLINE_REVOCATION_DAYS);
        let later = in_rome(registered_at).saturating_add(span);
        later.timestamp()
    }
}

#[cfg(test)]
mod tests;
