//! Revocation lists: any bytes as one, and what is found in it.
//!
//! Not here: files of lists and indexes on disk, which hold themselves against what they were made of (`varco-trust-store`).

use std::sync::{Arc, LazyLock};

use varco_pki::{
    Certificate, CrlNumber, EvidenceAtHand, HeldList, Judging, KnownList, ListFault, Rejection,
    RevocationCheck, RevocationList, RevocationMode, RevokedEntry, SerialNumber, judge_path,
};

use crate::fixtures;

/// A list is read whole or not at all; sorted it holds what it held, and a key of the fixtures signed only an original.
pub fn target(data: &[u8]) {
    let list = match RevocationList::parse(data) {
        Ok(list) => list,
        Err(error) => {
            assert!(error.code().starts_with("crl-") && !error.to_string().contains(char::is_control));
            assert_eq!(RevocationList::parse(data).unwrap_err(), error);
            assert_eq!(HeldList::parse(data.to_vec(), None).unwrap_err(), error);
            return;
        }
    };
    let header = list.header();
    assert_eq!(list.all_entries().count() as u64, header.entries);
    assert!(header.entries <= data.len() as u64 / 18);
    assert!(header.number.as_ref().is_none_or(is_short));
    assert!(RevocationList::parse(&data[..data.len() - 1]).is_err());
    let held = Arc::new(HeldList::parse(data.to_vec(), None).unwrap());
    assert_eq!(held.header(), header);
    found(&list, &held);
    check_as_evidence(data, held.clone());

    let signer = Certificate::parse(&fixtures::read("vectors/pkits/certs/GoodCACert.crt")).unwrap();
    let checked = list.check_signature(&signer);
    assert_eq!(held.check_signature(&signer), checked);
    assert_eq!(held.check_signature(&signer), checked, "again");
    assert!(checked == Err(ListFault::NotSigned) || seeds().iter().any(|seed| seed == data));
}

/// Alone it clears a certificate, or revokes it, only if it is an original.
fn check_as_evidence(data: &[u8], held: Arc<HeldList>) {
    let mut evidence = EvidenceAtHand::default();
    evidence.add_list(held);
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: &evidence,
    };
    let judging = Judging::new(&fixtures::ANCHORS_WITH_LISTS, fixtures::instant()).checking(check);
    for leaf in ["leaf-good", "leaf-revoked", "leaf-suspended"] {
        let leaf = Certificate::parse(&fixtures::read(&format!("pki/{leaf}.der"))).unwrap();
        match judge_path(&leaf, &judging) {
            Err(Rejection::RevocationUnknown { .. }) => {}
            verdict => assert!(LISTS.iter().any(|list| list == data), "{verdict:?}"),
        }
    }
}

/// The fixtures' own lists.
static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures::files("pki", "crl"));

fn is_short(number: &CrlNumber) -> bool {
    number.as_bytes().len() <= 20 && number.as_bytes().first() != Some(&0)
}

/// Every entry is found, or a stricter one of the same serial number; sorted, none is there twice.
fn found(list: &RevocationList<'_>, held: &HeldList) {
    let given: Vec<(&[u8], RevokedEntry)> = list.entries().map(Result::unwrap).collect();
    let sorted: Vec<SerialNumber> = list
        .in_order()
        .unwrap()
        .map(|entry| entry.unwrap().serial)
        .collect();
    assert!(sorted.len() <= given.len() && sorted.is_sorted_by(|first, second| first < second));
    for (serial, revoked) in given {
        let answer = held.find(serial).unwrap().unwrap();
        assert_eq!(revoked.stricter(answer), answer);
        assert!(sorted.binary_search(&SerialNumber::new(serial).unwrap()).is_ok());
    }
}

/// The public vectors, and the fixtures' own.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::files("vectors/pkits/crls", "crl");
    seeds.extend(LISTS.iter().cloned());
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_read() {
        assert_eq!(seeds().len(), 173 + LISTS.len());
        assert!(seeds().iter().all(|seed| RevocationList::parse(seed).is_ok()));
    }
}
