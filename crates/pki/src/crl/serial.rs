//! Serial numbers as numbers: one form for every way in which an issuer writes the same one.
//!
//! Not here: how certificates show theirs.

/// Most bytes of a serial number (RFC 5280 §4.1.2.2), without the zero in front that keeps it positive.
const BYTES_MAX: usize = 20;
/// With that zero.
const WIDTH: usize = BYTES_MAX + 1;

/// A serial number, in the shortest form of its INTEGER (X.690 §8.3).
///
/// Issuers that broke the rules wrote negative ones, or zeros in front. They are compared as numbers: `00 7F` is `7F`, but
/// `FF` (minus one) is not `00 FF`. The order is one of bytes, not of numbers: it suits a search and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SerialNumber {
    /// From the left, zeros behind.
    bytes: [u8; WIDTH],
    length: u8,
}

impl SerialNumber {
    /// Bytes of [`SerialNumber::to_record`].
    pub const RECORD_LENGTH: usize = WIDTH + 1;

    /// From the content of an INTEGER; `None` when it is empty, or longer than 20 bytes and a zero.
    #[must_use]
    pub fn new(content: &[u8]) -> Option<Self> {
        if content.len() > WIDTH {
            return None;
        }
        let mut shortest = content;
        while let [first, rest @ ..] = shortest
            && let Some(second) = rest.first()
            && matches!((*first, *second), (0, 0..=0x7F) | (0xFF, 0x80..=0xFF))
        {
            shortest = rest;
        }
        if shortest.is_empty() || (shortest.len() == WIDTH && shortest.first() != Some(&0)) {
            return None;
        }
        let mut bytes = [0; WIDTH];
        bytes.get_mut(..shortest.len())?.copy_from_slice(shortest);
        let length = u8::try_from(shortest.len()).ok()?;
        Some(Self { bytes, length })
    }

    /// The content of its INTEGER, in the shortest form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// Its first eight bytes as a number that sorts as serial numbers do; equal ones decide nothing.
    #[must_use]
    pub fn sort_key(&self) -> u64 {
        self.bytes
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first))
    }

    /// A form of fixed length whose bytes sort as serial numbers do.
    #[must_use]
    pub fn to_record(self) -> [u8; Self::RECORD_LENGTH] {
        let mut record = [0; Self::RECORD_LENGTH];
        for (to, from) in record.iter_mut().zip(self.bytes.iter().chain([&self.length])) {
            *to = *from;
        }
        record
    }

    /// Out of that form; `None` for bytes that no serial number has.
    #[must_use]
    pub fn from_record(record: &[u8; Self::RECORD_LENGTH]) -> Option<Self> {
        let (length, bytes) = record.split_last()?;
        let serial = Self::new(bytes.get(..usize::from(*length))?)?;
        (serial.to_record() == *record).then_some(serial)
    }
}

/// Shows how long it is: a serial number names a person's card.
impl std::fmt::Debug for SerialNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SerialNumber({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(content: &[u8]) -> SerialNumber {
        SerialNumber::new(content).unwrap()
    }

    #[test]
    fn one_number_has_one_form() {
        assert_eq!(serial(&[0, 0, 0x7F]), serial(&[0x7F]));
        assert_eq!(serial(&[0, 0]), serial(&[0]));
        assert_eq!(serial(&[0xFF, 0xFF, 0x80]), serial(&[0x80]));
        assert_eq!(serial(&[0, 0x80]).as_bytes(), [0, 0x80]);
    }

    #[test]
    fn a_negative_number_is_not_the_positive_one_of_the_same_bytes() {
        assert_ne!(serial(&[0xFF]), serial(&[0, 0xFF]));
        assert_ne!(serial(&[0x80]), serial(&[0, 0x80]));
    }

    #[test]
    fn zeros_behind_count() {
        assert_ne!(serial(&[1]), serial(&[1, 0]));
        assert!(serial(&[1]) < serial(&[1, 0]));
    }

    #[test]
    fn twenty_bytes_and_a_zero_are_the_most() {
        assert!(SerialNumber::new(&[]).is_none());
        assert!(SerialNumber::new(&[0x7F; 20]).is_some() && SerialNumber::new(&[0xAA; 20]).is_some());
        let mut long = [0xAA; 21];
        assert!(SerialNumber::new(&long).is_none());
        long[0] = 0;
        assert!(SerialNumber::new(&long).is_some());
        assert!(SerialNumber::new(&[0x11; 21]).is_none() && SerialNumber::new(&[0; 22]).is_none());
    }

    #[test]
    fn records_sort_alike_and_come_back() {
        let all = [
            &[0][..],
            &[0, 0x80],
            &[1],
            &[1, 0],
            &[0x7F; 20],
            &[0xFF],
            &[0x80, 1],
        ]
        .map(serial);
        for first in all {
            assert_eq!(SerialNumber::from_record(&first.to_record()), Some(first));
            for second in all {
                let order = first.cmp(&second);
                assert_eq!(first.to_record().cmp(&second.to_record()), order);
                assert!(
                    order == first.sort_key().cmp(&second.sort_key())
                        || first.sort_key() == second.sort_key()
                );
            }
        }
        let mut record = serial(&[1]).to_record();
        record[3] = 1;
        assert!(SerialNumber::from_record(&record).is_none());
        assert!(
            SerialNumber::from_record(&[0xFF; 22]).is_none() && SerialNumber::from_record(&[0; 22]).is_none()
        );
    }
}
