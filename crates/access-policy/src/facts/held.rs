//! Facts about persons as a store holds them: enablements, delegations, categories.
//!
//! Not here: who keeps them (`store`), and what they permit (the policies).

use core::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use varco_auth::CodiceFiscale;

use crate::ServiceId;

/// Most bytes of who changed something, and of the act by which it was changed.
pub const CHANGE_TEXT_LENGTH_MAX: usize = 200;

/// The number by which a store knows a fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub u64);

impl fmt::Display for FactId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Who changed something, when, and by which act. Every change has one, and none is ever taken away again.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    who: String,
    #[serde(serialize_with = "crate::decision::instant")]
    at: Timestamp,
    act: String,
}

/// A text that says nothing, is too long or holds control characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("who and act are each 1 to {CHANGE_TEXT_LENGTH_MAX} bytes without control characters")]
pub struct ChangeInvalid;

impl Change {
    /// By `who`, such as an office's clerk, by `act`, such as a protocol number: each 1 to [`CHANGE_TEXT_LENGTH_MAX`] bytes,
    /// without control characters and not blank.
    ///
    /// # Errors
    /// [`ChangeInvalid`].
    pub fn new(who: &str, at: Timestamp, act: &str) -> Result<Self, ChangeInvalid> {
        let is_fit = |text: &str| {
            !text.trim().is_empty()
                && text.len() <= CHANGE_TEXT_LENGTH_MAX
                && !text.chars().any(char::is_control)
        };
        if !is_fit(who) || !is_fit(act) {
            return Err(ChangeInvalid);
        }
        Ok(Self {
            who: who.to_owned(),
            at,
            act: act.to_owned(),
        })
    }

    /// Who.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// By which act.
    #[must_use]
    pub fn act(&self) -> &str {
        &self.act
    }
}

/// Shows the instant only.
impl fmt::Debug for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Change")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// From when and until when something holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Validity {
    #[serde(serialize_with = "crate::decision::instant")]
    from: Timestamp,
    #[serde(serialize_with = "crate::decision::instant_or_none")]
    until: Option<Timestamp>,
}

/// An end that is not after its beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the end is not after the beginning")]
pub struct ValidityInvalid;

impl Validity {
    /// From this instant on, until just before that one, or without end.
    ///
    /// # Errors
    /// [`ValidityInvalid`].
    pub fn new(from: Timestamp, until: Option<Timestamp>) -> Result<Self, ValidityInvalid> {
        if until.is_some_and(|until| until <= from) {
            return Err(ValidityInvalid);
        }
        Ok(Self { from, until })
    }

    /// The first instant.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// The first instant at which it holds no more.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// The right of a person to a professional service, which belongs to the codice fiscale and not to a credential.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enablement {
    /// Its number.
    pub id: FactId,
    /// Whose it is.
    pub holder: CodiceFiscale,
    /// The service that it opens.
    pub service: ServiceId,
    /// From when and until when.
    pub validity: Validity,
    /// Who granted it.
    pub granted: Change,
    /// Who revoked it, where somebody did: it holds no more from that instant.
    pub revoked: Option<Change>,
}

/// In which quality somebody acts for another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DelegationKind {
    /// By that person's delegation of digital identity.
    Delegate,
    /// Tutor of a ward.
    Guardian,
    /// Curator of a ward.
    Curator,
    /// Amministratore di sostegno of a ward.
    Administrator,
    /// Parent of a minor.
    Parent,
}

impl DelegationKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Delegate,
        Self::Guardian,
        Self::Curator,
        Self::Administrator,
        Self::Parent,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delegate => "delegate",
            Self::Guardian => "guardian",
            Self::Curator => "curator",
            Self::Administrator => "administrator",
            Self::Parent => "parent",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the number of persons for whom one may act so is limited. For those whom a judge or birth appointed it is not.
    #[must_use]
    pub fn is_limited(self) -> bool {
        matches!(self, Self::Delegate)
    }

    /// How many may act so for one person at a time.
    #[must_use]
    pub fn per_person_max(self) -> u32 {
        match self {
            Self::Parent => 2,
            _ => 1,
        }
    }
}

/// Where a delegation is registered or revoked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// At an office.
    Office,
    /// By the person, online.
    Online,
}

impl Channel {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Online => "online",
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Office, Self::Online]
            .into_iter()
            .find(|channel| channel.name() == name)
    }
}

/// That one person may act for another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delegation {
    /// Its number.
    pub id: FactId,
    /// The person who is acted for: delegator, ward or minor.
    pub delegator: CodiceFiscale,
    /// The person who acts.
    pub delegate: CodiceFiscale,
    /// In which quality.
    pub kind: DelegationKind,
    /// From when and until when.
    pub validity: Validity,
    /// The birth date of the person who is acted for, which a codice fiscale tells without its century. Always there for
    /// [`DelegationKind::Parent`].
    pub birth_date: Option<Date>,
    /// Where it was registered.
    pub channel: Channel,
    /// Who registered it.
    pub registered: Change,
    /// Who revoked it, where somebody did: it holds no more from that instant.
    pub revoked: Option<Change>,
}

/// A category of persons that is declared. That somebody is a minor is told by the birth date and never declared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Category {
    /// Under tutela, curatela or amministrazione di sostegno.
    Ward,
    /// Without an Italian identity document.
    NoItalianDocument,
    /// Residing abroad.
    ResidentAbroad,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ward, Self::NoItalianDocument, Self::ResidentAbroad];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::NoItalianDocument => "no-italian-document",
            Self::ResidentAbroad => "resident-abroad",
        }
    }

    /// The category of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }
}

/// That a person is of a category.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Categorised {
    /// Its number.
    pub id: FactId,
    /// Who.
    pub person: CodiceFiscale,
    /// Of which category.
    pub category: Category,
    /// From when and until when.
    pub validity: Validity,
    /// Who recorded it.
    pub recorded: Change,
    /// Who ended it, where somebody did.
    pub ended: Option<Change>,
}
