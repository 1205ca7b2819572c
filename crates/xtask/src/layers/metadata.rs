//! What `cargo metadata` says about the packages of the workspace and their arrows.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::{Outcome, shell};

/// One package, with its normal and build dependencies; dev-dependencies are left out.
pub(super) struct Package {
    pub(super) name: String,
    /// The last part of its path: `card-cns`.
    pub(super) folder: String,
    /// Folders of the workspace's own packages that it depends on.
    pub(super) inside: Vec<String>,
    /// Names of the other packages that it depends on.
    pub(super) outside: Vec<String>,
    /// What each of its features switches on.
    pub(super) features: BTreeMap<String, Vec<String>>,
    /// Every dependency of it, those of its tests too.
    pub(super) asked: Vec<Asked>,
}

/// A dependency, as it is asked for.
#[derive(Clone, Deserialize)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) optional: bool,
    pub(super) features: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(flatten)]
    asked: Asked,
    /// `null` for a normal one, or `build`, or `dev`.
    kind: Option<String>,
    path: Option<String>,
}

/// The packages of the workspace.
pub(super) fn packages() -> Outcome<Vec<Package>> {
    let mut command = shell::command("cargo", &["metadata", "--no-deps", "--format-version", "1"])?;
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages.into_iter().map(package).collect())
}

fn package(described: Described) -> Package {
    let manifest = Path::new(&described.manifest_path);
    let mut package = Package {
        name: described.name,
        folder: manifest.parent().map(last).unwrap_or_default(),
        inside: Vec::new(),
        outside: Vec::new(),
        features: described.features,
        asked: Vec::new(),
    };
    for dependency in described.dependencies {
        package.asked.push(dependency.asked.clone());
        match (dependency.kind.as_deref(), dependency.path) {
            (Some("dev"), _) => {}
            (_, Some(path)) => package.inside.push(last(Path::new(&path))),
            (_, None) => package.outside.push(dependency.asked.name),
        }
    }
    package
}

fn last(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
