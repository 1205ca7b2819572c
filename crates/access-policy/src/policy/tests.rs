//! Claims about reading a policy.
