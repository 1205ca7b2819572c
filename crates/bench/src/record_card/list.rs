//! The channel to a card that is recorded: it lets pass what is on the list, and nothing else, and keeps how long answers took.
//!
//! Not here: the PIN guard, which stands below and would refuse as well.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Deserialize;
use varco_apdu::CommandApdu;
use varco_apdu::ResponseApdu;
use varco_card::{CardChannel, Epoch, GetResponse, LengthCorrection, Limits, LinkError, Request};

use crate::looking::LookError;
use crate::timing::TimingClass;

/// The list, as data.
const COMMANDS: &str = include_str!("commands.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    command: Vec<Permitted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitted {
    name: String,
    cla: Vec<u8>,
    ins: u8,
}

/// Lets pass what only reads.
pub(crate) struct ReadOnly<C> {
    inner: C,
    list: List,
    timing: BTreeMap<String, TimingClass>,
}

impl<C: CardChannel> ReadOnly<C> {
    /// Around a channel to the card.
    pub(crate) fn new(inner: C) -> Result<Self, LookError> {
        Ok(Self {
            inner,
            list: toml::from_str(COMMANDS).map_err(|error| LookError::Damaged(error.to_string()))?,
            timing: BTreeMap::new(),
        })
    }

    /// How long the slowest answer to each command took, roughly.
    pub(crate) fn timing(&self) -> &BTreeMap<String, TimingClass> {
        &self.timing
    }

    /// As the card answers it, 61xx and 6Cxx included.
    pub(crate) fn raw(&mut self, command: &CommandApdu) -> Result<ResponseApdu, LinkError> {
        self.send(command)
    }

    /// The whole answer, fetched and corrected.
    pub(crate) fn whole(&mut self, command: &CommandApdu) -> Result<ResponseApdu, LinkError> {
        // Reading twice reads the same.
        GetResponse::new(LengthCorrection::new(self)).send(&command.clone().repeatable())
    }
}

impl<C: CardChannel> CardChannel for ReadOnly<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let refused = LinkError::Protocol {
            what: "the command is not on the list of those that only read",
        };
        let Request::Command(command) = &request else {
            return Err(refused);
        };
        let permitted = self
            .list
            .command
            .iter()
            .find(|known| known.ins == command.ins() && known.cla.contains(&command.cla()));
        let name = permitted.ok_or(refused)?.name.clone();
        let begun = Instant::now();
        let answer = self.inner.exchange(request)?;
        let class = TimingClass::of(begun.elapsed());
        let slowest = self.timing.entry(name).or_insert(class);
        *slowest = (*slowest).max(class);
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        self.inner.reset()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use varco_apdu::ins;

    use super::*;

    #[test]
    fn the_list_holds_five_commands_that_read_and_no_other() {
        let list: List = toml::from_str(COMMANDS).unwrap();
        let mut known: Vec<u8> = list.command.iter().map(|command| command.ins).collect();
        known.sort_unstable();
        assert_eq!(
            known,
            [
                ins::GET_CHALLENGE,
                ins::SELECT,
                ins::READ_BINARY,
                ins::GET_RESPONSE,
                ins::GET_DATA,
                ins::GET_DATA_OBJECTS,
            ]
        );
    }
}
