//! EF.Dati_personali by its fields `[cns §2.3]`: six hex digits, then sixteen times two hex digits and as many bytes.
//!
//! Never by offsets, which move with the length of a name, and never by the header alone, which counts itself on some
//! cards and not on others.
//!
//! Not here: reading the file, and what the fields mean.

use varco_credential::{CardError, PersonalField};

/// Hex digits of the header.
const HEADER_BYTES: usize = 6;
/// Hex digits before each field.
const LENGTH_BYTES: usize = 2;

/// The fields, and how many bytes they take with header and lengths.
#[derive(PartialEq, Debug)]
pub(crate) struct Fields<'f> {
    pub(crate) values: [&'f [u8]; PersonalField::COUNT],
    pub(crate) used_bytes: usize,
}

/// What the first bytes of the file hold.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, on its way from parser to reader"
)]
#[derive(PartialEq, Debug)]
pub(crate) enum Parsed<'f> {
    /// All fields.
    Whole(Fields<'f>),
    /// The fields go on past these bytes: with the number of the one that does.
    Longer(u8),
}

/// Reads the fields out of the first bytes of the file.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed<'_>, CardError> {
    let mut values = [&b""[..]; PersonalField::COUNT];
    let Some((header, mut rest)) = bytes.split_at_checked(HEADER_BYTES) else {
        return Ok(Parsed::Longer(0));
    };
    let counted = number(header).ok_or_else(|| unreadable(0, "the length is not six hex digits"))?;
    for (value, number_of_field) in values.iter_mut().zip(1_u8..) {
        let Some((length, after)) = rest.split_at_checked(LENGTH_BYTES) else {
            return Ok(Parsed::Longer(number_of_field));
        };
        let length =
            number(length).ok_or_else(|| unreadable(number_of_field, "its length is not two hex digits"))?;
        let Some((field, after)) = after.split_at_checked(length) else {
            return Ok(Parsed::Longer(number_of_field));
        };
        (*value, rest) = (field, after);
    }
    let used_bytes = bytes.len() - rest.len();
    if counted != used_bytes && counted != used_bytes - HEADER_BYTES {
        return Err(unreadable(0, "the length is not that of the fields"));
    }
    Ok(Parsed::Whole(Fields { values, used_bytes }))
}

/// Hex digits as a number: at most six of them, capital letters as written, small ones tolerated.
fn number(digits: &[u8]) -> Option<usize> {
    digits.iter().try_fold(0, |number, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(number << 4 | usize::try_from(value).ok()?)
    })
}

pub(crate) fn unreadable(field: u8, what: &'static str) -> CardError {
    CardError::PersonalDataUnreadable { field, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the sheet `[cns §2.3]`.
    const MARIO: &[u8] = b"0000650460900801012024083112202905ROSSI05MARIO080101198001M0010RSSMRA80A01H501U\
        0004H501000004D6120000";

    fn whole(bytes: &[u8]) -> Fields<'_> {
        match parse(bytes).unwrap() {
            Parsed::Whole(fields) => fields,
            Parsed::Longer(field) => panic!("field {field} goes on"),
        }
    }

    fn fault(bytes: &[u8]) -> (u8, &'static str) {
        match parse(bytes).unwrap_err() {
            CardError::PersonalDataUnreadable { field, what } => (field, what),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_fields_of_the_sheet_are_found_whatever_the_header_counts() {
        let mut payload = MARIO.to_vec();
        payload[..6].copy_from_slice(b"00005F");
        for file in [MARIO, &payload, &[MARIO, &[0; 299]].concat()] {
            let fields = whole(file);
            assert_eq!(fields.used_bytes, 0x65);
            assert_eq!(fields.values[0], b"6090");
            assert_eq!(fields.values[3], b"ROSSI");
            assert_eq!(fields.values[8], b"RSSMRA80A01H501U");
            assert_eq!(fields.values[13], b"D612");
            assert!(fields.values[7].is_empty() && fields.values[15].is_empty());
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_asks_for_more() {
        let mut last = 0;
        for cut in 0..MARIO.len() {
            let Parsed::Longer(field) = parse(&MARIO[..cut]).unwrap() else {
                panic!("whole at {cut}");
            };
            assert!((last..=16).contains(&field), "cut at {cut}");
            last = field;
        }
    }

    #[test]
    fn lengths_that_are_none_and_totals_that_are_wrong_are_named() {
        let changed = |at: usize, byte: u8| {
            let mut file = MARIO.to_vec();
            file[at] = byte;
            file
        };
        assert_eq!(fault(&changed(3, b'G')).0, 0);
        assert_eq!(fault(&changed(6, b' ')).0, 1);
        assert_eq!(fault(&changed(12, b'-')).0, 2);
        assert_eq!(
            fault(&changed(5, b'6')),
            (0, "the length is not that of the fields")
        );
        assert_eq!(fault(&[0x00; 400]).0, 0);
        // A length past the end of what was read.
        assert_eq!(parse(&changed(6, b'F')).unwrap(), Parsed::Longer(1));
    }

    #[test]
    fn any_byte_may_stand_in_a_field_and_a_field_may_be_as_long_as_its_length_says() {
        let mut file = b"000000".to_vec();
        for _ in 0..16 {
            file.extend_from_slice(b"FF");
            file.extend((0..255).map(|byte| byte ^ 0x80));
        }
        let header = format!("{:06X}", file.len());
        file[..6].copy_from_slice(header.as_bytes());
        let fields = whole(&file);
        assert_eq!(fields.used_bytes, file.len());
        assert!(fields.values.iter().all(|value| value.len() == 255));
    }
}
