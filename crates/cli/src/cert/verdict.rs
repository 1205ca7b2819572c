//! The verdict on a certificate, written down for people or programs.

use serde_json::{Value, json};
use varco::LoginError;
use varco::trust::{Certificate, InPath, Rejection, Revocation, RevocationStatus};
use varco_messages::Arg;

use super::verify::{Bad, Good, Verdict};
use crate::arguments::Profile;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn tell(verdict: &Verdict, output: &Output) -> Exit {
    let problem = verdict
        .outcome
        .as_ref()
        .err()
        .map(|bad| problem(&bad.rejection, output));
    match output.format() {
        Format::Json => output.json(to_json(verdict, problem.as_ref(), output)),
        Format::Text => text(verdict, problem.as_ref(), output),
    }
    problem.map_or(Exit::Done, |problem| problem.exit())
}

fn problem(rejection: &Rejection, output: &Output) -> Problem {
    Problem::login(output.messages(), &LoginError::Rejected(rejection.clone()))
}

/// A certificate's place in its path, as JSON names it.
fn place(in_path: InPath) -> &'static str {
    match in_path {
        InPath::Leaf => "leaf",
        InPath::Intermediate => "intermediate",
        InPath::Anchor => "anchor",
    }
}

fn profile_name(profile: Profile) -> &'static str {
    match profile {
        Profile::Cns => "cns",
        Profile::Cie => "cie",
        Profile::None => "none",
    }
}

fn to_json(verdict: &Verdict, problem: Option<&Problem>, output: &Output) -> Value {
    let (good, bad) = match &verdict.outcome {
        Ok(good) => (Some(good), None),
        Err(bad) => (None, Some(bad)),
    };
    json!({
        "verdict": if bad.is_none() { "valid" } else { "invalid" },
        "profile": profile_name(verdict.profile),
        "judged_at": verdict.at.to_string(),
        "reasons": bad.map_or_else(Vec::new, |bad| reasons(bad, output)),
        "path": path(verdict),
        "revocation": good.map(|good| revocation_json(&good.revocation)),
        "downgraded": good.map_or_else(Vec::new, |good| {
            good.downgrades.iter().map(|downgrade| downgrade.code()).collect()
        }),
        "test_material": good.map(|good| good.is_test_material),
        "error": problem.map(Problem::to_json),
    })
}

/// The certificates known to stand on the path, from the leaf up. Of one that is refused, that is the leaf alone.
fn path(verdict: &Verdict) -> Vec<Value> {
    let issuers = verdict.outcome.as_ref().map_or(&[][..], |good| &good.issuers);
    let last = issuers.len();
    let named = |(index, certificate): (usize, &Certificate)| {
        let role = match index {
            0 => InPath::Leaf,
            _ if index == last => InPath::Anchor,
            _ => InPath::Intermediate,
        };
        json!({
            "certificate": place(role),
            "subject": certificate.subject(),
            "issuer": certificate.issuer(),
            "serial": certificate.serial_hex(),
            "not_before": certificate.not_before().to_string(),
            "not_after": certificate.not_after().to_string(),
            "sha256": hexadecimal(&certificate.sha256()),
        })
    };
    verdict
        .leaf
        .iter()
        .chain(issuers)
        .enumerate()
        .map(named)
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn reasons(bad: &Bad, output: &Output) -> Vec<Value> {
    let first = (bad.rejection.clone(), bad.in_path);
    let also = bad.misuses.iter().map(|misuse| {
        let rejection = Rejection::from(*misuse);
        let in_path = rejection.in_path();
        (rejection, in_path)
    });
    std::iter::once(first)
        .chain(also)
        .map(|(rejection, in_path)| {
            json!({
                "code": rejection.reason(),
                "certificate": place(in_path),
                "message": problem(&rejection, output).told.message,
            })
        })
        .collect()
}

/// What is known of revocation, as `assurance` of an identity has it too.
fn revocation_json(revocation: &Revocation) -> Value {
    let unknown = match revocation.status() {
        RevocationStatus::Unknown(reason) => Some(reason.reason()),
        _ => None,
    };
    json!({
        "status": revocation.code(),
        "mode": revocation.mode().name(),
        "reason": unknown,
        "source": revocation.kind().map(|kind| kind.name()),
        "this_update": revocation.this_update().map(|at| at.to_string()),
        "next_update": revocation.next_update().map(|at| at.to_string()),
        "fetched_at": revocation.fetched_at().map(|at| at.to_string()),
        "age_s": revocation.age_s(),
    })
}

fn text(verdict: &Verdict, problem: Option<&Problem>, output: &Output) {
    match (&verdict.outcome, problem) {
        (Ok(good), _) => valid(verdict, good, output),
        (Err(bad), Some(problem)) => {
            output.line(&output.say("verdict-invalid", &[]));
            let mut rows = vec![
                ("label-reason", problem.told.message.clone()),
                ("label-check", bad.rejection.reason().to_owned()),
                ("label-concerned", concerned(bad, verdict, output)),
            ];
            for misuse in &bad.misuses {
                let told = self::problem(&Rejection::from(*misuse), output).told.message;
                rows.push(("label-also", told));
            }
            rows.push(("label-judged-at", verdict.at.to_string()));
            output.table(&rows);
            output.note(&format!(
                "{}: {}",
                output.say("label-advice", &[]),
                problem.told.advice
            ));
        }
        (Err(_), None) => {}
    }
}

/// Which certificate is meant: its place, and of the leaf its serial number.
fn concerned(bad: &Bad, verdict: &Verdict, output: &Output) -> String {
    let name = output.say(&format!("in-path-{}", place(bad.in_path)), &[]);
    match (&verdict.leaf, bad.in_path) {
        (Some(leaf), InPath::Leaf) => format!("{name} ({})", leaf.serial_hex()),
        _ => name,
    }
}

fn valid(verdict: &Verdict, good: &Good, output: &Output) {
    output.line(&output.say("verdict-valid", &[]));
    let mut rows = vec![(
        "label-judged-as",
        output.say(&format!("profile-{}", profile_name(verdict.profile)), &[]),
    )];
    if let Some(leaf) = &verdict.leaf {
        rows.push(("label-serial", leaf.serial_hex()));
        rows.push((
            "label-valid",
            format!("{} - {}", leaf.not_before(), leaf.not_after()),
        ));
    }
    for issuer in &good.issuers {
        rows.push(("label-issuer", issuer.subject().to_owned()));
    }
    rows.extend(evidence_rows(&good.revocation, output));
    rows.push(("label-judged-at", verdict.at.to_string()));
    output.table(&rows);
    if good.is_test_material {
        output.line(&output.say("verdict-test-material", &[]));
    }
    for downgrade in &good.downgrades {
        output.line(&format!("- {}", output.say(downgrade.code(), &[])));
    }
}

/// What is known of revocation, and what it rests on, as rows of a table.
pub(crate) fn evidence_rows(revocation: &Revocation, output: &Output) -> Vec<(&'static str, String)> {
    let mut rows = vec![("label-revocation", output.say(revocation.code(), &[]))];
    if let Some(kind) = revocation.kind() {
        let made = revocation
            .this_update()
            .map(|at| at.to_string())
            .unwrap_or_default();
        let age = days(revocation.age_s().unwrap_or_default());
        let arguments = [("made", Arg::Text(&made)), ("days", Arg::Number(age))];
        rows.push((
            "label-evidence",
            output.say(&format!("evidence-{}", kind.name()), &arguments),
        ));
        if let Some(due) = revocation.next_update() {
            rows.push(("label-evidence-due", due.to_string()));
        }
    }
    if let RevocationStatus::Unknown(reason) = revocation.status() {
        let rejection = Rejection::RevocationUnknown {
            in_path: InPath::Leaf,
            reason,
        };
        rows.push(("label-reason", problem(&rejection, output).told.message));
    }
    rows
}

/// Whole days; none of what is not yet made.
fn days(seconds: i64) -> u32 {
    u32::try_from(seconds / 86_400).unwrap_or(0)
}
