//! Answers to reset, and what the CNS driver makes of their historical bytes.

use varco_apdu::Atr;
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, Recognition};

use crate::decided::Decided;

/// Historical bytes lie inside the ATR; a card without files is taken for a CNS by its label alone, and not asked.
pub fn target(data: &[u8]) {
    let Ok(atr) = Atr::new(data) else {
        assert!(data.len() < 2 || data.len() > 33);
        return;
    };
    assert_eq!(atr.as_bytes(), data);
    assert_eq!(atr.to_string().len(), 3 * data.len() - 1);
    let historical = atr.historical_bytes();
    if let Some(bytes) = historical {
        assert_eq!(bytes.len(), usize::from(data[1] & 0x0F));
        assert!(
            data[2..]
                .windows(bytes.len().max(1))
                .any(|window| window == bytes)
                || bytes.is_empty()
        );
    }
    let mut silent = Decided::new(&[], &[]);
    let card = CnsDriver::default().recognise(&atr, &mut silent).unwrap();
    let Recognition::Login(card) = card else {
        return;
    };
    assert!(historical.is_some_and(|bytes| bytes.get(9..12) == Some(b"CNS")));
    assert_eq!(silent.exchanges, 0);
    let form = card.user_pin().form;
    assert!(form.length_min >= 1 && form.length_min <= form.length_max);
    assert!(!card.description().profile.is_empty());
}

/// Three makers, a contactless card, the shortest.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        &b"\x3B\xFF\x18\x00\xFF\x81\x31\xFE\x55\x00\x6B\x02\x09\x17\x17\x01\x11\x01CNS\x11\x31\x80\x8C"[..],
        b"\x3B\xDF\x18\x00\x81\x31\xFE\x7D\x00\x6B\x15\x0C\x01\x81\x01\x11\x01CNS\x10\x31\x80\xE8",
        b"\x3B\xFF\x18\x00\xFF\xC1\x0A\x31\xFE\x55\x00\x6B\x05\x08\xC8\x05\x01\x11\x01CNS\x10\x31\x80\x0C",
        b"\x3B\x8E\x80\x01\x80\x31\x80\x66\x49\x54\x4E\x58\x4D\x4F\x4E\x45\x4F\x31",
        b"\x3B\x00",
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
