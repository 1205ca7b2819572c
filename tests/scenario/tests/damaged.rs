//! Certificates on the card that are damaged or foreign: told apart, before any PIN is asked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use varco::Varco;
use varco::played::{PlayedReaders, Profile};
use varco_scenario::{PIN, Typed, fixtures, options};

/// The size of the file on the card.
const FILE_BYTES: usize = 2_048;

/// A login on the default card whose certificate file was changed: the error code, and how often a PIN was asked.
fn login_with(change: impl Fn(&mut Vec<u8>)) -> (&'static str, u32) {
    let folder = fixtures("cards/cns-st");
    let text = std::fs::read_to_string(folder.join("card.toml")).unwrap();
    let profile = Profile::parse(&text, &mut |name| {
        let mut content = std::fs::read(folder.join(name))?;
        if name == "ef-1101.bin" {
            change(&mut content);
        }
        Ok(content)
    });
    let (readers, _hand) = PlayedReaders::with_card("played", Box::new(profile.unwrap().into_card()));
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let mut person = Typed::new(PIN);
    let report = varco.login(&options(), &mut person).unwrap();
    let code = report.outcome.map_or_else(|error| error.code(), |_| "identified");
    (code, person.asked)
}

#[test]
fn a_damaged_certificate_has_its_own_error_and_no_pin_is_asked() {
    let whole = std::fs::read(fixtures("cards/cns-st/ef-1101.bin")).unwrap();
    let der_bytes = 4 + (usize::from(whole[2]) << 8) + usize::from(whole[3]);
    let other = std::fs::read(fixtures("pki/leaf-untrusted.der")).unwrap();
    type Change = Box<dyn Fn(&mut Vec<u8>)>;
    let changes: Vec<(&str, &str, Change)> = vec![
        // The card fills the file with zeros: the last byte of the signature is one.
        (
            "cut short",
            "certificate-not-trusted",
            Box::new(move |file| file.truncate(der_bytes - 1)),
        ),
        (
            "cut to its head",
            "certificate-unreadable",
            Box::new(|file| file.truncate(3)),
        ),
        ("empty", "certificate-absent", Box::new(Vec::clear)),
        ("zeros", "certificate-absent", Box::new(|file| file.fill(0))),
        ("erased", "certificate-absent", Box::new(|file| file.fill(0xFF))),
        (
            "not DER",
            "certificate-unreadable",
            Box::new(|file| file[..9].copy_from_slice(b"BEGIN CER")),
        ),
        (
            "indefinite length",
            "certificate-unreadable",
            Box::new(|file| file[1] = 0x80),
        ),
        (
            "longer than the file",
            "certificate-unreadable",
            Box::new(|file| file[2] = 0xFF),
        ),
        (
            "damaged inside",
            "certificate-unreadable",
            Box::new(|file| file[4] = 0x04),
        ),
        (
            "one bit of the signature",
            "certificate-not-trusted",
            Box::new(move |file| file[der_bytes - 1] ^= 1),
        ),
        (
            "another authority's",
            "certificate-not-trusted",
            Box::new(move |file| {
                file.clone_from(&other);
            }),
        ),
        (
            "padded with 0xFF",
            "identified",
            Box::new(|file| file.resize(FILE_BYTES, 0xFF)),
        ),
        (
            "padded with noise",
            "identified",
            Box::new(|file| file.resize(FILE_BYTES, 0x30)),
        ),
    ];
    for (what, code, change) in changes {
        let (told, asked) = login_with(change);
        let is_asked = u32::from(code == "identified");
        assert_eq!((told, asked), (code, is_asked), "{what}");
    }
}
