//! Claims about readers for played cards: they behave as shared PC/SC readers do.
#![cfg(feature = "played")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::time::Duration;

use varco_card::{CardLink, Disposition, ExtendedLength, LinkError, ReaderDriver, ReaderEvent, WAIT_DEFAULT};
use varco_roster::played::Profile;
use varco_roster::played::{PlayedReader, PlayedReaders};

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
    for (plan, reached) in [("remove-before@2", 1), ("remove@2", 2)] {
        let (readers, reader) = with_card();
        reader.add_fault(plan.parse().unwrap()).unwrap();
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

#[test]
fn a_mishap_is_told_as_real_readers_tell_it_and_what_comes_back_is_usable() {
    for (plan, error) in [
        ("remove", LinkError::CardRemoved),
        ("reader-gone", LinkError::ReaderGone),
        ("usb-reset", LinkError::ReaderGone),
        ("reset", LinkError::CardReset),
        ("reset-before", LinkError::CardReset),
        ("suspend=1h", LinkError::CardReset),
        ("mute", LinkError::TimedOut { command: "SELECT" }),
        ("lost", LinkError::TimedOut { command: "SELECT" }),
    ] {
        let (readers, reader) = with_card();
        let mut watch = readers.watch().unwrap();
        while watch.next(SHORT_WAIT).unwrap().is_some() {}
        let mut link = connect(&readers, &reader);
        let epoch = link.epoch();
        reader.set_faults(vec![plan.parse().unwrap()]).unwrap();
        assert_eq!(link.transmit(SELECT_ID_CARTA).unwrap_err(), error, "{plan}");
        assert!(link.epoch() > epoch, "{plan}");
        assert_eq!((reader.faults().len(), reader.fired().len()), (0, 1), "{plan}");
        let mut told = Vec::new();
        while let Some(event) = watch.next(SHORT_WAIT).unwrap() {
            told.push(event);
        }
        let name = reader.name().clone();
        match plan {
            "remove" => {
                assert_eq!(told, [ReaderEvent::CardRemoved(name)]);
                assert!(reader.insert_again() && !reader.insert_again());
            }
            "reader-gone" => {
                assert_eq!(
                    told,
                    [
                        ReaderEvent::CardRemoved(name.clone()),
                        ReaderEvent::ReaderGone(name.clone())
                    ]
                );
                assert!(readers.readers().unwrap().is_empty());
                assert_eq!(
                    readers.connect(&name, WAIT_DEFAULT).err(),
                    Some(LinkError::NoReader)
                );
                reader.clear_faults();
                assert_eq!(
                    watch.next(SHORT_WAIT).unwrap(),
                    Some(ReaderEvent::ReaderAdded(name))
                );
                assert!(matches!(
                    watch.next(SHORT_WAIT).unwrap(),
                    Some(ReaderEvent::CardInserted(..))
                ));
            }
            "usb-reset" => assert!(matches!(
                told[..],
                [ReaderEvent::CardRemoved(_), ReaderEvent::CardInserted(..)]
            )),
            "suspend=1h" => assert_eq!(reader.clock(), Duration::from_secs(3_600)),
            _ => assert_eq!(told, [], "{plan}"),
        }
        let mut link = connect(&readers, &reader);
        assert_eq!(
            link.transmit(SELECT_ID_CARTA).unwrap().as_slice(),
            [0x90, 0x00],
            "{plan}"
        );
    }
}

#[test]
fn a_clock_that_jumps_is_told_to_whoever_asks_and_what_cannot_be_is_refused() {
    let (readers, reader) = with_card();
    let mut link = connect(&readers, &reader);
    reader.add_fault("clock-jump=-1d".parse().unwrap()).unwrap();
    assert!(link.transmit(SELECT_ID_CARTA).is_ok());
    assert_eq!(reader.clock_jump_s(), -86_400);
    for plan in ["service-restart", "mac"] {
        let error = reader.add_fault(plan.parse().unwrap()).unwrap_err();
        assert_eq!(error.code(), "fault-not-here", "{error}");
    }
}
