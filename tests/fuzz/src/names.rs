//! Short words from callers: service, audience, nonce, address of a vpcd, an NFC reader, what is to go wrong with it, choice of
//! entry, reader's name, PIN.

use varco_access_policy::ServiceId;
use varco_apdu::{Aid, Pin};
use varco_auth::{Audience, Nonce};
use varco_card::ReaderName;
use varco_entry::EntryChoice;
use varco_reader_nfc::Connection;
use varco_virtual_ccid::PadFault;
use varco_virtual_pn532::LinePlan;
use varco_virtual_vpcd::{Reach, VpcdAddress};

/// What is taken is kept as it was; what is shown to people controls no display.
pub fn target(data: &[u8]) {
    assert_eq!(Nonce::new(data).is_ok(), (16..=64).contains(&data.len()));
    assert_eq!(Aid::new(data).is_ok(), (5..=16).contains(&data.len()));
    let mut typed = data.to_vec();
    let pin = Pin::take_from(&mut typed);
    assert!(typed.iter().all(|byte| *byte == 0), "what was typed is wiped");
    assert_eq!(pin.is_ok(), data.len() <= 16);

    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(service) = ServiceId::parse(text) {
        assert!(service.as_str() == text && text.is_ascii() && text.len() <= 64);
    }
    if let Ok(audience) = Audience::parse(text) {
        assert!(audience.as_str() == text && text.len() <= 255 && !text.contains(char::is_control));
    }
    if let Ok(address) = VpcdAddress::parse(text, Reach::Anywhere) {
        let written = address.to_string();
        assert_eq!(VpcdAddress::parse(&written, Reach::Anywhere).ok(), Some(address));
    }
    if let Some(EntryChoice::Descriptor(number)) = EntryChoice::parse(text) {
        assert_eq!(
            EntryChoice::parse(&format!("fd:{number}")),
            EntryChoice::parse(text)
        );
    }
    if let Ok(connection) = Connection::parse(text) {
        assert!(connection.as_str() == text && !text.contains(char::is_control));
    }
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if let Some(plan) = LinePlan::parse(&words) {
        let again = plan.fault.to_string();
        let words: Vec<&str> = again.split(' ').collect();
        assert_eq!(LinePlan::parse(&words), Some(plan.fault.now()));
    }
    if let Some(fault) = PadFault::parse(&words) {
        let again = fault.to_string();
        let words: Vec<&str> = again.split_whitespace().collect();
        assert_eq!(PadFault::parse(&words), Some(fault));
    }
    assert!(!ReaderName::new(text).as_str().contains(char::is_control));
}

/// One of each.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "inps.estratto-conto",
        "https://servizi.example.it",
        "chiosco 12, Forlì",
        "vpcd://127.0.0.1:35963",
        "vpcd://[::1]:65535",
        "vpcd://localhost:1",
        "pn532_uart:/dev/ttyUSB0:115200",
        "acr122_usb:001:004",
        "late after 7 stays",
        "status 0B",
        "pad-garbage 0011FF",
        "fd:3",
        "terminal",
        "ACS ACR39U ICC Reader 00 00",
        "12345",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
