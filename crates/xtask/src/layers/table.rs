//! The layer table as it stands in layers.toml.
//!
//! Not here: what it is held against (`layers`, `tidy`).

use serde::Deserialize;

use crate::Outcome;

/// The rows of layers.toml, from the bottom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layers {
    pub(super) layer: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer {
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) may_depend_on: Vec<String>,
    #[serde(default)]
    pub(super) outside_world: bool,
}

impl Layers {
    pub(super) fn read() -> Outcome<Self> {
        Ok(toml::from_str(include_str!("../../layers.toml"))?)
    }

    pub(super) fn of(&self, folder: &str) -> Option<&Layer> {
        self.layer
            .iter()
            .find(|layer| layer.members.iter().any(|member| fits(member, folder)))
    }

    /// Whether the crate in `folder` may look at clocks, files, sockets and the like by itself.
    pub(crate) fn sees_outside_world(&self, folder: &str) -> bool {
        self.of(folder)
            .is_some_and(|layer| layer.outside_world || layer.number >= 7)
    }
}

/// Whether a name of the table, perhaps a family, means this folder.
pub(super) fn fits(name: &str, folder: &str) -> bool {
    match name.strip_suffix('*') {
        Some(family) => folder.starts_with(family),
        None => name == folder,
    }
}
