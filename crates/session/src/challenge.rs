//! The challenge of a journey, out of what its asker wants.
//!
//! Not here: what a challenge is (`auth`), and when it is made (`login`).

use varco_auth::{AuthError, Challenge, Exchange, Flow};
use varco_pki::Timestamp;

use crate::Asker;

/// Refuses an asker that could not be answered, before anybody is bothered: who checks elsewhere brings a nonce.
pub(crate) fn check(asker: &Asker<'_>) -> Result<(), AuthError> {
    match (asker.flow, &asker.nonce) {
        (Flow::Remote, None) => Err(AuthError::NonceInvalid),
        _ => Ok(()),
    }
}

/// For this asker, over this exchange, with fresh randomness.
pub(crate) fn challenge(
    asker: &Asker<'_>,
    random: [u8; 32],
    salt: [u8; 32],
    exchange: Exchange,
    now: Timestamp,
) -> Result<Challenge, AuthError> {
    let (audience, nonce) = (asker.audience.clone(), asker.nonce.clone());
    let challenge = match (asker.flow, nonce) {
        (Flow::Local, nonce) => Challenge::new(random, audience, nonce, now),
        (Flow::Remote, Some(nonce)) => Challenge::for_relying_party(random, audience, nonce, now),
        (Flow::Remote, None) => return Err(AuthError::NonceInvalid),
    };
    Ok(challenge.over(exchange).signed_by(asker.scheme, salt))
}

#[cfg(test)]
mod tests {
    use varco_auth::{Audience, Nonce};

    use super::*;
    use crate::BirthDateSource;

    fn asker(flow: Flow, nonce: Option<Nonce>) -> Asker<'static> {
        Asker {
            audience: Audience::parse("https://servizi.example.it").unwrap(),
            nonce,
            flow,
            scheme: varco_pki::SignatureScheme::default(),
            birth_date: BirthDateSource::CodiceFiscale,
            wanted: None,
        }
    }

    #[test]
    fn who_checks_elsewhere_brings_a_nonce() {
        let nonce = || Some(Nonce::new(&[1; 16]).unwrap());
        for (flow, nonce, outcome) in [
            (Flow::Local, None, Ok(())),
            (Flow::Local, nonce(), Ok(())),
            (Flow::Remote, nonce(), Ok(())),
            (Flow::Remote, None, Err(AuthError::NonceInvalid)),
        ] {
            let asker = asker(flow, nonce);
            assert_eq!(check(&asker), outcome);
            let made = challenge(
                &asker,
                [1; 32],
                [2; 32],
                Exchange::default(),
                Timestamp::UNIX_EPOCH,
            );
            assert_eq!(made.map(drop), outcome);
        }
    }
}
