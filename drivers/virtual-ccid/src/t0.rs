//! The card's side of T=0 as a reader sees it that takes whole TPDUs (ISO/IEC 7816-3 §10.3).
//!
//! Not here: procedure bytes, which pass between reader and card only, and GET RESPONSE, which is the card's matter.

use varco_emulator::Played;

/// What is wrong with a TPDU or with what a card says to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum T0Error {
    /// It has not the length that P3 says. A command with data and Le is none by T=0.
    Length,
    /// The card said nothing, or more than T=0 can bring.
    Mute,
}

/// Gives a TPDU to the card.
pub(crate) fn take(tpdu: &[u8], execute: &mut dyn FnMut(&[u8]) -> Played) -> Result<Played, T0Error> {
    let most = match *tpdu {
        [_, _, _, _] => 0,
        [_, _, _, _, 0] => 256,
        [_, _, _, _, expected] => usize::from(expected),
        [_, _, _, _, p3, ref data @ ..] if data.len() == usize::from(p3) => 0,
        _ => return Err(T0Error::Length),
    };
    let played = execute(tpdu);
    if (2..=most + 2).contains(&played.response.len()) {
        Ok(played)
    } else {
        Err(T0Error::Mute)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use zeroize::Zeroizing;

    use super::*;

    fn card(answer: &[u8]) -> impl FnMut(&[u8]) -> Played {
        move |_| Played::answer(Zeroizing::new(answer.to_vec()), Duration::ZERO)
    }

    #[test]
    fn lengths_are_those_of_t0() {
        let status: &[u8] = &[0x90, 0x00];
        for (tpdu, answer, taken) in [
            (&[0, 0x20, 0, 0x10][..], status, Ok(2)),
            (&[0, 0xB0, 0, 0, 3], &[1, 2, 3, 0x90, 0], Ok(5)),
            (&[0, 0xB0, 0, 0, 2], &[1, 2, 3, 0x90, 0], Err(T0Error::Mute)),
            (&[0, 0xA4, 0, 0, 2, 0x3F, 0], status, Ok(2)),
            (&[0, 0xA4, 0, 0, 2, 0x3F, 0, 0], status, Err(T0Error::Length)),
            (&[0, 0xA4, 0, 0, 3, 0x3F, 0], status, Err(T0Error::Length)),
            (&[0, 0xA4, 0], status, Err(T0Error::Length)),
            (&[0, 0xB0, 0, 0], &[], Err(T0Error::Mute)),
        ] {
            let done = take(tpdu, &mut card(answer)).map(|played| played.response.len());
            assert_eq!(done, taken, "{tpdu:02X?}");
        }
    }
}
