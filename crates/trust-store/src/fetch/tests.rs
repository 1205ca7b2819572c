//! Threads that want the same from one fetcher. Fetching itself is tested against a played server, in `tests/`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use super::*;

#[test]
fn threads_that_want_the_same_make_one_request() {
    const THREADS: usize = 4;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let allowed = AllowedHost::parse(&host).unwrap().with_private_addresses();
    let fetcher = Fetcher::new(FetchRules::new([allowed]));
    let url = format!("http://{host}/a.crl");
    let wanted = Wanted {
        address: FetchAddress::parse(&url).unwrap(),
        kind: FetchKind::Crl,
        validators: None,
        request: None,
    };
    let answers: Vec<Fetched> = std::thread::scope(|scope| {
        let get = || fetcher.get(&url, FetchKind::Crl, None, &Cancel::default(), &mut |_| ());
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(get)).collect();
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while fetcher.flights.waiting(&wanted) < THREADS - 1 && Instant::now() < deadline {
            std::thread::yield_now();
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlist")
            .unwrap();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap())
            .collect()
    });
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "one connection is all");
    let first = match &answers[0] {
        Fetched::New(answer) => Arc::clone(answer),
        Fetched::NotModified => panic!("not modified"),
    };
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Fetched::New(other) if Arc::ptr_eq(other, &first)))
    );
    assert_eq!(first.body(), b"list");
}

#[test]
fn that_the_system_had_no_roots_is_not_remembered() {
    let found = |count: usize| move || Roots::new([&[0x30_u8][..]].into_iter().cycle().take(count));
    let fetcher = Fetcher::new(FetchRules::default());
    assert_eq!(fetcher.roots_or(found(0)).err(), Some(FetchProblem::NoRoots));
    assert!(fetcher.roots_or(found(1)).is_ok());
    // What was found stays.
    assert!(fetcher.roots_or(found(0)).is_ok());
    // Those that were given are all there are, if none.
    let none = Fetcher::with_roots(FetchRules::default(), &[]);
    assert_eq!(none.roots_or(found(1)).err(), Some(FetchProblem::NoRoots));
}
