//! The readers that a command works with, and the card in the one that is meant.
//!
//! Not here: which reader is meant when several could be (`varco`).

use std::time::Duration;

use crate::arguments::ReaderArguments;
use crate::output::Output;
use crate::problem::Problem;
use varco::steps::{CardLink, CardSeen, Conversation, Disposition};
use varco::{Insertion, LoginError, Varco};

/// Readers of this process begin with this.
#[cfg(feature = "played")]
const PLAYED: &str = "played:";

impl ReaderArguments {
    /// The reader that is meant, without its kind.
    pub(crate) fn name(&self) -> Option<&str> {
        let reader = self.reader.as_deref();
        reader.map(|reader| reader.strip_prefix(PCSC).unwrap_or(reader))
    }

    pub(crate) fn wait(&self) -> Duration {
        Duration::from_secs(self.wait.into())
    }
}

/// Readers of the PC/SC service may begin with this.
const PCSC: &str = "pcsc:";

/// The readers among which `reader` is meant.
pub(crate) fn varco(reader: Option<&str>, output: &Output) -> Result<Varco, Problem> {
    #[cfg(feature = "played")]
    if let Some(profile) = reader.and_then(|reader| reader.strip_prefix(PLAYED)) {
        let card = crate::emulate::load(profile, output)?;
        let (readers, _hands) = varco::played::readers_with(vec![(profile, card)]);
        return Ok(Varco::with_readers(vec![Box::new(readers)]));
    }
    #[cfg(feature = "pcsc")]
    return Ok(Varco::system());
    #[cfg(not(feature = "pcsc"))]
    {
        let _ = reader;
        Err(output.problem("no-service", &[]))
    }
}

/// The readers and kinds of card that these arguments name.
pub(crate) fn varco_for(arguments: &ReaderArguments, output: &Output) -> Result<Varco, Problem> {
    let varco = varco(arguments.reader.as_deref(), output)?;
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
