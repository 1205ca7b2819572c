//! Claims about cards that say anything at all, and about the marks on what is sent to them.

use varco_apdu::{Atr, CommandApdu, Repeat, ResponseApdu, Sensitivity, StatusWord, ins};
use varco_card::{CardChannel, Epoch, ExtendedLength, Limits, LinkError, PinPad, Protocol, Request};
use varco_credential::{
    CardError, Extent, LoginCard, PinSession, SigningInput, SigningRequest, Verification,
};
use zeroize::Zeroizing;

use crate::script::tries_left;
use crate::script::{ATHENA, ST_1_1, ST_2021, UNKNOWN_MAKER, bytes, recognised, typed};

/// Those of makers whose dialogues differ; none is shared with cards of others.
const ATRS: [&str; 7] = [
    ST_1_1,
    ST_2021,
    ATHENA,
    UNKNOWN_MAKER,
    // IDEMIA with a folder for the key, G+D with an application for the certificate, ChipDoc with one for all.
    "3BFF1800008131FE45006B0505912001F101434E5310318038",
    "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D",
    "3BFF1800008131FE45006B150C0302010101434E5310318061",
];

/// A source of numbers that is the same on every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A card that answers at random, and what it was sent.
struct Oracle {
    dice: Dice,
    extended_length: ExtendedLength,
    heard: Vec<CommandApdu>,
}

impl Oracle {
    fn answer(&mut self, expected: u32) -> ResponseApdu {
        const WORDS: [u16; 12] = [
            0x9000, 0x9000, 0x9000, 0x9001, 0x6282, 0x6300, 0x63C2, 0x6983, 0x6C10, 0x6700, 0x6B00, 0x6110,
        ];
        let word = match self.dice.roll(16) {
            0 => u16::try_from(self.dice.roll(65_536)).unwrap(),
            n => WORDS[usize::try_from(n).unwrap() % WORDS.len()],
        };
        let length = match self.dice.roll(4) {
            0 => self.dice.roll(300),
            1 => 1,
            _ => u64::from(expected.min(4096)),
        };
        let mut data: Vec<u8> = (0..length)
            .map(|_| u8::try_from(self.dice.roll(256)).unwrap())
            .collect();
        // Most begin like a certificate, of a length that may be a lie.
        if self.dice.roll(4) != 0 {
            let high = u8::try_from(self.dice.roll(0x42)).unwrap();
            for (place, byte) in data.iter_mut().zip([0x30, 0x82, high]) {
                *place = byte;
            }
        }
        ResponseApdu::new(Zeroizing::new(data), StatusWord::from(word))
    }
}

impl CardChannel for Oracle {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let (Request::Command(command) | Request::PinCommand { command, .. }) = request else {
            return Err(LinkError::PinPadUnsupported);
        };
        self.heard.push(command.clone());
        Ok(self.answer(command.expected().unwrap_or(0)))
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: self.extended_length,
            pin_pad: PinPad::Absent,
            protocol: Protocol::Apdu,
        }
    }
    fn epoch(&self) -> Epoch {
        Epoch::default()
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        Ok(())
    }
}

fn sign(card: &mut dyn LoginCard, channel: &mut dyn CardChannel, modulus_bits: usize) -> Option<Vec<u8>> {
    let authorised = typed(card, channel);
    let Ok(Verification::Verified(mut session)) =
        PinSession::approach(card, channel).and_then(|card| card.open(authorised))
    else {
        return None;
    };
    let request = SigningRequest {
        input: SigningInput::DigestInfo(vec![0x30; 51]),
        modulus_bits,
    };
    session
        .sign(&request)
        .ok()
        .map(|signature| signature.as_bytes().to_vec())
}

/// One card that answers at random, through every dialogue.
fn play(seed: u64) {
    let readers = [
        ExtendedLength::Supported,
        ExtendedLength::Unsupported,
        ExtendedLength::Unknown,
    ];
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let extended_length = readers[usize::try_from(dice.roll(3)).unwrap()];
    let atr = ATRS[usize::try_from(dice.roll(ATRS.len() as u64)).unwrap()];
    let mut oracle = Oracle {
        dice,
        extended_length,
        heard: Vec::new(),
    };
    let atr = Atr::new(&bytes(atr)).unwrap();
    let mut card = recognised(&atr, &mut oracle);
    assert!(oracle.heard.is_empty(), "seed {seed}");

    match card.read_certificate(&mut oracle) {
        Ok(der) => assert_eq!(varco_pki::der_total_length(&der), Ok(der.len()), "seed {seed}"),
        Err(CardError::Link(error)) => panic!("seed {seed}: {error}"),
        Err(_) => {}
    }
    // At each of at most four places: application and file in two forms, and READs, each perhaps once more after 6Cxx.
    assert!(oracle.heard.len() <= 4 * (8 + 2 * 80), "seed {seed}");
    assert_reads_are_sound(&oracle.heard, seed);

    oracle.heard.clear();
    let _ = card.read_card_id(&mut oracle);
    let _ = tries_left(&mut *card, &mut oracle);
    assert!(oracle.heard.len() <= 24, "seed {seed}");
    oracle.heard.clear();
    for extent in [Extent::Fields, Extent::WholeFile] {
        let _ = card.read_personal_data(&mut oracle, extent);
    }
    assert!(oracle.heard.len() <= 2 * (8 + 2 * 40), "seed {seed}");

    for modulus_bits in [1024, 2048] {
        oracle.heard.clear();
        if let Some(signature) = sign(&mut *card, &mut oracle, modulus_bits) {
            assert_eq!(signature.len() * 8, modulus_bits, "seed {seed}");
        }
        // VERIFY and perhaps a question, each behind two selections in two forms, RESTORE, SET, PSO in two parts.
        let others = |command: &&CommandApdu| command.ins() != ins::SELECT;
        assert!(oracle.heard.iter().filter(others).count() <= 6, "seed {seed}");
        assert!(oracle.heard.len() <= 6 + 16, "seed {seed}");
        assert_secrets_are_marked(&oracle.heard, seed);
    }
}

fn assert_reads_are_sound(heard: &[CommandApdu], seed: u64) {
    let mut last = 0;
    for read in heard {
        match read.ins() {
            ins::READ_BINARY => {}
            // Another place begins anew.
            _ => {
                last = 0;
                continue;
            }
        }
        let offset = u16::from_be_bytes([read.p1(), read.p2()]);
        assert!(offset >= last && offset < 0x8000, "seed {seed}");
        assert_eq!(read.response_sensitivity(), Sensitivity::Personal);
        last = offset;
    }
}

fn assert_secrets_are_marked(heard: &[CommandApdu], seed: u64) {
    for command in heard {
        match command.ins() {
            ins::VERIFY if command.data().is_empty() => {}
            ins::VERIFY => assert_eq!(command.command_sensitivity(), Sensitivity::Secret),
            ins::PERFORM_SECURITY_OPERATION => {
                assert_eq!(command.command_sensitivity(), Sensitivity::Secret);
                assert_eq!(command.response_sensitivity(), Sensitivity::Secret);
            }
            ins::MANAGE_SECURITY_ENVIRONMENT => {}
            ins::SELECT => {
                assert_eq!(command.repeat(), Repeat::Allowed, "seed {seed}");
                continue;
            }
            other => panic!("seed {seed}: {other:02X}"),
        }
        assert_eq!(command.repeat(), Repeat::Never, "seed {seed}");
    }
}

#[test]
fn whatever_a_card_answers_nothing_panics_and_every_dialogue_ends() {
    for seed in 1..=5_000 {
        play(seed);
    }
}
