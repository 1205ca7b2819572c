//! Where a server sends elsewhere.

use std::io::Write as _;

use varco_trust_store::fetch::{
    AllowedHost, Cancel, FetchError, FetchKind, FetchProblem, FetchRules, Fetched, Fetcher, RedirectFault,
    Remedy, Validators,
};

use crate::server::{Server, ok};
use crate::{get, get_by, problem, rules};

/// A server that sends `/N` to `/N+1` and gives a list at `/last`.
fn chain(last: usize) -> Server {
    Server::start(move |request, stream| {
        let path = request.line.split(' ').nth(1).unwrap();
        let step: usize = path.trim_start_matches('/').parse().unwrap();
        let answer = if step == last {
            ok("", b"list")
        } else {
            to(302, &format!("/{}", step + 1))
        };
        stream.write_all(&answer).unwrap();
    })
}

fn to(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn redirected(outcome: Result<Fetched, FetchError>) -> RedirectFault {
    match problem(outcome) {
        FetchProblem::Redirected(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn three_are_followed_and_no_more() {
    let server = chain(3);
    let fetcher = Fetcher::new(rules(&[&server]));
    let Fetched::New(answer) = get_by(&fetcher, &server.url("/0")).unwrap() else {
        panic!("not modified")
    };
    assert_eq!(
        (answer.body(), answer.from().to_url()),
        (&b"list"[..], server.url("/3"))
    );
    let server = chain(4);
    let fetcher = Fetcher::new(rules(&[&server]));
    assert_eq!(
        redirected(get_by(&fetcher, &server.url("/0"))),
        RedirectFault::TooMany
    );
    assert_eq!(server.connections(), 4);
}

#[test]
fn a_loop_ends() {
    let server = Server::answering(to(301, "/a.crl"));
    assert_eq!(redirected(get(&server)), RedirectFault::TooMany);
    assert_eq!(server.connections(), 4);
}

#[test]
fn every_kind_of_redirect_is_followed_for_a_list() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |request, stream| {
            let answer = if request.line.contains("/new") {
                ok("", b"list")
            } else {
                to(status, "new?x#y")
            };
            stream.write_all(&answer).unwrap();
        });
        assert_eq!(crate::body(get(&server)), b"list", "{status}");
        assert_eq!(server.requests()[1].line, "GET /new?x HTTP/1.1");
    }
}

#[test]
fn another_host_is_asked_only_when_it_may_be() {
    let other = Server::answering(ok("", b"list"));
    let server = Server::answering(to(302, &other.url("/b?secret")));
    let error = get(&server).unwrap_err();
    assert!(matches!(
        error.problem(),
        FetchProblem::Redirected(RedirectFault::NotAllowed(_))
    ));
    assert_eq!(
        (error.code(), error.remedy(), other.connections()),
        ("fetch-redirected-outside", Remedy::Allow, 0)
    );
    assert!(!error.to_string().contains("secret"));
    let both = Fetcher::new(rules(&[&server, &other]));
    assert_eq!(crate::body(get_by(&both, &server.url("/"))), b"list");
}

#[test]
fn an_allowed_name_that_leads_inside_is_refused_behind_a_redirect_too() {
    let other = Server::answering(ok("", b"list"));
    let inside = format!("localhost:{}", other.port());
    let server = Server::answering(to(302, &format!("http://{inside}/")));
    let first = AllowedHost::parse(&server.host())
        .unwrap()
        .with_private_addresses();
    let rules = FetchRules::new([first, AllowedHost::parse(&inside).unwrap()]);
    let outcome = get_by(&Fetcher::new(rules), &server.url("/"));
    assert!(matches!(redirected(outcome), RedirectFault::NotPublic(_)));
    assert_eq!(other.connections(), 0);
}

#[test]
fn targets_that_are_no_addresses_are_refused() {
    for location in [
        "ldap://127.0.0.1/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://0x7f.1/",
        "//2130706433/",
        "/a b",
        "#",
        "mailto:a",
    ] {
        let server = Server::answering(to(302, location));
        assert!(
            matches!(redirected(get(&server)), RedirectFault::Address(_)),
            "{location}"
        );
    }
    for answer in [
        &b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"[..],
        b"HTTP/1.1 302 Found\r\nLocation: /\xFF\r\nContent-Length: 0\r\n\r\n",
    ] {
        assert_eq!(
            redirected(get(&Server::answering(answer))),
            RedirectFault::Nowhere
        );
    }
}

/// Fetches by what was kept, and what comes of it.
fn again(fetcher: &Fetcher, server: &Server, kept: &Validators) -> Result<Fetched, FetchError> {
    fetcher.get(
        &server.url("/a.crl"),
        FetchKind::Crl,
        Some(kept),
        &Cancel::default(),
        &mut |_| (),
    )
}

#[test]
fn validators_are_not_sent_on_to_another_server_nor_is_it_believed_about_them() {
    let other = Server::answering("HTTP/1.1 304 Not Modified\r\n\r\n");
    let url = other.url("/b.crl");
    let first = Server::answering(to(302, &url));
    let fetcher = Fetcher::new(rules(&[&first, &other]));
    let kept = Validators::new(Some("\"person-17\""), Some("Wed, 25 Nov 2026 07:28:00 GMT"));
    let refused = problem(again(&fetcher, &first, &kept));
    assert!(
        matches!(refused, FetchProblem::Status { status: 304, .. }),
        "{refused:?}"
    );
    for name in ["if-none-match", "if-modified-since"] {
        assert!(first.requests()[0].header(name).is_some());
        assert_eq!(other.requests()[0].header(name), None);
    }
}

#[test]
fn what_another_server_told_is_for_that_server_alone() {
    let other = Server::start(|request, stream| {
        let answer = match request.header("if-none-match") {
            Some("\"v1\"") => b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
            _ => ok("ETag: \"v1\"\r\n", b"list"),
        };
        stream.write_all(&answer).unwrap();
    });
    let first = Server::answering(to(302, &other.url("/b.crl")));
    let fetcher = Fetcher::new(rules(&[&first, &other]));
    let Fetched::New(answer) = get_by(&fetcher, &first.url("/a.crl")).unwrap() else {
        panic!("not modified")
    };
    let next = again(&fetcher, &first, answer.validators()).unwrap();
    assert_eq!(next, Fetched::NotModified);
    assert_eq!(first.requests()[1].header("if-none-match"), None);
    // On one server it follows from path to path.
    let same = Server::start(|request, stream| {
        let answer = if request.line.contains("/new") {
            b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec()
        } else {
            to(302, "/new")
        };
        stream.write_all(&answer).unwrap();
    });
    let fetcher = Fetcher::new(rules(&[&same]));
    let kept = Validators::new(Some("\"v1\""), None);
    assert_eq!(again(&fetcher, &same, &kept).unwrap(), Fetched::NotModified);
}
