//! What a responder's answer is worth before it is kept. The answers are openssl's.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use varco_pki::{
    Asked, KnownRevocation, Legacy, OCSP_SKEW_MAX, OcspQuestion, OcspResponse, OcspStatus,
    RevocationSource as _,
};
use varco_trust_store::store::{OnlineEvidence, TrustStore};

use crate::issued::{Addresses, Issued};
use crate::server::{Server, ok};
use crate::signer::run;
use crate::*;

/// An answer that the card was revoked, by the authority itself.
fn revoked(folder: &Path) -> Vec<u8> {
    let index = "R\t360101000000Z\t260601000000Z,keyCompromise\t4D\tunknown\t/C=IT/CN=carta\n";
    std::fs::write(folder.join("index.txt"), index).unwrap();
    for arguments in [
        "ocsp -issuer ca.pem -cert leaf.pem -no_nonce -reqout req.der",
        "ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin req.der -respout resp.der -nmin 5",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let (good, _, errors) = run("openssl", &arguments, folder);
        assert!(good, "{errors}");
    }
    std::fs::read(folder.join("resp.der")).unwrap()
}

/// A responder whose answer can be changed.
fn responder() -> (Server, Arc<Mutex<Vec<u8>>>) {
    let answer: Arc<Mutex<Vec<u8>>> = Arc::default();
    let told = Arc::clone(&answer);
    let server = Server::start(move |_, stream| {
        let body = told.lock().unwrap().clone();
        let _ = stream.write_all(&ok("Content-Type: application/ocsp-response\r\n", &body));
    });
    (server, answer)
}

/// Whether each answer at hand is believed to say that the card was revoked.
fn says_revoked(known: &KnownRevocation, issued: &Issued, at: Timestamp) -> Vec<bool> {
    let question = |nonce| OcspQuestion {
        certificate: &issued.card,
        issuer: &issued.authority,
        at,
        nonce,
        max_age_without_next_update: Duration::from_secs(3600),
        skew: OCSP_SKEW_MAX,
        legacy: Legacy::Refused,
    };
    let answers = known.answers.iter();
    answers
        .map(|answer| {
            let said = answer.response.judge(&question(answer.nonce));
            said.is_ok_and(|said| matches!(said.status(), OcspStatus::Revoked(_)))
        })
        .collect()
}

#[test]
fn an_answer_that_nobody_believes_is_a_failure_and_leaves_a_revoked_in_place() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (server, answer) = responder();
    let addresses = Addresses {
        card_ocsp: Some(server.url("/ocsp")),
        ..Addresses::default()
    };
    let issued = Issued::keeping(&addresses, keys.path());
    let signed = revoked(keys.path());
    // All instants are counted from the answer's own.
    let made = OcspResponse::parse(&signed).unwrap().produced_at();
    let after = |seconds| made.saturating_add(Duration::from_secs(seconds)).unwrap();
    let store = TrustStore::create(folder.path()).unwrap();
    let terms = terms(AnchorKind::Production);
    store.add_anchor(&issued.authority, &terms, "x", made).unwrap();
    store.allow_host(&server.host(), true).unwrap();
    let clock = Arc::new(Mutex::new(made));
    let shown = Arc::clone(&clock);
    let online = OnlineEvidence::new(&store, move || *shown.lock().unwrap(), || None);
    let asked = Asked {
        certificate: &issued.card,
        issuer: &issued.authority,
    };

    // Somebody else's answer, while nothing is known: it is not kept, and the address is left alone for a while.
    *answer.lock().unwrap() = fixture("ocsp-wrong-signer.ors");
    assert!(online.known(asked).answers.is_empty());
    assert!(online.known(asked).answers.is_empty());
    assert_eq!(server.connections(), 1);

    *answer.lock().unwrap() = signed;
    *clock.lock().unwrap() = after(60);
    assert_eq!(says_revoked(&online.known(asked), &issued, after(60)), [true]);
    assert_eq!(server.connections(), 2);

    // When it is no longer fresh, what is not believed does not take its place.
    *answer.lock().unwrap() = fixture("ocsp-wrong-signer.ors");
    *clock.lock().unwrap() = after(1200);
    assert_eq!(says_revoked(&online.known(asked), &issued, after(1200)), [true]);
    assert_eq!(server.connections(), 3);
}

#[test]
fn a_responder_is_asked_where_there_is_no_list() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (server, answer) = responder();
    let addresses = Addresses {
        card_ocsp: Some(server.url("/ocsp")),
        ..Addresses::default()
    };
    let issued = Issued::keeping(&addresses, keys.path());
    *answer.lock().unwrap() = revoked(keys.path());
    let made = OcspResponse::parse(&answer.lock().unwrap())
        .unwrap()
        .produced_at();
    let store = TrustStore::create(folder.path()).unwrap();
    let terms = terms(AnchorKind::Production);
    store.add_anchor(&issued.authority, &terms, "x", made).unwrap();
    store.allow_host(&server.host(), true).unwrap();
    let known = OnlineEvidence::new(&store, move || made, || Some([7; 32])).known(Asked {
        certificate: &issued.card,
        issuer: &issued.authority,
    });
    assert_eq!((known.answers.len(), known.answers[0].nonce), (1, Some([7; 32])));
    assert_eq!(known.answers[0].fetched_at, Some(made));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /ocsp HTTP/1.1");
    assert!(request.body.windows(32).any(|part| part == [7; 32]));
}
