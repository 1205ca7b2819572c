//! Lists from a server that means well.

use std::io::Write as _;

use varco_trust_store::fetch::{
    Cancel, FetchKind, FetchProblem, Fetched, Fetcher, Progress, Remedy, RetryAfter, Validators,
};

use crate::server::{Server, ok};
use crate::{body, get, get_by, problem, rules};

#[test]
fn a_list_comes_as_it_is_with_its_validators() {
    let headers =
        "ETag: \"v1\"\r\nLast-Modified: Wed, 25 Nov 2026 07:28:00 GMT\r\nContent-Type: text/plain\r\n";
    let server = Server::answering(ok(headers, b"\x30\x03list"));
    let Fetched::New(answer) = get(&server).unwrap() else {
        panic!("not modified")
    };
    assert_eq!(answer.body(), b"\x30\x03list");
    assert_eq!(answer.validators().etag(), Some("\"v1\""));
    assert_eq!(
        answer.validators().last_modified(),
        Some("Wed, 25 Nov 2026 07:28:00 GMT")
    );
    assert_eq!(answer.from().to_url(), server.url("/a.crl"));
    assert!(!format!("{answer:?}").contains("list\""));
}

#[test]
fn a_request_says_little() {
    let server = Server::answering(ok("", b"x"));
    get_by(&Fetcher::new(rules(&[&server])), &server.url("/a.crl?serial=1")).unwrap();
    let requests = server.requests();
    let mut names: Vec<&str> = requests[0]
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(requests[0].line, "GET /a.crl?serial=1 HTTP/1.1");
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
    assert_eq!(requests[0].header("accept-encoding"), Some("identity"));
    assert_eq!(requests[0].header("host"), Some(server.host().as_str()));
    assert_eq!(requests[0].header("user-agent"), Some("varco"));
}

#[test]
fn a_list_in_chunks_and_one_without_length_are_read() {
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: r\r\n\r\n";
    assert_eq!(body(get(&Server::answering(chunked))), b"abcde");
    assert_eq!(
        body(get(&Server::answering("HTTP/1.1 200 OK\r\n\r\nabc"))),
        b"abc"
    );
    assert_eq!(
        body(get(&Server::answering("HTTP/1.0 200 OK\r\n\r\nabc"))),
        b"abc"
    );
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = Server::start(|request, stream| {
        let tag = request.header("if-none-match");
        let answer = if tag == Some("\"v1\"") {
            b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n".to_vec()
        } else {
            ok("ETag: \"v1\"\r\n", b"abc")
        };
        stream.write_all(&answer).unwrap();
    });
    let fetcher = Fetcher::new(rules(&[&server]));
    let fetch = |validators: Option<&Validators>| {
        let url = server.url("/a.crl");
        fetcher
            .get(&url, FetchKind::Crl, validators, &Cancel::default(), &mut |_| ())
            .unwrap()
    };
    let Fetched::New(first) = fetch(None) else {
        panic!("not modified")
    };
    let date = "Wed, 25 Nov 2026 07:28:00 GMT";
    let validators = Validators::new(first.validators().etag(), Some(date));
    assert_eq!(fetch(Some(&validators)), Fetched::NotModified);
    assert_eq!(server.requests()[1].header("if-modified-since"), Some(date));
    let other = Validators::new(Some("\"v0\""), None);
    assert!(matches!(fetch(Some(&other)), Fetched::New(_)));
}

#[test]
fn not_modified_for_nothing_at_hand_is_no_answer() {
    let server = Server::answering("HTTP/1.1 304 Not Modified\r\n\r\n");
    let status = FetchProblem::Status {
        status: 304,
        retry_after: None,
    };
    assert_eq!(problem(get(&server)), status);
}

#[test]
fn progress_is_told_to_the_last_byte() {
    let long = vec![7; 300_000];
    let server = Server::answering(ok("", &long));
    let mut told: Vec<Progress> = Vec::new();
    let fetched = Fetcher::new(rules(&[&server])).get(
        &server.url("/"),
        FetchKind::Crl,
        None,
        &Cancel::default(),
        &mut |progress| told.push(progress),
    );
    assert_eq!(body(fetched), long);
    assert!(told.iter().all(|progress| progress.total == Some(300_000)));
    assert!(
        told.windows(2).all(|pair| pair[0].received < pair[1].received)
            && told.last().unwrap().received == 300_000
    );
}

#[test]
fn a_list_that_is_gone_and_a_server_that_is_busy_are_told_apart() {
    let gone = get(&Server::answering(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    ))
    .unwrap_err();
    assert_eq!(
        (gone.code(), gone.remedy()),
        ("fetch-status", Remedy::TryElsewhere)
    );
    let head = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n";
    let busy = get(&Server::answering(head)).unwrap_err();
    assert_eq!(busy.remedy(), Remedy::TryLater);
    assert_eq!(busy.problem().retry_after(), Some(RetryAfter::Seconds(120)));
    let head = "HTTP/1.1 503 No\r\nRetry-After: 1\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";
    let undecided = get(&Server::answering(head)).unwrap_err();
    assert_eq!(undecided.problem().retry_after(), None);
}

#[test]
fn parts_and_other_successes_are_not_taken_for_the_whole() {
    for status in [201, 203, 204, 206, 300, 305, 400, 500] {
        let server = Server::answering(format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"));
        let expected = FetchProblem::Status {
            status,
            retry_after: None,
        };
        assert_eq!(problem(get(&server)), expected);
    }
}

#[test]
fn nobody_listens() {
    let server = Server::answering("");
    let (fetcher, url) = (Fetcher::new(rules(&[&server])), server.url("/"));
    drop(server);
    let error = get_by(&fetcher, &url).unwrap_err();
    assert_eq!(
        (error.code(), error.remedy()),
        ("fetch-not-connected", Remedy::TryLater)
    );
}

#[test]
fn the_environment_names_no_proxy() {
    // The variables are not set here, since tests share them: that none is read is said by the client's configuration,
    // and a request that went to a proxy would have a whole address in its first line.
    let server = Server::answering(ok("", b"x"));
    get(&server).unwrap();
    assert_eq!(server.requests()[0].line, "GET /a.crl HTTP/1.1");
}
