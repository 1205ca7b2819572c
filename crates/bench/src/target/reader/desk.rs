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
        let readers = self.varco.readers().unwrap_or_default();
        let mut readers = readers.iter();
        readers.any(|state| state.name.as_str() == self.name && state.card != CardPresence::Absent)
    }
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

    use super::*;

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
