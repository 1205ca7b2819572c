//! Everything that was changed, in its order.

use rusqlite::params;
use varco_access_policy::{Change, FactId, StoreFailure};

use super::rows;
use super::{Fault, Records};

const LIST: &str = "SELECT id, what, fact, who, at_us, act FROM change WHERE id > ?1 ORDER BY id LIMIT ?2";

/// What a change did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum What {
    /// Granted an enablement.
    EnablementGranted,
    /// Revoked one.
    EnablementRevoked,
    /// Registered a delegation.
    DelegationRegistered,
    /// Revoked one.
    DelegationRevoked,
    /// Recorded that a person is of a category.
    CategoryRecorded,
    /// Recorded that a person is so no more.
    CategoryEnded,
    /// Set for how many persons one may act.
    DelegationLimitSet,
    /// Issued a telephone PIN: who is the person, and the act is the login.
    PhonePinIssued,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::EnablementGranted,
        Self::EnablementRevoked,
        Self::DelegationRegistered,
        Self::DelegationRevoked,
        Self::CategoryRecorded,
        Self::CategoryEnded,
        Self::DelegationLimitSet,
        Self::PhonePinIssued,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EnablementGranted => "enablement-granted",
            Self::EnablementRevoked => "enablement-revoked",
            Self::DelegationRegistered => "delegation-registered",
            Self::DelegationRevoked => "delegation-revoked",
            Self::CategoryRecorded => "category-recorded",
            Self::CategoryEnded => "category-ended",
            Self::DelegationLimitSet => "delegation-limit-set",
            Self::PhonePinIssued => "phone-pin-issued",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == name)
    }
}

/// A change that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryEntry {
    /// Its place in the history: 1, 2, 3, without a gap.
    pub number: u64,
    /// What it did.
    pub what: What,
    /// The number of what it was done to, among its like.
    pub fact: FactId,
    /// Who did it, when, and by which act.
    pub change: Change,
}

impl Records {
    /// The history after an entry, in its order, at most so many and [`super::LISTED_MAX`]. No change is ever taken out of it.
    ///
    /// # Errors
    /// [`StoreFailure`].
    pub fn history(&self, after: u64, limit: usize) -> Result<Vec<HistoryEntry>, StoreFailure> {
        let params = params![rows::number(FactId(after)), rows::listed(limit)];
        self.question(|connection| {
            rows::all(connection, LIST, params, |row| {
                let what = What::from_name(rows::text(row, 1)?).ok_or_else(|| {
                    Fault::from(StoreFailure::Corrupt("a change of no known kind".to_owned()))
                })?;
                Ok(HistoryEntry {
                    number: rows::id(row, 0)?.0,
                    what,
                    fact: rows::id(row, 2)?,
                    change: rows::change(row, 3)?,
                })
            })
        })
    }
}
