//! Keeping a store fresh from servers on this machine.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use varco_trust_store::fetch::{Cancel, FetchRules};
use varco_trust_store::store::{TrustStore, Updated, Updates, WhatIsDue};

use crate::issued::{Addresses, Issued};
use crate::server::{Server, ok};
use crate::*;

fn update(store: &TrustStore, what: WhatIsDue, url: Option<&str>, at: Timestamp) -> Vec<Updated> {
    let wanted = url.map(|url| ("IT".to_owned(), Some(url.to_owned())));
    let updates = Updates {
        rules: FetchRules::default(),
        what,
        wanted: wanted.into_iter().collect(),
        kind: AnchorKind::Test,
        cancel: &Cancel::default(),
        progress: &mut |_, _| (),
    };
    store.update(updates, at).unwrap()
}

fn codes(updated: &[Updated]) -> Vec<&'static str> {
    updated.iter().map(Updated::code).collect()
}

#[test]
fn a_list_is_fetched_by_its_address_and_then_by_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let xml = Arc::new(Mutex::new(list(41)));
    let served = Arc::clone(&xml);
    let server = Server::start(move |request, stream| {
        let answer = match request.header("if-none-match") {
            Some(_) => b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
            None => ok("ETag: \"x\"\r\n", &served.lock().unwrap()),
        };
        let _ = stream.write_all(&answer);
    });
    let store = TrustStore::create(folder.path()).unwrap();
    store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    let url = server.url("/TSL-IT.xml");
    // The host of an address that is given may be asked, but not on this machine unless that is said.
    let refused = update(&store, WhatIsDue::Due, Some(&url), now());
    assert!(
        matches!(&refused[0], Updated::NotFetched { error: Some(error), .. }
        if error.code() == "fetch-address-not-public"),
        "{refused:?}"
    );
    store.allow_host(&server.host(), true).unwrap();
    assert_eq!(
        codes(&update(&store, WhatIsDue::All, Some(&url), now())),
        ["update-new"]
    );
    assert_eq!(store.lists().unwrap()[0].sources, [url]);
    // Not due, and nothing is asked.
    assert!(update(&store, WhatIsDue::Due, None, now()).is_empty());
    assert_eq!(
        codes(&update(&store, WhatIsDue::All, None, now())),
        ["update-not-modified"]
    );
    let connections = server.connections();
    assert_eq!(
        codes(&update(&store, WhatIsDue::Due, None, at("2027-02-20T00:00:00Z"))),
        ["update-not-modified"]
    );
    assert_eq!(server.connections(), connections + 1);
}

#[test]
fn a_list_that_is_not_believed_leaves_the_one_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let server = Server::answering(ok("", &list(40)));
    store.allow_host(&server.host(), true).unwrap();
    let told = update(&store, WhatIsDue::Due, Some(&server.url("/")), now());
    assert!(
        matches!(&told[0], Updated::Refused { error, .. } if error.code() == "list-backwards"),
        "{told:?}"
    );
    assert_eq!(store.lists().unwrap()[0].sequence_number, 41);
    assert!(store.anchors(now()).is_ok());
}

#[test]
fn revocation_lists_that_are_due_are_fetched_and_one_that_fails_does_not_keep_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let (one, other) = (
        Issued::new(&Addresses::default()),
        Issued::new(&Addresses::default()),
    );
    let newer = Server::answering(ok("", &one.crl(2, "261214000000Z", "261230000000Z", &[])));
    let down = Server::answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    for (issued, server) in [(&other, &down), (&one, &newer)] {
        store
            .add_anchor(&issued.authority, &terms(AnchorKind::Production), "x", now())
            .unwrap();
        store.allow_host(&server.host(), true).unwrap();
        let address = varco_trust_store::fetch::FetchAddress::parse(&server.url("/a.crl")).unwrap();
        let from = (&address, &varco_trust_store::fetch::Validators::default());
        let der = issued.crl(1, "261130000000Z", "261215000000Z", &[]);
        store.import_crl(&der, &[], Some(from), now()).unwrap();
    }
    assert!(update(&store, WhatIsDue::Due, None, now()).is_empty());
    let late = at("2026-12-14T12:00:00Z");
    assert_eq!(
        codes(&update(&store, WhatIsDue::Due, None, late)),
        ["update-not-fetched", "update-new"]
    );
    // The one that is fresh now is left, and so is the one that failed just now.
    let again = update(&store, WhatIsDue::Due, None, late);
    assert!(
        matches!(&again[..], [Updated::NotFetched { error: Some(error), .. }]
        if error.code() == "fetch-backing-off"),
        "{again:?}"
    );
}

#[test]
fn a_list_that_cannot_be_verified_is_told_and_the_others_are_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let issued = Issued::new(&Addresses::default());
    let server = Server::answering(ok("", &issued.crl(2, "261214000000Z", "261230000000Z", &[])));
    let terms = terms(AnchorKind::Production);
    store.add_anchor(&issued.authority, &terms, "x", now()).unwrap();
    store.allow_host(&server.host(), true).unwrap();
    let address = varco_trust_store::fetch::FetchAddress::parse(&server.url("/a.crl")).unwrap();
    let from = (&address, &varco_trust_store::fetch::Validators::default());
    let der = issued.crl(1, "261130000000Z", "261215000000Z", &[]);
    store.import_crl(&der, &[], Some(from), now()).unwrap();
    for entry in std::fs::read_dir(folder.path().join("lists")).unwrap() {
        std::fs::write(entry.unwrap().path(), "x").unwrap();
    }
    let told = update(&store, WhatIsDue::Due, None, at("2026-12-14T12:00:00Z"));
    assert_eq!(codes(&told), ["update-not-fetched", "update-new"]);
}

#[test]
fn what_is_late_is_looked_for_at_the_next_place_and_is_a_failure_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let unchanged = Server::answering("HTTP/1.1 304 Not Modified\r\n\r\n");
    let issued = Issued::new(&Addresses::default());
    let good = Server::answering(ok("", &issued.crl(2, "261214000000Z", "261230000000Z", &[77])));
    let store = TrustStore::create(folder.path()).unwrap();
    let terms = terms(AnchorKind::Production);
    store.add_anchor(&issued.authority, &terms, "x", now()).unwrap();
    let der = issued.crl(1, "261130000000Z", "261215000000Z", &[]);
    let version = varco_trust_store::fetch::Validators::new(Some("\"1\""), None);
    for server in [&good, &unchanged] {
        let address = varco_trust_store::fetch::FetchAddress::parse(&server.url("/a.crl")).unwrap();
        store
            .import_crl(&der, &[], Some((&address, &version)), now())
            .unwrap();
    }
    store.allow_host(&unchanged.host(), true).unwrap();
    let late = at("2026-12-20T12:00:00Z");
    assert_eq!(
        codes(&update(&store, WhatIsDue::All, None, late)),
        ["update-not-fetched"]
    );
    store.allow_host(&good.host(), true).unwrap();
    assert_eq!(codes(&update(&store, WhatIsDue::All, None, late)), ["update-new"]);
}

#[test]
fn the_host_of_a_list_that_was_accepted_may_be_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    let address = varco_trust_store::fetch::FetchAddress::parse("http://127.0.0.1:9/TSL.xml").unwrap();
    let from = (&address, &varco_trust_store::fetch::Validators::default());
    store
        .import_list(&list(41), "IT", AnchorKind::Test, Some(from), now())
        .unwrap();
    // It may be asked; that it is on this machine is another matter.
    let told = update(&store, WhatIsDue::All, None, now());
    assert!(
        matches!(&told[0], Updated::NotFetched { error: Some(error), .. }
        if error.code() == "fetch-address-not-public"),
        "{told:?}"
    );
}
