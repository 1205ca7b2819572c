//! What can go wrong between a reader and a played card: one catalogue for the in-process reader and the three virtual
//! ones. Never for a real reader.
//!
//! A [`FaultPlan`] says what and when, in a text such as `remove@verify`; a [`FaultSet`] holds the plans that are armed and
//! stands between a reader and its card; what the reader itself must then do is a [`Mishap`]. The catalogue, with
//! what each target can play and how a login ends, is `data/faults.toml` ([`catalogue()`]).
//!
//! Everything follows from the plans and the exchanges alone: no clock is read and nothing is drawn.
//!
//! Not here: what goes wrong on a reader's own line or keys (`virtual-pn532`, `virtual-ccid`), and cards that are wrong
//! by their profile.
//!
//! ```
//! use varco_emulator::fault::{Fault, FaultPlan, Moment, When};
//!
//! let plan: FaultPlan = "remove@verify".parse()?;
//! assert_eq!(plan.fault(), Fault::Remove(Moment::After));
//! assert_eq!(plan.to_string(), "remove@verify");
//! let plan = FaultPlan::new(Fault::Mute).at(When::Exchange(5)).until_cleared();
//! assert_eq!(plan.to_string(), "mute@5+");
//! # Ok::<(), varco_emulator::fault::FaultError>(())
//! ```

mod alter;
mod card;
mod catalogue;
mod error;
mod kind;
mod plan;
mod set;
mod when;

pub use card::FaultyCard;
pub use catalogue::{Entry, Target, catalogue, entry};
pub use error::FaultError;
pub use kind::{Fault, Mishap, Moment, WAITING_TIME};
pub use plan::{FaultPlan, TEXT_BYTES_MAX};
pub use set::{FaultSet, Fired, PLANS_MAX};
pub use when::{Instruction, When};

#[cfg(test)]
mod tests;
