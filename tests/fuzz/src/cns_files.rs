//! The files of a CNS: an honest card whose EF.C_Carta and EF.ID_Carta hold any bytes.

use varco_apdu::{Atr, CommandApdu, ResponseApdu, StatusWord, ins};
use varco_card::{CardChannel, Epoch, ExtendedLength, Limits, LinkError, PinPad, Protocol, Request};
use varco_card_cns::CnsDriver;
use varco_credential::{CardDriver, CardError, Recognition};
use varco_pki::{CardId, der_total_length};
use zeroize::Zeroizing;

use crate::{atr, fixtures};

/// A card with the same bytes in every file.
struct Shelf<'d> {
    content: &'d [u8],
    extended_length: ExtendedLength,
    /// The word for a read that meets the end of the file.
    short_read: StatusWord,
    reads: usize,
}

impl Shelf<'_> {
    fn read(&mut self, command: &CommandApdu) -> (Vec<u8>, StatusWord) {
        self.reads += 1;
        let offset = usize::from(u16::from_be_bytes([command.p1(), command.p2()]));
        let asked = command.expected().unwrap() as usize;
        let Some(rest) = self.content.get(offset..).filter(|rest| !rest.is_empty()) else {
            return (Vec::new(), StatusWord::WRONG_PARAMETERS);
        };
        if rest.len() < asked {
            (rest.to_vec(), self.short_read)
        } else {
            (rest[..asked].to_vec(), StatusWord::SUCCESS)
        }
    }
}

impl CardChannel for Shelf<'_> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let Request::Command(command) = request else {
            panic!("reading asks for no PIN: {request:?}");
        };
        let (data, status) = match command.ins() {
            ins::SELECT => (Vec::new(), StatusWord::SUCCESS),
            ins::READ_BINARY => self.read(command),
            _ => panic!("not a command that reads: {command:?}"),
        };
        Ok(ResponseApdu::new(Zeroizing::new(data), status))
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

/// The first byte chooses maker and reader; the rest is the content. A plain certificate is read exactly when its
/// header's length is there, one in a container as DER of its own length, and a card number exactly when the first 16
/// bytes are one.
pub fn target(data: &[u8]) {
    let Some((choice, content)) = data.split_first() else {
        return;
    };
    let mut shelf = Shelf {
        content,
        extended_length: match choice >> 2 & 3 {
            0 => ExtendedLength::Supported,
            1 => ExtendedLength::Unsupported,
            _ => ExtendedLength::Unknown,
        },
        short_read: if choice & 0x10 == 0 {
            StatusWord::SUCCESS
        } else {
            StatusWord::END_OF_FILE
        },
        reads: 0,
    };
    let atr = Atr::new(&atr::seeds()[usize::from(choice & 3) % 3]).unwrap();
    let Recognition::Login(mut card) = CnsDriver::default().recognise(&atr, &mut shelf).unwrap() else {
        panic!("these are labelled CNS")
    };

    let whole = der_total_length(content)
        .ok()
        .and_then(|total| content.get(..total));
    match (card.read_certificate(&mut shelf), whole) {
        (Ok(read), Some(whole)) => assert_eq!(read, whole),
        (Ok(read), None) => {
            assert_ne!(content.first(), Some(&0x30));
            assert_eq!(der_total_length(&read), Ok(read.len()));
        }
        (Err(CardError::CertificateAbsent | CardError::CertificateUnreadable { .. }), None) => {}
        (outcome, _) => panic!("{outcome:?} of {} bytes", content.len()),
    }
    // At each place of the maker with the most.
    assert!(shelf.reads <= 4 * 80);

    let text = content.get(..16).and_then(|first| str::from_utf8(first).ok());
    let number = text.and_then(|text| CardId::parse(text).ok());
    assert_eq!(card.read_card_id(&mut shelf).ok(), number);
}

/// The files of the played cards behind a choice of each kind.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let with = |choice: u8, content: Vec<u8>| [vec![choice], content].concat();
    let mut seeds: Vec<Vec<u8>> = fixtures::CARDS
        .iter()
        .zip(0..)
        .map(|(card, choice)| with(choice * 5, fixtures::read(&format!("cards/{card}/ef-1101.bin"))))
        .collect();
    seeds.push(with(0x10, fixtures::read("cards/cns-st/ef-1003.bin")));
    seeds.push(with(0, vec![0; 300]));
    seeds.push(with(0, b"\x30\x82\x3F\xFC".repeat(0x1000)));
    seeds
}
