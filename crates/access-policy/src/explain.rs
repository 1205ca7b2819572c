//! Why it was decided so, and what would help: codes with arguments.
//!
//! Not here: sentences (`messages`), and the decision itself (`engine`).

mod advice;
mod arguments;
mod missing;

use crate::case::Case;
use crate::engine::{Outcome, Questions};
use crate::{AccessPolicy, Arguments, Effect, Reason, Verdict};

/// The policy id where nothing permits.
pub(crate) const DEFAULT_DENY: &str = "default-deny";

/// Where one of these forbids, it also says why nothing permits.
const SAY_IT_ALL: &[&str] = &[
    "forbid-cross-border-cns",
    "forbid-delegation-of-representative-online",
    "forbid-delegation-revoke-by-ward",
    "forbid-inps-pin-professional",
    "forbid-nis",
    "forbid-phone-pin-issue-inps-pin",
];

/// Tells what was decided. A denial gives every reason there is, so that a person need not come back twice.
pub(crate) fn tell(
    decision: &mut Verdict,
    outcome: &Outcome,
    case: &Case,
    questions: &Questions<'_>,
    policy: &AccessPolicy,
) {
    decision.reasons = outcome
        .deciding
        .iter()
        .filter_map(|id| reason_of(id, case, policy))
        .collect();
    if decision.effect == Effect::Deny {
        let is_said = outcome
            .deciding
            .iter()
            .any(|id| SAY_IT_ALL.contains(&id.as_str()));
        if !is_said && outcome.nothing_permits {
            let (code, arguments) = missing::why_nothing_permits(case, policy);
            decision.reasons.push(Reason {
                policy_id: DEFAULT_DENY.to_owned(),
                code,
                arguments,
            });
        }
        decision.advice = advice::what_would_help(case, outcome, questions, policy);
    }
    decision.policies = decision
        .reasons
        .iter()
        .map(|reason| reason.policy_id.clone())
        .collect();
    decision.policies.sort_unstable();
    decision.policies.dedup();
}

fn reason_of(id: &str, case: &Case, policy: &AccessPolicy) -> Option<Reason> {
    let rule = policy.rules().iter().find(|rule| rule.id == id)?;
    let (code, arguments) = match &rule.reason {
        Some(reason) => arguments::of(reason, case, policy),
        // An operator's: his own words.
        None => {
            let code = match rule.effect {
                Effect::Permit => "permit-operator-rule",
                Effect::Deny => "deny-operator-rule",
            };
            let words: Arguments = [("it", rule.it.clone()), ("en", rule.en.clone())].into();
            (code, words)
        }
    };
    Some(Reason {
        policy_id: id.to_owned(),
        code,
        arguments,
    })
}
