//! What may be spent on real cards in a whole run, whichever scenario and process spends it.
//!
//! Not here: what something costs (`target::spending`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::bench_file::{BenchFile, Budget, BudgetError, Cost, Spent};
use crate::target::Amount;

/// A budget for each card of the bench file.
#[derive(Default)]
pub(super) struct Purses(Mutex<BTreeMap<String, Budget>>);

impl Purses {
    pub(super) fn of(bench: &BenchFile) -> Self {
        let budgets = bench.cards.keys().map(|name| (name.clone(), bench.budget(name)));
        Self(Mutex::new(budgets.collect()))
    }

    /// All of it, or nothing. A card that is not there has nothing.
    pub(super) fn take(&self, card: &str, serial: &str, amount: Amount) -> Result<(), BudgetError> {
        let mut costs = vec![Cost::PinTry; amount.pin.into()];
        costs.extend(vec![Cost::PukTry; amount.puk.into()]);
        costs.extend(amount.is_destructive.then_some(Cost::Pin));
        let budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match budgets.get(card) {
            Some(budget) => budget.take_all(&costs, &mut || Ok(serial.to_owned())),
            None => Err(BudgetError::NoSerial),
        }
    }

    pub(super) fn settle(&self, card: &str, taken: Amount, spent: Amount) {
        let budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget) = budgets.get(card) {
            let of = |taken, cost| Spent { taken, cost };
            budget.settle(of(taken.pin, spent.pin), of(taken.puk, spent.puk));
        }
    }
}
