//! A card whose every answer is taken from the input: which files and applications there are, and what they hold.
//!
//! Not here: PINs and keys; a command of theirs is a failure of the driver that was only to read.

use varco_apdu::{ResponseApdu, StatusWord, ins};
use varco_card::{CardChannel, Epoch, ExtendedLength, Limits, LinkError, PinPad, Protocol, Request};
use zeroize::Zeroizing;

use crate::input::Input;

/// Reads are answered from one content, selections by decisions of the input, "not found" once there are none.
pub(crate) struct Decided<'d> {
    decisions: Input<'d>,
    content: &'d [u8],
    /// What a selection that asks for it answers.
    fci: &'d [u8],
    pub(crate) exchanges: usize,
}

impl<'d> Decided<'d> {
    pub(crate) fn new(decisions: &'d [u8], content: &'d [u8]) -> Self {
        Self {
            decisions: Input::new(decisions),
            content,
            fci: &[],
            exchanges: 0,
        }
    }

    pub(crate) fn with_fci(mut self, fci: &'d [u8]) -> Self {
        self.fci = fci;
        self
    }

    fn selected(&mut self) -> StatusWord {
        match self.decisions.byte() {
            0 => StatusWord::FILE_NOT_FOUND,
            1..=0x7F => StatusWord::SUCCESS,
            0x80..=0x9F => StatusWord::WRONG_P1P2,
            _ => StatusWord::from(self.decisions.number()),
        }
    }

    fn read(&mut self, offset: usize, asked: usize) -> (Vec<u8>, StatusWord) {
        let rest = self.content.get(offset..).unwrap_or_default();
        if rest.is_empty() {
            return (Vec::new(), StatusWord::WRONG_PARAMETERS);
        }
        match self.decisions.byte() {
            0..=0xBF => (rest[..asked.min(rest.len())].to_vec(), StatusWord::SUCCESS),
            0xC0..=0xDF => {
                let given = usize::from(self.decisions.byte()).min(asked).min(rest.len());
                (rest[..given].to_vec(), StatusWord::END_OF_FILE)
            }
            _ => (Vec::new(), StatusWord::from(self.decisions.number())),
        }
    }
}

impl CardChannel for Decided<'_> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let Request::Command(command) = request else {
            panic!("reading asks for no PIN: {request:?}");
        };
        self.exchanges += 1;
        let (data, status) = match command.ins() {
            ins::SELECT => (
                command.expected().map_or(&[][..], |_| self.fci).to_vec(),
                self.selected(),
            ),
            ins::READ_BINARY => {
                let offset = usize::from(u16::from_be_bytes([command.p1(), command.p2()]));
                assert!(offset < 0x8000);
                self.read(offset, command.expected().unwrap() as usize)
            }
            ins::GET_DATA => (self.decisions.take_sized().to_vec(), self.selected()),
            _ => panic!("not a command that reads: {command:?}"),
        };
        Ok(ResponseApdu::new(Zeroizing::new(data), status))
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: ExtendedLength::Unknown,
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
