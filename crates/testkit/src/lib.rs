//! Virtual cards for tests, of this workspace and of others.
//!
//! A stranger's test of a program that speaks PC/SC, with a CNS that nobody has to hold:
//!
//! ```no_run
//! use std::process::Command;
//! use varco_testkit::{Bench, VirtualCard};
//!
//! let bench = Bench::with_card(VirtualCard::named("cns-st")?)?;
//! let output = Command::new("pkcs11-tool").arg("-L").envs(bench.env().iter().cloned()).output()?;
//! assert!(String::from_utf8_lossy(&output.stdout).contains("6999000000001016"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! In the process itself, without pcscd, crate `varco` with the feature `played` is enough: `varco::played::readers` has the
//! cards, `varco::played::believe` their authorities. `tests/stranger` has both as a package of its own, which is built and run.
//!
//! **What is stable:** [`Bench`] and [`VirtualCard`], as docs/stability.md says it of the library. [`pcscd`] and [`pin_pad`] are
//! useful beyond this workspace and may change with notice in the changes. All other modules are hidden from this page, are
//! rigs of our own tests, and change without notice.
//!
//! Not here: anything that is shipped; nothing shipped depends on it.

mod bench;
#[doc(hidden)]
pub mod crl;
pub mod pin_pad;
#[doc(hidden)]
pub mod program;
#[doc(hidden)]
pub mod unpluggable;

pub use bench::{Bench, VirtualCard};
pub use varco_stand::{packages, pcscd};
pub use varco_virtual_vpcd::SlotControl;
