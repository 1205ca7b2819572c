//! `varco policy test`: replays a folder of cases.
//!
//! Not here: what a case is (the library's).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use varco::policy::corpus::{Corpus, CorpusError, Coverage, Example, Expected, FILE_LENGTH_MAX, coverage};
use varco::policy::{AccessPolicy, Origin};
use varco_messages::Arg;

use crate::arguments::CorpusArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::rules;

/// A case that was not answered as it says.
struct Failed {
    file: String,
    name: String,
    expected: Value,
    answered: Value,
}

pub(super) fn run(arguments: &CorpusArguments, output: &Output) -> Result<Exit, Problem> {
    let policy = rules::policy(&arguments.rules, output)?;
    let (mut examples, mut failed) = (Vec::new(), Vec::new());
    let paths = rules::in_folder(&arguments.folder, &["json"], output)?;
    if paths.is_empty() {
        let folder = arguments.folder.display().to_string();
        return Err(output.problem("corpus-empty", &[("path", Arg::Text(&folder))]));
    }
    for path in paths {
        let file = path.display().to_string();
        let most = u64::try_from(FILE_LENGTH_MAX).unwrap_or(u64::MAX);
        let text = rules::read(&path, most, output)?;
        let corpus = Corpus::parse(&text).map_err(|error| malformed(&file, &error, output))?;
        // A case about a rule that there is not is told with its file.
        coverage(&policy, &corpus.cases).map_err(|error| malformed(&file, &error, output))?;
        for example in corpus.cases {
            let answer =
                Corpus::answer(&policy, &example).map_err(|error| malformed(&file, &error, output))?;
            if !answer.is_expected {
                failed.push(Failed {
                    file: file.clone(),
                    name: example.name.clone(),
                    expected: to_json(&example.expect),
                    answered: to_json(&Expected::of(&answer.verdict)),
                });
            }
            examples.push(example);
        }
    }
    let counts = counted(&policy, &examples, output)?;
    let uncovered = counts.values().any(|one| one.permits == 0 || one.denies == 0);
    let is_well = failed.is_empty() && !uncovered;
    let problem = (!is_well).then(|| output.problem("corpus-failed", &[]));
    match output.format() {
        Format::Json => output.json(json_of(&examples, &failed, &counts, problem.as_ref())),
        Format::Text => {
            tell(&examples, &failed, &counts, output);
            if let Some(problem) = &problem {
                output.explain(problem);
            }
        }
    }
    Ok(problem.map_or(Exit::Done, |problem| problem.exit()))
}

/// The examples of each rule: of an operator's, where he brought some, as his cases need not be about the others.
fn counted(
    policy: &AccessPolicy,
    examples: &[Example],
    output: &Output,
) -> Result<BTreeMap<String, Coverage>, Problem> {
    let mut counts = coverage(policy, examples).map_err(|error| malformed("", &error, output))?;
    let is_own = |id: &str, origin| {
        policy
            .rules()
            .iter()
            .any(|rule| rule.id == id && rule.origin == origin)
    };
    if policy.rules().iter().any(|rule| rule.origin == Origin::Operator) {
        counts.retain(|id, _| is_own(id, Origin::Operator));
    }
    Ok(counts)
}

fn malformed(path: &str, error: &CorpusError, output: &Output) -> Problem {
    let problem = output.problem("corpus-malformed", &[("path", Arg::Text(path))]);
    problem.detailed(error)
}

fn json_of(
    examples: &[Example],
    failed: &[Failed],
    counts: &BTreeMap<String, Coverage>,
    problem: Option<&Problem>,
) -> Value {
    let failed: Vec<Value> = failed
        .iter()
        .map(|one| {
            json!({
                "file": one.file,
                "name": one.name,
                "expected": one.expected,
                "answered": one.answered,
            })
        })
        .collect();
    let rules: Vec<Value> = counts
        .iter()
        .map(|(id, count)| json!({ "id": id, "permits": count.permits, "denies": count.denies }))
        .collect();
    json!({
        "cases": examples.len(),
        "failed": failed,
        "rules": rules,
        "error": problem.map(Problem::to_json),
    })
}

fn tell(examples: &[Example], failed: &[Failed], counts: &BTreeMap<String, Coverage>, output: &Output) {
    for one in failed {
        output.line(&format!("{}: {}", one.file, one.name));
        output.table(&[
            ("label-expected", one.expected.to_string()),
            ("label-answered", one.answered.to_string()),
        ]);
    }
    for (id, count) in counts {
        let said = [
            ("rule", Arg::Text(id)),
            ("permits", Arg::Number(number(count.permits))),
            ("denies", Arg::Number(number(count.denies))),
        ];
        output.line(&output.say("policy-rule-counted", &said));
    }
    let said = [
        ("cases", Arg::Number(number(examples.len()))),
        ("failed", Arg::Number(number(failed.len()))),
    ];
    output.line(&output.say("policy-tested", &said));
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
