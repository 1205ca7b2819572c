//! The applications of a card: which files are there at the moment, and what GET DATA answers.
//!
//! A card starts in its default application, and a reset leads back to it. SELECT by identifier enters another one,
//! whose root then stands for the master file; SELECT of 3F00 leads out again (inferred: no source tells how a real
//! card is left).
//!
//! Not here: the commands (`card`), PINs and keys.

use varco_apdu::{Aid, FileId, StatusWord};
use varco_emulator::{FileTree, Node, Position};

/// One application.
#[derive(Debug)]
pub(crate) struct Application {
    /// `None` for the default one.
    pub(crate) aid: Option<Aid>,
    pub(crate) tree: FileTree,
    /// Objects that GET DATA reads, by tag.
    pub(crate) data: Vec<(u16, Vec<u8>)>,
}

/// All of them, and where the card stands.
#[derive(Debug)]
pub(crate) struct Applications {
    /// The default one.
    outside: Application,
    named: Vec<Application>,
    /// The number of the named one that was entered.
    entered: Option<usize>,
    position: Position,
}

/// What a selection found.
pub(crate) struct Found<'a> {
    pub(crate) node: &'a Node,
    /// The identifier by which an application was entered.
    pub(crate) aid: Option<&'a Aid>,
    /// Whether another application is current now.
    pub(crate) changed: bool,
}

impl Applications {
    pub(crate) fn new(outside: Application, named: Vec<Application>) -> Self {
        Self {
            outside,
            named,
            entered: None,
            position: Position::default(),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.entered = None;
        self.position = Position::default();
    }

    pub(crate) fn current(&self) -> &Application {
        self.entered
            .and_then(|number| self.named.get(number))
            .unwrap_or(&self.outside)
    }

    /// The files of all.
    pub(crate) fn trees(&mut self) -> impl Iterator<Item = &mut FileTree> {
        let all = core::iter::once(&mut self.outside).chain(&mut self.named);
        all.map(|application| &mut application.tree)
    }

    pub(crate) fn have_certificates(&self) -> bool {
        core::iter::once(&self.outside)
            .chain(&self.named)
            .any(|application| application.tree.has_certificates())
    }

    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// SELECT. One that fails changes nothing [cns §8.3].
    pub(crate) fn select(&mut self, p1: u8, data: &[u8]) -> Result<Found<'_>, StatusWord> {
        let leads_out = p1 == 0x00 && data == FileId::MASTER_FILE.to_bytes();
        let named = self
            .named
            .iter()
            .position(|application| application.aid.as_ref().is_some_and(|aid| aid.as_bytes() == data));
        let (entered, is_application) = match (p1, named) {
            (0x04, Some(number)) => (Some(number), true),
            _ if leads_out => (None, false),
            _ => (self.entered, false),
        };
        let changed = entered != self.entered;
        let application = entered
            .and_then(|number| self.named.get(number))
            .unwrap_or(&self.outside);
        let mut position = if changed {
            Position::default()
        } else {
            self.position
        };
        let node = if is_application {
            position = Position::default();
            position.select(&application.tree, 0x00, &[])?
        } else {
            position.select(&application.tree, p1, data)?
        };
        self.entered = entered;
        self.position = position;
        Ok(Found {
            node,
            aid: application.aid.as_ref().filter(|_| is_application),
            changed,
        })
    }
}
