//! The readers that a command works with, and the card in the one that is meant.
//!
//! Not here: which reader is meant when several could be (`varco`).

use std::time::Duration;

use crate::arguments::{ConfigArguments, ReaderArguments};
#[cfg(feature = "nfc")]
use crate::config::Config;
use crate::output::Output;
use crate::problem::Problem;
#[cfg(feature = "nfc")]
use varco::nfc::{Connection, NfcReaders};
use varco::steps::{CardLink, CardSeen, Conversation, Disposition, ReaderDriver};
use varco::{Insertion, LoginError, Varco};

/// Readers of this process begin with this.
#[cfg(feature = "played")]
pub(crate) const PLAYED: &str = "played:";
/// Readers of the PC/SC service may begin with this.
const PCSC: &str = "pcsc:";
/// NFC readers of libnfc begin with this, in their own names too.
const NFC: &str = "nfc:";

impl ReaderArguments {
    /// The reader that is meant, as its driver calls it.
    pub(crate) fn name(&self) -> Option<&str> {
        self.reader.as_deref().map(name_of)
    }

    pub(crate) fn wait(&self) -> Duration {
        Duration::from_secs(self.wait.into())
    }
}

/// A reader's own name.
pub(crate) fn name_of(reader: &str) -> &str {
    reader.strip_prefix(PCSC).unwrap_or(reader)
}

/// Which readers are wanted.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'r> {
    /// Those among which this one is meant: of its kind where it begins with one, else all.
    Reader(Option<&'r str>),
    /// All, and whatever hangs on a serial port.
    #[cfg(feature = "nfc")]
    AlsoOnSerialPorts,
}

impl<'r> Wanted<'r> {
    /// The one that is meant, where it is one.
    fn reader(self) -> Option<&'r str> {
        match self {
            Self::Reader(reader) => reader,
            #[cfg(feature = "nfc")]
            Self::AlsoOnSerialPorts => None,
        }
    }
}

/// The readers that are wanted.
pub(crate) fn varco(wanted: Wanted<'_>, config: &ConfigArguments, output: &Output) -> Result<Varco, Problem> {
    let reader = wanted.reader();
    #[cfg(feature = "played")]
    if let Some(profile) = reader.and_then(|reader| reader.strip_prefix(PLAYED)) {
        let card = crate::emulate::load(profile, output)?;
        let (readers, _hands) = varco::played::readers_with(vec![(profile, card)]);
        return Ok(Varco::with_readers(vec![Box::new(readers)]));
    }
    let is_of = |kind: &str| reader.is_some_and(|reader| reader.starts_with(kind));
    let pcsc = if is_of(NFC) { None } else { pcsc() };
    let nfc = if is_of(PCSC) {
        None
    } else {
        nfc_driver(wanted, config, output)?
    };
    let drivers: Vec<Box<dyn ReaderDriver>> = pcsc.into_iter().chain(nfc).collect();
    if drivers.is_empty() {
        return Err(output.problem("no-service", &[]));
    }
    Ok(Varco::with_readers(drivers))
}

/// The readers behind the PC/SC service, where this program was built with them.
fn pcsc() -> Option<Box<dyn ReaderDriver>> {
    #[cfg(feature = "pcsc")]
    return Some(Box::new(varco::pcsc::PcscReaders::default()));
    #[cfg(not(feature = "pcsc"))]
    None
}

#[cfg(feature = "nfc")]
fn nfc_driver(
    wanted: Wanted<'_>,
    config: &ConfigArguments,
    output: &Output,
) -> Result<Option<Box<dyn ReaderDriver>>, Problem> {
    let readers = nfc(wanted, config, output)?;
    Ok(readers.map(|readers| Box::new(readers) as Box<dyn ReaderDriver>))
}

#[cfg(not(feature = "nfc"))]
fn nfc_driver(
    _: Wanted<'_>,
    _: &ConfigArguments,
    _: &Output,
) -> Result<Option<Box<dyn ReaderDriver>>, Problem> {
    Ok(None)
}

/// The NFC readers that are wanted; none where there are none.
#[cfg(feature = "nfc")]
pub(crate) fn nfc(
    wanted: Wanted<'_>,
    config: &ConfigArguments,
    output: &Output,
) -> Result<Option<NfcReaders>, Problem> {
    let nfc = Config::load(config, output)?.nfc;
    let named = wanted.reader().and_then(|reader| reader.strip_prefix(NFC));
    let connections = match named {
        None => nfc.readers,
        Some(named) => vec![Connection::parse(named).map_err(|error| {
            Problem::usage(output.messages(), &format!("--reader {NFC}{named}: {error}"))
        })?],
    };
    let mut readers = NfcReaders::new(nfc.nfcd, connections);
    if let Some(timeout) = nfc.command_timeout {
        readers = readers.with_command_timeout(timeout);
    }
    if matches!(wanted, Wanted::AlsoOnSerialPorts) {
        readers = readers.with_all_serial_ports();
    }
    Ok(Some(readers).filter(|readers| !readers.is_empty()))
}

/// The readers and kinds of card that these arguments name.
pub(crate) fn varco_for(arguments: &ReaderArguments, output: &Output) -> Result<Varco, Problem> {
    varco_at(arguments.reader.as_deref(), arguments, output)
}

/// The same with this reader instead of theirs.
pub(crate) fn varco_at(
    reader: Option<&str>,
    arguments: &ReaderArguments,
    output: &Output,
) -> Result<Varco, Problem> {
    let wanted = Wanted::Reader(reader);
    let varco = varco(wanted, &arguments.config, output)?;
    match &arguments.profiles {
        None => Ok(varco),
        Some(folder) => varco
            .with_makers(folder)
            .map_err(|error| Problem::makers(output.messages(), folder, &error)),
    }
}

/// Connects to the card, recognises it, does some work that needs no PIN, and leaves it as it was.
pub(crate) fn with_card<T>(
    arguments: &ReaderArguments,
    output: &Output,
    work: impl FnOnce(&mut CardSeen, &mut Conversation<'_>, Option<&Insertion>) -> Result<T, LoginError>,
) -> Result<T, Problem> {
    let varco = varco_for(arguments, output)?;
    let mut link: Box<dyn CardLink> = varco
        .connect(arguments.name(), arguments.wait())
        .map_err(|error| Problem::start(output.messages(), &error))?;
    let insertion = Insertion::of(&*link);
    let mut conversation = Conversation::new(&mut *link, arguments.wait());
    let done = CardSeen::recognise(&mut conversation, varco.card_drivers())
        .and_then(|mut seen| work(&mut seen, &mut conversation, insertion.as_ref()));
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Leave);
    done.map_err(|error| Problem::login(output.messages(), &error))
}
