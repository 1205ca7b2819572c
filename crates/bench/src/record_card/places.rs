//! Where a card is looked into, as data.
//!
//! Not here: looking.

use serde::Deserialize;

use crate::looking::LookError;

const PLACES: &str = include_str!("places.toml");

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct All {
    pub(super) cns: Places,
    pub(super) cie: CiePlaces,
}

/// Of a CNS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) paths: Vec<String>,
    pub(super) applications: Vec<String>,
    pub(super) data: Vec<String>,
}

/// Of a CIE.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiePlaces {
    pub(super) ias: String,
    pub(super) cie: String,
    pub(super) file: Vec<CieFile>,
}

/// A file of a CIE.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CieFile {
    pub(super) application: String,
    pub(super) id: String,
    pub(super) short_id: Option<u8>,
}

/// All of them.
pub(super) fn all() -> Result<All, LookError> {
    toml::from_str(PLACES).map_err(|error| LookError::Damaged(error.to_string()))
}
