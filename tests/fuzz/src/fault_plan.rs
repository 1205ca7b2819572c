//! Plans of faults: any text on lines, then what they make of a dialogue with a played card.

use core::time::Duration;

use varco_emulator::PlayedCard;
use varco_emulator::fault::{FaultPlan, FaultSet, TEXT_BYTES_MAX, Target};
use varco_virtual_cns::Profile;

/// More plans at a time teach nothing.
const LINES_MAX: usize = 8;
/// What is said to the card: a selection, a reading, a count, a response that nobody waits for.
const SAID: [&[u8]; 5] = [
    &[0x00, 0xA4, 0x08, 0x00, 0x04, 0x11, 0x00, 0x11, 0x01, 0x00],
    &[0x00, 0xB0, 0x00, 0x00, 0x10],
    &[0x00, 0xC0, 0x00, 0x00, 0x10],
    &[0x00, 0x20, 0x00, 0x90],
    &[0x00],
];

thread_local! {
    static CARD: std::cell::RefCell<Box<dyn PlayedCard>> =
        std::cell::RefCell::new(Box::new(Profile::builtin("cns-st").unwrap().into_card()));
}

/// What is read is shown as it is read again; nothing that is armed breaks the set, and a set that is cleared changes nothing.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut plans = Vec::new();
    for line in text.lines().take(LINES_MAX) {
        match line.parse::<FaultPlan>() {
            Ok(plan) => {
                assert!(line.len() <= TEXT_BYTES_MAX);
                assert_eq!(plan.to_string().parse(), Ok(plan), "{line}");
                plans.push(plan);
            }
            Err(error) => assert_eq!(error.code(), "fault-form"),
        }
    }
    if !plans.is_empty() {
        CARD.with_borrow_mut(|card| play(&mut **card, &plans));
    }
}

fn play(card: &mut dyn PlayedCard, plans: &[FaultPlan]) {
    for target in Target::ALL {
        let mut set = FaultSet::new(target);
        set.set_helper(true);
        card.power_on();
        let armed = plans
            .iter()
            .filter(|plan| set.arm(**plan, Some(card)).is_ok())
            .count();
        assert_eq!(set.armed().count(), armed);
        for said in SAID.iter().chain(&SAID) {
            let played = set.process(card, said);
            assert!(played.took <= Duration::from_secs(86_400) * 17);
        }
        assert!(set.fired_total() >= set.fired().len() as u64);
        assert_eq!(set.news().len(), set.fired().len());
        set.clear(Some(card));
        card.reset();
        let alone = card.process(SAID[0]).response.to_vec();
        card.reset();
        assert_eq!(set.process(card, SAID[0]).response.as_slice(), alone);
    }
}

/// One of each form.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "remove@verify\nslow=300ms@every",
        "status=6A82@select#2+\nflip=17@read#3",
        "clock-jump=-1h@5\nwtx=3@sign+",
        "no-certificate\ncut-certificate=100@2",
        "loop-61xx@read\nloop-6cxx@read\nlate+",
        "cut=9@every\nlengthen=300\nmac\nlost@3",
        "pin-tries=3\npuk-blocked+\nservice-restart-before@get-response",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
