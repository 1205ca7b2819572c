//! A reader, and the card in it, for one command of the bench alone.
//!
//! Not here: the locks (`varco_bench::rig`), and what is done with the card.

use std::time::Duration;

use varco::Varco;
use varco_bench::bench_file::BenchFile;
use varco_bench::looking;
use varco_bench::rig::{CardLock, Locked};

use super::record_card::of_looking;
use crate::output::Output;
use crate::problem::Problem;
use crate::source::PLAYED;

/// A reader that no other run of the bench has.
pub(super) struct Reserved {
    /// Its whole name.
    pub(super) reader: String,
    _lock: Option<CardLock>,
}

/// Before its card is touched: whoever works with it would lose what a reset takes. Played readers are this process's own.
pub(super) fn reader(varco: &Varco, wanted: Option<&str>, output: &Output) -> Result<Reserved, Problem> {
    let chosen = varco.reader_meant(wanted);
    let name = chosen.map_err(|error| Problem::start(output.messages(), &error))?;
    let reader = name.as_str().to_owned();
    let is_shared = !reader.starts_with(PLAYED);
    Ok(Reserved {
        _lock: is_shared
            .then(|| lock(Locked::Reader(&reader), output))
            .transpose()?,
        reader,
    })
}

/// The card of a bench file that is in the reader.
pub(super) struct Card {
    number: String,
    _lock: CardLock,
}

/// The card in the reader must be one of the file's, and no other run of the bench may have it.
pub(super) fn card(
    bench: &BenchFile,
    varco: &Varco,
    reader: &str,
    wait: Duration,
    output: &Output,
) -> Result<Card, Problem> {
    let number = number(varco, reader, wait, output)?;
    if bench.by_serial(&number).is_none() {
        return Err(output.problem("bench-another-card", &[]));
    }
    Ok(Card {
        _lock: lock(Locked::Card(&number), output)?,
        number,
    })
}

impl Card {
    /// That it was this one all the time.
    pub(super) fn is_still(
        &self,
        varco: &Varco,
        reader: &str,
        wait: Duration,
        output: &Output,
    ) -> Result<(), Problem> {
        if number(varco, reader, wait, output)? == self.number {
            return Ok(());
        }
        Err(output.problem("bench-another-card", &[]))
    }
}

fn number(varco: &Varco, reader: &str, wait: Duration, output: &Output) -> Result<String, Problem> {
    let number = looking::number(varco, Some(reader), wait).map_err(|error| of_looking(&error, output))?;
    number.ok_or_else(|| output.problem("bench-card-unread", &[]))
}

fn lock(what: Locked<'_>, output: &Output) -> Result<CardLock, Problem> {
    CardLock::take(&CardLock::default_folder(), what)
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))
}
