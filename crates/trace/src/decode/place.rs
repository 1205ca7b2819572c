//! Where on the card a conversation stands: which application, folder and file its commands selected.
//!
//! Not here: what the files are called (`known`).

use varco_apdu::{Atr, ins};

use super::known::{APPLICATIONS, FILES, Home, KnownApplication, KnownFile};
use crate::said::{Exchange, Said};

/// The master file.
pub(crate) const MASTER: u16 = 0x3F00;

/// The deepest path that is followed; SELECT by path has room for 127 names, no card here has more than four.
const DEPTH_MAX: usize = 8;

/// What the conversation selected so far, as far as the trace tells.
#[derive(Clone, Default, Debug)]
pub struct Place {
    home: Option<Home>,
    /// The current file or folder, from the home on.
    path: Vec<u16>,
}

/// What a SELECT asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target<'d> {
    Master,
    Parent,
    /// A name in the current folder, or near it.
    Id(u16),
    /// From the master file on.
    Path(Vec<u16>),
    /// From the current folder on.
    PathHere(Vec<u16>),
    Name(&'d [u8]),
}

/// What a SELECT with this P1 and these data asks for (ISO/IEC 7816-4 §11.2.2).
pub(crate) fn target(p1: u8, data: &[u8]) -> Option<Target<'_>> {
    Some(match (p1, data) {
        (0x00, []) => Target::Master,
        (0x00..=0x02, [high, low]) => match u16::from_be_bytes([*high, *low]) {
            MASTER => Target::Master,
            id => Target::Id(id),
        },
        (0x03, []) => Target::Parent,
        (0x04, name) => Target::Name(name),
        (0x08, path) => Target::Path(names(path)?),
        (0x09, path) => Target::PathHere(names(path)?),
        _ => return None,
    })
}

fn names(path: &[u8]) -> Option<Vec<u16>> {
    let (pairs, rest) = path.as_chunks::<2>();
    (rest.is_empty() && !pairs.is_empty() && pairs.len() <= DEPTH_MAX)
        .then(|| pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
}

impl Place {
    /// Goes on to where the card is after this.
    pub fn pass(&mut self, said: &Said) {
        match said {
            Said::Connect { atr, .. } => *self = Self::at_reset(atr),
            Said::Reset { .. } => self.after_reset(),
            Said::Removed { .. } => *self = Self::default(),
            Said::Control { .. } => {}
            Said::Exchange(exchange) => self.after(exchange),
        }
    }

    /// What a card of this answer to reset shows first.
    pub(crate) fn at_reset(atr: &[u8]) -> Self {
        let is_cns = Atr::new(atr).ok().and_then(|atr| {
            atr.historical_bytes()
                .map(|bytes| bytes.get(9..12) == Some(b"CNS"))
        });
        Self {
            home: (is_cns == Some(true)).then_some(Home::Cns),
            path: Vec::new(),
        }
    }

    pub(crate) fn after_reset(&mut self) {
        self.home = self.home.filter(|home| *home == Home::Cns);
        self.path.clear();
    }

    fn after(&mut self, exchange: &Exchange) {
        let [_, ins, p1, _] = exchange.header;
        // Warnings (62xx) select too.
        let is_done = exchange
            .status()
            .is_some_and(|status| matches!(u16::from(status) >> 8, 0x90 | 0x61 | 0x62));
        if !is_done {
            return;
        }
        match ins {
            ins::SELECT => match exchange.data.bytes().map(|data| target(p1, data)) {
                Some(Some(target)) => self.go(&target),
                // Whatever is selected now, nobody can tell.
                _ => *self = Self::default(),
            },
            ins::READ_BINARY if p1 & 0x80 != 0 => self.go_to_short(p1 & 0x1F),
            _ => {}
        }
    }

    fn go(&mut self, target: &Target<'_>) {
        match target {
            Target::Master => {
                self.home = match self.home {
                    Some(Home::Ias | Home::Cie | Home::Emrtd) => Some(Home::Ias),
                    other => other,
                };
                self.path.clear();
            }
            Target::Parent => {
                self.path.truncate(self.folder().len().saturating_sub(1));
            }
            Target::Id(id) => {
                let place = self.reach(*id);
                self.path = place;
            }
            Target::Path(path) => {
                if matches!(self.home, Some(Home::Cie | Home::Emrtd)) {
                    self.home = Some(Home::Ias);
                }
                self.path = path.iter().copied().filter(|id| *id != MASTER).collect();
            }
            Target::PathHere(path) => {
                let mut all = self.folder().to_vec();
                all.extend(path);
                all.truncate(DEPTH_MAX);
                self.path = all;
            }
            Target::Name(name) => {
                self.home = application(name).and_then(|application| application.home);
                self.path.clear();
            }
        }
    }

    fn go_to_short(&mut self, sfi: u8) {
        let path = self.by_short(sfi).next().map(|file| file.path.to_vec());
        // A short identifier that nobody knows still changes the current file.
        self.path = path.unwrap_or_else(|| vec![u16::MAX]);
    }

    /// The folder that the current file is in: itself, where something is known to be under it.
    fn folder(&self) -> &[u16] {
        let has_below = self
            .files()
            .any(|file| file.path.len() > self.path.len() && file.path.starts_with(&self.path));
        match self.path.split_last() {
            Some((_, above)) if !has_below => above,
            _ => &self.path,
        }
    }

    /// Where an identifier leads: under the current folder, beside it, at the top.
    fn reach(&self, id: u16) -> Vec<u16> {
        let mut folder = self.folder();
        // As many rounds as the path is deep.
        loop {
            let mut path = folder.to_vec();
            path.push(id);
            if self.files().any(|file| file.path == path) {
                return path;
            }
            match folder.split_last() {
                Some((_, above)) => folder = above,
                None => break,
            }
        }
        let mut path = self.folder().to_vec();
        path.push(id);
        path.truncate(DEPTH_MAX);
        path
    }

    /// The files that can be meant here.
    fn files(&self) -> impl Iterator<Item = &'static KnownFile> + use<> {
        let home = self.home;
        FILES
            .iter()
            .filter(move |file| home.is_none_or(|home| file.home == home))
    }

    fn by_short(&self, sfi: u8) -> impl Iterator<Item = &'static KnownFile> + use<> {
        self.files().filter(move |file| file.sfi == Some(sfi))
    }

    /// The name of what a SELECT asks for, seen from here; more than one where it cannot be told.
    pub(crate) fn name(&self, target: &Target<'_>) -> Option<String> {
        match target {
            Target::Master => Some("MF".to_owned()),
            Target::Parent => None,
            Target::Name(name) => application(name).map(|application| application.name.to_owned()),
            Target::Id(id) if self.home.is_none() => {
                joined(self.files().filter(|file| file.path.last() == Some(id)))
            }
            Target::Id(id) => self.named(&self.reach(*id)),
            Target::Path(_) | Target::PathHere(_) => {
                let mut there = self.clone();
                there.go(target);
                there.named(&there.path)
            }
        }
    }

    fn named(&self, path: &[u16]) -> Option<String> {
        joined(self.files().filter(|file| file.path == path))
    }

    /// The name of the file with this short identifier.
    pub(crate) fn name_of_short(&self, sfi: u8) -> Option<String> {
        joined(self.by_short(sfi))
    }

    /// The name of the current file.
    pub(crate) fn current(&self) -> Option<String> {
        self.named(&self.path)
    }

    /// What a table knows of a reference here.
    pub(crate) fn reference(
        &self,
        table: &'static [(Home, u8, &'static str)],
        value: u8,
    ) -> Option<&'static str> {
        let home = match self.home? {
            Home::Ias => Home::Cie,
            home => home,
        };
        table
            .iter()
            .find(|(of, reference, _)| *of == home && *reference == value)
            .map(|(_, _, name)| *name)
    }
}

/// What an application is, by its identifier or the beginning of it.
pub(crate) fn application(name: &[u8]) -> Option<&'static KnownApplication> {
    APPLICATIONS
        .iter()
        .find(|application| name.len() >= 5 && application.aid.starts_with(name))
}

fn joined(files: impl Iterator<Item = &'static KnownFile>) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    // As many as the table has.
    for file in files {
        if !names.contains(&file.name) {
            names.push(file.name);
        }
    }
    (!names.is_empty()).then(|| names.join(" / "))
}
