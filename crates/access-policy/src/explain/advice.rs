//! What would make a denial a permit: each remedy is tried on the case and the rules are asked again, so that no advice is
//! given that would not help.
//!
//! Not here: sentences (`messages`).

use jiff::Timestamp;

use super::arguments::service;
use crate::calendar::day_in_rome;
use crate::case::{Case, Held, Login};
use crate::engine::{Outcome, Questions};
use crate::person::Age;
use crate::{
    AccessPolicy, Act, Advice, Arguments, AskedBy, Channel, CredentialId, Delegation, DelegationKind, FactId,
    PersonCategory, Profile, TestMaterial, Validity,
};

/// The kinds of credential that a person can be sent to get, best known first. A telephone PIN is advised on its own.
const LOGINS: &[&str] = &["spid-l2", "cie", "cns"];
/// Where the first of those is not enough.
const LOGINS_HIGH: &[&str] = &["spid-l3"];

/// A weakness that whoever runs the reader can mend: he did not ask whether the card is genuine.
const ORIGIN: &str = "card-origin-unchecked";
/// Another: he has no lists.
const REVOCATION: &str = "revocation-not-known";

/// One thing that a person, or an office, could change.
struct Remedy {
    advice: Advice,
    /// How the case would be then.
    apply: fn(&mut Case, &AccessPolicy),
    /// Whether it mends the login that there was, so that no other is needed.
    mends_login: bool,
}

/// The advice on a denial: every single remedy that helps, or else the few that help together.
pub(crate) fn what_would_help(
    case: &Case,
    denial: &Outcome,
    questions: &Questions<'_>,
    policy: &AccessPolicy,
) -> Vec<Advice> {
    let helps = |changed: &Case| questions.would_permit(changed, denial);
    let remedies = remedies(case, policy);
    let mut advice = Vec::new();
    let mut is_login_mended = false;
    for remedy in &remedies {
        let mut changed = case.clone();
        (remedy.apply)(&mut changed, policy);
        if helps(&changed) {
            is_login_mended |= remedy.mends_login;
            advice.push(remedy.advice.clone());
        }
    }
    if matches!(case.act, Act::Use(_)) && !is_login_mended {
        advice.splice(0..0, logins_that_help(case, &helps));
    }
    advice.extend(waiting(case, policy, &helps));
    if matches!(case.act, Act::IssuePin | Act::RenewPin) {
        // What replaces the PIN, which no remedy brings back. `[access sheet, where a citizen gets help]`
        let arguments = [("credentials", LOGINS.join(", "))].into();
        advice.push(Advice {
            code: "advice-log-in",
            arguments,
        });
    }
    if advice.is_empty() {
        advice = together(case, &remedies, policy, &helps);
    }
    advice
}

/// Logging in otherwise.
fn logins_that_help(case: &Case, helps: &dyn Fn(&Case) -> bool) -> Vec<Advice> {
    let with = |ids: &[&'static str]| -> Vec<&'static str> {
        let would_help = |id: &str| {
            let Ok(kind) = CredentialId::parse(id) else {
                return false;
            };
            // The same again is no advice.
            if case.login.as_ref() == Some(&Login::clean(kind)) {
                return false;
            }
            let mut changed = case.clone();
            changed.login = Some(Login::clean(kind).raised(case.deployment));
            helps(&changed)
        };
        ids.iter().copied().filter(|id| would_help(id)).collect()
    };
    let mut kinds = with(LOGINS);
    if !kinds.contains(&"spid-l2") {
        kinds.splice(0..0, with(LOGINS_HIGH));
    }
    let mut advice = Vec::new();
    if !kinds.is_empty() {
        let arguments = [("credentials", kinds.join(", "))].into();
        advice.push(Advice {
            code: "advice-log-in",
            arguments,
        });
    } else if !with(&["phone-pin"]).is_empty() {
        advice.push(bare("advice-phone-pin"));
    }
    advice
}

/// What could be changed about this case, in the order in which it is told.
fn remedies(case: &Case, policy: &AccessPolicy) -> Vec<Remedy> {
    let mut found = Vec::new();
    if let Some(login) = &case.login {
        let has = |code: &str| login.weaknesses.iter().any(|weakness| weakness == code);
        let mut mend = |is_so: bool, code: &'static str, apply: fn(&mut Case, &AccessPolicy)| {
            if is_so {
                found.push(Remedy {
                    advice: bare(code),
                    apply,
                    mends_login: true,
                });
            }
        };
        mend(login.test_material, "advice-use-real-credential", |case, _| {
            case.deployment.test_material = TestMaterial::Permitted;
        });
        mend(has(ORIGIN), "advice-check-card-origin", |case, _| {
            edit(case, |login| login.weaknesses.retain(|code| code != ORIGIN));
        });
        mend(has(REVOCATION), "advice-check-revocation", |case, _| {
            edit(case, |login| login.weaknesses.retain(|code| code != REVOCATION));
        });
        let is_of_card = |code: &String| code != ORIGIN && code != REVOCATION;
        let is_weak = login.weaknesses.iter().any(is_of_card);
        mend(is_weak, "advice-renew-credential", |case, _| {
            edit(case, |login| {
                login
                    .weaknesses
                    .retain(|code| code == ORIGIN || code == REVOCATION);
            });
        });
        mend(login.is_of_another, "advice-log-in-as-yourself", |case, _| {
            edit(case, |login| login.is_of_another = false);
        });
        let is_phone = login.credential.family() == "phone-pin";
        let is_over = login.expires.is_some_and(|end| end <= case.at);
        let unexpire: fn(&mut Case, &AccessPolicy) = |case, _| edit(case, |login| login.expires = None);
        mend(is_over && is_phone, "advice-phone-pin", unexpire);
        mend(is_over && !is_phone, "advice-renew-inps-pin", unexpire);
    }
    found.extend(of_facts(case, policy));
    found.extend(of_request(case));
    found
}

/// What an office, or another person, could enter.
fn of_facts(case: &Case, policy: &AccessPolicy) -> Vec<Remedy> {
    let mut found = Vec::new();
    let mut add = |is_so: bool, advice: Advice, apply: fn(&mut Case, &AccessPolicy)| {
        if is_so {
            found.push(Remedy {
                advice,
                apply,
                mends_login: false,
            });
        }
    };
    let is_professional = policy.class(case) == Some(crate::ServiceClass::Professional);
    let wanted = Advice {
        code: "advice-ask-enablement",
        arguments: service(case, policy),
    };
    add(is_professional, wanted, |case, _| {
        case.enablement = now_on(case.at);
    });
    let is_register_open = case.at >= policy.calendar().delegations_at_offices.effective;
    add(
        case.acting_for.is_some() && is_register_open,
        bare("advice-register-delegation"),
        |case, _| {
            case.delegation = delegation_from(case);
        },
    );
    let is_unknown = |person: &Option<crate::person::Person>| {
        person.as_ref().is_some_and(|person| person.age == Age::Unknown)
    };
    let turns_on_age = is_unknown(&case.person) || is_unknown(&case.acting_for);
    add(turns_on_age, bare("advice-give-birth-date"), |case, _| {
        for person in [&mut case.person, &mut case.acting_for].into_iter().flatten() {
            if person.age == Age::Unknown {
                person.categories.push(PersonCategory::Minor);
            }
        }
    });
    found
}

/// What could be asked for otherwise.
fn of_request(case: &Case) -> Vec<Remedy> {
    let mut found = Vec::new();
    let mut add = |is_so: bool, code: &'static str, apply: fn(&mut Case, &AccessPolicy)| {
        if is_so {
            found.push(Remedy {
                advice: bare(code),
                apply,
                mends_login: false,
            });
        }
    };
    let is_professional = case.profile == Profile::Professional;
    add(is_professional, "advice-citizen-profile", |case, _| {
        case.profile = Profile::Citizen;
    });
    let is_online = matches!(
        case.act,
        Act::RegisterDelegation(Channel::Online, _)
            | Act::RevokeDelegation {
                channel: Channel::Online,
                ..
            }
    );
    add(is_online, "advice-go-to-office", |case, _| match &mut case.act {
        Act::RegisterDelegation(channel, _) | Act::RevokeDelegation { channel, .. } => {
            *channel = Channel::Office;
        }
        _ => {}
    });
    let by_delegator = matches!(
        case.act,
        Act::RevokeDelegation {
            asked_by: AskedBy::Delegator,
            ..
        }
    );
    add(by_delegator, "advice-ask-authority", |case, _| {
        if let Act::RevokeDelegation {
            channel, asked_by, ..
        } = &mut case.act
        {
            (*channel, *asked_by) = (Channel::Office, AskedBy::Authority);
        }
    });
    found
}

/// The first of the instants to come at which it would be permitted, if nothing else changes.
fn waiting(case: &Case, policy: &AccessPolicy, helps: &dyn Fn(&Case) -> bool) -> Option<Advice> {
    let mut instants: Vec<Timestamp> = policy
        .calendar()
        .beginnings()
        .iter()
        .map(|date| date.effective)
        .collect();
    instants.extend(case.enablement.map(|held| held.validity.from()));
    instants.extend(case.delegation.as_ref().map(|(_, held)| held.validity.from()));
    if let Act::RevokeDelegation { registered_at, .. } = case.act {
        instants.push(Case::online_from(registered_at));
    }
    instants.retain(|instant| *instant > case.at);
    instants.sort_unstable();
    let first = instants
        .into_iter()
        .find(|instant| helps(&case.later(*instant)))?;
    Some(Advice {
        code: "advice-wait-until",
        arguments: [("day", day_in_rome(first).to_string())].into(),
    })
}

/// The remedies that help only together: all that can be had, less each that is not needed.
fn together(
    case: &Case,
    remedies: &[Remedy],
    policy: &AccessPolicy,
    helps: &dyn Fn(&Case) -> bool,
) -> Vec<Advice> {
    let applied = |kept: &[bool]| {
        let mut changed = case.clone();
        for (remedy, _) in remedies.iter().zip(kept).filter(|(_, kept)| **kept) {
            (remedy.apply)(&mut changed, policy);
        }
        changed
    };
    let mut kept = vec![true; remedies.len()];
    let all = applied(&kept);
    let is_use = matches!(case.act, Act::Use(_));
    let needs_login = !helps(&all);
    let helps_with_login = |changed: &Case| !logins_that_help(changed, helps).is_empty();
    let still = |changed: &Case| {
        if needs_login {
            helps_with_login(changed)
        } else {
            helps(changed)
        }
    };
    if (needs_login && !is_use) || !still(&all) {
        return Vec::new();
    }
    for index in 0..kept.len() {
        if let Some(one) = kept.get_mut(index) {
            *one = false;
        }
        if !still(&applied(&kept))
            && let Some(one) = kept.get_mut(index)
        {
            *one = true;
        }
    }
    let mut advice = Vec::new();
    if needs_login {
        advice = logins_that_help(&applied(&kept), helps);
    }
    let needed = remedies.iter().zip(&kept).filter(|(_, kept)| **kept);
    advice.extend(needed.map(|(remedy, _)| remedy.advice.clone()));
    advice
}

fn edit(case: &mut Case, change: fn(&mut Login)) {
    if let Some(login) = &mut case.login {
        change(login);
    }
}

fn now_on(at: Timestamp) -> Option<Held> {
    let validity = Validity::new(at, None).ok()?;
    Some(Held {
        validity,
        revoked: None,
    })
}

/// A delegation that holds from now on: as it was, else that of a parent of a minor, else a delegate's.
fn delegation_from(case: &Case) -> Option<(Delegation, Held)> {
    let held = now_on(case.at)?;
    let (person, other) = (case.person.as_ref()?, case.acting_for.as_ref()?);
    let is_of_age = !other.categories.contains(&PersonCategory::Minor);
    let kind = match &case.delegation {
        Some((former, _)) if !(former.kind == DelegationKind::Parent && is_of_age) => former.kind,
        None if !is_of_age => DelegationKind::Parent,
        _ => DelegationKind::Delegate,
    };
    let delegation = Delegation {
        id: FactId(0),
        delegator: other.codice_fiscale.clone(),
        delegate: person.codice_fiscale.clone(),
        kind,
        validity: held.validity,
        birth_date: None,
        channel: Channel::Office,
        registered: crate::Change::new("-", case.at, "-").ok()?,
        revoked: None,
    };
    Some((delegation, held))
}

fn bare(code: &'static str) -> Advice {
    Advice {
        code,
        arguments: Arguments::new(),
    }
}
