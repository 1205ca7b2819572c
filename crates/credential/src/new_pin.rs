//! What makes no good new PIN, as the official programs for these cards have it `[cie §5]`.
//!
//! Not here: whether it has the form that a card takes (`rules`), and whether the person typed the same twice (`session`).

use varco_apdu::Pin;

use crate::PinForm;

/// Why a value makes no good new PIN. Nothing was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NewPinProblem {
    /// It does not have the form that the card takes.
    #[error("a PIN of this card has {} to {} digits", form.length_min, form.length_max)]
    WrongForm {
        /// What the card takes.
        form: PinForm,
    },
    /// All digits are the same.
    #[error("all digits are the same")]
    Uniform,
    /// The digits go up or down one by one.
    #[error("the digits are a run")]
    Run,
    /// It is the present PIN.
    #[error("it is the present PIN")]
    SameAsPresent,
}

impl NewPinProblem {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongForm { .. } => "new-pin-wrong-form",
            Self::Uniform => "new-pin-uniform",
            Self::Run => "new-pin-run",
            Self::SameAsPresent => "new-pin-same",
        }
    }
}

/// Whether a value may become the PIN, as far as it goes by itself.
///
/// # Errors
/// [`NewPinProblem`].
pub fn check_new_pin(new: &Pin, present: Option<&Pin>) -> Result<(), NewPinProblem> {
    if new.is_uniform() {
        Err(NewPinProblem::Uniform)
    } else if new.is_run() {
        Err(NewPinProblem::Run)
    } else if present.is_some_and(|present| present.is_same_as(new)) {
        Err(NewPinProblem::SameAsPresent)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(digits: &str) -> Pin {
        Pin::take_from(&mut digits.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_is_easily_guessed_and_what_is_no_change_is_refused() {
        let present = pin("13579");
        for (new, expected) in [
            ("00000", Err(NewPinProblem::Uniform)),
            ("12345", Err(NewPinProblem::Run)),
            ("87654321", Err(NewPinProblem::Run)),
            ("13579", Err(NewPinProblem::SameAsPresent)),
            ("135790", Ok(())),
            ("12346", Ok(())),
        ] {
            assert_eq!(check_new_pin(&pin(new), Some(&present)), expected, "{new}");
        }
        assert_eq!(check_new_pin(&pin("13579"), None), Ok(()));
    }
}
