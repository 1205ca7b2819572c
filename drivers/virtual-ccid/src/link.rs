//! What the reader and the card's interface agree on: the protocols of an answer to reset, and PPS.
//!
//! Not here: the protocols (`t0`, `t1`).

use varco_apdu::Atr;

/// A transmission protocol (ISO/IEC 7816-3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    T0,
    T1,
}

impl Protocol {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::T0 => 0,
            Self::T1 => 1,
        }
    }

    pub(crate) fn of_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::T0),
            1 => Some(Self::T1),
            _ => None,
        }
    }
}

/// What an answer to reset offers (ISO/IEC 7816-3 §8.2).
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// In the order of the answer to reset.
    pub(crate) protocols: Vec<Protocol>,
    /// The most bytes of a block to the card.
    pub(crate) ifsc: usize,
    /// TA1: the fastest of the card.
    pub(crate) ta1: Option<u8>,
}

/// Where the first TAi that tells of T=1 stands (§11.4.2), and its default.
const IFSC_DEFAULT: usize = 32;

impl Offer {
    pub(crate) fn of(atr: &Atr) -> Self {
        let bytes = atr.as_bytes();
        let mut offer = Self {
            protocols: Vec::new(),
            ifsc: IFSC_DEFAULT,
            ta1: None,
        };
        let (mut announced, mut at) = (bytes.get(1).map_or(0, |t0| *t0 >> 4), 2_usize);
        // The TD byte before the group, and which group it is. An answer to reset has at most 33 bytes.
        let (mut before, mut group) = (None, 1);
        let mut ifsc = None;
        loop {
            let mut next = |bit: u8| {
                (announced & bit != 0).then(|| {
                    at += 1;
                    bytes.get(at - 1).copied()
                })
            };
            let (ta, _, _, td) = (next(1), next(2), next(4), next(8));
            if group == 1 {
                offer.ta1 = ta.flatten();
            } else if group > 2 && before == Some(1) && ifsc.is_none() {
                ifsc = ta.flatten();
            }
            let Some(Some(td)) = td else { break };
            if let Some(protocol) = Protocol::of_number(td & 0x0F)
                && !offer.protocols.contains(&protocol)
            {
                offer.protocols.push(protocol);
            }
            (before, announced, group) = (Some(td & 0x0F), td >> 4, group + 1);
        }
        if offer.protocols.is_empty() {
            offer.protocols.push(Protocol::T0);
        }
        if let Some(ifsc) = ifsc.filter(|ifsc| (1..=254).contains(ifsc)) {
            offer.ifsc = ifsc.into();
        }
        offer
    }

    /// The protocol that is spoken when none is chosen.
    pub(crate) fn first(&self) -> Protocol {
        self.protocols.first().copied().unwrap_or(Protocol::T0)
    }

    /// What a card confirms of a PPS request (§9): all of it, or nothing at all.
    pub(crate) fn confirm(&self, request: &[u8]) -> Option<(Protocol, Vec<u8>)> {
        let [0xFF, pps0, parameters @ .., _] = request else {
            return None;
        };
        let announced = (pps0 >> 4 & 0x07).count_ones();
        if pps0 & 0x80 != 0 || parameters.len() != usize::try_from(announced).ok()? {
            return None;
        }
        let is_whole = request.iter().fold(0, |sum, byte| sum ^ byte) == 0;
        let protocol = Protocol::of_number(pps0 & 0x0F)?;
        // Only PPS1 means something here: a speed that the card named.
        let is_offered = match (announced, parameters) {
            (0, _) => true,
            (1, [pps1]) if pps0 & 0x10 != 0 => *pps1 == 0x11 || self.ta1.is_some(),
            _ => false,
        };
        (is_whole && is_offered && self.protocols.contains(&protocol)).then(|| (protocol, request.to_vec()))
    }
}

/// Whether it is what a contactless reader makes of a card (PC/SC part 3 §3.1.3.2.3): TD1 80, TD2 01.
pub(crate) fn is_contactless(atr: &Atr) -> bool {
    matches!(atr.as_bytes(), [0x3B, t0, 0x80, 0x01, ..] if t0 & 0xF0 == 0x80)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CNS: [u8; 26] = [
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x17, 0x17, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8C, 0x00,
    ];

    fn offer(bytes: &[u8]) -> Offer {
        Offer::of(&Atr::new(bytes).unwrap())
    }

    #[test]
    fn protocols_and_block_sizes_are_read_out_of_the_answer_to_reset() {
        let cns = offer(&CNS[..25]);
        assert_eq!(
            (cns.protocols.as_slice(), cns.ifsc, cns.ta1),
            (&[Protocol::T1][..], 254, Some(0x18))
        );
        let t0 = offer(&[
            0x3B, 0x6F, 0, 0, 0, 0x6B, 2, 9, 0x17, 0x17, 1, 0x11, 1, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80,
        ]);
        assert_eq!(
            (t0.protocols.as_slice(), t0.ifsc, t0.ta1),
            (&[Protocol::T0][..], 32, None)
        );
        let both = offer(&[0x3B, 0x80, 0x80, 0x01, 0x01]);
        assert_eq!(both.protocols, [Protocol::T0, Protocol::T1]);
        assert_eq!(both.first(), Protocol::T0);
        // TC2 between: still the first TA of T=1.
        let cardos = offer(&[0x3B, 0xF0, 0x18, 0x00, 0xFF, 0xC1, 0x0A, 0x31, 0x45, 0x55, 0x00]);
        assert_eq!(cardos.ifsc, 0x45);
    }

    #[test]
    fn pps_is_confirmed_whole_or_not_at_all() {
        let cns = offer(&CNS[..25]);
        let request = [0xFF, 0x11, 0x18, 0xFF ^ 0x11 ^ 0x18];
        assert_eq!(cns.confirm(&request), Some((Protocol::T1, request.to_vec())));
        assert!(cns.confirm(&[0xFF, 0x01, 0xFE]).is_some());
        for refused in [
            &[0xFF, 0x00, 0xFF][..],
            &[0xFF, 0x11, 0x18, 0x00],
            &[0xFF, 0x01],
            &[0xFF, 0x81, 0x7E],
            &[0xFF, 0x21, 0x00, 0xDE],
            &[],
        ] {
            assert_eq!(cns.confirm(refused), None, "{refused:02X?}");
        }
    }

    #[test]
    fn a_made_up_answer_to_reset_is_known() {
        let is = |bytes: &[u8]| is_contactless(&Atr::new(bytes).unwrap());
        assert!(is(&[0x3B, 0x80, 0x80, 0x01, 0x01]));
        assert!(!is(&CNS[..25]) && !is(&[0x3B, 0x00]));
    }

    proptest! {
        #[test]
        fn any_answer_to_reset_offers_something(bytes in proptest::collection::vec(any::<u8>(), 2..=33), pps: Vec<u8>) {
            let offer = offer(&bytes);
            prop_assert!(!offer.protocols.is_empty() && (1..=254).contains(&offer.ifsc));
            offer.confirm(&pps);
        }
    }
}
