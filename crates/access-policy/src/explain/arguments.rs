//! The code and arguments of a rule that decided.
//!
//! Not here: why nothing permits (`missing`).

use crate::calendar::{day_in_rome, last_day};
use crate::case::{Case, Standing};
use crate::credential::level_name;
use crate::person::Age;
use crate::{AccessPolicy, Arguments, CODES};

/// What is told, by the `@reason` of the rule: with what became of an enablement or delegation behind it, where it is about
/// one.
pub(super) fn of(reason: &str, case: &Case, policy: &AccessPolicy) -> (&'static str, Arguments) {
    match reason {
        "deny-enablement" => {
            let standing = case.enablement.map(|held| held.standing(case.at));
            let (code, mut arguments) = standing_of("deny-enablement", standing);
            arguments.extend(service(case, policy));
            (code, arguments)
        }
        "deny-delegation" => {
            let standing = case.delegation.as_ref().map(|(_, held)| held.standing(case.at));
            standing_of("deny-delegation", standing)
        }
        "deny-child-of-age" if age_of_represented(case) == Some(Age::Unknown) => {
            (known("deny-child-age-unknown"), Arguments::new())
        }
        _ => (known(reason), plain(reason, case, policy)),
    }
}

/// The arguments of the codes that have some.
fn plain(code: &str, case: &Case, policy: &AccessPolicy) -> Arguments {
    let calendar = policy.calendar();
    let login = case.login.as_ref();
    match code {
        "permit-level" => levels(case),
        "permit-inps-pin" | "deny-inps-pin-ended" => [("last_day", calendar.pin_end.day.to_string())].into(),
        "deny-inps-pin-professional-ended" => {
            [("last_day", calendar.pin_end_professional.day.to_string())].into()
        }
        "deny-inps-pin-issued-late" => [("day", calendar.no_new_pin.day.to_string())].into(),
        "permit-category-pin" => [("category", dedicated_to(case, policy))].into(),
        "deny-credential-downgraded" => {
            let weaknesses = login.map_or(String::new(), |login| login.weaknesses.join(", "));
            [("weaknesses", weaknesses)].into()
        }
        "deny-pin-expired" => {
            let end = login.and_then(|login| login.expires);
            end.map(|end| ("day", last_day(end).to_string()))
                .into_iter()
                .collect()
        }
        _ => Arguments::new(),
    }
}

/// The level of the login, and the one that the service asks for.
pub(super) fn levels(case: &Case) -> Arguments {
    let level = case.login.as_ref().and_then(|login| login.level);
    [
        ("level", level_name(level).to_owned()),
        ("needed", "substantial".to_owned()),
    ]
    .into()
}

/// The category that the service is dedicated to.
pub(super) fn dedicated_to(case: &Case, policy: &AccessPolicy) -> String {
    let service = case.act.service().and_then(|id| policy.service(id));
    let category = service.and_then(|service| service.dedicated_to);
    category
        .map(crate::PersonCategory::name)
        .unwrap_or_default()
        .to_owned()
}

/// The service by its id and by its names.
pub(super) fn service(case: &Case, policy: &AccessPolicy) -> Arguments {
    let service = case.act.service().and_then(|id| policy.service(id));
    service.map_or_else(Arguments::new, |service| {
        [
            ("service", service.id.to_string()),
            ("it", service.title.it.clone()),
            ("en", service.title.en.clone()),
        ]
        .into()
    })
}

pub(super) fn age_of_represented(case: &Case) -> Option<Age> {
    case.acting_for.as_ref().map(|person| person.age)
}

fn standing_of(about: &str, standing: Option<Standing>) -> (&'static str, Arguments) {
    let (what, day) = match standing {
        None | Some(Standing::Holds) => ("missing", None),
        Some(Standing::NotYet(from)) => ("not-yet", Some(day_in_rome(from))),
        Some(Standing::Ended(until)) => ("ended", Some(last_day(until))),
        Some(Standing::Revoked(at)) => ("revoked", Some(day_in_rome(at))),
    };
    let day = day.map(|day| ("day", day.to_string()));
    (known(&format!("{about}-{what}")), day.into_iter().collect())
}

/// The code as it stands in the list of all; a test holds every rule to it.
pub(super) fn known(code: &str) -> &'static str {
    CODES
        .iter()
        .find(|known| **known == code)
        .copied()
        .unwrap_or("deny-not-permitted")
}
