//! A card of a given maker with a script, and what the tests say to it.

use varco_apdu::{Atr, Pin};
use varco_card::{CardChannel, CardLink, ExtendedLength, Transaction, WAIT_DEFAULT, scripted::ScriptedLink};
use varco_card_cns::CnsDriver;
use varco_credential::{
    Attempt, Attendance, AuthorisedPin, CardDriver, CardError, CardSecret, CounterQuery, Given, LastTry,
    LoginCard, PinRules, Recognition, TriesLeft, UnknownTries, tries,
};

pub(crate) const ST_1_1: &str = "3BFF1800FF8131FE55006B02091717011101434E531131808C";
pub(crate) const ST_2021: &str = "3BFF1800FF8131FE55006B02091617011101434E531131808D";
pub(crate) const ATHENA: &str = "3BDF18008131FE7D006B150C0181011101434E53103180E8";
pub(crate) const UNKNOWN_MAKER: &str = "3BFF1800FF8131FE4D006B047EB85B01F101434E53103180E7";

/// A card, its script, and what the reader says of extended length.
pub(crate) struct Script {
    link: ScriptedLink,
}

impl Script {
    pub(crate) fn new(atr: &str, extended_length: ExtendedLength) -> Self {
        let mut link = ScriptedLink::new(Atr::new(&bytes(atr)).unwrap());
        link.set_extended_length(extended_length);
        Self { link }
    }

    /// A card of ST 1.1 in a reader that says nothing of extended length.
    pub(crate) fn st() -> Self {
        Self::new(ST_1_1, ExtendedLength::Unknown)
    }

    pub(crate) fn expect(&mut self, command: impl AsRef<str>, answer: impl AsRef<str>) {
        self.link.expect(command.as_ref(), answer.as_ref());
    }

    /// Runs a dialogue; the script must then be at its end.
    pub(crate) fn run<T>(
        mut self,
        dialogue: impl FnOnce(&mut dyn LoginCard, &mut dyn CardChannel) -> T,
    ) -> T {
        let atr = self.link.atr().clone();
        let mut transaction = Transaction::begin(&mut self.link, WAIT_DEFAULT).unwrap();
        let mut card = recognised(&atr, &mut transaction);
        let outcome = dialogue(&mut *card, &mut transaction);
        drop(transaction);
        assert_eq!(self.link.remaining(), 0, "exchanges left on the script");
        outcome
    }
}

/// The card that the driver makes of this ATR.
pub(crate) fn recognised(atr: &Atr, channel: &mut dyn CardChannel) -> Box<dyn LoginCard> {
    match CnsDriver::default().recognise(atr, channel).unwrap() {
        Recognition::Login(card) => card,
        Recognition::Foreign(_) | Recognition::Unknown => panic!("not taken for a CNS"),
    }
}

/// 12345, typed for this card.
pub(crate) fn typed(card: &dyn LoginCard, channel: &dyn CardChannel) -> AuthorisedPin {
    let pin = Pin::take_from(&mut b"12345".to_vec()).unwrap();
    PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify)
        .authorise(
            Given::typed(pin),
            &Attempt::verify(
                CardSecret::USER_PIN,
                card.user_pin(),
                told(card, CardSecret::USER_PIN),
                channel.epoch(),
            ),
        )
        .unwrap()
}

/// How many tries the PIN has left, as far as may be asked.
pub(crate) fn tries_left(
    card: &mut dyn LoginCard,
    channel: &mut dyn CardChannel,
) -> Result<TriesLeft, CardError> {
    tries(card, channel, CardSecret::USER_PIN).map(|tries| tries.left)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap())
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// What the counter said before, where it may be asked for.
pub(crate) fn told(card: &dyn LoginCard, secret: CardSecret) -> TriesLeft {
    match card.secret(secret).map(|facts| facts.counter_query) {
        Some(CounterQuery::Free) => TriesLeft::Known(3),
        _ => TriesLeft::Unknown,
    }
}
