//! The table against the codes that there are, and the published page against the numbers.

use std::collections::BTreeSet;

use varco_messages::codes::{FAULTS, PROBLEMS};

use super::*;

/// Every exit code, in the order of its number.
const ALL: [Exit; 38] = [
    Exit::Done,
    Exit::Denied,
    Exit::Undecided,
    Exit::WrongPin,
    Exit::PinBlocked,
    Exit::LastTry,
    Exit::WrongForm,
    Exit::PukBlocked,
    Exit::EntryTimedOut,
    Exit::InDoubt,
    Exit::NoService,
    Exit::NoReader,
    Exit::NoCard,
    Exit::CardNotRecognised,
    Exit::CardRemoved,
    Exit::SeveralCards,
    Exit::ReaderBusy,
    Exit::LinkFailed,
    Exit::CertificateUnreadable,
    Exit::NotTrusted,
    Exit::OutsideValidity,
    Exit::Revoked,
    Exit::WrongPurpose,
    Exit::KeyNotProven,
    Exit::CardNotGenuine,
    Exit::RevocationUnknown,
    Exit::Suspended,
    Exit::TrustMissing,
    Exit::Cancelled,
    Exit::Store,
    Exit::NotChanged,
    Exit::CasesFailed,
    Exit::AuditAltered,
    Exit::Usage,
    Exit::ScenariosFailed,
    Exit::RigError,
    Exit::TracesDiffer,
    Exit::Defect,
];

/// Rows `| number | … |` of the published page, with what stands in each cell.
fn published() -> Vec<(u8, Vec<String>)> {
    include_str!("../../../../docs/cli.md")
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let number = cells.next()?.parse().ok()?;
            Some((number, cells.map(str::to_owned).collect()))
        })
        .collect()
}

#[test]
fn every_code_of_the_messages_stands_in_exactly_one_row_and_no_other_does() {
    let rows: Vec<&str> = EXITS
        .iter()
        .flat_map(|(_, codes)| codes.iter().copied())
        .collect();
    let unique: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(unique.len(), rows.len(), "a code stands twice");
    let problems: BTreeSet<&str> = PROBLEMS.iter().chain(FAULTS).map(|(code, _)| *code).collect();
    assert_eq!(unique, problems);
}

#[test]
fn numbers_are_those_that_the_page_publishes_each_once() {
    let numbers: Vec<u8> = ALL.iter().map(|exit| *exit as u8).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next));
    let page: Vec<u8> = published().iter().map(|(number, _)| *number).collect();
    assert_eq!(page, numbers);
}

#[test]
fn the_page_lists_the_codes_of_each_number() {
    for (number, cells) in published() {
        let listed: BTreeSet<&str> = cells[1].split('`').skip(1).step_by(2).collect();
        let row = EXITS.iter().find(|(exit, _)| *exit as u8 == number);
        let mapped: BTreeSet<&str> = row
            .map(|(_, codes)| codes.iter().copied().collect())
            .unwrap_or_default();
        assert_eq!(listed, mapped, "codes of {number}");
    }
}

#[test]
fn an_unknown_code_is_a_defect() {
    assert_eq!(exit_of("no-such-code"), Exit::Defect);
}
