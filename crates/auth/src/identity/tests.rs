//! Claims about verified identities.
