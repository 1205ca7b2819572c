//! EF.SOD of an identity card: any bytes as a security object, and the verdict on it.
//!
//! Not here: how a card gives it (`identity_card`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use varco_pki::{
    CertvalValidator, DataGroup, DocumentRejection, GenuineDocument, SECURITY_OBJECT_MAX_BYTES,
    SecurityObject, judge_document, security_object_length,
};

use crate::fixtures;

const GROUPS: [(DataGroup, &str); 6] = [
    (DataGroup::Number, "1001"),
    (DataGroup::Document, "1002"),
    (DataGroup::Certificate, "1003"),
    (DataGroup::DeviceKey, "1004"),
    (DataGroup::ServiceKey, "1005"),
    (DataGroup::Domain, "d004"),
];

/// Every content of a file that some card of the fixtures has.
static CONTENTS: LazyLock<Vec<(DataGroup, Vec<u8>)>> = LazyLock::new(|| {
    let file = |card: &str, id: &str| fixtures::read(&format!("cards/{card}/ef-{id}.bin"));
    let known = |(group, id): (DataGroup, &'static str)| {
        let contents: BTreeSet<Vec<u8>> = fixtures::identity_cards().map(|card| file(card, id)).collect();
        contents.into_iter().map(move |content| (group, content))
    };
    GROUPS.into_iter().flat_map(known).collect()
});

/// What the genuine objects of the fixtures say of these.
static SAID: LazyLock<Vec<Vec<Said>>> = LazyLock::new(|| {
    let judged = seeds().into_iter().filter_map(|object| judge(&object).ok());
    judged.map(|document| said(&document)).collect()
});

#[derive(PartialEq, Eq, Debug)]
enum Said {
    Signed,
    Changed,
    Nothing,
}

/// An object is read whole or not at all, and judged genuine only if it says of all files what an original says.
pub fn target(data: &[u8]) {
    let length = security_object_length(data);
    if let Ok(Some(length)) = length {
        assert!((2..=SECURITY_OBJECT_MAX_BYTES).contains(&length));
    }
    let object = match SecurityObject::parse(data) {
        Ok(object) => object,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(SecurityObject::parse(data).err(), Some(error));
            return;
        }
    };
    let length = length.unwrap().unwrap();
    assert!(length <= data.len());
    let (whole, filling) = data.split_at(length);
    assert!(SecurityObject::parse(whole).is_ok() && SecurityObject::parse(&whole[..length - 1]).is_err());
    assert!(!object.signer().der().is_empty() && object.signer().der().len() < length);

    match judge(data) {
        Ok(document) => {
            assert!(document.is_test_material());
            assert!(SAID.contains(&said(&document)), "{document:?}");
            for (group, _) in GROUPS {
                assert!(document.confirm(group, filling).is_err() && document.confirm(group, data).is_err());
            }
            assert!(judge(whole).is_ok());
        }
        Err(rejection) => {
            let shown = rejection.to_string();
            assert!(
                rejection.code().starts_with("document-") && !shown.contains(char::is_control),
                "{shown}"
            );
        }
    }
}

fn judge(bytes: &[u8]) -> Result<GenuineDocument, DocumentRejection> {
    judge_document(
        SecurityObject::parse(bytes)?,
        &fixtures::COUNTRY_SIGNERS,
        &CertvalValidator,
        fixtures::instant(),
    )
}

fn said(document: &GenuineDocument) -> Vec<Said> {
    let one = |(group, content): &(DataGroup, Vec<u8>)| match document.confirm(*group, content) {
        Ok(()) => Said::Signed,
        Err(DocumentRejection::Changed(_)) => Said::Changed,
        Err(_) => Said::Nothing,
    };
    CONTENTS.iter().map(one).collect()
}

/// Those of the cards, and one with the filling that a file has behind it.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let objects = fixtures::identity_cards().map(|card| fixtures::read(&format!("cards/{card}/ef-1006.bin")));
    let objects: BTreeSet<Vec<u8>> = objects.collect();
    let mut seeds: Vec<Vec<u8>> = objects.into_iter().collect();
    seeds.push([&seeds[0][..], &[0; 200]].concat());
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn originals_of_both_generations_are_judged_good_and_differ() {
        assert!(SAID.len() >= 4);
        let signed = |said: &[Said]| said.iter().filter(|one| **one == Said::Signed).count();
        assert!(SAID.iter().all(|said| signed(said) >= 4));
        assert!(SAID.iter().any(|said| *said != SAID[0]));
    }
}
