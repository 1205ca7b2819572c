//! Claims about readers for played cards: they behave as shared PC/SC readers do.
#![cfg(feature = "played")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::time::Duration;

use varco_card::{CardLink, Disposition, ExtendedLength, LinkError, ReaderDriver, ReaderEvent, WAIT_DEFAULT};
use varco_roster::played::Profile;
use varco_roster::played::{LostAt, PlayedReader, PlayedReaders};

const SELECT_ID_CARTA: &[u8] = &[0x00, 0xA4, 0x08, 0x0C, 0x04, 0x10, 0x00, 0x10, 0x03];
const SHORT_WAIT: Duration = Duration::from_millis(1);

fn with_card() -> (PlayedReaders, PlayedReader) {
    let card = Profile::builtin("cns-st").unwrap().into_card();
    PlayedReaders::with_card("played", Box::new(card))
}

fn connect(readers: &PlayedReaders, reader: &PlayedReader) -> Box<dyn CardLink> {
    readers.connect(reader.name(), WAIT_DEFAULT).unwrap()
}

#[test]
fn one_link_holds_the_card_and_the_other_is_told_busy() {
    let (readers, reader) = with_card();
    let (mut first, mut second) = (connect(&readers, &reader), connect(&readers, &reader));
    first.begin(WAIT_DEFAULT).unwrap();
    assert_eq!(second.begin(SHORT_WAIT), Err(LinkError::ReaderBusy));
    assert_eq!(
        second.transmit(SELECT_ID_CARTA).unwrap_err(),
        LinkError::ReaderBusy
    );
    first.end(Disposition::Leave).unwrap();
    second.begin(SHORT_WAIT).unwrap();
    assert_eq!(second.transmit(SELECT_ID_CARTA).unwrap().as_slice(), [0x90, 0x00]);
}

#[test]
fn a_reset_by_one_link_is_told_to_the_other_once_and_raises_its_epoch() {
    let (readers, reader) = with_card();
    let (mut first, mut second) = (connect(&readers, &reader), connect(&readers, &reader));
    let before = second.epoch();
    first.reset().unwrap();
    assert_eq!(second.begin(WAIT_DEFAULT), Err(LinkError::CardReset));
    assert!(second.epoch() > before);
    second.begin(WAIT_DEFAULT).unwrap();
}

#[test]
fn a_card_pulled_out_is_gone_at_once_and_another_is_another() {
    let (readers, reader) = with_card();
    let mut link = connect(&readers, &reader);
    let card = reader.remove().unwrap();
    assert_eq!(
        link.transmit(SELECT_ID_CARTA).unwrap_err(),
        LinkError::CardRemoved
    );
    assert_eq!(
        readers.connect(reader.name(), WAIT_DEFAULT).err(),
        Some(LinkError::NoCard)
    );
    reader.insert(card);
    assert_eq!(
        link.transmit(SELECT_ID_CARTA).unwrap_err(),
        LinkError::CardRemoved
    );
    assert!(connect(&readers, &reader).transmit(SELECT_ID_CARTA).is_ok());
}

#[test]
fn a_planned_removal_takes_the_command_or_only_its_answer() {
    for (lost_at, reached) in [(LostAt::Command, 1), (LostAt::Answer, 2)] {
        let (readers, reader) = with_card();
        reader.remove_at(1, lost_at);
        let mut link = connect(&readers, &reader);
        link.transmit(SELECT_ID_CARTA).unwrap();
        assert_eq!(
            link.transmit(SELECT_ID_CARTA).unwrap_err(),
            LinkError::CardRemoved
        );
        assert_eq!(reader.look(|card| card.unwrap().log().total()), reached);
    }
}

#[test]
fn a_watch_tells_what_is_there_and_what_changes_in_any_reader() {
    let (mut readers, first) = with_card();
    let second = readers.add("second", ExtendedLength::Unknown);
    let mut watch = readers.watch().unwrap();
    let mut next = || watch.next(SHORT_WAIT).unwrap();
    assert!(matches!(next(), Some(ReaderEvent::CardInserted(name, _)) if name == *first.name()));
    assert_eq!(next(), None);
    second.insert(first.remove().unwrap());
    assert_eq!(next(), Some(ReaderEvent::CardRemoved(first.name().clone())));
    assert!(matches!(next(), Some(ReaderEvent::CardInserted(name, _)) if name == *second.name()));
    assert_eq!(next(), None);
}
