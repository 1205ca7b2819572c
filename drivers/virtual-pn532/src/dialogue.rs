//! The chip without a line and without time: bytes of a host in, bytes of the chip out. For tests and fuzzing.
//!
//! Not here: faults and the pseudo-terminal (`board`).

use varco_emulator::PlayedCard;

use crate::chip::{Chip, InField};
use crate::frame::{ACK, Line, NACK, SYNTAX_ERROR, Said, frame};
use crate::{CardType, LinkSpeed};

/// A chip with nothing around it.
pub struct Dialogue {
    line: Line,
    chip: Chip,
    card_type: CardType,
    last_answer: Vec<u8>,
}

impl Dialogue {
    /// In whose field cards are spoken to by this signal.
    #[must_use]
    pub fn new(card_type: CardType) -> Self {
        Self {
            line: Line::default(),
            chip: Chip::new(LinkSpeed::NONE),
            card_type,
            last_answer: Vec::new(),
        }
    }

    /// What the chip says to these bytes, with this card in its field. `insertion` tells it from one that lay there before.
    pub fn say(&mut self, bytes: &[u8], mut card: Option<&mut dyn PlayedCard>, insertion: u64) -> Vec<u8> {
        let mut answers = Vec::new();
        for said in self.line.take(bytes) {
            match said {
                Said::Ack => {}
                Said::Nack => answers.extend(&self.last_answer),
                Said::Damaged => answers.extend(NACK),
                Said::Command(command) => {
                    let mut field = InField {
                        card: card.as_deref_mut().map(|card| card as &mut dyn PlayedCard),
                        card_type: self.card_type,
                        insertion,
                    };
                    let done = self.chip.execute(&command, &mut field);
                    self.last_answer = done
                        .answer
                        .map_or_else(|| SYNTAX_ERROR.to_vec(), |answer| frame(&answer));
                    answers.extend(ACK);
                    answers.extend(&self.last_answer);
                }
            }
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use varco_virtual_cie::Profile;

    use super::*;
    use crate::chip::MORE;
    use crate::frame::tests::command;

    /// The dialogue of libnfc 1.8 as it was recorded: what the host says, and what the chip answers after its ACK.
    #[test]
    fn the_chip_says_what_libnfc_expects() {
        let mut card = Profile::builtin("cie-st").unwrap().into_card();
        let mut chip = Dialogue::new(CardType::A);
        let mut say = |said: &[u8], insertion| {
            let answer = chip.say(&command(said), Some(&mut card), insertion);
            answer.strip_prefix(&ACK).unwrap().to_vec()
        };
        for (said, answered) in [
            (&[0x14, 0x01][..], &[0x15][..]),
            (b"\x00\x00libnfc", b"\x01\x00libnfc"),
            (&[0x02], &[0x03, 0x32, 0x01, 0x06, 0x07]),
            (&[0x06, 0x63, 0x02, 0x63, 0x03], &[0x07, 0, 0]),
            (&[0x08, 0x63, 0x02, 0x80], &[0x09]),
            (&[0x06, 0x63, 0x02, 0x63, 0x03], &[0x07, 0x80, 0]),
            (&[0x32, 0x01, 0x01], &[0x33]),
            // Nothing by type B.
            (&[0x4A, 0x01, 0x03, 0x00], &[0x4B, 0x00]),
        ] {
            assert_eq!(say(said, 1), frame(answered));
        }
        assert_eq!(say(&[0xFF], 1), SYNTAX_ERROR);
        let selected = say(&[0x4A, 0x01, 0x00], 1);
        assert_eq!(
            selected[5..16],
            [0xD5, 0x4B, 1, 1, 0x00, 0x04, 0x20, 4, 0x08, 0, 0]
        );
        // Whether it is there, an exchange, and neither once another one lies there.
        let exchange = [0x40, 0x01, 0x00, 0x84, 0x00, 0x00, 0x08];
        for (insertion, status) in [(1, 0x00), (2, 0x01)] {
            assert_eq!(say(&[0x42, 0xB2], insertion)[7], status);
            assert_eq!(say(&exchange, insertion)[5..8], [0xD5, 0x41, status]);
        }
    }

    #[test]
    fn an_answer_that_is_too_long_for_one_frame_comes_in_parts() {
        let mut card = Profile::builtin("cie-gemalto2").unwrap().into_card();
        let mut chip = Dialogue::new(CardType::A);
        let mut say = |said: &[u8]| chip.say(&command(said), Some(&mut card), 1)[ACK.len()..].to_vec();
        say(&[0x4A, 0x01, 0x00]);
        say(&[
            0x40, 0x01, 0x00, 0xA4, 0x04, 0x0C, 0x06, 0xA0, 0x00, 0x00, 0x00, 0x00, 0x39,
        ]);
        // The security object has some thousand bytes; 1,000 of them are asked for.
        let mut parts = vec![say(&[0x40, 0x01, 0x00, 0xB0, 0x86, 0x00, 0x00, 0x03, 0xE8])];
        // The status of an extended frame, which all but the last are.
        while parts.last().unwrap()[10] == MORE && parts.last().unwrap()[3] == 0xFF {
            parts.push(say(&[0x40, 0x01]));
        }
        let content = |part: &Vec<u8>| part.len() - if part[3] == 0xFF { 13 } else { 10 };
        let lengths: Vec<usize> = parts.iter().map(content).collect();
        assert_eq!(lengths, [262, 262, 262, 1_002 - 3 * 262]);
        assert_eq!(parts[3][7], 0x00);
    }
}
