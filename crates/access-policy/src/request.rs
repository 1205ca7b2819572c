//! What is asked for, and what the deployment knows besides the identity.

use crate::ServiceId;

/// A request for a service.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The service.
    pub service: ServiceId,
}

impl Request {
    /// A request by a person for himself.
    #[must_use]
    pub fn new(service: ServiceId) -> Self {
        Self { service }
    }
}

/// Whether an identity that rests on test material may be permitted anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TestMaterial {
    /// No: whoever has the fixtures can make such an identity.
    Refused,
    /// Yes: the deployment is a test, and its configuration says so.
    Permitted,
}

/// What is known at the moment of the decision from elsewhere than the identity.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Facts {
    /// Whether test material is permitted here.
    pub test_material: TestMaterial,
}

impl Facts {
    /// Facts of a deployment that knows no more.
    #[must_use]
    pub fn new(test_material: TestMaterial) -> Self {
        Self { test_material }
    }
}
