//! A CNS played from a profile.
