//! What a common name says: codice fiscale, card number, hash of the personal data.

use varco_pki::{CardId, CnsSubject, CodiceFiscale};

/// Each part is read alike inside the name and alone, and reading what was read gives the same.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(code) = CodiceFiscale::parse(text) {
        check_code(&code);
    }
    if let Ok(number) = CardId::parse(text) {
        check_number(&number);
    }
    let Ok(subject) = CnsSubject::parse(text) else {
        return;
    };
    check_code(subject.codice_fiscale());
    assert!(text.len() >= 16 && text[..16].eq_ignore_ascii_case(subject.codice_fiscale().as_str()));
    if let Some(number) = subject.card_id() {
        check_number(number);
        assert!(text[17..].starts_with(number.as_str()));
    }
    assert!(!format!("{subject:?}").contains(subject.codice_fiscale().as_str()));
}

fn check_code(code: &CodiceFiscale) {
    assert_eq!(CodiceFiscale::parse(code.as_str()).as_ref(), Ok(code));
    let base = code.base_form();
    assert!(!base.is_omocode());
    assert_eq!(CodiceFiscale::parse(base.as_str()), Ok(base.clone()));
    assert_eq!(code.is_omocode(), base != *code);
    assert!(code.birth_date(None) == base.birth_date(None) && code.sex() == base.sex());
    let date = code.birth_date(Some(1980));
    assert!((1..=12).contains(&date.month) && (1..=31).contains(&date.day));
    assert_eq!(code.birthplace_code().len(), 4);
}

fn check_number(number: &CardId) {
    assert_eq!(CardId::parse(number.as_str()).as_ref(), Ok(number));
    assert!(number.as_str()[1..].starts_with(number.issuer_code()));
    let _ = (number.class(), number.region());
}

/// A whole name, its parts, an omocode.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "RSSMRA80A01H501U/7430010024925855.lsKV/lNtBAmc8x5lzSb+cxx2UzE=",
        "RSSMRA80A01H501U",
        "rssmra80a41h501y",
        "RSSMRA80A01H50MQ",
        "6090000000000016",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
