//! The kinds of credential, from `data/credentials.toml`.
//!
//! Not here: whether a kind opens a service (the policies).

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};
use varco_auth::AssuranceLevel;

/// How much a login is worth; `None` where nobody proved to be anybody.
pub(crate) type Level = Option<AssuranceLevel>;

/// A level as policies compare it: 0 none, 1 low, 2 substantial, 3 high.
pub(crate) fn rank(level: Level) -> i64 {
    match level {
        None => 0,
        Some(AssuranceLevel::Low) => 1,
        Some(AssuranceLevel::Substantial) => 2,
        Some(AssuranceLevel::High) => 3,
    }
}

/// The stable name of a level.
pub(crate) fn level_name(level: Level) -> &'static str {
    level.map_or("none", AssuranceLevel::name)
}

pub(crate) fn serialize_level<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level_name(*level))
}

/// One kind as the data give it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    id: String,
    family: String,
    level: LevelName,
}

/// A level as data and corpora write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LevelName {
    None,
    Low,
    Substantial,
    High,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::None => None,
            LevelName::Low => Some(AssuranceLevel::Low),
            LevelName::Substantial => Some(AssuranceLevel::Substantial),
            LevelName::High => Some(AssuranceLevel::High),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    credential: Vec<Kind>,
}

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and a test of this crate parses it"
)]
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let document: Document =
        toml::from_str(include_str!("../data/credentials.toml")).expect("the kinds are well-formed");
    document.credential
});

/// No such kind of credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no such kind of credential")]
pub struct CredentialUnknown;

/// A kind of credential by its stable id, such as `cns` or `spid-l2`.
#[derive(Clone, Copy)]
pub struct CredentialId(&'static Kind);

impl CredentialId {
    /// The kind of this id.
    ///
    /// # Errors
    /// [`CredentialUnknown`].
    pub fn parse(id: &str) -> Result<Self, CredentialUnknown> {
        Self::all()
            .find(|kind| kind.as_str() == id)
            .ok_or(CredentialUnknown)
    }

    /// All kinds, in the order of the data.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(Self)
    }

    /// The id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        &self.0.id
    }

    /// The family that policies name.
    pub(crate) fn family(self) -> &'static str {
        &self.0.family
    }

    /// What a login with it is worth where only its kind is known.
    pub(crate) fn level(self) -> Level {
        self.0.level.into()
    }
}

impl PartialEq for CredentialId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for CredentialId {}

impl fmt::Debug for CredentialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_those_of_the_access_sheet() {
        let ids: Vec<&str> = CredentialId::all().map(CredentialId::as_str).collect();
        let expected =
            "cns cie cie-l1 cie-l2 spid-l1 spid-l2 spid-l3 inps-pin inps-pin-dispositivo phone-pin nis";
        assert_eq!(ids.join(" "), expected);
        assert_eq!(CredentialId::parse("spid"), Err(CredentialUnknown));
    }

    #[test]
    fn levels_rank_as_the_schema_says() {
        let ranks =
            ["nis", "spid-l1", "cie-l2", "cie"].map(|id| rank(CredentialId::parse(id).unwrap().level()));
        assert_eq!(ranks, [0, 1, 2, 3]);
    }
}
