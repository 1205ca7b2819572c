//! Two sequences laid side by side: the fewest things left out and put in (Myers, 1986), up to a bound.
//!
//! Not here: what is in them.

/// How one thing of either sequence stands to the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// In both, at these places.
    Both(usize, usize),
    /// In the first alone.
    Left(usize),
    /// In the second alone.
    Right(usize),
}

/// The most differences that are looked for. Work and memory grow with its square, whatever the sequences say; sequences that
/// differ more are not laid side by side between what they begin and end with in common.
const DIFFERENCES_MAX: usize = 1_000;

/// Lays them side by side. Where they differ in more than a bound, what stands between their common beginning and end is
/// told as left out and put in as a whole; the second value says that this happened.
pub(crate) fn align<T: PartialEq>(left: &[T], right: &[T]) -> (Vec<Step>, bool) {
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left_rest, right_rest) = (
        left.get(head..).unwrap_or_default(),
        right.get(head..).unwrap_or_default(),
    );
    let tail = left_rest
        .iter()
        .rev()
        .zip(right_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let left_rest = left_rest.get(..left_rest.len() - tail).unwrap_or_default();
    let right_rest = right_rest.get(..right_rest.len() - tail).unwrap_or_default();
    let mut steps: Vec<Step> = (0..head).map(|at| Step::Both(at, at)).collect();
    let middle = shortest(left_rest, right_rest);
    let is_cut = middle.is_none();
    steps.extend(
        middle
            .unwrap_or_else(|| apart(left_rest.len(), right_rest.len()))
            .into_iter()
            .map(|step| match step {
                Step::Both(a, b) => Step::Both(head + a, head + b),
                Step::Left(a) => Step::Left(head + a),
                Step::Right(b) => Step::Right(head + b),
            }),
    );
    let (a, b) = (head + left_rest.len(), head + right_rest.len());
    steps.extend((0..tail).map(|at| Step::Both(a + at, b + at)));
    (steps, is_cut)
}

fn apart(left: usize, right: usize) -> Vec<Step> {
    (0..left)
        .map(Step::Left)
        .chain((0..right).map(Step::Right))
        .collect()
}

/// How far each diagonal was reached with so many differences: index `d + k` holds the place in the first sequence.
type Reached = Vec<usize>;

/// The shortest script, or `None` where it has more than [`DIFFERENCES_MAX`] steps.
fn shortest<T: PartialEq>(left: &[T], right: &[T]) -> Option<Vec<Step>> {
    let mut rounds: Vec<Reached> = Vec::new();
    let most = DIFFERENCES_MAX.min(left.len() + right.len());
    for d in 0..=most {
        let mut reached = vec![0; 2 * d + 1];
        // Every second diagonal, -d to d.
        for at in (0..=2 * d).step_by(2) {
            let from = match rounds.last() {
                None => 0,
                Some(before) => start(before, d, at).0,
            };
            let a = slide(left, right, from, d, at);
            if let Some(place) = reached.get_mut(at) {
                *place = a;
            }
            if a >= left.len() && along(a, d, at).is_some_and(|b| b >= right.len()) {
                rounds.push(reached);
                return Some(walk_back(&rounds, left.len(), right.len()));
            }
        }
        rounds.push(reached);
    }
    None
}

/// The place in the second sequence on diagonal `at - d`, where the first one stands at `a`.
fn along(a: usize, d: usize, at: usize) -> Option<usize> {
    (a + d).checked_sub(at)
}

/// Where a path on this diagonal begins, and whether it came by leaving out (`true`) or putting in.
fn start(before: &Reached, d: usize, at: usize) -> (usize, bool) {
    // Diagonal k of round d is at k + d; in the round before, k - 1 is at k + d - 2 and k + 1 at k + d.
    let lower = at.checked_sub(2).and_then(|at| before.get(at));
    let upper = before.get(at);
    match (lower, upper) {
        (Some(lower), Some(upper)) if lower < upper => (*upper, false),
        (Some(lower), _) => (lower + 1, true),
        (None, Some(upper)) => (*upper, false),
        (None, None) => (0, d == 0),
    }
}

fn slide<T: PartialEq>(left: &[T], right: &[T], from: usize, d: usize, at: usize) -> usize {
    let Some(b) = along(from, d, at) else {
        return from;
    };
    let common = left
        .get(from..)
        .unwrap_or_default()
        .iter()
        .zip(right.get(b..).unwrap_or_default())
        .take_while(|(a, b)| a == b)
        .count();
    from + common
}

/// From the end to the beginning, round by round.
fn walk_back(rounds: &[Reached], left: usize, right: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut a, mut b) = (left, right);
    for d in (1..rounds.len()).rev() {
        let Some(before) = rounds.get(d - 1) else {
            break;
        };
        let Some(at) = (a + d).checked_sub(b) else {
            break;
        };
        let (from, is_left) = start(before, d, at);
        // What was in common behind the difference.
        while a > from {
            a -= 1;
            b = b.saturating_sub(1);
            steps.push(Step::Both(a, b));
        }
        if is_left {
            a = a.saturating_sub(1);
            steps.push(Step::Left(a));
        } else {
            b = b.saturating_sub(1);
            steps.push(Step::Right(b));
        }
    }
    while a > 0 {
        a -= 1;
        steps.push(Step::Both(a, a));
    }
    steps.reverse();
    steps
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    /// Whether the steps tell both sequences, and pair only what is equal.
    fn check(left: &[u8], right: &[u8]) -> usize {
        let (steps, is_cut) = align(left, right);
        assert!(!is_cut);
        let mut told = (Vec::new(), Vec::new());
        let mut changes = 0;
        for step in steps {
            match step {
                Step::Both(a, b) => {
                    assert_eq!(left.get(a).unwrap(), right.get(b).unwrap());
                    told.0.push(a);
                    told.1.push(b);
                }
                Step::Left(a) => {
                    told.0.push(a);
                    changes += 1;
                }
                Step::Right(b) => {
                    told.1.push(b);
                    changes += 1;
                }
            }
        }
        assert_eq!(told.0, (0..left.len()).collect::<Vec<_>>());
        assert_eq!(told.1, (0..right.len()).collect::<Vec<_>>());
        changes
    }

    /// The length of the longest common subsequence, by the table.
    fn longest(left: &[u8], right: &[u8]) -> usize {
        let mut row = vec![0; right.len() + 1];
        for a in left {
            let mut diagonal = 0;
            for (at, b) in right.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
                diagonal = above;
            }
        }
        row[right.len()]
    }

    #[test]
    fn both_sequences_are_told_whole_with_the_fewest_differences() {
        // A small generator of its own, so that a failure repeats.
        let mut state = 1_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..2_000 {
            let mut some = || {
                let length = next(14);
                (0..length)
                    .map(|_| u8::try_from(next(3)).unwrap())
                    .collect::<Vec<u8>>()
            };
            let (left, right) = (some(), some());
            let fewest = left.len() + right.len() - 2 * longest(&left, &right);
            assert_eq!(check(&left, &right), fewest, "{left:?} {right:?}");
        }
    }

    #[test]
    fn what_differs_too_much_is_told_as_a_whole_and_at_once() {
        let left = vec![1; 100_000];
        let right = vec![2; 100_000];
        let (steps, is_cut) = align(&left, &right);
        assert!(is_cut);
        assert_eq!(steps.len(), 200_000);
    }
}
