//! A case told to Cedar: what changes from one request to the next.
//!
//! Cedar skips a policy that fails, and would permit where a forbidding one fails: any error denies here. Not here: what stands
//! whoever asks (`engine`).

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Context, Decision as Verdict, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
    Schema,
};
use jiff::Timestamp;

use super::vocabulary::{instant, text};
use super::{Engine, Failure, Outcome, Slice, schema};
use crate::case::{Case, Held, Login};
use crate::credential::rank;
use crate::person::Person;
use crate::{Act, Effect, TestMaterial};

/// The questions of one decision: the case, and for its advice the case with this or that changed.
pub(crate) struct Questions<'e> {
    engine: &'e Engine,
    /// Instants as Cedar wants them, which parses a name for each: few, and the same in every question.
    instants: RefCell<Vec<(Timestamp, RestrictedExpression)>>,
}

/// A case, ready to be asked about.
struct Question<'e> {
    engine: &'e Engine,
    slice: &'e Slice,
    request: Request,
    entities: Entities,
}

impl Question<'_> {
    /// What these of the policies say: the verdict, and the ids of those that decided, in no order.
    fn ask(&self, policies: &PolicySet) -> Result<(Effect, Vec<String>), Failure> {
        let response = self
            .engine
            .authorizer
            .is_authorized(&self.request, policies, &self.entities);
        let diagnostics = response.diagnostics();
        if diagnostics.errors().next().is_some() {
            return Err(Failure::PolicyFailed);
        }
        let effect = match response.decision() {
            Verdict::Allow => Effect::Permit,
            Verdict::Deny => Effect::Deny,
        };
        Ok((effect, diagnostics.reason().map(ToString::to_string).collect()))
    }

    fn is_permitted_by(&self, policies: &PolicySet) -> bool {
        matches!(self.ask(policies), Ok((Effect::Permit, _)))
    }

    /// Whether this policy, which forbids, leaves it alone.
    fn is_passed_by(&self, forbidding: &PolicySet) -> bool {
        self.ask(forbidding)
            .is_ok_and(|(_, deciding)| deciding.is_empty())
    }
}

/// The schema where misfits are to be noticed: in tests, and in builds with debug assertions. The types of what is told are
/// fixed by this code, whatever the data, and checking them takes a third as long as asking the policies.
fn checked_by() -> Option<&'static Schema> {
    cfg!(any(test, debug_assertions)).then(schema)
}

impl<'e> Questions<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            instants: RefCell::default(),
        }
    }

    /// Asks all policies.
    pub(crate) fn ask(&self, case: &Case) -> Result<Outcome, Failure> {
        let question = self.about(case)?;
        let (effect, mut deciding) = question.ask(&question.slice.policies.all)?;
        deciding.sort_unstable();
        let is_nothing_forbidden = effect == Effect::Permit || deciding.is_empty();
        let nothing_permits = if is_nothing_forbidden {
            effect == Effect::Deny
        } else {
            !question.is_permitted_by(&question.slice.policies.permitting)
        };
        Ok(Outcome {
            effect,
            deciding,
            nothing_permits,
        })
    }

    /// Whether all policies would permit a case that was changed after a denial. What denied is asked first and alone: it mostly
    /// still does, and the others can change nothing about that.
    pub(crate) fn would_permit(&self, changed: &Case, denial: &Outcome) -> bool {
        let Ok(question) = self.about(changed) else {
            return false;
        };
        let policies = &question.slice.policies;
        let forbidding = &self.engine.forbidding;
        let mut denying = denial.deciding.iter().filter_map(|id| forbidding.get(id));
        denying.all(|one| question.is_passed_by(one))
            && (!denial.nothing_permits || question.is_permitted_by(&policies.permitting))
            && question.is_permitted_by(&policies.all)
    }

    fn about(&self, case: &Case) -> Result<Question<'e>, Failure> {
        let engine = self.engine;
        let slice = engine.slice_of(case)?;
        let principal = engine.vocabulary.person(case.person.as_ref());
        let context = self.context(case, &principal)?;
        let (action, resource) = (slice.action.clone(), slice.resource.clone());
        let request = Request::new(principal, action, resource, context, checked_by())
            .map_err(|_| Failure::PolicyFailed)?;
        Ok(Question {
            engine,
            slice,
            request,
            entities: self.entities(slice, case)?,
        })
    }

    fn at(&self, at: Timestamp) -> Result<RestrictedExpression, Failure> {
        let mut instants = self.instants.borrow_mut();
        if let Some((_, told)) = instants.iter().find(|(one, _)| *one == at) {
            return Ok(told.clone());
        }
        let told = instant(at).ok_or(Failure::InstantOutOfRange)?;
        instants.push((at, told.clone()));
        Ok(told)
    }

    /// The persons of a case, beside what always stands.
    fn entities(&self, slice: &Slice, case: &Case) -> Result<Entities, Failure> {
        let mut persons = vec![self.person(case.person.as_ref(), case.enablement.as_ref())?];
        if let Some(other) = &case.acting_for
            && case.person.as_ref().map(|person| &person.codice_fiscale) != Some(&other.codice_fiscale)
        {
            persons.push(self.person(Some(other), None)?);
        }
        slice
            .standing
            .clone()
            .add_entities(persons, checked_by())
            .map_err(|_| Failure::PolicyFailed)
    }

    fn person(&self, person: Option<&Person>, enablement: Option<&Held>) -> Result<Entity, Failure> {
        let categories = person.map_or(&[][..], |person| &person.categories);
        let categories = categories.iter().map(|category| text(category.name()));
        let mut attributes =
            HashMap::from([("categories".to_owned(), RestrictedExpression::new_set(categories))]);
        if let Some(held) = enablement {
            let fields = self.held_fields(held)?;
            attributes.insert("enablement".to_owned(), record(fields)?);
        }
        Entity::new(self.engine.vocabulary.person(person), attributes, HashSet::new())
            .map_err(|_| Failure::PolicyFailed)
    }

    fn context(&self, case: &Case, principal: &EntityUid) -> Result<Context, Failure> {
        let uid = RestrictedExpression::new_entity_uid;
        let mut fields = vec![
            ("at".to_owned(), self.at(case.at)?),
            ("calendar".to_owned(), uid(self.engine.vocabulary.calendar())),
        ];
        match &case.act {
            Act::Use(_) => {
                let is_permitted = case.deployment.test_material == TestMaterial::Permitted;
                fields.push(("profile".to_owned(), text(case.profile.name())));
                fields.push((
                    "testMaterialPermitted".to_owned(),
                    RestrictedExpression::new_bool(is_permitted),
                ));
                if let Some(login) = &case.login {
                    fields.push(("login".to_owned(), self.login(login, principal)?));
                }
                if let Some(other) = &case.acting_for {
                    fields.push((
                        "actingFor".to_owned(),
                        uid(self.engine.vocabulary.person(Some(other))),
                    ));
                }
                if let Some((delegation, held)) = &case.delegation {
                    let mut of = self.held_fields(held)?;
                    of.push(("kind".to_owned(), text(delegation.kind.name())));
                    fields.push(("delegation".to_owned(), record(of)?));
                }
            }
            Act::IssuePin | Act::RenewPin => {}
            Act::RegisterDelegation(channel, kind) => {
                fields.push(("channel".to_owned(), text(channel.name())));
                fields.push(("kind".to_owned(), text(kind.name())));
            }
            Act::RevokeDelegation {
                channel,
                asked_by,
                kind,
                registered_at,
            } => {
                fields.push(("channel".to_owned(), text(channel.name())));
                fields.push(("askedBy".to_owned(), text(asked_by.name())));
                fields.push(("kind".to_owned(), text(kind.name())));
                fields.push((
                    "onlineFrom".to_owned(),
                    self.at(Case::online_from(*registered_at))?,
                ));
            }
        }
        Context::from_pairs(fields).map_err(|_| Failure::PolicyFailed)
    }

    fn login(&self, login: &Login, principal: &EntityUid) -> Result<RestrictedExpression, Failure> {
        let holder = if login.is_of_another {
            self.engine.vocabulary.somebody_else()
        } else {
            principal.clone()
        };
        let (credential, family) = self
            .engine
            .vocabulary
            .credential(login.credential)
            .ok_or(Failure::PolicyFailed)?;
        let uid = RestrictedExpression::new_entity_uid;
        let weaknesses = login.weaknesses.iter().map(|code| text(code));
        let mut fields = vec![
            ("credential".to_owned(), uid(credential.clone())),
            ("family".to_owned(), uid(family.clone())),
            (
                "level".to_owned(),
                RestrictedExpression::new_long(rank(login.level)),
            ),
            ("holder".to_owned(), uid(holder)),
            ("weaknesses".to_owned(), RestrictedExpression::new_set(weaknesses)),
            (
                "testMaterial".to_owned(),
                RestrictedExpression::new_bool(login.test_material),
            ),
        ];
        for (name, known) in [("issued", login.issued), ("expires", login.expires)] {
            if let Some(known) = known {
                fields.push((name.to_owned(), self.at(known)?));
            }
        }
        record(fields)
    }

    fn held_fields(&self, held: &Held) -> Result<Vec<(String, RestrictedExpression)>, Failure> {
        let mut fields = vec![("from".to_owned(), self.at(held.validity.from())?)];
        for (name, end) in [("until", held.validity.until()), ("revoked", held.revoked)] {
            if let Some(end) = end {
                fields.push((name.to_owned(), self.at(end)?));
            }
        }
        Ok(fields)
    }
}

fn record(fields: Vec<(String, RestrictedExpression)>) -> Result<RestrictedExpression, Failure> {
    RestrictedExpression::new_record(fields).map_err(|_| Failure::PolicyFailed)
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Context, Entities, Entity, Request};

    use super::super::vocabulary::uid;
    use super::checked_by;

    #[test]
    fn what_does_not_fit_the_schema_is_noticed_by_every_test() {
        let [person, action, service] =
            [("Person", "nobody"), ("Action", "use"), ("Service", "a")].map(|(of, id)| uid(of, id).unwrap());
        Request::new(person.clone(), action, service, Context::empty(), checked_by()).unwrap_err();
        Entities::empty()
            .add_entities([Entity::with_uid(person)], checked_by())
            .unwrap_err();
    }
}
