//! Whoever started the run and keeps, for all of its scenarios, what may be spent.
//!
//! Not here: the purse itself (`bench_file::budget`), and how it is asked (`run::wire`).

use super::{Amount, Hindrance};

/// Keeps what may be spent, and the time.
pub trait Keeper {
    /// Takes this from what may be spent on a card of the bench file; `serial` is the number of the card in the reader.
    ///
    /// # Errors
    /// `bench-na-spend`, where it is more than is left; nothing was taken then.
    fn take(&self, card: &str, serial: &str, amount: Amount) -> Result<(), Hindrance>;

    /// Tells what of it was spent, by the card's own counters.
    ///
    /// # Errors
    /// Where nobody hears it any more.
    fn settle(&self, card: &str, taken: Amount, spent: Amount) -> Result<(), Hindrance>;

    /// Hands are at work, or have finished; their time is not that of what is tested.
    fn by_hand(&self, is_busy: bool);
}
