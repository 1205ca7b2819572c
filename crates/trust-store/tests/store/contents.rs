//! What is put in comes out, once, and nothing goes backwards.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use varco_pki::{
    AnchorKind, AnchorPurpose, Asked, Judging, LEGACY_END, Provenance, Rejection, RevocationCheck,
    RevocationMode, RevocationSource as _, judge_path,
};
use varco_trust_store::store::{AnchorTerms, Imported, ItemState, Origin, TrustStore};

use crate::signer::ECDSA_SHA256;
use crate::*;

#[test]
fn what_is_imported_is_there_and_the_same_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("of/no/folder/yet");
    let store = filled(&path);
    let json = std::fs::read(path.join("store.json")).unwrap();
    assert_eq!(add_anchor(&store, "ca-cns"), Imported::Known);
    let again = store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    assert_eq!(again, Imported::Known);
    assert_eq!(import_list(&store, &list(41)).unwrap(), Imported::Known);
    assert_eq!(import_crl(&store, "crl-cns").unwrap(), Imported::Known);
    assert_eq!(std::fs::read(path.join("store.json")).unwrap(), json);

    let opened = TrustStore::open(&path).unwrap();
    let anchors = opened.stored_anchors(now()).unwrap();
    // The named one, and those that the list recognises: ca-cns, the legacy one, root and sub; the last stands twice.
    assert_eq!(anchors[0].origin, Some(Origin::Operator));
    assert_eq!(anchors[0].added_by.as_deref(), Some("test"));
    assert_eq!(anchors.len(), 6);
    let set = opened.anchors(now()).unwrap();
    assert_eq!(set.len(), 4);
    let listed = anchors[2].anchor.provenance();
    assert!(
        matches!(listed, Provenance::Listed { territory, sequence_number: 41, service }
            if territory == "IT" && service == "CNS di prova"),
        "{listed:?}"
    );
    assert_eq!(anchors[2].anchor.since(), Some(at("2019-01-01T00:00:00Z")));
    assert_eq!(opened.crls().unwrap()[0].number.as_deref(), Some("07"));
    assert!(!opened.status(now()).unwrap().is_bad());
}

#[test]
fn the_stores_anchors_and_evidence_judge_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(&folder.path().join("store"));
    let (anchors, evidence) = (store.anchors(now()).unwrap(), store.evidence());
    let judge = |leaf: &str| {
        let check = RevocationCheck {
            mode: RevocationMode::Hard,
            source: &evidence,
        };
        let judging = Judging::new(&anchors, now()).checking(check);
        judge_path(&certificate(leaf), &judging).map(|judged| judged.revocation().code())
    };
    assert_eq!(judge("leaf-good"), Ok("good"));
    assert!(matches!(judge("leaf-revoked"), Err(Rejection::Revoked { .. })));
    assert!(matches!(
        judge("leaf-suspended"),
        Err(Rejection::Suspended { .. })
    ));
    assert!(matches!(
        judge("leaf-cie"),
        Err(Rejection::NotTrusted { .. } | Rejection::RevocationUnknown { .. })
    ));
    // A list that another takes the place of is seen without opening anew.
    import_crl(&store, "crl-cns-empty").unwrap();
    assert!(matches!(judge("leaf-suspended"), Ok("good")));
}

#[test]
fn an_anchor_keeps_its_terms() {
    let folder = tempfile::tempdir().unwrap();
    let issued = issued::Issued::new(&issued::Addresses::default());
    let store = TrustStore::create(folder.path()).unwrap();
    let mut terms = AnchorTerms {
        kind: AnchorKind::Legacy,
        purpose: AnchorPurpose::Cns,
        legacy_until: Some(at("2027-01-01T00:00:00Z")),
    };
    let add = |terms: &AnchorTerms| store.add_anchor(&issued.authority, terms, "x", now()).unwrap();
    assert_eq!(add(&terms), Imported::New);
    let only = |store: &TrustStore| store.stored_anchors(now()).unwrap().remove(0).anchor;
    assert_eq!(only(&store).purpose(), AnchorPurpose::Cns);
    assert_eq!(
        only(&store).legacy_at(at("2027-01-01T00:00:01Z")),
        varco_pki::Legacy::Refused
    );
    // Without an end that was said, that of all legacy.
    terms.legacy_until = None;
    assert_eq!(add(&terms), Imported::New);
    assert_eq!(only(&store).legacy_at(LEGACY_END), varco_pki::Legacy::Accepted);
    assert_eq!(store.stored_anchors(now()).unwrap().len(), 1);
    assert_eq!(store.remove(&issued.authority.sha256().into()).unwrap(), 1);
    assert!(store.anchors(now()).unwrap().is_empty() && store.status(now()).unwrap().is_bad());
}

#[test]
fn test_material_is_no_real_trust_neither_named_nor_listed() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let real = terms(AnchorKind::Production);
    let named = store.add_anchor(&certificate("ca-cns"), &real, "x", now());
    assert_eq!(code(named), "store-test-material");
    let leaf = store.add_anchor(&certificate("leaf-good"), &real, "x", now());
    assert_eq!(code(leaf), "store-not-an-authority");
    store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    let bytes = list(41);
    store
        .import_list(&bytes, "IT", AnchorKind::Production, None, now())
        .unwrap();
    assert!(store.anchors(now()).unwrap().is_empty());
    // That is told.
    assert_eq!(store.status(now()).unwrap().items[0].left_aside, 5);
}

#[test]
fn lists_do_not_go_backwards_nor_come_from_strangers() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    assert_eq!(code(import_list(&store, &list(41))), "store-no-signer");
    assert_eq!(
        code(store.add_signer("it", &signer_certificate(&SIGNER))),
        "store-territory"
    );
    store.add_signer("IT", &signer_certificate(&OTHER)).unwrap();
    assert_eq!(code(import_list(&store, &list(41))), "list-other-signer");
    store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    import_list(&store, &list(41)).unwrap();
    assert_eq!(code(import_list(&store, &list(40))), "list-backwards");
    let reused = list_of(|list| list.languages = 1);
    assert_eq!(code(import_list(&store, &reused)), "list-number-reused");
    let stale = list_of(|list| {
        list.number = "42".to_owned();
        list.next = Some("2026-11-30T00:00:00Z".to_owned());
    });
    assert_eq!(code(import_list(&store, &stale)), "list-stale");
    let future = list_of(|list| {
        list.number = "42".to_owned();
        list.issued = "2026-12-01T12:00:01Z".to_owned();
    });
    assert_eq!(code(import_list(&store, &future)), "list-future");
    let mut altered = list(42);
    let place = altered.windows(5).position(|part| part == b"prova").unwrap();
    altered[place] = b'P';
    assert_eq!(code(import_list(&store, &altered)), "list-altered");
    assert_eq!(store.lists().unwrap()[0].sequence_number, 41);
    assert_eq!(import_list(&store, &list(42)).unwrap(), Imported::New);
    // A signer that is taken out signs nothing any more: every load verifies again.
    store
        .remove(&signer_certificate(&SIGNER).sha256().into())
        .unwrap();
    assert_eq!(code(store.anchors(now())), "list-other-signer");
}

#[test]
fn a_list_of_lists_names_the_signers_of_the_others_and_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let pointer = |territory, signer: &Signer| maker::Pointer {
        territory,
        mime_type: "application/vnd.etsi.tsl+xml",
        location: "https://lists.example/TSL.xml".to_owned(),
        signers: vec![maker::base64(&signer.der)],
    };
    let of_lists = |number: u32, signer: &Signer| {
        let mut list = List::small();
        list.territory = "EU";
        list.list_type = varco_trust_store::list::LIST_OF_LISTS;
        list.number = number.to_string();
        list.issued = "2026-11-20T10:00:00Z".to_owned();
        list.next = Some("2027-03-01T10:00:00Z".to_owned());
        list.providers.clear();
        list.pointers = vec![pointer("IT", &SIGNER), pointer("EU", &SIGNER)];
        signer.sign(&list.xml(), ECDSA_SHA256).into_bytes()
    };
    store.add_signer("EU", &signer_certificate(&OTHER)).unwrap();
    let union = of_lists(1, &OTHER);
    store
        .import_list(&union, "EU", AnchorKind::Production, None, now())
        .unwrap();
    // So far there is nobody whose cards are believed.
    assert!(store.status(now()).unwrap().is_bad());
    assert_eq!(import_list(&store, &list(41)).unwrap(), Imported::New);
    assert!(!store.status(now()).unwrap().is_bad());
    assert_eq!(store.anchors(now()).unwrap().len(), 4);
    let mut own = List::small();
    own.territory = "EU";
    let own = SIGNER.sign(&own.xml(), RSA_SHA256);
    let own = store.import_list(own.as_bytes(), "EU", AnchorKind::Production, None, now());
    assert_eq!(code(own), "list-other-signer");
}

#[test]
fn a_stale_list_is_an_error_until_its_grace_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let due = at("2027-03-01T10:00:00Z");
    assert!(store.anchors(due).is_ok());
    let later = at("2027-03-01T10:00:01Z");
    assert_eq!(code(store.anchors(later)), "list-stale");
    let status = store.status(later).unwrap();
    assert!(
        status.is_bad()
            && status
                .items
                .iter()
                .any(|item| item.what == "list" && item.state.is_bad())
    );
    store.set_list_grace(24).unwrap();
    assert_eq!(store.list_grace().unwrap(), Duration::from_secs(86_400));
    assert!(store.anchors(later).is_ok());
    let in_grace = store.status(later).unwrap();
    let state = &in_grace
        .items
        .iter()
        .find(|item| item.what == "list")
        .unwrap()
        .state;
    assert_eq!(*state, ItemState::InGrace { since: due });
    assert_eq!(code(store.anchors(at("2027-03-02T10:00:01Z"))), "list-stale");
    assert_eq!(code(store.set_list_grace(2161)), "store-full");
}

#[test]
fn revocation_lists_do_not_go_backwards_nor_come_from_strangers() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    assert_eq!(code(import_crl(&store, "crl-cns")), "store-crl-no-issuer");
    add_anchor(&store, "ca-cns");
    assert_eq!(import_crl(&store, "crl-cns-empty").unwrap(), Imported::New);
    assert_eq!(code(import_crl(&store, "crl-cns")), "crl-index-number-goes-back");
    let earlier = crl(9, "260101000000Z", 1);
    let earlier = store.import_crl(&earlier, &[], None, now());
    assert_eq!(code(earlier), "crl-index-time-goes-back");
    for (name, told) in [
        ("crl-cns-wrong-signer", "store-crl-no-issuer"),
        ("crl-cns-bad-signature", "store-crl-no-issuer"),
        ("crl-cns-future", "store-crl-future"),
        ("crl-cns-sha1", "crl-index-weak-signature"),
        ("crl-cns-delta", "crl-index-delta"),
    ] {
        assert_eq!(code(import_crl(&store, name)), told, "{name}");
    }
    assert_eq!(code(store.import_crl(b"list", &[], None, now())), "crl-not-der");
    // A list of another authority has its own place.
    let of_legacy = fixture("crl-legacy.crl");
    let issuers = [certificate("ca-cns-legacy")];
    assert_eq!(
        store.import_crl(&of_legacy, &issuers, None, now()).unwrap(),
        Imported::New
    );
    assert_eq!(store.crls().unwrap().len(), 2);
}

#[test]
fn what_was_signed_raises_the_floor_and_a_clock_set_back_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let issued = at("2026-11-20T10:00:00Z");
    assert_eq!(store.clock(at("2026-11-20T09:56:00Z")).unwrap(), issued);
    assert_eq!(code(store.clock(at("2026-11-20T09:54:59Z"))), "clock-behind");
    let back = at("2026-11-10T00:00:00Z");
    let newer = store.import_list(&list(42), "IT", AnchorKind::Test, None, back);
    assert_eq!(code(newer), "clock-behind");
    assert!(store.status(back).unwrap().is_clock_behind);
}

#[test]
fn a_folder_that_others_may_write_to_is_no_store_and_neither_is_one_of_something_else() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        code(TrustStore::open(&folder.path().join("x"))),
        "store-not-found"
    );
    let path = folder.path().join("store");
    filled(&path);
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&path, 0o777);
    assert_eq!(code(TrustStore::open(&path)), "store-unsafe");
    mode(&path, 0o755);
    mode(&path.join("store.json"), 0o666);
    assert_eq!(code(TrustStore::open(&path)), "store-unsafe");
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "dear").unwrap();
    assert_eq!(code(TrustStore::create(&other)), "store-other-folder");
    assert_eq!(
        code(TrustStore::open(&other.join("letter.txt"))),
        "store-other-folder"
    );
    assert_eq!(code(TrustStore::open(&other)), "store-not-found");
}

#[test]
fn evidence_of_an_empty_store_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let (card, issuer) = (certificate("leaf-good"), certificate("ca-cns"));
    let known = store.evidence().known(Asked {
        certificate: &card,
        issuer: &issuer,
    });
    assert!(known.lists.is_empty() && known.trouble.is_none());
}

#[test]
fn a_weak_list_is_taken_only_where_an_anchor_accepts_weakness_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let (der, issuers) = (fixture("crl-cns-sha1.crl"), [certificate("ca-cns")]);
    let refused = store.import_crl(&der, &issuers, None, now());
    assert_eq!(code(refused), "crl-index-weak-signature");
    add_anchor(&store, "ca-cns-legacy");
    assert_eq!(
        store.import_crl(&der, &issuers, None, now()).unwrap(),
        Imported::New
    );
    let card = certificate("leaf-good");
    let known = store.evidence().known(Asked {
        certificate: &card,
        issuer: &issuers[0],
    });
    let signed = known.lists[0].check_signature(&issuers[0]);
    assert_eq!(signed, Err(varco_pki::ListFault::Weak));
}

#[test]
fn a_list_that_is_taken_out_is_forgotten_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    import_crl(&store, "crl-cns-empty").unwrap();
    assert!(import_crl(&store, "crl-cns").is_err());
    let newest = store.crls().unwrap()[0].sha256;
    assert_eq!(store.remove(&newest).unwrap(), 1);
    let without = store.status(now()).unwrap().without_crl;
    assert!(
        without.iter().any(|name| name == certificate("ca-cns").subject()),
        "{without:?}"
    );
    assert_eq!(import_crl(&store, "crl-cns").unwrap(), Imported::New);
}

#[test]
fn a_folder_inside_that_others_may_write_to_is_refused_and_so_is_what_a_group_may_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = filled(&path);
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for inside in ["certificates", "lists", "crls", "locks"] {
        mode(&path.join(inside), 0o777);
        assert_eq!(code(TrustStore::open(&path)), "store-unsafe");
        assert_eq!(code(store.anchors(now())), "store-unsafe");
        mode(&path.join(inside), 0o755);
    }
    mode(&path.join("store.json"), 0o664);
    assert_eq!(code(TrustStore::open(&path)), "store-unsafe");
}

#[test]
fn only_the_owner_may_open_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let lock = folder.path().join("lock");
    let mode = || std::fs::metadata(&lock).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&lock, std::fs::Permissions::from_mode(0o644)).unwrap();
    store.allow_host("crl.example", false).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn another_list_with_the_same_number_and_date_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    add_anchor(&store, "ca-cns");
    let import = |entries, at| store.import_crl(&crl(1, "261130000000Z", entries), &[], None, at);
    import(3, at("2026-12-02T12:00:00Z")).unwrap();
    assert_eq!(code(import(2, now())), "crl-index-number-reused");
    // The same again, by a clock that was put right since.
    assert_eq!(import(3, now()).unwrap(), Imported::Known);
    assert_eq!(store.crls().unwrap()[0].fetched_at, now());
}

#[test]
fn a_weakly_signed_list_does_not_take_the_place_of_a_strong_one() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keys = keys.path();
    let issued = issued::Issued::keeping(&issued::Addresses::default(), keys);
    let config = "[ca]\ndefault_ca=it\n[it]\ndatabase=index\ncrlnumber=number\ncrl_extensions=e\n[e]\n";
    for (name, content) in [("crl.config", config), ("index", ""), ("number", "09\n")] {
        std::fs::write(keys.join(name), content).unwrap();
    }
    let arguments = "ca -config crl.config -gencrl -md sha1 -keyfile ca.key -cert ca.pem -out weak.pem \
        -crl_lastupdate 20261130000000Z -crl_nextupdate 20261215000000Z";
    for arguments in [arguments, "crl -in weak.pem -outform DER -out weak.der"] {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let (good, _, errors) = signer::run("openssl", &arguments, keys);
        assert!(good, "{errors}");
    }
    let weak = std::fs::read(keys.join("weak.der")).unwrap();
    let terms = AnchorTerms {
        kind: AnchorKind::Legacy,
        purpose: AnchorPurpose::Any,
        legacy_until: Some(at("2027-01-01T00:00:00Z")),
    };
    let store = |name| {
        let store = TrustStore::create(&folder.path().join(name)).unwrap();
        store.add_anchor(&issued.authority, &terms, "x", now()).unwrap();
        store
    };
    store("empty").import_crl(&weak, &[], None, now()).unwrap();
    let store = store("strong");
    let strong = issued.crl(1, "261129000000Z", "261215000000Z", &[77]);
    store.import_crl(&strong, &[], None, now()).unwrap();
    assert_eq!(
        code(store.import_crl(&weak, &[], None, now())),
        "crl-index-weak-signature"
    );
    assert_eq!(store.crls().unwrap()[0].number.as_deref(), Some("01"));
}
