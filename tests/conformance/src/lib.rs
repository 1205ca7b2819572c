//! Third-party programs run against the played cards.
