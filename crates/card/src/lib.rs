//! The contract of the link to a card: CardLink, CardChannel, PinGuard, Transaction, and the channels around a channel.
