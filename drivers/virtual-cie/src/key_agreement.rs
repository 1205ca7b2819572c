//! The card's half of the Diffie-Hellman agreement `[cie §3.4]`.
//!
//! Not here: which command brings the terminal's value (`security`).

use crate::number::Modulus;
use crate::random::Random;
use crate::schema::Fault;

/// How many values are tried for one with zeros in front: each is one with probability 1/256.
const TRIES_MAX: u32 = 10_000;

/// The domain parameters of the card.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) p: Vec<u8>,
    pub(crate) q: Vec<u8>,
    pub(crate) g: Vec<u8>,
    modulus: Modulus,
}

/// What both sides exchanged, and what follows from it.
#[derive(Debug)]
pub(crate) struct Agreed {
    pub(crate) terminal: Vec<u8>,
    pub(crate) card: Vec<u8>,
    pub(crate) secret: Vec<u8>,
}

impl Domain {
    /// `None` when the modulus is none.
    pub(crate) fn new(p: Vec<u8>, q: Vec<u8>, g: Vec<u8>) -> Option<Self> {
        let modulus = Modulus::new(&p)?;
        (!q.is_empty() && q.len() <= p.len()).then_some(Self { p, q, g, modulus })
    }

    /// Answers the terminal's value with one of the card's; `None` when it is none of the group's.
    pub(crate) fn agree(&self, terminal: &[u8], random: &mut Random, fault: Option<Fault>) -> Option<Agreed> {
        if fault == Some(Fault::DhValueOne) {
            let mut one = vec![0; self.modulus.size_bytes()];
            *one.last_mut()? = 1;
            return Some(Agreed {
                terminal: terminal.to_vec(),
                secret: one.clone(),
                card: one,
            });
        }
        let mut last = None;
        for _ in 0..TRIES_MAX {
            let private = self.private(random);
            let card = self.modulus.power(&self.g, &private)?;
            let has_zeros = card.first() == Some(&0);
            last = Some((private, card));
            if fault != Some(Fault::DhLeadingZeros) || has_zeros {
                break;
            }
        }
        let (private, card) = last?;
        Some(Agreed {
            terminal: terminal.to_vec(),
            card,
            secret: self.modulus.power(terminal, &private)?,
        })
    }

    /// Below the order, as its first byte is cleared; never zero, as its last is odd.
    fn private(&self, random: &mut Random) -> Vec<u8> {
        let mut private = random.bytes(self.q.len());
        if let Some(first) = private.first_mut() {
            *first = 0;
        }
        if let Some(last) = private.last_mut() {
            *last |= 1;
        }
        private
    }
}
