//! `libvarco`: card login for programs that are not written in Rust, by a small C header (`include/varco.h`).
//!
//! # What it does not do
//! It adds nothing to what crate `varco` does: no rules, no memory of its own between logins, no thread. It has no user
//! interface; the program asks for the PIN by a function of its own. The care of PINs, the reading of documents, trust stores,
//! operators' rules and records of decisions are not offered yet.
//!
//! # Where to start
//! `docs/c-api.md`, then module `ffi`: one function for each of the header. Everything else is safe Rust: `handle` (tokens
//! instead of addresses), `options`, `prompt` and `answer` (how a PIN comes), `report`, `problem` and `last_error`.
//!
//! # Layer and invariants
//! Layer 9 (edges: programs), on crate `varco`.
//! - `unsafe` stands in module `ffi` and nowhere else
//!   ([ADR 92](../../../docs/adr/0092-unsafe-at-the-border-to-c.md)).
//! - A handle is a token that is looked up, never an address that is followed.
//! - No panic crosses the border, in either direction.
//! - A call that meets a handle in use elsewhere ends with an error; it does not wait.
//! - Digits go from the caller's buffer, which is wiped, into locked memory, and nowhere else.

mod answer;
mod call_error;
pub mod ffi;
mod handle;
mod last_error;
mod options;
mod problem;
mod prompt;
mod readers;
mod report;
