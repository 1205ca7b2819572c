//! File control information: any answer to the selection of EF.Dati_personali.

use std::sync::LazyLock;

use varco_apdu::{Atr, tlv};
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, CardError, Extent, Recognition};

use crate::decided::Decided;
use crate::fixtures;

/// The size that it tells never keeps the fields from being read but where it ends before them, and is never more than a
/// card can have.
pub fn target(data: &[u8]) {
    static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| fixtures::read("cards/cns-st/ef-1102.bin"));
    let (atr, _) = &fixtures::card_atrs()[0];
    let mut card = Decided::new(&[1; 8], &CONTENT).with_fci(data);
    let atr = Atr::new(atr).unwrap();
    let Recognition::Login(mut cns) = CnsDriver::default().recognise(&atr, &mut card).unwrap() else {
        panic!("this one is labelled CNS")
    };
    match cns.read_personal_data(&mut card, Extent::Fields) {
        Ok(read) => {
            let size = read.file().size_bytes;
            assert!(size.is_none_or(|size| (1..=0x8000).contains(&size)));
            assert!(size.is_none() || tlv::read(data).is_ok());
        }
        // All fields are in the first block, whatever size is told.
        Err(error @ CardError::Link(_)) => panic!("{error}"),
        Err(error) => panic!("{error} for {} bytes", data.len()),
    }
}

/// Those of the sheet [cns §2.2, §12].
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        b"\x6F\x10\x80\x02\x01\x90\x82\x03\x01\x00\x00\x83\x02\x11\x02\x85\x01\x01".to_vec(),
        b"\x6F\x0C\x82\x03\x01\x00\x00\x83\x02\x11\x02\x85\x01\x01".to_vec(),
        b"\x6F\x1B\x80\x02\x07\x5D\x82\x01\x01\x88\x01\x08\x83\x02\xC0\x01\x8A\x01\x05\xA1\x08\x8C\x02\x01\x00\x9C\x02\x01\x00".to_vec(),
        b"\x62\x04\x81\x02\x01\x90".to_vec(),
    ]
}
