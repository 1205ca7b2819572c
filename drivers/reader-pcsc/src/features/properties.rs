//! What a reader says of itself, as far as it decides something here: how long APDUs may be, what its keys take,
//! whether it has a display, which product it is (PC/SC part 10 §2.5.5 and §2.6). All of it is hostile input.

use varco_card::ExtendedLength;

use super::list::find;

/// `wLcdLayout` (PC/SC part 10 §2.6).
const LCD_LAYOUT: u8 = 0x01;
/// `bEntryValidationCondition`.
const ENTRY_VALIDATION_CONDITION: u8 = 0x02;
/// `bMinPINSize`.
const MIN_PIN_SIZE: u8 = 0x06;
/// `bMaxPINSize`.
const MAX_PIN_SIZE: u8 = 0x07;
/// `dwMaxAPDUDataSize`.
const MAX_APDU_DATA_SIZE: u8 = 0x0A;
/// `wIdVendor`.
const ID_VENDOR: u8 = 0x0B;
/// `wIdProduct`.
const ID_PRODUCT: u8 = 0x0C;

/// From here on everything that an extended APDU can carry passes uncut. libccid says 0 for short APDUs only
/// and 65,536 for extended ones, other drivers 65,535. A reader in between would cut some answers, so it is
/// treated as one for short APDUs only.
const EXTENDED_FROM: u32 = 0xFFFF;

/// Whether a reader can show something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Display {
    /// It says that it has none.
    Absent,
    /// It says that it has one.
    Present,
    /// It does not say.
    #[default]
    Unknown,
}

/// What ends an entry on a reader's keys, of what this crate can use (PC/SC part 10 §2.5.2,
/// `bEntryValidationCondition`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EntryEnds {
    /// The person presses a key for it.
    pub by_key: bool,
    /// The last possible digit was typed.
    pub by_length: bool,
}

impl Default for EntryEnds {
    /// Of a reader that does not say: every pad known has that key, and a few end by nothing else.
    fn default() -> Self {
        Self {
            by_key: true,
            by_length: false,
        }
    }
}

/// The properties of a reader. What it does not say, or says in another form than it should, is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Properties {
    /// Bytes of the longest data field, if said (`dwMaxAPDUDataSize`).
    apdu_data_max_bytes: Option<u32>,
    /// Whether it can show something.
    pub display: Display,
    /// What ends an entry.
    pub entry_ends: EntryEnds,
    /// Fewest digits that its keys take.
    pub digits_min: Option<u8>,
    /// Most digits that its keys take.
    pub digits_max: Option<u8>,
    /// Numbers of USB vendor and product.
    pub usb: Option<(u16, u16)>,
}

impl Properties {
    /// Reads the answers to `FEATURE_GET_TLV_PROPERTIES` and `FEATURE_IFD_PIN_PROPERTIES`; what was not asked is
    /// empty. Where both speak, the first is believed.
    #[must_use]
    pub fn parse(tlv_properties: &[u8], pin_properties: &[u8]) -> Self {
        let byte = |tag| match find(tlv_properties, tag) {
            Some(&[value]) => Some(value),
            _ => None,
        };
        // The lowest byte first (PC/SC part 10 §2.6).
        let word = |tag| {
            let value = find(tlv_properties, tag)?.try_into().ok();
            value.map(u16::from_le_bytes)
        };
        // wLcdLayout, bEntryValidationCondition, bTimeOut2: four bytes, the lowest first.
        let (layout, condition) = match *pin_properties {
            [low, high, condition, _] => (Some(u16::from_le_bytes([low, high])), Some(condition)),
            _ => (None, None),
        };
        Self {
            apdu_data_max_bytes: find(tlv_properties, MAX_APDU_DATA_SIZE)
                .and_then(|value| value.try_into().ok())
                .map(u32::from_le_bytes),
            display: match word(LCD_LAYOUT).or(layout) {
                Some(0) => Display::Absent,
                Some(_) => Display::Present,
                None => Display::Unknown,
            },
            entry_ends: byte(ENTRY_VALIDATION_CONDITION)
                .filter(|condition| *condition != 0)
                .or(condition)
                .map_or_else(EntryEnds::default, entry_ends),
            digits_min: byte(MIN_PIN_SIZE),
            // Nobody's keys take no digit: it is how some say that they do not know.
            digits_max: byte(MAX_PIN_SIZE).filter(|most| *most != 0),
            usb: word(ID_VENDOR).zip(word(ID_PRODUCT)),
        }
    }

    /// Whether extended-length APDUs pass.
    #[must_use]
    pub fn extended_length(&self) -> ExtendedLength {
        match self.apdu_data_max_bytes {
            Some(size) if size >= EXTENDED_FROM => ExtendedLength::Supported,
            Some(_) => ExtendedLength::Unsupported,
            None => ExtendedLength::Unknown,
        }
    }
}

/// The lowest bit is the length, the next one the key, the third the end of the time. The last is never used: what was
/// typed until then would be sent as it is, and cost a try.
fn entry_ends(condition: u8) -> EntryEnds {
    if condition == 0 {
        return EntryEnds::default();
    }
    EntryEnds {
        by_key: condition & 0x02 != 0,
        by_length: condition & 0x01 != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sized(size: u32) -> Vec<u8> {
        let mut list = vec![0x01, 2, 0x10, 0x02, 0x0A, 4];
        list.extend(size.to_le_bytes());
        list.extend([0x0B, 2, 0xE6, 0x08]);
        list
    }

    fn judge(list: &[u8]) -> ExtendedLength {
        Properties::parse(list, &[]).extended_length()
    }

    #[test]
    fn only_a_reader_that_carries_all_of_an_extended_apdu_supports_them() {
        for (size, expected) in [
            (0, ExtendedLength::Unsupported),
            (256, ExtendedLength::Unsupported),
            (2048, ExtendedLength::Unsupported),
            (0xFFFF, ExtendedLength::Supported),
            (0x1_0000, ExtendedLength::Supported),
        ] {
            assert_eq!(judge(&sized(size)), expected);
        }
    }

    #[test]
    fn a_size_of_another_width_and_an_absent_size_are_unknown() {
        assert_eq!(judge(&[0x0A, 2, 0xFF, 0xFF]), ExtendedLength::Unknown);
        assert_eq!(judge(&[0x0B, 2, 0xE6, 0x08]), ExtendedLength::Unknown);
        assert_eq!(judge(&[]), ExtendedLength::Unknown);
    }

    #[test]
    fn a_list_cut_inside_an_entry_is_not_believed_at_any_length() {
        let whole = sized(0x1_0000);
        for length in 0..whole.len() {
            let complete = [0, 4, 10].contains(&length);
            let judged = judge(&whole[..length]);
            assert!(complete || judged == ExtendedLength::Unknown, "{length} bytes");
        }
    }

    #[test]
    fn a_pin_pad_of_libccid_is_understood() {
        // GemPC PinPad by libccid 1.5.2: two lines of 16 characters, 4 to 8 digits, key only.
        let list = [
            0x01, 2, 0x10, 0x02, 0x04, 2, 0x10, 0, 0x05, 2, 0x02, 0, 0x03, 1, 0, 0x06, 1, 4, 0x07, 1, 8,
            0x02, 1, 0x02, 0x09, 1, 0, 0x0B, 2, 0xE6, 0x08, 0x0C, 2, 0x78, 0x34, 0x0A, 4, 0, 0, 1, 0,
        ];
        let properties = Properties::parse(&list, &[0x10, 0x02, 0x02, 0x00]);
        assert_eq!(properties.extended_length(), ExtendedLength::Supported);
        assert_eq!(properties.display, Display::Present);
        assert_eq!(properties.entry_ends, EntryEnds::default());
        assert_eq!((properties.digits_min, properties.digits_max), (Some(4), Some(8)));
        assert_eq!(properties.usb, Some((0x08E6, 0x3478)));
    }

    #[test]
    fn the_short_answer_speaks_where_the_list_does_not() {
        let properties = Properties::parse(&[], &[0, 0, 0x07, 0]);
        assert_eq!(properties.display, Display::Absent);
        let ends = EntryEnds {
            by_key: true,
            by_length: true,
        };
        assert_eq!(properties.entry_ends, ends);
        let listed = Properties::parse(&[0x02, 1, 0x01, 0x01, 2, 0x10, 0x02], &[0, 0, 0x07, 0]);
        assert_eq!(listed.display, Display::Present);
        assert!(!listed.entry_ends.by_key && listed.entry_ends.by_length);
    }

    #[test]
    fn a_short_answer_of_another_length_and_a_condition_of_zero_say_nothing() {
        for answer in [&[][..], &[0], &[0, 0, 7], &[0x10, 0x02, 7, 0, 0]] {
            let properties = Properties::parse(&[], answer);
            assert_eq!(properties, Properties::default(), "{answer:?}");
        }
        let zero = Properties::parse(&[0x02, 1, 0], &[0x10, 0x02, 0, 0]);
        assert_eq!(zero.entry_ends, EntryEnds::default());
    }

    proptest! {
        #[test]
        fn any_answers_are_read_without_harm(list: Vec<u8>, answer: Vec<u8>) {
            let properties = Properties::parse(&list, &answer);
            prop_assert_ne!(properties.digits_max, Some(0));
        }
    }
}
