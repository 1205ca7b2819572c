//! Two traces compared by what they mean: commands in their order, lengths, status words, resets, times, and which redacted
//! data are equal to each other.
//!
//! Not here: bytes that differ at every conversation and whether that matters; whoever reads the differences knows.

mod fields;
#[cfg(test)]
mod tests;

use crate::align::{Step, align};
use crate::said::{Answer, Exchange, Said};
use fields::Labels;

/// How two traces stand to each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// Line by line, in the order of both.
    pub rows: Vec<Row>,
    /// Whether the traces differ so much that they were not laid side by side between what they begin and end with.
    pub is_cut: bool,
}

/// One thing of either trace or of both. Places count from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// In both.
    Both {
        /// Place in the first.
        left: usize,
        /// Place in the second.
        right: usize,
        /// In what they differ; empty where they mean the same.
        differences: Vec<Difference>,
    },
    /// In the first alone, at this place.
    Left(usize),
    /// In the second alone, at this place.
    Right(usize),
}

/// In what two commands or events differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The answer to reset.
    Atr,
    /// What was done at the reader.
    Control,
    /// CLA, P1 or P2.
    Header,
    /// Whether the command went under secure messaging.
    Secured,
    /// The length of the command's data.
    CommandLength,
    /// The command's data.
    CommandData,
    /// What the command's redacted data are equal to.
    CommandLabel,
    /// The length that is expected (Le).
    Expected,
    /// Whether there was an answer, and the link's reason for none.
    Answered,
    /// The length of the answer's data.
    AnswerLength,
    /// The answer's data.
    AnswerData,
    /// What the answer's redacted data are equal to.
    AnswerLabel,
    /// The status word.
    Status,
    /// How long the answer took, by an order of magnitude.
    Time,
}

impl Difference {
    /// Stable name of the text that tells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Atr => "differs-atr",
            Self::Control => "differs-control",
            Self::Header => "differs-header",
            Self::Secured => "differs-secured",
            Self::CommandLength => "differs-command-length",
            Self::CommandData => "differs-command-data",
            Self::CommandLabel => "differs-command-label",
            Self::Expected => "differs-expected",
            Self::Answered => "differs-answered",
            Self::AnswerLength => "differs-answer-length",
            Self::AnswerData => "differs-answer-data",
            Self::AnswerLabel => "differs-answer-label",
            Self::Status => "differs-status",
            Self::Time => "differs-time",
        }
    }
}

impl Row {
    /// Whether something differs here. Time counts where it is asked for: it depends on the reader and the machine.
    #[must_use]
    pub fn differs(&self, with_time: bool) -> bool {
        match self {
            Self::Both { differences, .. } => differences
                .iter()
                .any(|difference| with_time || *difference != Difference::Time),
            Self::Left(_) | Self::Right(_) => true,
        }
    }
}

impl Comparison {
    /// Whether both mean the same.
    #[must_use]
    pub fn is_equal(&self, with_time: bool) -> bool {
        !self.rows.iter().any(|row| row.differs(with_time))
    }
}

/// What makes two things of traces the same thing.
#[derive(PartialEq, Eq)]
enum Sign {
    Connect,
    Reset,
    Removed,
    Control,
    Command([u8; 4], bool),
}

impl Sign {
    fn of(said: &Said) -> Self {
        match said {
            Said::Connect { .. } => Self::Connect,
            Said::Reset { .. } => Self::Reset,
            Said::Removed { .. } => Self::Removed,
            Said::Control { .. } => Self::Control,
            Said::Exchange(exchange) => Self::Command(exchange.header, exchange.by_pad),
        }
    }
}

/// Compares two traces. Work is bounded by their lengths times a constant, whatever they say.
#[must_use]
pub fn compare(left: &[Said], right: &[Said]) -> Comparison {
    let signs = |trace: &[Said]| trace.iter().map(Sign::of).collect::<Vec<_>>();
    let (steps, is_cut) = align(&signs(left), &signs(right));
    let mut labels = Labels::default();
    let mut rows = Vec::new();
    for step in paired(&steps, left, right) {
        rows.push(match step {
            Step::Left(at) => Row::Left(at),
            Step::Right(at) => Row::Right(at),
            Step::Both(a, b) => Row::Both {
                left: a,
                right: b,
                differences: match (left.get(a), right.get(b)) {
                    (Some(a), Some(b)) => differences(a, b, &mut labels),
                    _ => Vec::new(),
                },
            },
        });
    }
    Comparison { rows, is_cut }
}

/// Where commands are left out and as many of the same instruction put in, they are the same with another header.
fn paired(steps: &[Step], left: &[Said], right: &[Said]) -> Vec<Step> {
    let mut paired = Vec::new();
    let mut rest = steps;
    // Each round eats at least one step.
    while let Some(first) = rest.first() {
        let run = rest
            .iter()
            .take_while(|step| !matches!(step, Step::Both(..)))
            .count();
        if run == 0 {
            paired.push(*first);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (changes, after) = rest.split_at(run);
        rest = after;
        let lefts: Vec<usize> = changes.iter().filter_map(|step| at_left(*step)).collect();
        let rights: Vec<usize> = changes.iter().filter_map(|step| at_right(*step)).collect();
        let is_same = lefts.len() == rights.len()
            && lefts
                .iter()
                .zip(&rights)
                .all(|(a, b)| has_same_instruction(left.get(*a), right.get(*b)));
        if is_same {
            paired.extend(lefts.iter().zip(&rights).map(|(a, b)| Step::Both(*a, *b)));
        } else {
            paired.extend(lefts.into_iter().map(Step::Left));
            paired.extend(rights.into_iter().map(Step::Right));
        }
    }
    paired
}

fn at_left(step: Step) -> Option<usize> {
    match step {
        Step::Left(at) => Some(at),
        _ => None,
    }
}

fn at_right(step: Step) -> Option<usize> {
    match step {
        Step::Right(at) => Some(at),
        _ => None,
    }
}

fn has_same_instruction(left: Option<&Said>, right: Option<&Said>) -> bool {
    match (left, right) {
        (Some(Said::Exchange(left)), Some(Said::Exchange(right))) => {
            left.ins() == right.ins() && left.by_pad == right.by_pad
        }
        _ => false,
    }
}

fn differences(left: &Said, right: &Said, labels: &mut Labels) -> Vec<Difference> {
    let mut found = Vec::new();
    match (left, right) {
        (Said::Connect { atr: a, .. }, Said::Connect { atr: b, .. }) if a != b => found.push(Difference::Atr),
        (Said::Control { what: a, .. }, Said::Control { what: b, .. }) if a != b => {
            found.push(Difference::Control);
        }
        (Said::Exchange(left), Said::Exchange(right)) => of_exchange(left, right, labels, &mut found),
        _ => {}
    }
    found
}

fn of_exchange(left: &Exchange, right: &Exchange, labels: &mut Labels, found: &mut Vec<Difference>) {
    if left.header != right.header {
        found.push(Difference::Header);
    }
    if left.secured != right.secured {
        found.push(Difference::Secured);
    }
    found.extend(labels.compare(&left.data, &right.data, &fields::COMMAND));
    if left.expected != right.expected {
        found.push(Difference::Expected);
    }
    match (&left.answer, &right.answer) {
        (
            Answer::Given {
                data: a, status: x, ..
            },
            Answer::Given {
                data: b, status: y, ..
            },
        ) => {
            found.extend(labels.compare(a, b, &fields::ANSWER));
            if x != y {
                found.push(Difference::Status);
            }
        }
        (
            Answer::Missing {
                code: a, status: x, ..
            },
            Answer::Missing {
                code: b, status: y, ..
            },
        ) if a == b => {
            if x != y {
                found.push(Difference::Status);
            }
        }
        (Answer::Cut, Answer::Cut) => {}
        _ => found.push(Difference::Answered),
    }
    if let (Some(a), Some(b)) = (left.took_us(), right.took_us())
        && is_another_order(a, b)
    {
        found.push(Difference::Time);
    }
}

/// What is faster than this is as fast as the machine.
const QUICK_US: u64 = 1_000;

/// Whether one took at least ten times as long as the other, and longer than what is as fast as the machine.
fn is_another_order(a: u64, b: u64) -> bool {
    let (short, long) = (a.min(b).max(QUICK_US), a.max(b));
    long / short >= 10
}
