//! The hands at a real reader: a person who is asked, or a command that moves a robot, a relay, or somebody else's virtual card.
//!
//! Not here: whether the reader noticed (`target`), and which card may be used for what.

mod eye;
mod hook;
mod lock;
mod person;

use core::fmt;

use zeroize::Zeroizing;

pub use eye::{Eye, Known, ReaderEye, Seen, insertion, known};
pub use hook::{CANNOT, CommandHook};
pub use lock::{CardLock, LockError, Locked};
pub use person::{Person, Terminal, Tty};

use crate::scenario::Typed;
use crate::target::Hindrance;

/// A card, for whoever is to find it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// What the bench file calls it, else the scenario.
    pub name: &'w str,
    /// The played profiles that it is like.
    pub profiles: &'w [String],
    /// The kinds of card that it may be; any where none is said.
    pub kinds: &'w [String],
    /// Its number, where the bench file has it.
    pub serial: Option<&'w str>,
}

/// What is pressed on the keys of a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    /// The PIN.
    Pin,
    /// A value of its form that is not right.
    WrongPin,
    /// The new PIN.
    NewPin,
    /// The PUK.
    Puk,
    /// A value of its form that is not right.
    WrongPuk,
    /// The key that gives up.
    Cancel,
}

impl Keys {
    /// Those for what a scenario types.
    #[must_use]
    pub fn of(typed: &Typed) -> Self {
        match typed {
            Typed::Pin | Typed::Literal(_) => Self::Pin,
            Typed::WrongPin(_) => Self::WrongPin,
            Typed::NewPin => Self::NewPin,
            Typed::Puk => Self::Puk,
            Typed::WrongPuk => Self::WrongPuk,
            Typed::Cancel => Self::Cancel,
        }
    }

    /// Its word for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::WrongPin => "wrong-pin",
            Self::NewPin => "new-pin",
            Self::Puk => "puk",
            Self::WrongPuk => "wrong-puk",
            Self::Cancel => "cancel",
        }
    }
}

/// Hands at a reader. Each call returns once the hand has done it; whether the reader noticed is looked at afterwards.
pub trait Rig: Send + Sync {
    /// Puts a card into the reader of this name.
    ///
    /// # Errors
    /// [`Hindrance`], where there is no such card or no hand moves.
    fn insert(&self, reader: &str, card: Wanted<'_>) -> Result<(), Hindrance>;

    /// Takes out what is in it.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn remove(&self, reader: &str) -> Result<(), Hindrance>;

    /// Presses keys of the reader. The digits are for hands that press them by themselves; a person knows them, and is told only
    /// what is wanted. Whoever waits for the entry sees whether it came.
    ///
    /// # Errors
    /// [`Hindrance`].
    fn press(&self, reader: &str, keys: Keys, digits: Option<&Zeroizing<Vec<u8>>>) -> Result<(), Hindrance>;

    /// Whether it is a person, who can be asked for a PIN too.
    fn is_person(&self) -> bool {
        false
    }
}

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(serial) = self.serial {
            write!(f, ", {serial}")?;
        }
        let either = |texts: &[String]| texts.join(" or ");
        match (self.kinds, self.profiles) {
            ([], []) => Ok(()),
            ([], profiles) => write!(f, " ({})", either(profiles)),
            (kinds, _) => write!(f, " ({})", either(kinds)),
        }
    }
}
