//! Servers that mean harm, or are broken in the same way.

use std::io::Write as _;
use std::time::{Duration, Instant};

use varco_trust_store::fetch::{
    AllowedHost, Cancel, FetchKind, FetchLimits, FetchProblem, FetchRules, Fetched, Fetcher, Phase, Remedy,
};

use crate::server::{Server, ok, pour};
use crate::{OVERALL, get, get_by, problem, rules, with_overall};

/// Lists of a kilobyte at most.
fn small(server: &Server) -> Fetcher {
    let limits = FetchLimits {
        length_max: 1000,
        overall: OVERALL,
    };
    Fetcher::new(rules(&[server]).with_limits(FetchKind::Crl, limits))
}

fn get_small(server: &Server) -> Result<Fetched, varco_trust_store::fetch::FetchError> {
    get_by(&small(server), &server.url("/a.crl"))
}

#[test]
fn a_body_that_never_ends_is_cut_at_the_cap() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let server = Server::start(move |_, stream| {
            stream.write_all(head.as_bytes()).unwrap();
            pour(stream, b"5\r\nabcde\r\n", 1_000_000, Duration::ZERO);
        });
        assert_eq!(
            problem(get_small(&server)),
            FetchProblem::TooLarge { limit: 1000 }
        );
    }
}

#[test]
fn a_body_at_the_cap_is_read_and_one_byte_more_is_not() {
    let at = Server::answering(ok("", &[1; 1000]));
    assert!(get_small(&at).is_ok());
    for bytes in [
        ok("", &[1; 1001]),
        [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[1; 1001]].concat(),
    ] {
        let over = Server::answering(bytes);
        assert_eq!(problem(get_small(&over)), FetchProblem::TooLarge { limit: 1000 });
    }
}

#[test]
fn a_huge_announced_length_makes_no_room_and_ends_at_once() {
    for length in ["67108865", "18446744073709551615"] {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabc"));
        let limit = 64 * 1024 * 1024;
        assert_eq!(
            problem(get(&server)),
            FetchProblem::TooLarge { limit },
            "{length}"
        );
    }
    let just_under = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\nabc");
    assert_eq!(problem(get(&just_under)).code(), "fetch-cut-short");
}

#[test]
fn lengths_that_are_none_are_no_http() {
    for length in ["-1", "99999999999999999999999", "x", "0x10", "5, 6", "+5", ""] {
        let server = Server::answering(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabcdef"
        ));
        let outcome = get(&server);
        assert_eq!(problem(outcome), FetchProblem::NotHttp, "{length}");
    }
}

#[test]
fn a_slow_drip_ends_by_the_whole_time() {
    for head in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    ] {
        let server = Server::start(move |_, stream| {
            stream.write_all(head.as_bytes()).unwrap();
            pour(stream, b"H", 600, Duration::from_millis(50));
        });
        let rules = with_overall(rules(&[&server]), FetchKind::Crl, Duration::from_millis(400));
        let outcome = get_by(&Fetcher::new(rules), &server.url("/"));
        // Where the drip is no status line either, both are true, and the earlier one is told.
        match problem(outcome) {
            FetchProblem::TimedOut(phase) => assert_eq!(phase, Phase::Overall, "{head:?}"),
            other => assert!(head.is_empty() && other == FetchProblem::NotHttp, "{other:?}"),
        }
    }
}

#[test]
fn a_server_that_says_nothing_ends_by_the_wait_for_bytes() {
    for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
        let server = Server::start(move |_, stream| {
            stream.write_all(head.as_bytes()).unwrap();
            // Until the client leaves.
            let _ = std::io::copy(stream, &mut std::io::sink());
        });
        let rules = rules(&[&server]).with_waits(OVERALL, Duration::from_millis(200));
        let outcome = get_by(&Fetcher::new(rules), &server.url("/"));
        assert_eq!(problem(outcome), FetchProblem::TimedOut(Phase::Idle), "{head:?}");
    }
}

#[test]
fn a_flood_of_headers_ends() {
    let many = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        pour(stream, b"A: b\r\n", 1_000_000, Duration::ZERO);
    });
    let long = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nA: ").unwrap();
        pour(stream, &[b'b'; 1000], 10_000, Duration::ZERO);
    });
    for server in [many, long] {
        let found = problem(get(&server));
        assert!(
            matches!(found, FetchProblem::HeadTooLarge | FetchProblem::NotHttp),
            "{found:?}"
        );
    }
}

#[test]
fn informational_answers_without_end_are_not_waited_for_for_ever() {
    let server = Server::start(|_, stream| {
        pour(
            stream,
            b"HTTP/1.1 103 Early Hints\r\n\r\n",
            600,
            Duration::from_millis(50),
        );
    });
    let rules = with_overall(rules(&[&server]), FetchKind::Crl, Duration::from_millis(400));
    assert!(get_by(&Fetcher::new(rules), &server.url("/")).is_err());
}

#[test]
fn chunks_of_garbage_are_no_http() {
    for chunks in [
        "zz\r\nabc\r\n",
        "-1\r\nabc\r\n",
        "FFFFFFFFFFFFFFFFFF\r\nabc\r\n",
        "3\r\nabcdef\r\n0\r\n\r\n",
        "3abc",
        "\r\n\r\n\r\n\r\n",
    ] {
        let server = Server::answering(format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
        ));
        let found = problem(get(&server));
        assert!(
            matches!(found, FetchProblem::NotHttp | FetchProblem::CutShort(_)),
            "{chunks:?}: {found:?}"
        );
    }
}

#[test]
fn what_ends_early_is_no_list() {
    for answer in [
        "",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let error = get(&Server::answering(answer)).unwrap_err();
        assert_eq!(
            (error.code(), error.remedy()),
            ("fetch-cut-short", Remedy::TryLater),
            "{answer:?}"
        );
    }
}

#[test]
fn what_is_no_http_is_told() {
    for answer in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 99999 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA\0b: c\r\n\r\n",
    ] {
        assert_eq!(
            problem(get(&Server::answering(answer))),
            FetchProblem::NotHttp,
            "{answer:?}"
        );
    }
}

#[test]
fn a_second_answer_in_the_first_is_not_read() {
    let split =
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let server = Server::answering(split);
    let fetcher = Fetcher::new(rules(&[&server]));
    for fetches in 1..=2 {
        assert_eq!(crate::body(get_by(&fetcher, &server.url("/"))), b"abc");
        assert_eq!(server.connections(), fetches, "no connection is used twice");
    }
    let both = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 8\r\n\r\nabcdefgh";
    assert_eq!(problem(get(&Server::answering(both))), FetchProblem::NotHttp);
}

#[test]
fn a_bomb_stays_packed() {
    for encoding in ["gzip", "br", "deflate, gzip", "\u{fc}"] {
        let server = Server::answering(ok(
            &format!("Content-Encoding: {encoding}\r\n"),
            &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0],
        ));
        assert_eq!(problem(get(&server)), FetchProblem::Compressed, "{encoding}");
    }
    let plain = Server::answering(ok("Content-Encoding: Identity\r\n", b"x"));
    assert!(get(&plain).is_ok());
}

#[test]
fn a_fetch_is_cancelled_between_reads() {
    let server = Server::start(move |_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nabc")
            .unwrap();
        pour(stream, b"x", 10_000, Duration::from_millis(5));
    });
    let cancel = Cancel::default();
    let fetcher = Fetcher::new(rules(&[&server]));
    let outcome = fetcher.get(&server.url("/"), FetchKind::Crl, None, &cancel, &mut |_| {
        cancel.cancel();
    });
    assert_eq!(problem(outcome), FetchProblem::Cancelled);
}

#[test]
fn a_wait_that_is_cancelled_ends_long_before_its_own_end() {
    for part in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    ] {
        let cancel = Cancel::default();
        let flag = cancel.clone();
        let server = Server::start(move |_, stream| {
            stream.write_all(part.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(100));
            flag.cancel();
            let _ = std::io::copy(stream, &mut std::io::sink());
        });
        let rules = rules(&[&server]).with_waits(OVERALL, OVERALL);
        let fetcher = Fetcher::new(rules);
        let began = Instant::now();
        let outcome = fetcher.get(&server.url("/"), FetchKind::Crl, None, &cancel, &mut |_| ());
        assert_eq!(problem(outcome), FetchProblem::Cancelled);
        assert!(began.elapsed() < OVERALL / 2);
    }
}

#[test]
fn public_rules_connect_to_nothing_on_this_machine() {
    let server = Server::answering(ok("", b"x"));
    let port = server.port();
    let hosts = ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0.0.0.0"];
    let allowed = hosts.map(|host| AllowedHost::parse(&format!("{host}:{port}")).unwrap());
    let fetcher = Fetcher::new(FetchRules::new(allowed));
    for host in hosts {
        let outcome = get_by(&fetcher, &format!("http://{host}:{port}/"));
        assert_eq!(problem(outcome).code(), "fetch-address-not-public", "{host}");
    }
    for host in ["0x7f.1", "2130706433", "0177.0.0.1", "127.1"] {
        let error = get_by(&fetcher, &format!("http://{host}:{port}/")).unwrap_err();
        assert_eq!((error.code(), error.address()), ("fetch-address", None));
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn errors_repeat_no_query_and_no_user() {
    let server = Server::answering("HTTP/1.1 404 secret\r\nContent-Length: 6\r\n\r\nsecret");
    let fetcher = Fetcher::new(rules(&[&server]));
    let host = server.host();
    for url in [
        server.url("/a?secret"),
        format!("http://secret:secret@{host}/"),
        "http://secret.example/?secret#secret\u{1b}".to_owned(),
        "http://other.example/?secret".to_owned(),
    ] {
        let error = get_by(&fetcher, &url).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("secret") && !told.contains('\u{1b}'), "{told}");
    }
}
