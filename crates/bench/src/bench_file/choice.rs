//! Which card of the bench file stands in for a card of a scenario.
//!
//! Not here: whether that card is in the reader, which its serial tells.

use std::collections::BTreeMap;

use super::{BenchCard, BenchFile};
use crate::scenario::CardWanted;

impl BenchFile {
    /// For each card of a scenario the card of this file that is put in for it: the one of the same name, else the first by name
    /// that is of a kind which the scenario names, in its order, and stands for no other. A card that the scenario knows only as a
    /// played one has none, unless by its name.
    #[must_use]
    pub fn stand_ins(&self, wanted: &BTreeMap<String, CardWanted>) -> BTreeMap<String, String> {
        let mut chosen: BTreeMap<String, String> = BTreeMap::new();
        for (name, wanted) in wanted {
            if self.cards.get(name).is_some_and(|card| fits(card, wanted)) {
                chosen.insert(name.clone(), name.clone());
            }
        }
        for (name, wanted) in wanted {
            if chosen.contains_key(name) {
                continue;
            }
            let first = wanted.kind.iter().find_map(|kind| {
                let of_kind = |card: &BenchCard| card.kind.is_some_and(|is| is.name() == kind);
                self.cards
                    .iter()
                    .find(|(other, card)| of_kind(card) && !chosen.values().any(|taken| taken == *other))
            });
            if let Some((other, _)) = first {
                chosen.insert(name.clone(), other.clone());
            }
        }
        chosen
    }
}

fn fits(card: &BenchCard, wanted: &CardWanted) -> bool {
    let kind = card.kind.map(|kind| kind.name());
    wanted.kind.is_empty() || kind.is_none_or(|kind| wanted.kind.iter().any(|wanted| wanted == kind))
}
