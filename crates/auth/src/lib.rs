//! Challenge, response, verification: the only maker of a VerifiedIdentity.
