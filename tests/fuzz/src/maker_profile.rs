//! Makers' files that a user brings: any text, and what a card that gets such a profile is asked for.

use varco_apdu::Atr;
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, Recognition};

use crate::decided::Decided;
use crate::fixtures;

/// A file is refused with its name and a line that it has, or gives a card whose PIN has a plausible form.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let files = [("some.toml".to_owned(), text.to_owned())];
    let driver = match CnsDriver::with_profiles(&files) {
        Ok(driver) => driver,
        Err(error) => {
            assert_eq!(error.file, "some.toml");
            assert!(
                error.line >= 1 && error.line <= 1 + text.matches('\n').count(),
                "{error}"
            );
            assert!(!error.to_string().contains('\n'));
            return;
        }
    };
    for (atr, name) in fixtures::card_atrs() {
        let mut card = Decided::new(&[1; 64], b"6090000000000016");
        let atr = Atr::new(atr).unwrap();
        let Recognition::Login(mut cns) = driver.recognise(&atr, &mut card).unwrap() else {
            continue;
        };
        let form = cns.user_pin().form;
        assert!(
            (4..=form.length_max).contains(&form.length_min) && form.length_max <= 16,
            "{name}"
        );
        assert!((0x01..=0x1F).contains(&(cns.user_pin().reference.0 & 0x7F)));
        let _ = cns.read_certificate(&mut card);
        let _ = cns.read_card_id(&mut card);
    }
}

/// The makers that are built in, and the invented one.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::files("makers", "toml");
    seeds.extend(fixtures::files("../drivers/card-cns/profiles", "toml"));
    seeds
}
