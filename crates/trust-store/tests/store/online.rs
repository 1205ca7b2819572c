//! Evidence that is fetched, from servers on this machine: honest, down, and such as lead elsewhere.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use varco_pki::{
    Asked, Judging, KnownRevocation, RevocationCheck, RevocationMode, RevocationSource as _, Undetermined,
    judge_path,
};
use varco_trust_store::store::{OnlineEvent, OnlineEvidence, TrustStore};

use crate::issued::{Addresses, Issued};
use crate::server::{Server, ok};
use crate::*;

const MADE: &str = "261130000000Z";
const DUE: &str = "261215000000Z";

/// A store that believes an authority and lets these servers be asked, though they are on this machine.
fn store(folder: &Path, issued: &Issued, servers: &[&Server]) -> TrustStore {
    let store = TrustStore::create(folder).unwrap();
    store
        .add_anchor(&issued.authority, &terms(AnchorKind::Production), "x", now())
        .unwrap();
    for server in servers {
        store.allow_host(&server.host(), true).unwrap();
    }
    store
}

/// A server whose answer is decided after its address is known.
fn later() -> (Server, Arc<Mutex<Vec<u8>>>) {
    let answer = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&answer);
    let server = Server::start(move |_, stream| {
        let answer = told.lock().unwrap().clone();
        let _ = stream.write_all(&answer);
    });
    (server, answer)
}

fn online(store: &TrustStore, at: Timestamp) -> OnlineEvidence {
    OnlineEvidence::new(store, move || at, || Some([7; 32]))
}

fn ask(evidence: &OnlineEvidence, issued: &Issued) -> KnownRevocation {
    evidence.known(Asked {
        certificate: &issued.card,
        issuer: &issued.authority,
    })
}

fn with_card_list(server: &Server) -> Issued {
    Issued::new(&Addresses {
        card_crl: Some(server.url("/ca.crl")),
        ..Addresses::default()
    })
}

#[test]
fn two_threads_fetch_a_list_once_and_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (server, answer) = later();
    let issued = with_card_list(&server);
    *answer.lock().unwrap() = ok("ETag: \"1\"\r\n", &issued.crl(1, MADE, DUE, &[77]));
    let store = store(folder.path(), &issued, &[&server]);
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let evidence = online(&store, now()).telling(move |event| {
        if matches!(event, OnlineEvent::Stored(_) | OnlineEvent::Coming(..)) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let known = ask(&evidence, &issued);
                assert_eq!((known.lists.len(), known.trouble), (1, None));
            });
        }
    });
    assert_eq!(server.connections(), 1);
    assert!(told.load(Ordering::SeqCst) >= 2);
    // And without a network, by another process.
    drop(server);
    let known = store.evidence().known(Asked {
        certificate: &issued.card,
        issuer: &issued.authority,
    });
    assert_eq!(
        known.lists[0].find(&[77]).unwrap().unwrap().revoked_at,
        at("2026-06-01T00:00:00Z")
    );
    assert_eq!(known.lists[0].fetched_at(), Some(now()));
}

#[test]
fn what_is_fresh_is_not_fetched_and_what_has_not_changed_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (server, answer) = later();
    let issued = with_card_list(&server);
    *answer.lock().unwrap() = ok("ETag: \"1\"\r\n", &issued.crl(1, MADE, DUE, &[]));
    let store = store(folder.path(), &issued, &[&server]);
    let evidence = online(&store, now());
    ask(&evidence, &issued);
    ask(&evidence, &issued);
    assert_eq!(server.connections(), 1);
    // When it is out of date it is asked for by its version, and an unchanged one is still out of date.
    *answer.lock().unwrap() = b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec();
    let late = at("2026-12-15T00:00:01Z");
    let known = ask(&online(&store, late), &issued);
    assert_eq!(known.trouble, Some(Undetermined::NotFetched));
    assert_eq!(server.requests()[1].header("if-none-match"), Some("\"1\""));
    // Not again at once; after a while, and then the newer one counts.
    ask(&online(&store, late), &issued);
    assert_eq!(server.connections(), 2);
    *answer.lock().unwrap() = ok("", &issued.crl(2, "261214000000Z", "261230000000Z", &[77]));
    let known = ask(&online(&store, at("2026-12-15T00:01:00Z")), &issued);
    assert_eq!((server.connections(), known.trouble), (3, None));
}

#[test]
fn a_server_that_is_down_is_trouble_and_is_left_alone_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    let issued = with_card_list(&server);
    let store = store(folder.path(), &issued, &[&server]);
    let trouble = |at| ask(&online(&store, at), &issued).trouble;
    assert_eq!(trouble(now()), Some(Undetermined::NotFetched));
    assert_eq!(
        trouble(at("2026-12-01T12:00:29Z")),
        Some(Undetermined::NotFetched)
    );
    assert_eq!(server.connections(), 1);
    assert_eq!(
        trouble(at("2026-12-01T12:00:31Z")),
        Some(Undetermined::NotFetched)
    );
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_redirect_inward_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let inside = Server::answering(ok("", b"secret"));
    let to = format!(
        "HTTP/1.1 302 X\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        inside.url("/")
    );
    let server = Server::answering(to);
    let issued = with_card_list(&server);
    let store = store(folder.path(), &issued, &[&server]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let evidence = online(&store, now()).telling(move |event| {
        if let OnlineEvent::Failed(error) = event {
            log.lock().unwrap().push(error.code());
        }
    });
    assert_eq!(ask(&evidence, &issued).trouble, Some(Undetermined::NotFetched));
    assert_eq!(*told.lock().unwrap(), ["fetch-redirected-outside"]);
    assert_eq!(inside.connections(), 0);
}

#[test]
fn a_host_that_only_the_card_names_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering(ok("", b"x"));
    let issued = with_card_list(&server);
    let store = store(folder.path(), &issued, &[]);
    assert_eq!(
        ask(&online(&store, now()), &issued).trouble,
        Some(Undetermined::NotFetched)
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_host_that_the_authority_names_may_be_asked_where_it_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering(ok("", b"x"));
    let issued = Issued::new(&Addresses {
        authority_crl: Some(server.url("/root.crl")),
        card_crl: Some(server.url("/ca.crl")),
        ..Addresses::default()
    });
    let store = store(folder.path(), &issued, &[]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let evidence = online(&store, now()).telling(move |event| {
        if let OnlineEvent::Failed(error) = event {
            log.lock().unwrap().push(error.code());
        }
    });
    ask(&evidence, &issued);
    // Allowed, but on this machine: that is for hosts that somebody named to be inside.
    assert_eq!(*told.lock().unwrap(), ["fetch-address-not-public"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_list_that_another_signed_or_that_is_older_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (server, answer) = later();
    let issued = with_card_list(&server);
    let stranger = Issued::new(&Addresses::default());
    let store = store(folder.path(), &issued, &[&server]);
    *answer.lock().unwrap() = ok("", &stranger.crl(9, MADE, DUE, &[]));
    let known = ask(&online(&store, now()), &issued);
    assert_eq!(
        (known.lists.len(), known.trouble),
        (0, Some(Undetermined::NotFetched))
    );
    *answer.lock().unwrap() = ok("", &issued.crl(5, "261120000000Z", "261121000000Z", &[]));
    store
        .import_crl(
            &issued.crl(6, "261120000000Z", "261122000000Z", &[]),
            &[],
            None,
            now(),
        )
        .unwrap();
    let known = ask(&online(&store, at("2026-12-01T13:00:00Z")), &issued);
    assert_eq!(known.trouble, Some(Undetermined::NotFetched));
    assert_eq!(store.crls().unwrap()[0].number.as_deref(), Some("06"));
}

#[test]
fn a_store_that_cannot_be_written_still_fetches_and_says_that_it_kept_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (server, answer) = later();
    let issued = with_card_list(&server);
    *answer.lock().unwrap() = ok("", &issued.crl(1, MADE, DUE, &[]));
    let store = store(folder.path(), &issued, &[&server]);
    // No file can be made where another of its name is a folder.
    std::fs::create_dir_all(folder.path().join("store.json.new/x")).unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let evidence = online(&store, now()).telling(move |event| {
        if matches!(event, OnlineEvent::NotKept(_)) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    for _ in 0..2 {
        let known = ask(&evidence, &issued);
        assert_eq!((known.lists.len(), known.trouble), (1, None));
    }
    assert_eq!((told.load(Ordering::SeqCst), server.connections()), (1, 1));
}

#[test]
fn nobody_is_asked_about_a_card_that_nobody_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::answering(ok("", b"x"));
    let issued = with_card_list(&server);
    let store = TrustStore::create(folder.path()).unwrap();
    store.allow_host(&server.host(), true).unwrap();
    add_anchor(&store, "ca-cns");
    let (anchors, evidence) = (store.anchors(now()).unwrap(), online(&store, now()));
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: &evidence,
    };
    let judging = Judging::new(&anchors, now()).checking(check);
    assert!(judge_path(&issued.card, &judging).is_err());
    assert_eq!(server.connections(), 0);
}
