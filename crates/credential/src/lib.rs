//! The contract of a login card, the PIN rules, and the evidence of a verified PIN.
