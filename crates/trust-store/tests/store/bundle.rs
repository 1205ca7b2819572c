//! Bundles: taken whole, from the pinned key, in order; altered anywhere, not at all.

use varco_pki::{Asked, RevocationSource as _};
use varco_trust_store::store::{BundleKey, BundlePublicKey, Imported, Origin, TrustStore, open_bundle};

use crate::*;

fn key(seed: u8) -> BundleKey {
    BundleKey::from_pkcs8(BundleKey::pem_of_seed(&[seed; 32]).as_bytes()).unwrap()
}

/// Who makes bundles, and a kiosk.
struct Two {
    _folder: tempfile::TempDir,
    office: TrustStore,
    kiosk: TrustStore,
}

fn two() -> Two {
    let folder = tempfile::tempdir().unwrap();
    let office = filled(&folder.path().join("office"));
    let kiosk = TrustStore::create(&folder.path().join("kiosk")).unwrap();
    Two {
        _folder: folder,
        office,
        kiosk,
    }
}

fn take(two: &Two, bytes: &[u8]) -> Result<Imported, StoreError> {
    let taken = two
        .kiosk
        .import_bundle_with_test_material(bytes, &key(1).public(), now());
    taken.map(|taken| taken.imported)
}

#[test]
fn a_bundle_brings_all_that_the_store_holds_and_is_taken_once() {
    let two = two();
    two.office.allow_host("crl.example", false).unwrap();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    assert_eq!(take(&two, &bytes).unwrap(), Imported::New);
    assert_eq!(take(&two, &bytes).unwrap(), Imported::Known);
    let kiosk = &two.kiosk;
    assert_eq!(
        kiosk.anchors(now()).unwrap().len(),
        two.office.anchors(now()).unwrap().len()
    );
    assert_eq!(
        kiosk.stored_anchors(now()).unwrap()[0].origin,
        Some(Origin::Bundle)
    );
    assert_eq!(kiosk.hosts().unwrap(), [("crl.example".to_owned(), false)]);
    let (card, issuer) = (certificate("leaf-revoked"), certificate("ca-cns"));
    let known = kiosk.evidence().known(Asked {
        certificate: &card,
        issuer: &issuer,
    });
    assert_eq!(known.lists.len(), 1);
    let status = kiosk.status(now()).unwrap();
    assert!(!status.is_bad());
    assert_eq!(status.bundle_created_at, Some(now()));
    assert_eq!(status.clock_floor, now());
    // A kiosk's clock that was set back is noticed from then on.
    assert_eq!(code(kiosk.clock(at("2026-12-01T11:00:00Z"))), "clock-behind");
}

#[test]
fn a_bundle_altered_anywhere_is_refused() {
    let two = two();
    let good = two.office.bundle(&key(1), now()).unwrap();
    let public = key(1).public();
    let ends = (0..200).chain(good.len() - 200..good.len());
    let mut places: Vec<usize> = ends.chain((200..good.len() - 200).step_by(97)).collect();
    places.dedup();
    for place in places {
        let mut bad = good.clone();
        bad[place] ^= 0x20;
        let error = open_bundle(&bad, &public).unwrap_err();
        assert!(
            !matches!(error.code(), "bundle-malformed" | "bundle-older"),
            "{place}: {error}"
        );
    }
    for length in (0..good.len()).step_by(211).chain([good.len() - 1]) {
        assert!(open_bundle(&good[..length], &public).is_err(), "{length}");
    }
    assert_eq!(
        open_bundle(&[&good[..], b"x"].concat(), &public)
            .unwrap_err()
            .code(),
        "bundle-altered"
    );
    assert_eq!(code(take(&two, &good[..good.len() - 1])), "bundle-altered");
    assert!(two.kiosk.anchors(now()).unwrap().is_empty());
}

#[test]
fn a_bundle_of_another_key_another_format_or_no_bundle_is_told_apart() {
    let two = two();
    let bytes = two.office.bundle(&key(2), now()).unwrap();
    assert_eq!(code(take(&two, &bytes)), "bundle-other-signer");
    let mut later = two.office.bundle(&key(1), now()).unwrap();
    later[11] = 2;
    assert_eq!(code(take(&two, &later)), "bundle-other-format");
    assert_eq!(code(take(&two, b"VARCOTB")), "bundle-not-a-bundle");
    assert_eq!(code(take(&two, b"VARCOTBN\0\0\0\x01")), "bundle-cut");
    let long = vec![0; 256 * 1024 * 1024 + 1];
    assert_eq!(code(take(&two, &long)), "bundle-too-large");
    assert!(BundlePublicKey::parse(&key(1).public().to_text()).is_ok());
}

#[test]
fn an_older_bundle_is_refused_and_so_is_one_of_the_future() {
    let two = two();
    let first = two.office.bundle(&key(1), now()).unwrap();
    let second = two.office.bundle(&key(1), now()).unwrap();
    take(&two, &second).unwrap();
    assert_eq!(code(take(&two, &first)), "bundle-older");
    // A clock that is five minutes behind is taken, one that is more is not.
    let later = at("2026-12-01T12:05:01Z");
    let third = two.office.bundle(&key(1), later).unwrap();
    assert_eq!(code(take(&two, &third)), "clock-behind");
    let in_time =
        two.kiosk
            .import_bundle_with_test_material(&third, &key(1).public(), at("2026-12-01T12:00:01Z"));
    assert_eq!(in_time.unwrap().imported, Imported::New);
}

#[test]
fn a_store_that_was_set_up_anew_makes_bundles_that_are_newer() {
    let two = two();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    take(&two, &bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let anew = filled(folder.path());
    let bytes = anew.bundle(&key(1), at("2026-12-01T12:00:02Z")).unwrap();
    let taken =
        two.kiosk
            .import_bundle_with_test_material(&bytes, &key(1).public(), at("2026-12-01T12:00:02Z"));
    assert_eq!(taken.unwrap().imported, Imported::New);
}

#[test]
fn what_a_later_bundle_does_not_bring_goes_and_what_was_named_here_stays() {
    let two = two();
    add_anchor(&two.kiosk, "ca-cie-root");
    add_anchor(&two.office, "ca-deep");
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    let named = |store: &TrustStore| {
        let anchors = store.stored_anchors(now()).unwrap().into_iter();
        let named = anchors.filter(|stored| stored.origin.is_some());
        named
            .map(|stored| stored.anchor.certificate().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(named(&two.kiosk).len(), 3);
    two.office
        .remove(&certificate("ca-deep").sha256().into())
        .unwrap();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    assert_eq!(
        named(&two.kiosk),
        [certificate("ca-cie-root"), certificate("ca-cns")]
    );
}

#[test]
fn newer_lists_that_are_in_place_stay() {
    let two = two();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    let kiosk = &two.kiosk;
    kiosk.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    add_anchor(kiosk, "ca-cns");
    import_list(kiosk, &list(42)).unwrap();
    import_crl(kiosk, "crl-cns-empty").unwrap();
    let taken = kiosk
        .import_bundle_with_test_material(&bytes, &key(1).public(), now())
        .unwrap();
    assert_eq!((taken.imported, taken.older), (Imported::New, 2));
    assert_eq!(kiosk.lists().unwrap()[0].sequence_number, 42);
    assert_eq!(kiosk.crls().unwrap()[0].number.as_deref(), Some("08"));
}

#[test]
fn a_later_bundle_takes_back_lists_hosts_and_grace() {
    let two = two();
    two.office.allow_host("one.example", false).unwrap();
    two.office.allow_host("own.example", false).unwrap();
    two.kiosk.allow_host("own.example", true).unwrap();
    two.office.set_list_grace(48).unwrap();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    let kiosk = &two.kiosk;
    assert_eq!(kiosk.lists().unwrap()[0].origin, Origin::Bundle);
    assert_eq!(kiosk.list_grace().unwrap().as_secs(), 48 * 3600);
    for sha256 in [
        two.office.lists().unwrap()[0].sha256,
        two.office.crls().unwrap()[0].sha256,
    ] {
        two.office.remove(&sha256).unwrap();
    }
    assert!(two.office.remove_host("one.example").unwrap());
    assert!(!two.office.remove_host("one.example").unwrap());
    two.office.set_list_grace(0).unwrap();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    assert!(kiosk.lists().unwrap().is_empty() && kiosk.crls().unwrap().is_empty());
    assert_eq!(kiosk.hosts().unwrap(), [("own.example".to_owned(), true)]);
    assert_eq!(kiosk.list_grace().unwrap().as_secs(), 0);
    assert_eq!(
        kiosk.anchors(now()).unwrap().len(),
        two.office.anchors(now()).unwrap().len()
    );
}

#[test]
fn lists_and_grace_of_the_kiosk_itself_stay() {
    let two = two();
    let kiosk = &two.kiosk;
    kiosk.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    add_anchor(kiosk, "ca-cns");
    import_list(kiosk, &list(41)).unwrap();
    import_crl(kiosk, "crl-cns").unwrap();
    kiosk.set_list_grace(7).unwrap();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    for sha256 in [
        two.office.lists().unwrap()[0].sha256,
        two.office.crls().unwrap()[0].sha256,
    ] {
        two.office.remove(&sha256).unwrap();
    }
    two.office.set_list_grace(48).unwrap();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    assert_eq!(kiosk.lists().unwrap()[0].origin, Origin::Operator);
    assert_eq!(
        (kiosk.lists().unwrap().len(), kiosk.crls().unwrap().len()),
        (1, 1)
    );
    assert_eq!(kiosk.list_grace().unwrap().as_secs(), 7 * 3600);
}

#[test]
fn a_list_whose_signer_is_gone_too_leaves_the_store_whole() {
    let two = two();
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    let signer = two.office.signers().unwrap()[0].certificate.sha256().into();
    for sha256 in [two.office.lists().unwrap()[0].sha256, signer] {
        two.office.remove(&sha256).unwrap();
    }
    take(&two, &two.office.bundle(&key(1), now()).unwrap()).unwrap();
    assert!(two.kiosk.signers().unwrap().is_empty());
    assert_eq!(two.kiosk.anchors(now()).unwrap().len(), 1);
}

#[test]
fn the_same_bundle_again_repairs_what_was_damaged() {
    let two = two();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    take(&two, &bytes).unwrap();
    let before = std::fs::read(two.kiosk.path().join("store.json")).unwrap();
    for folder in ["certificates", "lists", "crls"] {
        for file in std::fs::read_dir(two.kiosk.path().join(folder)).unwrap() {
            std::fs::write(file.unwrap().path(), "x").unwrap();
        }
    }
    assert!(two.kiosk.status(now()).unwrap().is_bad());
    assert_eq!(take(&two, &bytes).unwrap(), Imported::Known);
    assert!(!two.kiosk.status(now()).unwrap().is_bad());
    assert_eq!(
        std::fs::read(two.kiosk.path().join("store.json")).unwrap(),
        before
    );
}

#[test]
fn a_bundle_with_test_material_is_refused_unless_somebody_here_said_so() {
    let two = two();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    let refused = two.kiosk.import_bundle(&bytes, &key(1).public(), now());
    assert_eq!(code(refused), "store-test-material");
    // Also a list whose authorities are believed for tests.
    for anchor in two.office.own_anchors().unwrap() {
        let sha256 = anchor.anchor.certificate().sha256().into();
        two.office.remove(&sha256).unwrap();
    }
    let list = two.office.lists().unwrap()[0].sha256;
    two.office.remove(&list).unwrap();
    let put = |kind| two.office.import_list(&crate::list(41), "IT", kind, None, now());
    put(AnchorKind::Test).unwrap();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    let refused = two.kiosk.import_bundle(&bytes, &key(1).public(), now());
    assert_eq!(code(refused), "store-test-material");
    assert!(two.kiosk.anchors(now()).unwrap().is_empty());
    put(AnchorKind::Production).unwrap();
    let bytes = two.office.bundle(&key(1), now()).unwrap();
    let taken = two.kiosk.import_bundle(&bytes, &key(1).public(), now());
    assert_eq!(taken.unwrap().imported, Imported::New);
}
