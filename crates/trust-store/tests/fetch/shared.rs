//! What is one fetch and what is two.
//!
//! Not here: threads that share one, which need a look inside (the unit tests).

use std::io::Write as _;

use varco_trust_store::fetch::{Cancel, FetchKind, Fetched, Fetcher, Validators};

use crate::server::{Server, ok};
use crate::{get_by, rules};

#[test]
fn what_is_asked_with_other_validators_is_another_fetch() {
    let server = Server::start(|request, stream| {
        let answer = match request.header("if-none-match") {
            Some(_) => b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
            None => ok("", b"list"),
        };
        stream.write_all(&answer).unwrap();
    });
    let fetcher = Fetcher::new(rules(&[&server]));
    let url = server.url("/");
    let get = |validators: Option<&Validators>| {
        let cancel = Cancel::default();
        fetcher.get(&url, FetchKind::Crl, validators, &cancel, &mut |_| ())
    };
    std::thread::scope(|scope| {
        let one = scope.spawn(|| get(None).unwrap());
        let other = scope.spawn(|| get(Some(&Validators::new(Some("\"v\""), None))).unwrap());
        assert!(matches!(one.join().unwrap(), Fetched::New(_)));
        assert_eq!(other.join().unwrap(), Fetched::NotModified);
    });
    assert_eq!(server.connections(), 2);
}

#[test]
fn one_fetch_after_another_is_two() {
    let server = Server::answering(ok("", b"list"));
    let fetcher = Fetcher::new(rules(&[&server]));
    for _ in 0..2 {
        get_by(&fetcher, &server.url("/")).unwrap();
    }
    assert_eq!(server.connections(), 2);
}
