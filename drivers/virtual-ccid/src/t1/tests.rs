//! Tests of the card's side of T=1, by claim.

use proptest::prelude::*;

use super::*;

/// A card that answers with what it got, and `9000`.
fn echo(command: &[u8]) -> Played {
    Played::answer(Zeroizing::new([command, &[0x90, 0x00]].concat()), Duration::ZERO)
}

fn slow(command: &[u8], took: Duration) -> Played {
    Played {
        took,
        ..echo(command)
    }
}

fn say(t1: &mut T1, pcb: u8, information: &[u8]) -> Vec<u8> {
    let sent = t1.take(&block(0, pcb, information), Patience::CardAsks, &mut echo);
    sent.block.to_vec()
}

/// A host that sends a command in parts and collects the answer.
struct Host {
    ns: bool,
    nr: bool,
}

impl Host {
    fn exchange(&mut self, t1: &mut T1, command: &[u8], part: usize) -> Vec<u8> {
        let parts: Vec<&[u8]> = command.chunks(part).collect();
        let mut answer = Vec::new();
        let mut got = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let more = if at + 1 < parts.len() { MORE } else { 0 };
            let sequence = if self.ns { SEQUENCE } else { 0 };
            got = say(t1, sequence | more, part);
            self.ns = !self.ns;
            if more != 0 {
                let bit = if self.ns { R_SEQUENCE } else { 0 };
                assert_eq!(got, *block(0, R_BLOCK | bit, &[]));
            }
        }
        loop {
            assert_eq!(got[1] & SEQUENCE != 0, self.nr);
            self.nr = !self.nr;
            answer.extend(&got[3..got.len() - 1]);
            if got[1] & MORE == 0 {
                return answer;
            }
            let bit = if self.nr { R_SEQUENCE } else { 0 };
            got = say(t1, R_BLOCK | bit, &[]);
        }
    }
}

#[test]
fn commands_and_answers_are_chained_in_both_directions() {
    let (mut t1, mut host) = (T1::new(254), Host { ns: false, nr: false });
    // libccid's first block: the host takes 254 bytes.
    assert_eq!(say(&mut t1, 0xC1, &[254]), [0, 0xE1, 1, 254, 0x1E]);
    for length in [1, 5, 253, 254, 255, 508, 509, 3_000] {
        let command: Vec<u8> = (0..=255).cycle().take(length).collect();
        let answer = host.exchange(&mut t1, &command, 254);
        assert_eq!(answer, [&command[..], &[0x90, 0x00]].concat());
    }
}

#[test]
fn a_block_that_was_damaged_is_asked_for_again() {
    let mut t1 = T1::new(32);
    let mut damaged = block(0, 0, &[1, 2, 3]);
    damaged[4] ^= 1;
    let refused = t1.take(&damaged, Patience::CardAsks, &mut echo);
    assert_eq!(refused.block.as_slice(), [0, 0x81, 0, 0x81]);
    assert_eq!(say(&mut t1, 0, &[1, 2, 3])[3..6], [1, 2, 3]);
    // The answer was not understood: it comes again, and the card has worked once.
    let mut worked = 0;
    let mut t1 = T1::new(32);
    let mut count = |command: &[u8]| {
        worked += 1;
        echo(command)
    };
    let first = t1.take(&block(0, 0, &[7]), Patience::CardAsks, &mut count).block;
    let again = t1
        .take(&block(0, R_BLOCK | 1, &[]), Patience::CardAsks, &mut count)
        .block;
    assert_eq!(first, again);
    assert_eq!(worked, 1);
}

#[test]
fn what_is_out_of_step_or_too_long_is_refused() {
    for (pcb, information) in [
        (SEQUENCE, &[1][..]),
        (0x01, &[1]),
        (0, &[0; 33]),
        (R_BLOCK, &[]),
        (0xC1, &[0]),
        (0xC1, &[255]),
        (0xC1, &[]),
        (0xC0, &[1]),
        (0xC4, &[]),
        (0xE3, &[1]),
    ] {
        let refused = say(&mut T1::new(32), pcb, information);
        assert_eq!(refused, [0, 0x82, 0, 0x82], "{pcb:02X}");
    }
    for bytes in [&[][..], &[0, 0], &[0, 0, 0], &[0, 0, 1, 1], &[0, 0, 255, 0]] {
        let mut t1 = T1::new(32);
        let refused = t1.take(bytes, Patience::CardAsks, &mut echo);
        assert_eq!(refused.block.as_slice(), [0, 0x82, 0, 0x82], "{bytes:02X?}");
    }
}

#[test]
fn resynchronisation_begins_anew_and_keeps_the_size_of_blocks() {
    let mut t1 = T1::new(254);
    say(&mut t1, 0xC1, &[100]);
    say(&mut t1, 0, &[1]);
    say(&mut t1, SEQUENCE | MORE, &[2]);
    assert_eq!(say(&mut t1, 0xC0, &[]), [0, 0xE0, 0, 0xE0]);
    let answer = say(&mut t1, 0, &[9; 200]);
    assert_eq!((answer[1], answer[2]), (MORE, 100));
}

#[test]
fn an_aborted_chain_is_forgotten() {
    let mut t1 = T1::new(254);
    say(&mut t1, MORE, &[1]);
    assert_eq!(say(&mut t1, 0xC2, &[])[1], 0xE2);
    assert_eq!(say(&mut t1, SEQUENCE, &[2])[3..6], [2, 0x90, 0x00]);
}

#[test]
fn a_card_that_needs_long_asks_for_time_and_its_reader_waits_where_it_must() {
    let took = Duration::from_millis(2_500);
    let mut t1 = T1::new(254);
    let asked = t1.take(&block(0, 0, &[7]), Patience::CardAsks, &mut |command| {
        slow(command, took)
    });
    assert_eq!(
        (asked.block.as_slice(), asked.took),
        (&[0, 0xC3, 1, 3, 0xC1][..], Duration::ZERO)
    );
    let answered = t1.take(&block(0, 0xE3, &[3]), Patience::CardAsks, &mut echo);
    assert_eq!((answered.block[3], answered.took), (7, took));
    // More than one multiplier can say.
    let long = Duration::from_secs(300);
    let mut t1 = T1::new(254);
    t1.take(&block(0, 0, &[7]), Patience::CardAsks, &mut |command| {
        slow(command, long)
    });
    let mut waited = Duration::ZERO;
    let mut sent = t1.take(&block(0, 0xE3, &[255]), Patience::CardAsks, &mut echo);
    waited += sent.took;
    assert_eq!(sent.block[1], 0xC3);
    sent = t1.take(&block(0, 0xE3, &[sent.block[3]]), Patience::CardAsks, &mut echo);
    waited += sent.took;
    assert_eq!((sent.block[3], waited), (7, long));
    // A block in between is out of step.
    let mut t1 = T1::new(254);
    t1.take(&block(0, 0, &[7]), Patience::CardAsks, &mut |command| {
        slow(command, took)
    });
    assert_eq!(say(&mut t1, SEQUENCE, &[8])[1] & 0xC0, R_BLOCK);
    let waits = T1::new(254).take(&block(0, 0, &[7]), Patience::ReaderWaits, &mut |command| {
        slow(command, took)
    });
    assert_eq!((waits.block[1], waits.took), (0, took));
}

proptest! {
    #[test]
    fn any_blocks_are_answered_by_a_block_that_the_host_can_take(
        blocks in proptest::collection::vec((any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40), any::<bool>()), 0..40),
        seconds in 0_u64..700,
    ) {
        let mut t1 = T1::new(32);
        let mut execute = |command: &[u8]| slow(command, Duration::from_secs(seconds));
        for (pcb, information, is_sound) in blocks {
            let mut bytes = block(0, pcb, &information);
            if !is_sound {
                bytes.truncate(information.len() / 2);
            }
            let sent = t1.take(&bytes, Patience::CardAsks, &mut execute);
            let (pcb, information) = read(&sent.block).unwrap();
            prop_assert!(information.len() <= t1.ifsd || pcb & 0xC0 == 0xC0);
            prop_assert!(t1.chain.len() <= COMMAND_BYTES_MAX);
        }
    }
}

#[test]
fn a_card_asks_for_time_as_often_as_it_is_told_to() {
    let mut t1 = T1::new(254);
    let mut execute = |command: &[u8]| Played {
        extensions: 3,
        ..slow(command, WAITING_TIME * 3)
    };
    let mut sent = t1.take(&block(0, 0, &[7]), Patience::CardAsks, &mut execute);
    let mut took = sent.took;
    for _ in 0..3 {
        assert_eq!(sent.block[1], 0xC3);
        sent = t1.take(&block(0, 0xE3, &[sent.block[3]]), Patience::CardAsks, &mut echo);
        took += sent.took;
    }
    assert_eq!((sent.block[3], took), (7, WAITING_TIME * 3));
}
