//! OCSP requests and answers, which are bytes here.

use std::io::Write as _;

use varco_trust_store::fetch::{Cancel, FetchError, FetchProblem, Fetcher, OCSP_LENGTH_MAX, RedirectFault};

use crate::rules;
use crate::server::{Server, ok};

fn post(server: &Server, request: &[u8]) -> Result<Vec<u8>, FetchError> {
    let fetcher = Fetcher::new(rules(&[server]));
    let answer = fetcher.post_ocsp(&server.url("/ocsp"), request, &Cancel::default())?;
    Ok(answer.body().to_vec())
}

fn typed(content_type: &str) -> Server {
    Server::answering(ok(&format!("Content-Type: {content_type}\r\n"), b"\x30\x00"))
}

#[test]
fn a_request_is_posted_and_answered() {
    let server = typed("application/ocsp-response");
    assert_eq!(post(&server, b"\x30\x01x").unwrap(), b"\x30\x00");
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /ocsp HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/ocsp-request"));
    assert_eq!(request.header("content-length"), Some("3"));
    assert_eq!(request.body, b"\x30\x01x");
}

#[test]
fn the_type_may_have_parameters_and_any_case() {
    for content_type in [
        "application/ocsp-response; charset=utf-8",
        "Application/OCSP-Response",
        "application/ocsp-response ;x",
    ] {
        assert!(post(&typed(content_type), b"x").is_ok(), "{content_type}");
    }
}

#[test]
fn another_type_is_no_answer() {
    for content_type in [
        "text/html",
        "",
        "application/ocsp-responses",
        "application/ocsp-request",
        "x; application/ocsp-response",
    ] {
        let error = post(&typed(content_type), b"x").unwrap_err();
        assert_eq!(*error.problem(), FetchProblem::ContentType, "{content_type}");
    }
    let none = post(&Server::answering(ok("", b"\x30\x00")), b"x").unwrap_err();
    assert_eq!(none.code(), "fetch-content-type");
    let twice = typed("application/ocsp-response\r\nContent-Type: text/html");
    assert_eq!(post(&twice, b"x").unwrap_err().code(), "fetch-content-type");
}

#[test]
fn requests_and_answers_have_their_caps() {
    let server = typed("application/ocsp-response");
    for request in [&[][..], &[0; 64 * 1024 + 1]] {
        assert_eq!(
            *post(&server, request).unwrap_err().problem(),
            FetchProblem::Request
        );
    }
    assert!(server.requests().is_empty());
    assert!(post(&server, &[7; 64 * 1024]).is_ok());
    assert_eq!(server.requests()[0].body, [7; 64 * 1024]);
    let long = vec![0; usize::try_from(OCSP_LENGTH_MAX).unwrap() + 1];
    let server = Server::answering(ok("Content-Type: application/ocsp-response\r\n", &long));
    assert_eq!(post(&server, b"x").unwrap_err().code(), "fetch-too-large");
}

#[test]
fn a_request_is_sent_again_only_where_it_stays_a_request() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |request, stream| {
            let answer = if request.line.contains("/new") {
                ok("Content-Type: application/ocsp-response\r\n", b"\x30\x00")
            } else {
                format!("HTTP/1.1 {status} X\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n").into_bytes()
            };
            stream.write_all(&answer).unwrap();
        });
        match post(&server, b"abc") {
            Ok(_) => {
                assert!(matches!(status, 307 | 308));
                assert_eq!(server.requests()[1].line, "POST /new HTTP/1.1");
                assert_eq!(server.requests()[1].body, b"abc");
            }
            Err(error) => {
                let fault = FetchProblem::Redirected(RedirectFault::NotRepeatable);
                assert_eq!((error.problem(), server.connections()), (&fault, 1));
            }
        }
    }
}
