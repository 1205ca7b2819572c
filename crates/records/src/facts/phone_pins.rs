//! Telephone PINs: one hash for a person, and how many wrong ones were told.
//!
//! A wrong try is on the disk before it is answered, so ending the program gives none back; tries at the same time are counted
//! one after another, so being quick gives none either. Where somebody has no PIN, the same is done for nobody's.
//! Not here: who may be given one, and for how long it holds (`access-policy`).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use varco_access_policy::{
    PhonePin, PhonePinChecked, PhonePinGrant, PhonePinSpan, PhonePinStore, StoreFailure,
};
use varco_auth::CodiceFiscale;
use zeroize::Zeroizing;

use super::fault::Fault;
use super::pin_hash::{ARGON2_VERSION, COST, Cost, HASH_LENGTH, hash, is_same};
use super::{Records, instant};

/// How many wrong telephone PINs block one. A right one before that sets the count back.
pub const PHONE_PIN_TRIES: u8 = 5;

const REPLACE: &str = "UPDATE phone_pin SET issue = issue + 1, tries_wrong = 0, version = ?2, memory_kib = ?3, passes = ?4, \
     lanes = ?5, salt = ?6, hash = ?7, from_us = ?8, until_us = ?9, evidence = ?10 WHERE holder = ?1";
const FIRST: &str = "INSERT INTO phone_pin (holder, issue, version, memory_kib, passes, lanes, salt, hash, from_us, until_us, \
     evidence) VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const HELD: &str = "SELECT id, issue, memory_kib, passes, lanes, salt, hash, from_us, until_us FROM phone_pin \
     WHERE holder = ?1";
const STATE: &str = "SELECT issue, tries_wrong FROM phone_pin WHERE id = ?1";
const COUNT: &str = "UPDATE phone_pin SET tries_wrong = ?2 WHERE id = ?1";
const COUNT_FOR_NOBODY: &str = "UPDATE phone_pin_of_nobody SET tries_wrong = (tries_wrong + 1) % 5";

/// What is kept of one.
struct Held {
    id: i64,
    issue: i64,
    cost: Cost,
    salt: [u8; 16],
    hash: Zeroizing<[u8; HASH_LENGTH]>,
    from: Timestamp,
    until: Timestamp,
}

impl PhonePinStore for Records {
    fn issue_phone_pin(
        &self,
        grant: &PhonePinGrant,
        span: PhonePinSpan,
        pin: &PhonePin,
        salt: [u8; 16],
    ) -> Result<Timestamp, StoreFailure> {
        let until = span
            .end(grant.at())
            .ok_or_else(|| StoreFailure::System("the PIN would end beyond the calendar".to_owned()))?;
        self.keep_pin(grant.holder(), grant.at(), until, grant.evidence_id(), pin, salt)
    }

    fn check_phone_pin(
        &self,
        holder: &CodiceFiscale,
        told: &PhonePin,
        at: Timestamp,
    ) -> Result<PhonePinChecked, StoreFailure> {
        let held = self.question(|connection| {
            let mut statement = connection.prepare_cached(HELD)?;
            let mut rows = statement.query([holder.as_str()])?;
            rows.next()?.map(held).transpose()
        })?;
        // The work comes before the lock: others may change the store meanwhile, and what they changed is looked at after it.
        let is_right = match &held {
            Some(held) => is_same(&*hash(told, &held.salt, held.cost)?, &held.hash),
            None => {
                core::hint::black_box(hash(told, &[0; 16], COST)?);
                false
            }
        };
        self.change(|connection| match &held {
            Some(held) => answer(connection, held, is_right, at),
            None => {
                connection.prepare_cached(COUNT_FOR_NOBODY)?.execute([])?;
                Ok(PhonePinChecked::Refused)
            }
        })
        .map_err(|error| Fault::from(error).into())
    }
}

impl Records {
    /// Keeps a PIN in place of any that was there. Gives its end as it is kept.
    fn keep_pin(
        &self,
        holder: &CodiceFiscale,
        from: Timestamp,
        until: Timestamp,
        evidence: &str,
        pin: &PhonePin,
        salt: [u8; 16],
    ) -> Result<Timestamp, StoreFailure> {
        let hash = hash(pin, &salt, COST)?;
        let until_us = instant::kept(until);
        let params = params![
            holder.as_str(),
            ARGON2_VERSION,
            COST.memory_kib,
            COST.passes,
            COST.lanes,
            salt,
            &hash[..],
            instant::kept(from),
            until_us,
            evidence,
        ];
        self.change(|connection| {
            if connection.prepare_cached(REPLACE)?.execute(params)? == 0 {
                connection.prepare_cached(FIRST)?.execute(params)?;
            }
            Ok(())
        })
        .map_err(|error| StoreFailure::from(Fault::from(error)))?;
        instant::given(until_us)
    }
}

/// What is told, once it is counted.
fn answer(
    connection: &Connection,
    held: &Held,
    is_right: bool,
    at: Timestamp,
) -> Result<PhonePinChecked, Fault> {
    let state = connection
        .prepare_cached(STATE)?
        .query_row([held.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u8>(1)?)))
        .optional()?;
    let count = |tries_wrong: u8| -> Result<(), Fault> {
        connection
            .prepare_cached(COUNT)?
            .execute(params![held.id, tries_wrong])?;
        Ok(())
    };
    let Some((issue, tries_wrong)) = state else {
        return Ok(PhonePinChecked::Refused);
    };
    if issue != held.issue {
        // Another was issued meanwhile. What was told is held against the one that it was not meant for: it is wrong.
        count(tries_wrong.saturating_add(1).min(PHONE_PIN_TRIES))?;
        return Ok(PhonePinChecked::Refused);
    }
    if tries_wrong >= PHONE_PIN_TRIES {
        return Ok(PhonePinChecked::Blocked);
    }
    if !is_right {
        count(tries_wrong.saturating_add(1))?;
        return Ok(PhonePinChecked::Refused);
    }
    // Written even where it is nought already, so that a right one takes as long as a wrong one.
    count(0)?;
    let until = held.until;
    Ok(if at < held.from {
        PhonePinChecked::Refused
    } else if at < until {
        PhonePinChecked::Accepted { until }
    } else {
        PhonePinChecked::Expired { until }
    })
}

fn held(row: &Row<'_>) -> Result<Held, Fault> {
    let cost = Cost {
        memory_kib: row.get(2)?,
        passes: row.get(3)?,
        lanes: row.get(4)?,
    };
    // The table says so too, but a file can be made that does not keep to its tables.
    if !cost.is_bearable() {
        return Err(StoreFailure::Corrupt("a hash costs more than any that was made".to_owned()).into());
    }
    Ok(Held {
        id: row.get(0)?,
        issue: row.get(1)?,
        cost,
        salt: row.get(5)?,
        hash: Zeroizing::new(row.get(6)?),
        from: instant::given(row.get(7)?)?,
        until: instant::given(row.get(8)?)?,
    })
}

#[cfg(test)]
mod tests;
