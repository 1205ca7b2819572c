//! Evidence made to mislead: floods, spellings, signers of the same name.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use varco_testkit::crl::{CrlDraft, Hash, Signer, der, entry, extension, number};

use super::*;
use crate::der_reader::{DerReader, tag};
use crate::{CrlHeader, ListFault, RevokedEntry};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::of_fixture("ca-cns").unwrap());

fn held(list: Vec<u8>) -> Arc<HeldList> {
    Arc::new(HeldList::parse(list, None).unwrap())
}

fn judge_by(
    leaf: &str,
    between: &[Certificate],
    source: &EvidenceAtHand,
    mode: RevocationMode,
) -> Result<Revocation, Rejection> {
    let anchors = test_anchors(&["ca-cns"]);
    let judging = Judging::new(&anchors, AT.parse().unwrap())
        .through(between)
        .checking(RevocationCheck { mode, source });
    judge_path(&certificate(leaf), &judging).map(|judged| *judged.revocation())
}

fn at_hand(lists: impl IntoIterator<Item = Vec<u8>>) -> EvidenceAtHand {
    let mut source = EvidenceAtHand::default();
    lists.into_iter().for_each(|list| source.add_list(held(list)));
    source
}

#[test]
fn answers_about_others_do_not_hide_the_one_that_revokes() {
    let mut names = vec!["ocsp-other-serial"; 40];
    names.extend(["ocsp-revoked", "crl-cns-empty"]);
    let verdict = judge("leaf-revoked", &names);
    assert_eq!(verdict.unwrap_err().code(), "certificate-revoked");
}

#[test]
fn what_is_more_than_is_looked_at_clears_nobody() {
    let mut names = vec!["crl-cns-empty"; 63];
    names.push("crl-cns");
    let code = |leaf, names: &[&str]| judge(leaf, names).unwrap_err().code();
    assert_eq!(code("leaf-revoked", &names), "certificate-revoked");
    names.insert(0, "crl-cns-empty");
    assert_eq!(undetermined(judge("leaf-revoked", &names)), "revocation-too-much");
    assert_eq!(undetermined(judge("leaf-good", &names)), "revocation-too-much");
    let known = judge_at("leaf-good", &names, RevocationMode::Soft, AT).unwrap();
    assert_eq!(known.code(), "unknown");
    let answers = vec!["ocsp-good"; 17];
    assert_eq!(undetermined(judge("leaf-good", &answers)), "revocation-too-much");
}

#[test]
fn lists_of_the_future_and_of_others_take_no_place() {
    let ca = certificate("ca-cns");
    let future = || {
        CrlDraft::new(ca.subject_der())
            .made_at("20490101000000Z")
            .unsigned()
    };
    let source = at_hand((0..100).map(|_| future()).chain([read("crl-cns.crl")]));
    for mode in [HARD, RevocationMode::Soft] {
        let verdict = judge_by("leaf-revoked", &[], &source, mode);
        assert_eq!(verdict.unwrap_err().code(), "certificate-revoked");
        assert_eq!(judge_by("leaf-good", &[], &source, mode).unwrap().code(), "good");
    }
}

#[test]
fn an_entry_that_spells_its_issuer_otherwise_still_revokes() {
    let (ca, leaf) = (certificate("ca-cns"), certificate("leaf-good"));
    let mut name = ca.subject_der().to_vec();
    let place = name.windows(12).position(|part| part == b"TEST Regione").unwrap();
    name[place..place + 12].copy_from_slice(b"TEST REGIONE");
    let issuer = extension(29, true, &der(0x30, &[&der(0xA4, &[&name])]));
    let mut draft =
        CrlDraft::new(ca.subject_der()).with_entries([entry(leaf.serial(), "260102030405Z", &[issuer])]);
    draft.extensions = vec![number(&[1]), extension(28, true, &[0x30, 3, 0x84, 1, 0xFF])];
    let source = at_hand([draft.signed(&SIGNER).unwrap()]);
    let verdict = judge_by("leaf-good", &[], &source, HARD);
    assert_eq!(verdict.unwrap_err().code(), "certificate-revoked");
}

#[test]
fn of_lists_that_are_needed_together_the_later_one_decides_how_fresh_they_are() {
    let ca = certificate("ca-cns");
    let mut one = CrlDraft::new(ca.subject_der());
    one.extensions = vec![
        number(&[1]),
        extension(28, true, &der(0x30, &[&[0x83, 2, 6, 0x40]])),
    ];
    let mut two = CrlDraft::new(ca.subject_der()).made_at("260301000000Z");
    two.next_update = Some("260531120000Z".into());
    two.extensions = vec![
        number(&[1]),
        extension(28, true, &der(0x30, &[&[0x83, 3, 7, 0x3F, 0x80]])),
    ];
    let source = at_hand([one, two].map(|draft| draft.signed(&SIGNER).unwrap()));
    assert!(judge_by("leaf-good", &[], &source, HARD).is_err());
    let grace = RevocationMode::Grace { hours: 24 };
    assert_eq!(
        judge_by("leaf-good", &[], &source, grace).unwrap().code(),
        "good_in_grace"
    );
}

/// A list that nobody signed, and how often that was found out.
struct Unsigned(CrlHeader, Arc<AtomicUsize>);

impl KnownList for Unsigned {
    fn header(&self) -> &CrlHeader {
        &self.0
    }

    fn check_signature(&self, _: &Certificate) -> Result<(), ListFault> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Err(ListFault::NotSigned)
    }

    fn find(&self, _: &[u8]) -> Result<Option<RevokedEntry>, ListFault> {
        Ok(None)
    }

    fn fetched_at(&self) -> Option<Timestamp> {
        None
    }
}

#[test]
fn signatures_by_namesakes_are_looked_at_so_often_and_no_more() {
    let count = Arc::new(AtomicUsize::new(0));
    let header = held(read("crl-cns.crl")).header().clone();
    let mut source = EvidenceAtHand::default();
    for _ in 0..64 {
        source.add_list(Arc::new(Unsigned(header.clone(), Arc::clone(&count))));
    }
    // Copies of the authority, each with another last byte.
    let namesakes: Vec<Certificate> = (1..=8)
        .map(|change| {
            let mut der = certificate("ca-cns").der().to_vec();
            *der.last_mut().unwrap() ^= change;
            Certificate::parse(&der).unwrap()
        })
        .collect();
    assert!(judge_by("leaf-good", &namesakes, &source, HARD).is_err());
    assert_eq!(count.load(Ordering::Relaxed), 64 + 32);
}

/// The certificate of ca-cns-rekeyed, signed by ca-cns: its new key, believed for the sake of the old one.
fn link() -> Certificate {
    let new = certificate("ca-cns-rekeyed");
    let mut outer = DerReader::new(new.der());
    let mut inside = outer.enter(tag::SEQUENCE).unwrap();
    let (tbs, algorithm) = (inside.object().unwrap().raw, inside.object().unwrap().raw);
    let signature = SIGNER.sign(Hash::Sha256, tbs).unwrap();
    let signature = der(0x03, &[&[0], &signature]);
    Certificate::parse(&der(0x30, &[tbs, algorithm, &signature])).unwrap()
}

#[test]
fn a_list_by_another_key_is_worth_what_is_known_of_that_key() {
    let between = [link()];
    let source = evidence(&["crl-rekeyed"]);
    let known = judge_by("leaf-good", &between, &source, RevocationMode::Soft).unwrap();
    assert_eq!(known.code(), "unknown", "nothing is known of the new key");
    assert!(judge_by("leaf-good", &between, &source, HARD).is_err());
    // With what the old key says of the new one, it counts.
    let mut arl = CrlDraft::new(certificate("ca-cns").subject_der());
    arl.extensions = vec![number(&[1]), extension(28, true, &[0x30, 3, 0x82, 1, 0xFF])];
    let mut source = evidence(&["crl-rekeyed"]);
    source.add_list(held(arl.signed(&SIGNER).unwrap()));
    assert_eq!(
        judge_by("leaf-good", &between, &source, HARD).unwrap().code(),
        "good"
    );
}

#[test]
fn keys_that_did_not_sign_do_not_push_out_the_one_that_did() {
    let list = held(read("crl-cns.crl"));
    let issuer = certificate("ca-cns");
    assert_eq!(list.check_signature(&issuer), Ok(()));
    for other in [
        "ca-cns-legacy",
        "ca-untrusted",
        "ca-cns-rekeyed",
        "csca",
        "csca-old",
    ] {
        for _ in 0..20 {
            assert_eq!(
                list.check_signature(&certificate(other)),
                Err(ListFault::NotSigned)
            );
        }
    }
    assert_eq!(list.check_signature(&issuer), Ok(()));
}
