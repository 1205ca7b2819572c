//! The readers that a program opened, and the list of what lies in them.
//!
//! Not here: which of them is meant (crate `varco`).

use std::ffi::CString;

use serde_json::{Value, json};
use varco::Varco;
use varco::steps::CardPresence;

use crate::call_error::CallError;
use crate::last_error::c_string;
use crate::problem::Problem;

/// Readers of the system's PC/SC service.
const PCSC: &str = "pcsc";
/// Readers of this process begin with this.
#[cfg(any(test, feature = "played"))]
const PLAYED: &str = "played:";

/// What stands behind a handle of readers.
pub(crate) struct Readers {
    pub(crate) varco: Varco,
    /// The list that was asked for last.
    listed: CString,
}

impl Readers {
    /// Those that are meant; the system's where nothing is said.
    pub(crate) fn open(which: Option<&str>) -> Result<Self, Problem> {
        Ok(Self {
            varco: varco(which.unwrap_or(PCSC))?,
            listed: CString::default(),
        })
    }

    /// All readers and what lies in them, as JSON.
    pub(crate) fn list(&mut self) -> Result<&CString, Problem> {
        let readers = self.varco.readers()?;
        let list: Vec<Value> = readers
            .iter()
            .map(|reader| json!({ "name": reader.name.as_str(), "card": card(&reader.card) }))
            .collect();
        self.listed = c_string(&Value::from(list).to_string());
        Ok(&self.listed)
    }
}

fn card(card: &CardPresence) -> Value {
    match card {
        CardPresence::Absent => Value::Null,
        CardPresence::Mute => json!({ "state": "mute" }),
        card if card.is_in_use() => json!({ "state": "in-use" }),
        CardPresence::Unknown(error) => json!({ "state": "unknown", "error": error.code() }),
        CardPresence::Present(atr) => json!({ "state": "present", "atr": atr.to_string() }),
    }
}

fn varco(which: &str) -> Result<Varco, Problem> {
    #[cfg(any(test, feature = "played"))]
    if let Some(profile) = which.strip_prefix(PLAYED) {
        let (readers, _hands) = varco::played::readers(&[profile]).map_err(|_| CallError::Value("which"))?;
        return Ok(Varco::with_readers(vec![Box::new(readers)]));
    }
    if which != PCSC {
        return Err(CallError::Value("which").into());
    }
    #[cfg(feature = "pcsc")]
    return Ok(Varco::system());
    #[cfg(not(feature = "pcsc"))]
    Err(Problem::failed("no-service"))
}
