//! Where a list is looked for, and what a store that is full still knows.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use varco_pki::{Asked, KnownRevocation, RevocationSource as _};
use varco_testkit::crl::{der, extension, number};
use varco_trust_store::fetch::{FetchAddress, Validators};
use varco_trust_store::store::{OnlineEvidence, TrustStore};

use crate::issued::{Addresses, Issued};
use crate::server::{Server, ok};
use crate::*;

const MADE: &str = "261130000000Z";
const DUE: &str = "261215000000Z";

/// Lists by the paths at which they are served.
type Lists = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A server of lists by their paths, and a card whose list is at `/mine.crl`.
fn published() -> (Server, Lists, Issued) {
    let lists: Lists = Arc::default();
    let served = Arc::clone(&lists);
    let server = Server::start(move |request, stream| {
        let lists = served.lock().unwrap();
        let found = lists
            .iter()
            .find(|(path, _)| request.line.split(' ').nth(1) == Some(path));
        let _ = match found {
            Some((_, body)) => stream.write_all(&ok("", body)),
            None => stream.write_all(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
        };
    });
    let issued = Issued::new(&Addresses {
        card_crl: Some(server.url("/mine.crl")),
        ..Addresses::default()
    });
    (server, lists, issued)
}

/// A list that is published at one address only.
fn part(issued: &Issued, url: &str) -> Vec<u8> {
    let name = der(0xA0, &[&der(0xA0, &[&der(0x86, &[url.as_bytes()])])]);
    let scope = extension(28, true, &der(0x30, &[&name]));
    issued.crl_with(vec![number(&[1]), scope], MADE, DUE, &[77])
}

fn store(folder: &Path, issued: &Issued, server: &Server) -> TrustStore {
    let store = TrustStore::create(folder).unwrap();
    let terms = terms(AnchorKind::Production);
    store.add_anchor(&issued.authority, &terms, "x", now()).unwrap();
    store.allow_host(&server.host(), true).unwrap();
    store
}

fn ask(store: &TrustStore, issued: &Issued) -> KnownRevocation {
    OnlineEvidence::new(store, now, || None).known(Asked {
        certificate: &issued.card,
        issuer: &issued.authority,
    })
}

#[test]
fn lists_about_others_do_not_keep_a_card_from_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (server, lists, issued) = published();
    let store = store(folder.path(), &issued, &server);
    for place in 0..8 {
        let url = server.url(&format!("/{place}.crl"));
        let address = FetchAddress::parse(&url).unwrap();
        let from = Some((&address, &Validators::default()));
        store.import_crl(&part(&issued, &url), &[], from, now()).unwrap();
    }
    let mine = part(&issued, &server.url("/mine.crl"));
    lists.lock().unwrap().push(("/mine.crl".to_owned(), mine));
    assert_eq!(ask(&store, &issued).trouble, None);
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_address_that_has_a_list_about_others_is_not_left_alone_for_that() {
    let folder = tempfile::tempdir().unwrap();
    let (server, lists, issued) = published();
    let store = store(folder.path(), &issued, &server);
    let others = part(&issued, "http://other.example/o.crl");
    lists.lock().unwrap().push(("/mine.crl".to_owned(), others));
    assert!(ask(&store, &issued).trouble.is_some());
    lists.lock().unwrap()[0].1 = part(&issued, &server.url("/mine.crl"));
    assert_eq!(ask(&store, &issued).trouble, None);
}

#[test]
fn a_store_that_is_full_still_has_what_was_fetched_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (server, lists, issued) = published();
    let mine = issued.crl(1, MADE, DUE, &[77]);
    lists.lock().unwrap().push(("/mine.crl".to_owned(), mine));
    let store = store(folder.path(), &issued, &server);
    add_anchor(&store, "ca-cns");
    import_crl(&store, "crl-cns").unwrap();
    let path = folder.path().join("store.json");
    let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let one = json["crls"][0].clone();
    let entries = (0..512).map(|place| {
        let mut entry = one.clone();
        entry["scope"] = format!("{place:064x}").into();
        entry
    });
    json["crls"] = entries.collect();
    std::fs::write(&path, serde_json::to_vec(&json).unwrap()).unwrap();
    let known = ask(&store, &issued);
    assert_eq!((known.lists.len(), known.trouble), (1, None));
}
