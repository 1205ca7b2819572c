//! State files of played cards: JSON that `varco emulate` wrote, or somebody else.

use std::cell::RefCell;

use varco_emulator::{CardState, PlayedCard};
use varco_virtual_cns::{Profile, VirtualCns};

const CARD: &str = "cns-st";

thread_local! {
    static PLAYED: RefCell<VirtualCns> = RefCell::new(Profile::builtin(CARD).unwrap().into_card());
}

/// A state survives JSON; a card takes it up whole or not at all.
pub fn target(data: &[u8]) {
    let Ok(state) = serde_json::from_slice::<CardState>(data) else {
        return;
    };
    let written = serde_json::to_vec(&state).unwrap();
    assert_eq!(serde_json::from_slice::<CardState>(&written).unwrap(), state);
    PLAYED.with_borrow_mut(|card| {
        let before = card.snapshot();
        match card.restore(&state) {
            Ok(()) => assert_eq!(card.snapshot().pins_of(CARD), state.pins_of(CARD)),
            Err(error) => {
                assert!(!error.code().is_empty() && !error.to_string().is_empty());
                assert_eq!(card.snapshot(), before);
            }
        }
    });
}

/// The states of a fresh card, of one with tries spent, and of another card.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut spent = Profile::builtin(CARD).unwrap().into_card();
    let fresh = spent.snapshot();
    spent.power_on();
    for reference in [0x90, 0x90, 0x91] {
        let wrong = [&[0x00, 0x20, 0x00, reference, 0x08][..], &[0x39; 8]].concat();
        assert_eq!(spent.process(&wrong).response.as_slice(), [0x63, 0x00]);
    }
    let other = Profile::builtin("cns-st-2021").unwrap().into_card();
    [fresh, spent.snapshot(), other.snapshot()]
        .map(|state| serde_json::to_vec(&state).unwrap())
        .to_vec()
}
