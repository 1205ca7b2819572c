//! The names of Cedar entities, and those of the policy's own data: services and dates.
//!
//! Not here: what changes from one request to the next (`engine`).

use std::collections::HashMap;
use std::sync::LazyLock;

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression, Schema};
use jiff::Timestamp;

use crate::calendar::{Calendar, InForce};
use crate::person::Person;
use crate::{CredentialId, PolicyError, Service};

/// The person whom nobody is: no codice fiscale is written so.
const NOBODY: &str = "nobody";
/// The holder of a credential that is somebody else's.
const SOMEBODY_ELSE: &str = "somebody else";

/// Of all instants, those whose year has four digits in Cedar.
const YEARS: core::ops::RangeInclusive<i16> = 1..=9999;

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and every test of this crate parses it"
)]
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = include_str!("../../data/schema.cedarschema");
    let (schema, _warnings) = Schema::from_cedarschema_str(text).expect("the schema is well-formed");
    schema
});

/// Entities by their names.
#[derive(Clone)]
pub(crate) struct Vocabulary {
    person: EntityTypeName,
    nobody: EntityUid,
    somebody_else: EntityUid,
    calendar: EntityUid,
    /// Each kind of credential, with its family.
    credentials: HashMap<&'static str, (EntityUid, EntityUid)>,
}

impl Vocabulary {
    pub(crate) fn new() -> Result<Self, PolicyError> {
        Ok(Self {
            person: type_name("Person")?,
            nobody: uid("Person", NOBODY)?,
            somebody_else: uid("Person", SOMEBODY_ELSE)?,
            calendar: uid("Calendar", "national")?,
            credentials: CredentialId::all()
                .map(|kind| {
                    let named = (uid("Credential", kind.as_str())?, uid("Family", kind.family())?);
                    Ok((kind.as_str(), named))
                })
                .collect::<Result<_, PolicyError>>()?,
        })
    }

    /// A service as an entity of its class.
    pub(crate) fn service(&self, service: &Service, class: EntityUid) -> Result<Entity, PolicyError> {
        let dedicated = service.dedicated_to.map(|category| text(category.name()));
        let attributes = dedicated.map(|to| ("dedicatedTo".to_owned(), to));
        entity(uid("Service", service.id.as_str())?, attributes, Some(class))
    }

    /// The dates in force as an entity.
    pub(crate) fn dates(&self, calendar: &Calendar) -> Result<Entity, PolicyError> {
        let dates: [(&str, InForce); 5] = [
            ("noNewPin", calendar.no_new_pin),
            ("pinEnd", calendar.pin_end),
            ("pinEndProfessional", calendar.pin_end_professional),
            ("delegationsAtOffices", calendar.delegations_at_offices),
            ("delegationsOnline", calendar.delegations_online),
        ];
        let mut attributes = Vec::new();
        for (name, date) in dates {
            let effective =
                instant(date.effective).ok_or_else(|| PolicyError::DateInvalid(name.to_owned()))?;
            attributes.push((name.to_owned(), effective));
        }
        entity(self.calendar.clone(), attributes, None)
    }

    pub(crate) fn person(&self, person: Option<&Person>) -> EntityUid {
        match person {
            Some(person) => {
                let id = EntityId::new(person.codice_fiscale.as_str());
                EntityUid::from_type_name_and_id(self.person.clone(), id)
            }
            None => self.nobody.clone(),
        }
    }

    pub(crate) fn somebody_else(&self) -> EntityUid {
        self.somebody_else.clone()
    }

    pub(crate) fn calendar(&self) -> EntityUid {
        self.calendar.clone()
    }

    /// A kind of credential, with its family.
    pub(crate) fn credential(&self, kind: CredentialId) -> Option<&(EntityUid, EntityUid)> {
        self.credentials.get(kind.as_str())
    }
}

/// An instant, to the millisecond, which is all that Cedar knows.
pub(crate) fn instant(at: Timestamp) -> Option<RestrictedExpression> {
    let utc = jiff::tz::Offset::UTC.to_datetime(at);
    if !YEARS.contains(&utc.year()) {
        return None;
    }
    let (date, time) = (utc.date(), utc.time());
    let text = format!(
        "{date}T{:02}:{:02}:{:02}.{:03}Z",
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    );
    Some(RestrictedExpression::new_datetime(text))
}

pub(crate) fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    name.parse().map_err(|error| PolicyError::defect(&error))
}

pub(crate) fn uid(of_type: &str, id: &str) -> Result<EntityUid, PolicyError> {
    Ok(EntityUid::from_type_name_and_id(
        type_name(of_type)?,
        EntityId::new(id),
    ))
}

fn entity(
    uid: EntityUid,
    attributes: impl IntoIterator<Item = (String, RestrictedExpression)>,
    parent: Option<EntityUid>,
) -> Result<Entity, PolicyError> {
    Entity::new(
        uid,
        attributes.into_iter().collect(),
        parent.into_iter().collect(),
    )
    .map_err(|error| PolicyError::defect(&error))
}
