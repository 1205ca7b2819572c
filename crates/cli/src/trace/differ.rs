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

/// A trace, with where the card is before each thing of it.
struct Side {
    said: Vec<Said>,
    places: Vec<Place>,
}

impl Side {
    fn new(said: Vec<Said>) -> Self {
        let mut place = Place::default();
        let places = said.iter().map(|one| {
            let before = place.clone();
            place.pass(one);
            before
        });
        Self {
            places: places.collect(),
            said,
        }
    }

    fn at(&self, at: usize) -> Option<(&Said, &Place)> {
        self.said.get(at).zip(self.places.get(at))
    }

    fn to_json(&self, at: usize) -> Option<Value> {
        self.at(at).map(|(said, place)| show::to_json(said, place))
    }

    fn tell(&self, mark: &str, at: usize, output: &Output) {
        for line in self
            .at(at)
            .map(|(said, place)| show::lines(said, place, output))
            .unwrap_or_default()
        {
            output.line(&format!("{mark} {line}"));
        }
    }
}

pub(super) fn run(arguments: &TraceDiffArguments, output: &Output) -> Result<Exit, Problem> {
    let left = super::read(&arguments.left, output)?;
    let right = super::read(&arguments.right, output)?;
    let comparison = diff::compare(&left, &right);
    let is_equal = comparison.is_equal(arguments.timing);
    let problem = (!is_equal).then(|| output.problem("traces-differ", &[]));
    let (left, right) = (Side::new(left), Side::new(right));
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

fn tell(row: &Row, left: &Side, right: &Side, output: &Output) {
    match row {
        Row::Left(at) => left.tell("-", *at, output),
        Row::Right(at) => right.tell("+", *at, output),
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
            left.tell("-", *a, output);
            right.tell("+", *b, output);
        }
    }
}

fn row_json(row: &Row, left: &Side, right: &Side) -> Value {
    match row {
        Row::Left(at) => json!({ "left": left.to_json(*at), "right": null, "in": [] }),
        Row::Right(at) => json!({ "left": null, "right": right.to_json(*at), "in": [] }),
        Row::Both {
            left: a,
            right: b,
            differences,
        } => {
            let codes: Vec<&str> = differences.iter().map(|difference| difference.code()).collect();
            json!({ "left": left.to_json(*a), "right": right.to_json(*b), "in": codes })
        }
    }
}
