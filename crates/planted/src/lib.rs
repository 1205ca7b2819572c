//! Bugs that are planted on purpose, so that the simulation shows that it finds such.
//!
//! What this crate is not: it holds none of them. Each stands in the code that it spoils, behind the feature `planted-bugs` of
//! that crate, and asks here whether it is switched on. At most one is at a time, by its name, for the whole process.
//!
//! Layer 0 (words of tests). Without the feature `planted-bugs` the crate is empty and nobody depends on it; with the feature
//! it compiles only where debug assertions are on, which no shipped build has. `cargo xtask layers` sees to it that no crate
//! has the feature by default and that nothing that is shipped can ask for it.

#[cfg(all(feature = "planted-bugs", not(debug_assertions)))]
compile_error!("planted bugs are for test builds: nothing that is built to be shipped may contain them");

#[cfg(feature = "planted-bugs")]
mod bug;
#[cfg(feature = "planted-bugs")]
pub use bug::{Bug, begin_run, is_planted, plant, run};
