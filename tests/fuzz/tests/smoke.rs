//! Every target with its seeds, whole and mutated: the same inputs on every run.
//!
//! Not here: the search for new inputs, which is `cargo xtask fuzz`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use varco_fuzz::{TARGETS, Target, target};

/// The most bytes that a mutation leaves.
const LENGTH_MAX: usize = 20_000;

/// A source of numbers that is the same on every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }
}

/// Tells which input it was when a target panics.
struct Witness<'i> {
    target: &'static Target,
    round: u32,
    input: &'i [u8],
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let hex: String = self.input.iter().map(|byte| format!("{byte:02x}")).collect();
            let (name, round) = (self.target.name, self.round);
            eprintln!("target {name}, seed {round}, input {hex}\nagain: cargo test -p varco-fuzz {name}");
        }
    }
}

fn feed(target: &'static Target, round: u32, input: &[u8]) {
    let _witness = Witness { target, round, input };
    (target.run)(input);
}

/// A few changes of the kinds that parsers stumble over.
fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        match (dice.roll(8), bytes.get_mut(at)) {
            (0, Some(byte)) => *byte ^= 1 << dice.roll(8),
            (1, Some(byte)) => *byte = dice.byte(),
            // What a length byte turns into when it lies.
            (2, Some(byte)) => *byte = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF][dice.roll(8)],
            (3, Some(byte)) => *byte = byte.wrapping_add([1, 0xFF][dice.roll(2)]),
            (4, Some(_)) => bytes.truncate(at),
            (5, Some(_)) => {
                let end = (at + dice.roll(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            (6, Some(_)) => drop(bytes.drain(at..(at + dice.roll(8)).min(bytes.len()))),
            _ => bytes.insert(at, dice.byte()),
        }
    }
    bytes.truncate(LENGTH_MAX);
}

fn smoke(name: &str) {
    let target = target(name).unwrap();
    let seeds = (target.seeds)();
    feed(target, 0, &[]);
    for seed in &seeds {
        feed(target, 0, seed);
    }
    for round in 1..=target.smoke_rounds {
        let mut dice = Dice(round.into());
        let mut input = seeds[dice.roll(seeds.len())].clone();
        mutate(&mut input, &mut dice);
        feed(target, round, &input);
    }
}

macro_rules! smoke_tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            smoke(stringify!($name));
        })*

        #[test]
        fn every_target_has_its_test() {
            let tested = [$(stringify!($name)),*];
            let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(targets, tested);
        }
    };
}

smoke_tests! {
    command_apdu response_apdu tlv atr cns_files places maker_profile personal_data fci certificate crl crl_index subject trust_file fetch_address bundle trusted_list names fault_plan access_policy operator_policy policy_corpus
    card_profile card_state card_key played_card vpcd pin_stream login
    secure_messaging security_object card_numbers identity_card played_cie cie_profile nfcd reader_features pn532 ccid ocsp proof hand_over audit_log bench_file scenario
    trace_lines trace_replay log_of_pcscd log_of_opensc
}
