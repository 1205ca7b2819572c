//! Why no rule permits, where none does: what comes nearest to a reason.
//!
//! Not here: the reasons of rules that decided (`arguments`).

use super::arguments::{dedicated_to, levels};
use crate::calendar::day_in_rome;
use crate::case::{Case, Login};
use crate::person::Age;
use crate::{AccessPolicy, Act, Arguments, AskedBy, Channel, PersonCategory, ServiceClass};

type Said = (&'static str, Arguments);

pub(super) fn why_nothing_permits(case: &Case, policy: &AccessPolicy) -> Said {
    match &case.act {
        Act::Use(_) => match &case.login {
            _ if policy.class(case) == Some(ServiceClass::Operator) => bare("deny-not-permitted"),
            None => not_authenticated(case, policy),
            Some(login) => of_a_login(login, case, policy),
        },
        Act::IssuePin => on("deny-no-new-inps-pin", "day", policy.calendar().no_new_pin.day),
        Act::RenewPin => on(
            "deny-no-inps-pin-renewal",
            "last_day",
            policy.calendar().pin_end.day,
        ),
        Act::RegisterDelegation(channel, _) => not_before(*channel, policy),
        Act::RevokeDelegation {
            channel,
            asked_by,
            registered_at,
            ..
        } => match (asked_by, channel) {
            (AskedBy::Authority, _) => bare("deny-authority-at-office"),
            (AskedBy::Delegator, Channel::Online)
                if case.at >= policy.calendar().delegations_online.effective =>
            {
                let from = day_in_rome(Case::online_from(*registered_at));
                on("deny-revocation-online-not-yet", "day", from)
            }
            (AskedBy::Delegator, channel) => not_before(*channel, policy),
        },
    }
}

fn not_authenticated(case: &Case, policy: &AccessPolicy) -> Said {
    match policy.class(case) {
        Some(ServiceClass::ContactCenter) => bare("deny-phone-pin-only"),
        _ => (
            "deny-not-authenticated",
            [("needed", "substantial".to_owned())].into(),
        ),
    }
}

fn of_a_login(login: &Login, case: &Case, policy: &AccessPolicy) -> Said {
    let kind = login.credential.as_str();
    match (login.credential.family(), policy.class(case)) {
        (_, Some(ServiceClass::ContactCenter)) => bare("deny-phone-pin-only"),
        ("phone-pin", _) => bare("deny-phone-pin-elsewhere"),
        ("inps-pin", class) => of_an_inps_pin(kind, class, case, policy),
        ("spid", Some(ServiceClass::PatronatoCaf)) => ("deny-assurance-too-low", levels(case)),
        (_, Some(ServiceClass::PatronatoCaf)) => bare("deny-spid-only"),
        ("cie", Some(ServiceClass::CrossBorder)) => bare("deny-cie-not-high"),
        _ => ("deny-assurance-too-low", levels(case)),
    }
}

fn of_an_inps_pin(kind: &str, class: Option<ServiceClass>, case: &Case, policy: &AccessPolicy) -> Said {
    let pin_end = policy.calendar().pin_end;
    let has_ended = case.at >= pin_end.effective;
    let is_ordinary = kind == "inps-pin";
    match class {
        Some(ServiceClass::Consultation | ServiceClass::Disposition | ServiceClass::Dedicated) => {
            let is_of_category = is_of_category(case, policy);
            match class {
                _ if has_ended && is_abroad(case) && case.acting_for.is_some() => {
                    bare("deny-inps-pin-for-another")
                }
                Some(ServiceClass::Dedicated)
                    if has_ended && is_of_category == Some(false) && !is_abroad(case) =>
                {
                    let category = [("category", dedicated_to(case, policy))].into();
                    if age_may_tell(case, policy) {
                        return bare("deny-age-unknown");
                    }
                    ("deny-inps-pin-not-of-category", category)
                }
                Some(ServiceClass::Dedicated) if has_ended && case.acting_for.is_some() => {
                    bare("deny-inps-pin-for-another")
                }
                Some(ServiceClass::Dedicated | ServiceClass::Disposition)
                    if is_ordinary && (!has_ended || is_of_category == Some(true)) =>
                {
                    bare("deny-inps-pin-ordinary")
                }
                // Who keeps the PIN keeps what it opens.
                Some(ServiceClass::Dedicated | ServiceClass::Disposition)
                    if is_ordinary && is_abroad(case) =>
                {
                    bare("deny-inps-pin-ordinary")
                }
                _ if has_ended => on("deny-inps-pin-ended", "last_day", pin_end.day),
                _ => bare("deny-inps-pin-ordinary"),
            }
        }
        Some(ServiceClass::PatronatoCaf) => bare("deny-spid-only"),
        _ => bare("deny-inps-pin-never"),
    }
}

/// Whether the person is of the category of the service; `None` where it has none.
fn is_of_category(case: &Case, policy: &AccessPolicy) -> Option<bool> {
    let category = policy.service(case.act.service()?)?.dedicated_to?;
    let person = case.person.as_ref()?;
    Some(person.categories.contains(&category))
}

/// Whether the person resides abroad without an Italian document, and so keeps a PIN.
fn is_abroad(case: &Case) -> bool {
    let both = [PersonCategory::NoItalianDocument, PersonCategory::ResidentAbroad];
    let person = case.person.as_ref();
    person.is_some_and(|person| both.iter().all(|one| person.categories.contains(one)))
}

/// Whether the person would be of the category if the full birth date said so.
fn age_may_tell(case: &Case, policy: &AccessPolicy) -> bool {
    dedicated_to(case, policy) == PersonCategory::Minor.name()
        && case
            .person
            .as_ref()
            .is_some_and(|person| person.age == Age::Unknown)
}

fn not_before(channel: Channel, policy: &AccessPolicy) -> Said {
    let begin = match channel {
        Channel::Office => policy.calendar().delegations_at_offices,
        Channel::Online => policy.calendar().delegations_online,
    };
    on("deny-not-before", "day", begin.day)
}

fn bare(code: &'static str) -> Said {
    (code, Arguments::new())
}

fn on(code: &'static str, name: &'static str, day: jiff::civil::Date) -> Said {
    (code, [(name, day.to_string())].into())
}
