//! `varco trace diff`: two traces compared.
//!
//! Not here: how they are laid side by side (crate `trace`).

use serde_json::{Value, json};
use varco_trace::decode::Place;
use varco_trace::diff::{self, Row};
use varco_trace::said::Said;

use super::show;
use crate::arguments::TraceDiffArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// Each thing of a trace in words, and for programs.
fn told(said: &[Said], output: &Output) -> Vec<(Vec<String>, Value)> {
    let mut place = Place::default();
    said.iter()
        .map(|one| {
            let told = match output.format() {
                Format::Text => (show::lines(one, &place, output), Value::Null),
                Format::Json => (Vec::new(), show::to_json(one, &place)),
            };
            place.pass(one);
            told
        })
        .collect()
}

pub(super) fn run(arguments: &TraceDiffArguments, output: &Output) -> Result<Exit, Problem> {
    let left = super::read(&arguments.left, output)?;
    let right = super::read(&arguments.right, output)?;
    let comparison = diff::compare(&left, &right);
    let is_equal = comparison.is_equal(arguments.timing);
    let problem = (!is_equal).then(|| output.problem("traces-differ", &[]));
    let (left, right) = (told(&left, output), told(&right, output));
    let rows = comparison.rows.iter().filter(|row| row.differs(true));
    match output.format() {
        Format::Json => {
            let rows: Vec<Value> = rows.map(|row| row_json(row, &left, &right)).collect();
            output.json(json!({
                "equal": is_equal, "aligned": !comparison.is_cut, "differences": rows,
                "error": problem.as_ref().map(Problem::to_json),
            }));
        }
        Format::Text => {
            rows.for_each(|row| tell(row, &left, &right, output));
            if comparison.is_cut {
                output.line(&output.say("trace-not-aligned", &[]));
            }
            match &problem {
                Some(problem) => output.explain(problem),
                None => output.line(&output.say("trace-equal", &[])),
            }
        }
    }
    Ok(problem.map_or(Exit::Done, |problem| problem.exit()))
}

type Told = [(Vec<String>, Value)];

fn tell(row: &Row, left: &Told, right: &Told, output: &Output) {
    let side = |mark: &str, told: &Told, at: usize| {
        for line in told
            .get(at)
            .map(|(lines, _)| lines.as_slice())
            .unwrap_or_default()
        {
            output.line(&format!("{mark} {line}"));
        }
    };
    match row {
        Row::Left(at) => side("-", left, *at),
        Row::Right(at) => side("+", right, *at),
        Row::Both {
            left: a,
            right: b,
            differences,
        } => {
            let what: Vec<String> = differences
                .iter()
                .map(|difference| output.say(difference.code(), &[]))
                .collect();
            output.line(&format!("~ {}", what.join("; ")));
            side("-", left, *a);
            side("+", right, *b);
        }
    }
}

fn row_json(row: &Row, left: &Told, right: &Told) -> Value {
    let side = |told: &Told, at: usize| told.get(at).map(|(_, json)| json.clone());
    match row {
        Row::Left(at) => json!({ "left": side(left, *at), "right": null, "in": [] }),
        Row::Right(at) => json!({ "left": null, "right": side(right, *at), "in": [] }),
        Row::Both {
            left: a,
            right: b,
            differences,
        } => {
            let codes: Vec<&str> = differences.iter().map(|difference| difference.code()).collect();
            json!({ "left": side(left, *a), "right": side(right, *b), "in": codes })
        }
    }
}
