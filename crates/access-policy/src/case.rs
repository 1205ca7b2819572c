//! All that the rules look at for one decision, gathered from login, request, facts and instant.
//!
//! Not here: how it is told to Cedar (`engine`).

use jiff::{Span, Timestamp};
use varco_auth::VerifiedIdentity;

use crate::calendar::in_rome;
use crate::credential::Level;
use crate::person::{Person, birth_date};
use crate::{
    Act, Claims, CredentialId, Delegation, Deployment, Enablement, Facts, Profile, Request, Validity,
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

    pub(crate) fn claimed(claims: &Claims) -> Self {
        Self {
            credential: claims.credential,
            level: claims.level,
            is_of_another: claims.is_of_another,
            weaknesses: claims.weaknesses.clone(),
            test_material: claims.test_material,
            issued: claims.issued,
            expires: claims.expires,
        }
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
    fn rank(&self, at: Timestamp) -> (u8, Timestamp) {
        match self.standing(at) {
            Standing::Holds => (2, self.validity.from()),
            Standing::NotYet(from) => (1, from),
            Standing::Ended(end) | Standing::Revoked(end) => (0, end),
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
}

impl Case {
    /// Of a person, or nobody, and a login, or none.
    pub(crate) fn new(
        who: Option<(&varco_auth::CodiceFiscale, varco_auth::BirthDate)>,
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
        let delegation = known
            .delegations
            .iter()
            .filter(|one| {
                let is_his = who.is_some_and(|(code, _)| one.delegate == *code);
                let is_for = request.acting_for.as_ref();
                is_his && is_for.is_some_and(|person| one.delegator == person.codice_fiscale)
            })
            .map(|one| (one, Held::from(one)))
            .max_by_key(|(_, held)| held.rank(at));
        let acting_for = request.acting_for.as_ref().map(|person| {
            // Where the birth date was registered with the delegation, it is known by that.
            let registered = delegation
                .and_then(|(one, _)| birth_date(&person.codice_fiscale, one.birth_date).ok())
                .filter(|_| matches!(person.birth.year, varco_auth::BirthYear::TwoDigits(_)));
            let birth = registered.unwrap_or(person.birth);
            Person::new(&person.codice_fiscale, birth, &known.acted_for_categories, at)
        });
        let mut login = login;
        if let Some(login) = &mut login {
            let is_raised = facts.deployment.is_cns_high && login.credential.family() == "cns";
            if is_raised && login.level == Some(varco_auth::AssuranceLevel::Substantial) {
                login.level = Some(varco_auth::AssuranceLevel::High);
            }
        }
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
