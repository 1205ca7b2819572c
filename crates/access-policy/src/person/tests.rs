//! Ages at the days on which they turn.

use jiff::civil::date;

use super::*;

fn aged(year: BirthYear, month: u8, day: u8, at: &str) -> Age {
    age(BirthDate { year, month, day }, at.parse().unwrap())
}

#[test]
fn the_eighteenth_birthday_itself_is_of_age_from_midnight_in_rome() {
    let born = |at| aged(BirthYear::Known(2007), 3, 1, at);
    assert_eq!(born("2025-02-28T22:59:59Z"), Age::Minor);
    assert_eq!(born("2025-02-28T23:00:00Z"), Age::Adult);
    // In summer midnight is an hour earlier.
    let born = |at| aged(BirthYear::Known(2007), 7, 1, at);
    assert_eq!(born("2025-06-30T21:59:59Z"), Age::Minor);
    assert_eq!(born("2025-06-30T22:00:00Z"), Age::Adult);
}

#[test]
fn born_on_29_february_one_is_of_age_on_1_march_where_the_year_has_no_such_day() {
    let born = |at| aged(BirthYear::Known(2004), 2, 29, at);
    assert_eq!(born("2022-02-28T12:00:00+01:00"), Age::Minor);
    assert_eq!(born("2022-03-01T00:00:00+01:00"), Age::Adult);
}

#[test]
fn an_age_that_turns_on_the_century_is_not_known() {
    let two_digits = |digits, at| aged(BirthYear::TwoDigits(digits), 6, 15, at);
    // Born in 1980 or 1880.
    assert_eq!(two_digits(80, "2026-11-28T12:00:00Z"), Age::Adult);
    // In 2015 or 1915.
    assert_eq!(two_digits(15, "2026-11-28T12:00:00Z"), Age::Unknown);
    // In 1926, or later in 2026 than today.
    assert_eq!(two_digits(26, "2026-06-14T12:00:00Z"), Age::Adult);
    assert_eq!(two_digits(26, "2026-06-15T12:00:00Z"), Age::Unknown);
    // 29 February 1900 never was, so it is that of 2000.
    assert_eq!(
        aged(BirthYear::TwoDigits(0), 2, 29, "2010-01-01T12:00:00Z"),
        Age::Minor
    );
}

#[test]
fn at_the_end_of_the_calendar_ages_are_told_too() {
    for digits in [80, 82, 90, 99] {
        aged(BirthYear::TwoDigits(digits), 6, 15, "9999-06-01T00:00:00Z");
    }
    assert_eq!(
        aged(BirthYear::Known(9990), 6, 15, "9999-06-01T00:00:00Z"),
        Age::Minor
    );
}

#[test]
fn a_birth_date_that_is_not_that_of_the_code_is_refused() {
    let code = CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
    assert!(birth_date(&code, None).is_ok());
    assert!(birth_date(&code, Some(date(1980, 3, 14))).is_ok());
    for told in [date(1981, 3, 14), date(1980, 4, 14), date(1980, 3, 15)] {
        assert_eq!(birth_date(&code, Some(told)).err(), Some(BirthDateContradicts));
    }
}
