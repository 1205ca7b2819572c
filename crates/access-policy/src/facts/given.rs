//! What is known at the moment of the decision from elsewhere than the login.

use crate::{Deployment, KnownFacts, TestMaterial};

/// The deployment, and what is known of the persons.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Facts {
    /// What the deployment decides for itself.
    pub deployment: Deployment,
    /// What a store, or somebody, knows.
    pub known: KnownFacts,
}

impl Facts {
    /// Facts of a deployment that knows no more.
    #[must_use]
    pub fn new(test_material: TestMaterial) -> Self {
        Self::of(Deployment::new(test_material))
    }

    /// Facts of this deployment, which knows no more.
    #[must_use]
    pub fn of(deployment: Deployment) -> Self {
        Self {
            deployment,
            known: KnownFacts::default(),
        }
    }

    /// With what is known.
    #[must_use]
    pub fn knowing(mut self, known: KnownFacts) -> Self {
        self.known = known;
        self
    }
}
