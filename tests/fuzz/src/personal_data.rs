//! EF.Dati_personali: any bytes on a card, read as its fields, and compared with a certificate.

use varco_apdu::Atr;
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, CardError, Extent, PersonalField, Recognition};
use varco_pki::CnsSubject;

use crate::decided::Decided;
use crate::fixtures;
use crate::input::Input;

/// SELECT in two forms and 40 reads, each perhaps repeated.
const READING_MAX: usize = 2 + 2 * 40;

/// Decisions behind their length; the rest is the file.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let decisions = input.take_sized();
    let content = input.take(usize::MAX);
    let (atr, _) = &fixtures::card_atrs()[0];
    for extent in [Extent::Fields, Extent::WholeFile] {
        let mut card = Decided::new(decisions, content);
        let atr = Atr::new(atr).unwrap();
        let Recognition::Login(mut cns) = CnsDriver::default().recognise(&atr, &mut card).unwrap() else {
            panic!("this one is labelled CNS")
        };
        let read = cns.read_personal_data(&mut card, extent);
        assert!(card.exchanges <= READING_MAX);
        let data = match read {
            Ok(data) => data,
            Err(CardError::Link(error)) => panic!("{error}"),
            Err(CardError::PersonalDataUnreadable { field, .. }) => {
                assert!(usize::from(field) <= PersonalField::COUNT);
                continue;
            }
            Err(_) => continue,
        };
        let file = data.file();
        assert!(file.used_bytes <= file.bytes.len());
        // What was read stands at the beginning of the file.
        assert!(content.starts_with(file.bytes));
        let counted = usize::from_str_radix(str::from_utf8(&file.bytes[..6]).unwrap(), 16).unwrap();
        assert!(counted == file.used_bytes || counted + 6 == file.used_bytes);
        for field in PersonalField::ALL {
            assert!(data.get(field).is_none_or(|text| (1..=510).contains(&text.len())));
            assert!(data.date(field).is_none() || data.get(field).is_some());
        }
        assert!(!format!("{data:?}").contains("RSSMRA"));
        let holder =
            CnsSubject::parse("RSSMRA80A01H501U/6090000000000016.lsKV/lNtBAmc8x5lzSb+cxx2UzE=").unwrap();
        let _ = holder.agrees_on_personal_data(file);
    }
}

/// The files of the played cards, on cards that give them whole, in parts, or with words about their end.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (_, name) in fixtures::card_atrs() {
        let content = fixtures::read(&format!("cards/{name}/ef-1102.bin"));
        for decisions in [&[1; 8][..], &[0x80, 1, 1, 1], &[1, 0xC0, 30, 0xC0, 200, 1]] {
            let length = u8::try_from(decisions.len()).unwrap();
            seeds.push([&[length], decisions, &content].concat());
        }
    }
    seeds
}
