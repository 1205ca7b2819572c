//! The reader that the bench file names, among those that the PC/SC service knows.
//!
//! Not here: cards.

use varco::Varco;
use varco::pcsc::PcscReaders;
use varco::steps::CardPresence;

use crate::target::Hindrance;

/// A reader by its whole name.
pub(super) struct Desk {
    varco: Varco,
    name: String,
}

impl Desk {
    /// The reader of this name, else the only one whose name has this part.
    pub(super) fn find(part: &str) -> Result<Self, Hindrance> {
        let varco = Varco::with_readers(vec![Box::new(PcscReaders::default())]);
        let readers = varco
            .readers()
            .map_err(|error| Hindrance::rig("bench-rig-reader", error))?;
        let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
        let name = chosen(part, &names)?.to_owned();
        Ok(Self { varco, name })
    }

    pub(super) fn varco(&self) -> &Varco {
        &self.varco
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether something is in the reader now. What cannot be seen counts as something.
    pub(super) fn is_anything_in(&self) -> bool {
        let Ok(readers) = self.varco.readers() else {
            return true;
        };
        let states = readers.iter().map(|state| (state.name.as_str(), &state.card));
        may_hold(&self.name, states)
    }
}

/// Whether something may be in this reader: all but a reader that is listed as empty.
fn may_hold<'n>(name: &str, mut states: impl Iterator<Item = (&'n str, &'n CardPresence)>) -> bool {
    states
        .find(|(listed, _)| *listed == name)
        .is_none_or(|(_, card)| *card != CardPresence::Absent)
}

fn chosen<'n>(part: &str, names: &[&'n str]) -> Result<&'n str, Hindrance> {
    if let Some(name) = names.iter().find(|name| **name == part) {
        return Ok(name);
    }
    let fitting: Vec<&&str> = names.iter().filter(|name| name.contains(part)).collect();
    match fitting.as_slice() {
        [name] => Ok(name),
        [] => {
            let detail = format!("no reader is called {part:?}; there are: {}", names.join(", "));
            Err(Hindrance::rig("bench-rig-reader", detail))
        }
        _ => {
            let detail = format!("several readers are called {part:?}: {}", names.join(", "));
            Err(Hindrance::rig("bench-rig-reader", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use std::time::Duration;

    use varco_card::{CardLink, LinkError, ReaderDriver, ReaderName, ReaderState, ReaderWatch};

    use super::*;

    /// The readers of a service that does not answer.
    struct Blind;

    impl ReaderDriver for Blind {
        fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
            Err(LinkError::NoService)
        }

        fn connect(&self, _: &ReaderName, _: Duration) -> Result<Box<dyn CardLink>, LinkError> {
            Err(LinkError::NoService)
        }

        fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
            Err(LinkError::NoService)
        }
    }

    #[test]
    fn only_a_reader_that_is_listed_as_empty_is_empty() {
        let other = ("Other", &CardPresence::Absent);
        for (states, wanted) in [
            (vec![], true),
            (vec![other], true),
            (vec![other, ("R", &CardPresence::Mute)], true),
            (vec![("R", &CardPresence::Mute), other], true),
            (vec![other, ("R", &CardPresence::Absent)], false),
        ] {
            assert_eq!(may_hold("R", states.into_iter()), wanted);
        }
        // Nor does a service that is not there say that nothing is in.
        let desk = Desk {
            varco: Varco::with_readers(vec![Box::new(Blind)]),
            name: "R".to_owned(),
        };
        assert!(desk.is_anything_in());
    }

    #[test]
    fn a_reader_is_found_by_its_name_or_a_part_that_only_it_has() {
        let names = ["ACS 00 00", "ACS 00 00 PAD", "Gem 00"];
        assert_eq!(chosen("ACS 00 00", &names).unwrap(), "ACS 00 00");
        assert_eq!(chosen("Gem", &names).unwrap(), "Gem 00");
        for part in ["ACS", "none"] {
            assert_eq!(chosen(part, &names).unwrap_err().code(), "bench-rig-reader");
        }
    }
}
