//! One record of an index: 32 bytes that sort by serial number.
//!
//! Not here: reading and writing them in numbers ([`super::blocks`]).

use varco_pki::{RevocationReason, RevokedEntry, SerialNumber, Timestamp};

/// Bytes of a record: the serial number, the instant in seconds, the reason, and a zero.
pub(super) const RECORD_LENGTH: usize = SERIAL_LENGTH + 8 + 2;
/// Bytes of its serial number.
pub(super) const SERIAL_LENGTH: usize = SerialNumber::RECORD_LENGTH;

/// A serial number as a record has it.
pub(super) type RecordSerial = [u8; SERIAL_LENGTH];

/// What is written for an entry.
pub(super) fn write(serial: SerialNumber, entry: RevokedEntry) -> [u8; RECORD_LENGTH] {
    let mut record = [0; RECORD_LENGTH];
    let bytes = serial.to_record().into_iter();
    let bytes = bytes.chain(entry.revoked_at.as_second().to_be_bytes());
    for (to, from) in record.iter_mut().zip(bytes.chain([entry.reason.code()])) {
        *to = from;
    }
    record
}

/// The serial number and what is said of it; `None` for bytes that no entry has.
pub(super) fn read(record: &[u8; RECORD_LENGTH]) -> Option<(SerialNumber, RevokedEntry)> {
    let (serial, rest) = record.split_first_chunk::<SERIAL_LENGTH>()?;
    let (second, rest) = rest.split_first_chunk::<8>()?;
    let [reason, 0] = *rest else {
        return None;
    };
    let entry = RevokedEntry {
        revoked_at: instant(i64::from_be_bytes(*second))?,
        reason: RevocationReason::from_code(reason)?,
    };
    Some((SerialNumber::from_record(serial)?, entry))
}

/// An instant from whole seconds. The last second that there is stands for the last instant, as in lists.
pub(super) fn instant(second: i64) -> Option<Timestamp> {
    if second == Timestamp::MAX.as_second() {
        return Some(Timestamp::MAX);
    }
    Timestamp::from_second(second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_a_changed_one_does_not_pass_for_another_form() {
        let serial = SerialNumber::new(&[0, 0x9A, 0xBC]).unwrap();
        for revoked_at in [
            Timestamp::MAX,
            Timestamp::UNIX_EPOCH,
            "0001-01-01T00:00:00Z".parse().unwrap(),
        ] {
            let entry = RevokedEntry {
                revoked_at,
                reason: RevocationReason::CertificateHold,
            };
            let record = write(serial, entry);
            assert_eq!(read(&record), Some((serial, entry)));
            for (place, value) in [(31, 1), (30, 7), (21, 22), (22, 0x7F)] {
                let mut changed = record;
                changed[place] = value;
                assert_eq!(read(&changed), None, "{place}");
            }
        }
    }
}
