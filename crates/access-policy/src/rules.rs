//! The rules: one table, and how they combine.
//!
//! Above each rule stands its source, in the marks of the access sheet: `[F1]` INPS's questions and answers on PIN,
//! SPID, CIE and CNS; `[F2]` a guide to life after the PIN; `[F3]` a union's note on circular 87/2020; `[F4]` a
//! newspaper of summer 2021; `[F5]` INPS's notice "from 1 October 2020". House: a rule of this project.

use jiff::Timestamp;
use varco_auth::AssuranceLevel;

use crate::calendar::End;
use crate::principal::View;
use crate::{Advice, Arguments, Effect, Facts, Reason, ServiceClass, TestMaterial};

use ServiceClass::{Consultation, Disposition, Information};

/// Everything that a rule may look at.
pub(crate) struct Case<'c> {
    pub(crate) class: ServiceClass,
    pub(crate) view: Option<&'c View>,
    pub(crate) facts: &'c Facts,
    pub(crate) inps_pin_end: End,
    pub(crate) at: Timestamp,
}

/// A code with its arguments.
type Said = (&'static str, Arguments);

/// One rule: where `speaks` says something, it has `effect` on services of its classes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) effect: Effect,
    pub(crate) classes: &'static [ServiceClass],
    speaks: fn(&Case<'_>) -> Option<Said>,
}

/// What an information service asks for is nothing; the other two classes ask for this level.
const NEEDED: AssuranceLevel = AssuranceLevel::Substantial;
const INPS_PIN: &str = "inps-pin";
const INPS_PIN_DISPOSITIVO: &str = "inps-pin-dispositivo";
/// The policy id where nothing permits.
const DEFAULT_DENY: &str = "default-deny";

/// The rules. A `Deny` wins over any `Permit`; where nothing permits, it is denied.
pub(crate) const RULES: &[Rule] = &[
    // Access sheet, classes: information asks for nothing.
    Rule {
        id: "permit-information",
        effect: Effect::Permit,
        classes: &[Information],
        speaks: |_| Some(("permit-public", Arguments::new())),
    },
    // [F1] [F4] [F5].
    Rule {
        id: "permit-consultation-substantial",
        effect: Effect::Permit,
        classes: &[Consultation],
        speaks: level_suffices,
    },
    // [F1] [F3] [F5]: PINs already held stay valid in the transition.
    Rule {
        id: "permit-consultation-inps-pin",
        effect: Effect::Permit,
        classes: &[Consultation],
        speaks: |case| inps_pin_still_taken(case, &[INPS_PIN, INPS_PIN_DISPOSITIVO]),
    },
    // [F1] [F4] [F5].
    Rule {
        id: "permit-disposition-substantial",
        effect: Effect::Permit,
        classes: &[Disposition],
        speaks: level_suffices,
    },
    // [F1] [F3] [F5]: in the transition the PIN dispositivo, not the ordinary one.
    Rule {
        id: "permit-disposition-inps-pin-dispositivo",
        effect: Effect::Permit,
        classes: &[Disposition],
        speaks: |case| inps_pin_still_taken(case, &[INPS_PIN_DISPOSITIVO]),
    },
    // House: a weakness that was accepted (RSA-1024, SHA-1, revocation that is not known, a card that may be a copy) is good
    // enough to read one's own data, not to change it.
    Rule {
        id: "forbid-disposition-downgraded",
        effect: Effect::Deny,
        classes: &[Disposition],
        speaks: |case| {
            let weaknesses = &case.view?.downgraded;
            (!weaknesses.is_empty()).then(|| {
                let arguments = [("weaknesses", weaknesses.join(", "))].into();
                ("deny-credential-downgraded", arguments)
            })
        },
    },
    // House: whoever has the fixtures can make such an identity.
    Rule {
        id: "forbid-test-material",
        effect: Effect::Deny,
        classes: &[Information, Consultation, Disposition],
        speaks: |case| {
            let refused = case.facts.test_material == TestMaterial::Refused;
            (case.view?.test_material && refused).then(|| ("deny-test-material", Arguments::new()))
        },
    },
];

fn level_suffices(case: &Case<'_>) -> Option<Said> {
    let level = case.view?.level;
    (level >= NEEDED).then(|| ("permit-level", levels(level)))
}

fn inps_pin_still_taken(case: &Case<'_>, kinds: &[&str]) -> Option<Said> {
    let taken = kinds.contains(&case.view?.kind.as_str()) && case.at < case.inps_pin_end.ended_at;
    taken.then(|| ("permit-inps-pin", last_day(case)))
}

fn levels(level: AssuranceLevel) -> Arguments {
    [
        ("level", level.name().to_owned()),
        ("needed", NEEDED.name().to_owned()),
    ]
    .into()
}

fn last_day(case: &Case<'_>) -> Arguments {
    [("last_day", case.inps_pin_end.last_day.to_string())].into()
}

/// What the rules make of a case.
pub(crate) struct Verdict {
    pub(crate) effect: Effect,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) advice: Vec<Advice>,
}

/// Applies the rules. A denial gives every reason there is, so that a person need not come back twice.
pub(crate) fn judge(rules: &[Rule], case: &Case<'_>) -> Verdict {
    let spoken = |effect| -> Vec<Reason> {
        rules
            .iter()
            .filter(|rule| rule.effect == effect && rule.classes.contains(&case.class))
            .filter_map(|rule| Some(reason(rule.id, (rule.speaks)(case)?)))
            .collect()
    };
    let permits = spoken(Effect::Permit);
    let mut denials = spoken(Effect::Deny);
    if permits.is_empty() {
        denials.push(reason(DEFAULT_DENY, nothing_permits(case)));
    }
    if denials.is_empty() {
        return Verdict {
            effect: Effect::Permit,
            reasons: permits,
            advice: Vec::new(),
        };
    }
    Verdict {
        effect: Effect::Deny,
        advice: denials.iter().filter_map(advice_on).collect(),
        reasons: denials,
    }
}

fn reason(policy_id: &str, (code, arguments): Said) -> Reason {
    Reason {
        policy_id: policy_id.to_owned(),
        code,
        arguments,
    }
}

/// Why no rule permits.
fn nothing_permits(case: &Case<'_>) -> Said {
    let Some(view) = case.view else {
        let arguments = [("needed", NEEDED.name().to_owned())].into();
        return ("deny-not-authenticated", arguments);
    };
    match view.kind.as_str() {
        INPS_PIN | INPS_PIN_DISPOSITIVO if case.at >= case.inps_pin_end.ended_at => {
            ("deny-inps-pin-ended", last_day(case))
        }
        INPS_PIN => ("deny-inps-pin-ordinary", Arguments::new()),
        _ => ("deny-assurance-too-low", levels(view.level)),
    }
}

/// What would help against a denial.
fn advice_on(denial: &Reason) -> Option<Advice> {
    let (code, arguments) = match denial.code {
        "deny-not-authenticated"
        | "deny-assurance-too-low"
        | "deny-inps-pin-ended"
        | "deny-inps-pin-ordinary" => {
            let arguments = [("level", NEEDED.name().to_owned())].into();
            ("advice-log-in", arguments)
        }
        // No other card helps where nobody asked whether it is genuine.
        "deny-credential-downgraded"
            if denial
                .arguments
                .values()
                .any(|said| said == "card-origin-unchecked") =>
        {
            ("advice-check-card-origin", Arguments::new())
        }
        "deny-credential-downgraded"
            if denial
                .arguments
                .values()
                .any(|said| said == "revocation-not-known") =>
        {
            ("advice-check-revocation", Arguments::new())
        }
        "deny-credential-downgraded" => ("advice-renew-credential", Arguments::new()),
        "deny-test-material" => ("advice-use-real-credential", Arguments::new()),
        _ => return None,
    };
    Some(Advice { code, arguments })
}

#[cfg(test)]
mod tests;
