//! Two data fields compared, redacted ones by what else in their trace they are equal to.
//!
//! Not here: commands and events.

use std::collections::HashMap;

use super::Difference;
use crate::said::Field;

/// How differences of a field are called.
pub(super) struct Names {
    length: Difference,
    data: Difference,
    label: Difference,
}

pub(super) const COMMAND: Names = Names {
    length: Difference::CommandLength,
    data: Difference::CommandData,
    label: Difference::CommandLabel,
};

pub(super) const ANSWER: Names = Names {
    length: Difference::AnswerLength,
    data: Difference::AnswerData,
    label: Difference::AnswerLabel,
};

/// Which label of one trace stands for which of the other. A label means nothing outside its trace: two traces agree where
/// the same places hold the same data as each other.
#[derive(Default)]
pub(super) struct Labels {
    to_right: HashMap<String, String>,
    to_left: HashMap<String, String>,
}

impl Labels {
    pub(super) fn compare(&mut self, left: &Field, right: &Field, names: &Names) -> Option<Difference> {
        if left.length_bytes() != right.length_bytes() {
            return Some(names.length);
        }
        match (left, right) {
            (Field::Known(a), Field::Known(b)) => (a != b).then_some(names.data),
            (Field::Withheld { label: a, .. }, Field::Withheld { label: b, .. }) => {
                let (Some(a), Some(b)) = (a, b) else {
                    return None;
                };
                (!self.belong(a, b)).then_some(names.label)
            }
            // One trace shows what the other does not: nobody can tell.
            _ => None,
        }
    }

    fn belong(&mut self, left: &str, right: &str) -> bool {
        match (self.to_right.get(left), self.to_left.get(right)) {
            (None, None) => {
                self.to_right.insert(left.to_owned(), right.to_owned());
                self.to_left.insert(right.to_owned(), left.to_owned());
                true
            }
            (Some(to), _) => to == right,
            (None, Some(_)) => false,
        }
    }
}
