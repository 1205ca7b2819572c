//! Whatever arrives, a card answers a status word, and its counters rise by the right values only.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::proptest;
use varco_apdu::{ResponseApdu, StatusWord, ins};
use varco_emulator::PlayedCard;

use crate::testing::profile;

const PIN: u8 = 0x10;
const PUK: u8 = 0x11;
const PIN_BLOCK: &[u8] = b"12345\xFF\xFF\xFF";
const PUK_BLOCK: &[u8] = b"12345678";

/// Blocks that a PIN command may carry: right, wrong, and of any length.
fn block() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(PIN_BLOCK.to_vec()),
        Just(PUK_BLOCK.to_vec()),
        Just(b"99999\xFF\xFF\xFF".to_vec()),
        vec(any::<u8>(), 0..20),
    ]
}

/// Commands near those that a CNS has, so that the random bytes get past the dispatch.
fn near_command() -> impl Strategy<Value = Vec<u8>> {
    let instruction = prop_oneof![
        Just(0x20_u8),
        Just(0x22),
        Just(0x24),
        Just(0x2A),
        Just(0x2C),
        Just(0xA4),
        Just(0xB0),
        Just(0xC0),
        any::<u8>()
    ];
    let p1 = prop_oneof![
        Just(0x00_u8),
        Just(0x08),
        Just(0x80),
        Just(0xF1),
        Just(0xF3),
        any::<u8>()
    ];
    let p2 = prop_oneof![
        Just(0x90_u8),
        Just(0x91),
        Just(0x03),
        Just(0xB8),
        Just(0x86),
        any::<u8>()
    ];
    let cla = prop_oneof![Just(0x00_u8), Just(0x10), any::<u8>()];
    (cla, instruction, p1, p2, block(), block()).prop_map(|(cla, ins, p1, p2, first, second)| {
        let mut bytes = vec![cla, ins, p1, p2];
        let data = [first, second].concat();
        if !data.is_empty() {
            bytes.push(u8::try_from(data.len()).unwrap());
            bytes.extend(data);
        }
        bytes
    })
}

fn command() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..300), near_command()]
}

fn habits() -> impl Strategy<Value = (&'static str, &'static str, bool)> {
    (
        prop_oneof![Just("6300"), Just("63cx")],
        prop_oneof![Just("count"), Just("refused"), Just("burns")],
        any::<bool>(),
    )
}

proptest! {
    #[test]
    fn counters_rise_by_the_right_values_only(
        (wrong, empty, get_response) in habits(),
        commands in vec(command(), 1..60),
    ) {
        let behaviour = format!("security_environment = 3\nget_response = {get_response}");
        let mut card = profile(&[
            ("\"6300\"", &format!("\"{wrong}\"")),
            ("\"count\"", &format!("\"{empty}\"")),
            ("security_environment = 3", &behaviour),
        ])
        .unwrap()
        .into_card();
        card.power_on();
        for command in commands {
            let before = card.snapshot();
            let response = ResponseApdu::parse(&card.process(&command).response).unwrap();
            let after = card.snapshot();
            let instruction = command.get(1).copied().unwrap_or(0);
            for reference in [PIN, PUK] {
                let (was, is) = (before.tries_left(reference).unwrap(), after.tries_left(reference).unwrap());
                let accepted = response.status() == StatusWord::SUCCESS
                    && matches!(
                        instruction,
                        ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
                    );
                assert!(is <= was || accepted, "{was} to {is} by {instruction:02X}");
                assert!(is + 1 >= was, "one command costs one try at most");
                // A blocked object comes back by the other one's right value only.
                assert!(was > 0 || is == 0 || instruction == ins::RESET_RETRY_COUNTER);
            }
        }
    }
}
