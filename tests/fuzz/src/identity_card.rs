//! An identity card that lies: recognition, the files that it gives in clear, and the channel to it.
//!
//! Not here: the numbers that it names (`card_numbers`), and whether its files are genuine (`security_object`).

use std::cell::RefCell;

use varco_apdu::CommandApdu;
use varco_card::{CardChannel, GetResponse, Transaction, WAIT_DEFAULT};
use varco_card_cie::CieDriver;
use varco_credential::{CardDriver, CardError, DocumentKey, LoginCard, Recognition};
use varco_emulator::{CardState, PlayedCard};
use varco_pki::{DeviceKey, der_total_length, security_object_length};
use varco_virtual_cie::{Profile, VirtualCie};
use zeroize::Zeroizing;

use crate::fixtures;
use crate::hostile::HostileLink;
use crate::input::Input;

/// Short commands one parameter at a time, short commands all at once, extended length; and a card with another key.
const CARDS: [&str; 4] = ["cie-nxp", "cie-gemalto", "cie-actalis", CLONE];
const CLONE: &str = "cie-clone-device";
/// Every honest exchange: files in blocks, parameters, two signatures, a certificate in a chain; answers in parts.
const HONEST_EXCHANGES_MAX: usize = 128;

struct Fresh {
    name: &'static str,
    card: VirtualCie,
    state: CardState,
    number: Vec<u8>,
    /// The key that was signed for it, which a clone does not have.
    device_key: DeviceKey,
}

thread_local! {
    static PLAYED: RefCell<[Fresh; 4]> = RefCell::new(CARDS.map(|name| {
        let card = Profile::builtin(name).unwrap().into_card();
        Fresh {
            name,
            state: card.snapshot(),
            card,
            number: fixtures::read(&format!("cards/{name}/ef-1001.bin")),
            device_key: DeviceKey::unchecked(&fixtures::read(&format!("cards/{name}/ef-1004.bin"))).unwrap(),
        }
    }));
}

/// The dialogue ends, sends no PIN, gets no channel to a card without the key, and through a channel hears the
/// card's own words or none.
///
/// The first byte chooses the card; the others are for the link.
pub fn target(data: &[u8]) {
    PLAYED.with_borrow_mut(|cards| {
        let mut input = Input::new(data);
        let choice = usize::from(input.byte()) % cards.len();
        let fresh = &mut cards[choice];
        fresh.card.restore(&fresh.state).unwrap();
        let mut link = HostileLink::new(&mut fresh.card, input);
        if let Some(number) = run(&mut link, &fresh.device_key) {
            assert_ne!(fresh.name, CLONE, "a channel to a clone");
            assert!(number.is_none_or(|number| number == fresh.number));
        }
        assert!(
            link.exchanges <= HONEST_EXCHANGES_MAX + data.len(),
            "{}",
            link.exchanges
        );
        assert!(link.verifies == 0 && link.changes == 0);
        assert_eq!(fresh.card.snapshot(), fresh.state);
    });
}

/// What was read through the channel, if there was one.
fn run(link: &mut HostileLink<'_>, device_key: &DeviceKey) -> Option<Option<Vec<u8>>> {
    let atr = varco_card::CardLink::atr(link).clone();
    let mut channel = GetResponse::new(Transaction::begin(link, WAIT_DEFAULT).ok()?);
    let recognised = CieDriver.recognise(&atr, &mut channel).ok()?;
    let Recognition::Login(mut cie) = recognised else {
        return None;
    };
    let in_clear = cie.read_certificate(&mut channel);
    assert!(matches!(in_clear, Err(CardError::Unsupported { .. })));
    let document = cie.as_document().unwrap();
    for key in [DocumentKey::Service, DocumentKey::Device] {
        let Ok(files) = document.read_document(&mut channel, key) else {
            continue;
        };
        assert_eq!(files.number.len(), 12);
        assert_eq!(der_total_length(&files.key), Ok(files.key.len()));
        assert_eq!(
            security_object_length(&files.security_object),
            Ok(Some(files.security_object.len()))
        );
    }
    if let Ok(signature) = document.sign_with_service_key(&mut channel, b"input", 2048) {
        assert_eq!(signature.len(), 256);
    }
    let seed = Zeroizing::new([9; 32]);
    let mut secure = document.open_channel(&mut channel, device_key, seed).ok()?;
    assert!(secure.is_secure());
    Some(read_number(&mut *secure, &mut *cie))
}

/// Reads the number as long as all goes well; what went wrong once stays so.
fn read_number(secure: &mut dyn CardChannel, cie: &mut dyn LoginCard) -> Option<Vec<u8>> {
    // Without a PIN the card never gives it.
    assert!(cie.read_certificate(secure).is_err());
    let read = CommandApdu::new(0x00, 0xB0, 0x81, 0x00).expecting(12);
    let answer = match secure.send(&read) {
        Ok(answer) => answer,
        Err(_) => {
            assert!(!secure.is_secure() && secure.send(&read).is_err());
            return None;
        }
    };
    let number = answer.status().is_success().then(|| answer.data().to_vec());
    number.filter(|_| secure.is_secure())
}

/// An honest dialogue with each card and reader, and one lie of each kind at several places.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = (0..CARDS.len() as u8)
        .flat_map(|card| (0..3).map(move |reader| vec![card, reader]))
        .collect();
    for lie in 0x80..0x90 {
        // In front of: EF.ATR, a file, the domain parameters, the agreement, the proofs.
        for (card, place) in [(0, 0), (2, 3), (2, 13), (0, 55), (2, 18), (2, 24), (2, 28)] {
            seeds.push(
                [
                    &[card, 0][..],
                    &vec![0; place],
                    &[lie, 0x02, 0x90, 0x00],
                    &[0; 40],
                ]
                .concat(),
            );
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_cards_give_their_number_through_each_reader_and_a_clone_gives_none() {
        PLAYED.with_borrow_mut(|cards| {
            for (fresh, reader) in cards.iter_mut().zip([0, 1, 2, 0]) {
                let reader = [reader];
                let mut link = HostileLink::new(&mut fresh.card, Input::new(&reader));
                let number = run(&mut link, &fresh.device_key);
                assert!(link.exchanges <= HONEST_EXCHANGES_MAX);
                assert_eq!(number, (fresh.name != CLONE).then(|| Some(fresh.number.clone())));
            }
        });
    }
}
