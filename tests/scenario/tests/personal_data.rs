//! What cards hold about their holders: read in as few exchanges as can be, believed where the certificate confirms it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use varco::played::Profile;
use varco::steps::{Agreement, BirthYear, CardSeen, CnsSubject, Conversation, PersonalField, WAIT_DEFAULT};
use varco_scenario::{PIN, Stage, fixtures};

/// Cards whose data and certificate do not simply match.
const OTHERWISE: &[(&str, Agreement)] = &[
    ("cns-nfc-st2022", Agreement::Differs),
    ("cns-digest-info", Agreement::Unknown),
];

fn expected(name: &str) -> Agreement {
    OTHERWISE
        .iter()
        .find(|(otherwise, _)| *otherwise == name)
        .map_or(Agreement::Matches, |(_, agreement)| *agreement)
}

#[test]
fn the_data_of_every_holder_are_read_in_two_exchanges() {
    for name in Profile::names().filter(|name| name.starts_with("cns-")) {
        let stage = Stage::new(name);
        let mut link = stage.varco.connect(None, WAIT_DEFAULT).unwrap();
        let mut conversation = Conversation::new(&mut *link, WAIT_DEFAULT);
        let mut seen = CardSeen::recognise(&mut conversation, stage.varco.card_drivers()).unwrap();
        let before = conversation.exchanges();
        let data = seen.read_personal_data(&mut conversation).unwrap();
        // Files under an application are entered first; by T=0 what SELECT answers is fetched by a command of its own.
        let more = u32::from(matches!(
            name,
            "cns-chipdoc" | "cns-bit4id" | "cns-nfc-st2022" | "cns-t0"
        ));
        assert_eq!(conversation.exchanges() - before, 2 + more, "{name}");
        for field in [
            PersonalField::Surname,
            PersonalField::GivenName,
            PersonalField::CodiceFiscale,
            PersonalField::ResidenceMunicipality,
        ] {
            assert!(data.get(field).is_some(), "{name}: {field:?}");
        }
        for field in [
            PersonalField::BirthDate,
            PersonalField::IssuedOn,
            PersonalField::ExpiresOn,
        ] {
            assert!(data.date(field).is_some(), "{name}: {field:?}");
        }
    }
}

#[test]
fn either_reading_of_the_hash_is_recognised_and_a_mismatch_said_only_after_all_was_read() {
    for name in Profile::names()
        .filter(|name| name.starts_with("cns-") && !matches!(*name, "cns-no-certificate" | "cns-bit4id"))
    {
        let stage = Stage::new(name);
        let mut link = stage.varco.connect(None, WAIT_DEFAULT).unwrap();
        let mut conversation = Conversation::new(&mut *link, WAIT_DEFAULT);
        let mut seen = CardSeen::recognise(&mut conversation, stage.varco.card_drivers()).unwrap();
        let certificate = seen.read_certificate(&mut conversation).unwrap();
        let holder = CnsSubject::parse(certificate.subject_common_name().unwrap()).unwrap();
        let data = seen.read_personal_data(&mut conversation).unwrap();
        let before = conversation.exchanges();
        let (data, agreement) = seen
            .compare_personal_data(&mut conversation, &holder, data)
            .unwrap();
        assert_eq!(agreement, expected(name), "{name}");
        assert_eq!(data.file().is_whole(), agreement == Agreement::Differs, "{name}");
        assert_eq!(
            conversation.exchanges() > before,
            agreement == Agreement::Differs,
            "{name}"
        );
    }
}

#[test]
fn the_century_of_birth_is_known_only_where_the_certificate_confirms_it() {
    for (name, year) in [
        ("cns-st", Some(1980)),
        ("cns-minor", Some(2016)),
        ("cns-t0", Some(1994)),
        ("cns-infocert-1205", Some(1949)),
        ("cns-nfc-st2022", None),
    ] {
        let mut stage = Stage::new(name);
        let plain = stage.login(PIN).unwrap();
        assert_eq!(plain.personal_data, None);
        let (identity, _) = plain.outcome.unwrap();
        assert!(
            matches!(identity.birth_date().year, BirthYear::TwoDigits(_)),
            "{name}"
        );

        stage.options.birth_date_from_card();
        let report = stage.login(PIN).unwrap();
        assert_eq!(report.personal_data, Some(expected(name)), "{name}");
        let (identity, _) = report.outcome.unwrap();
        let known = match identity.birth_date().year {
            BirthYear::Known(year) => Some(year),
            BirthYear::TwoDigits(_) => None,
        };
        assert_eq!(known, year, "{name}");
    }
}

/// The default card with a changed EF.Dati_personali.
fn changed(change: impl Fn(&mut Vec<u8>)) -> Stage {
    let folder = fixtures("cards/cns-st");
    let text = std::fs::read_to_string(folder.join("card.toml")).unwrap();
    let profile = Profile::parse(&text, &mut |name| {
        let mut content = std::fs::read(folder.join(name))?;
        if name == "ef-1102.bin" {
            change(&mut content);
        }
        Ok(content)
    });
    let stage = Stage::new("cns-st");
    stage.hand.insert(Box::new(profile.unwrap().into_card()));
    stage
}

#[test]
fn data_that_are_damaged_or_forged_never_stop_a_login_and_never_count() {
    type Change = fn(&mut Vec<u8>);
    let changes: [(&str, Change, Agreement); 4] = [
        ("zeros", |file| file.fill(0), Agreement::Unknown),
        ("no hex", |file| file[6] = b'?', Agreement::Unknown),
        ("cut", |file| file[50..].fill(0), Agreement::Unknown),
        // A hundred years older, in the right form.
        (
            "forged",
            |file| {
                let at = file.windows(8).position(|bytes| bytes == b"14031980").unwrap();
                file[at..at + 8].copy_from_slice(b"14031880");
            },
            Agreement::Differs,
        ),
    ];
    for (what, change, agreement) in changes {
        let mut stage = changed(change);
        stage.options.birth_date_from_card();
        let report = stage.login(PIN).unwrap();
        assert_eq!(report.personal_data, Some(agreement), "{what}");
        let (identity, _) = report.outcome.unwrap();
        assert!(
            matches!(identity.birth_date().year, BirthYear::TwoDigits(80)),
            "{what}"
        );
    }
}
