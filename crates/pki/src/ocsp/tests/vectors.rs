//! Every public vector, by name: what it reads as, or why it does not.
//!
//! Not here: judging them; the certificates that they speak of are not among them.

use super::*;
use crate::der_reader::{DerReader, NotDer, tag};
use crate::ocsp::read::Single;

fn folder() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/ocsp/").to_owned()
}

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}{name}.der", folder())).unwrap()
}

/// Name; answers, certificates that can be read, and the first status.
type Good = (&'static str, usize, usize, &'static str);

const READ: [Good; 12] = [
    ("ocsp-army.deps.mil-resp", 20, 1, "revoked unspecified"),
    ("resp-delegate-unknown-cert", 1, 1, "unknown"),
    ("resp-invalid-signature-oid", 1, 0, "good"),
    ("resp-responder-key-hash", 1, 0, "revoked unspecified"),
    ("resp-revoked-no-next-update", 1, 0, "revoked unspecified"),
    ("resp-revoked-reason", 1, 1, "revoked superseded"),
    ("resp-revoked", 1, 0, "revoked unspecified"),
    ("resp-sct-extension", 1, 1, "good"),
    ("resp-sha256", 1, 0, "good"),
    ("resp-single-extension-reason", 1, 0, "good"),
    ("resp-unknown-extension", 1, 1, "revoked superseded"),
    ("resp-unknown-hash-alg", 1, 0, "revoked unspecified"),
];

const REFUSED: [(&str, OcspError); 5] = [
    ("resp-invalid-version", OcspError::Malformed("version")),
    ("resp-response-type-unknown-oid", OcspError::UnknownType),
    (
        "resp-successful-no-response-bytes",
        OcspError::Malformed("its frame"),
    ),
    ("resp-unauthorized", OcspError::Refused(OcspRefusal::Unauthorized)),
    ("resp-unknown-response-status", OcspError::Malformed("its status")),
];

/// How many certificates are asked about and the length of the nonce's extension, or what is wrong.
type Told = Result<(usize, usize), &'static str>;

const REQUESTS: [(&str, Told); 11] = [
    ("ocsp-army.inapplicable-req", Ok((1, 0))),
    ("ocsp-army.revoked-req", Ok((1, 0))),
    ("ocsp-army.valid-req", Ok((1, 0))),
    ("req-acceptable-responses", Ok((1, 0))),
    ("req-duplicate-ext", Err("extensions")),
    ("req-ext-nonce", Ok((1, 18))),
    ("req-ext-unknown-oid", Ok((1, 0))),
    ("req-invalid-hash-alg", Ok((1, 0))),
    ("req-invalid-version", Err("version")),
    ("req-multi-sha1", Ok((2, 0))),
    ("req-sha1", Ok((1, 0))),
];

fn shown(answer: &Single) -> String {
    match answer.said.status {
        OcspStatus::Good => "good".to_owned(),
        OcspStatus::Unknown => "unknown".to_owned(),
        OcspStatus::Revoked(entry) => format!("revoked {}", entry.reason.name()),
    }
}

#[test]
fn every_response_is_read_or_refused_by_name() {
    for (name, answers, certificates, status) in READ {
        let response = OcspResponse::parse(&vector(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (
                response.answers.len(),
                response.certificates.len(),
                shown(&response.answers[0]).as_str()
            ),
            (answers, certificates, status),
            "{name}"
        );
    }
    for (name, error) in REFUSED {
        assert_eq!(OcspResponse::parse(&vector(name)).unwrap_err(), error, "{name}");
    }
}

#[test]
fn every_cut_of_a_response_is_refused() {
    for (name, ..) in READ {
        let whole = vector(name);
        for length in 0..whole.len() {
            assert!(OcspResponse::parse(&whole[..length]).is_err(), "{name} {length}");
        }
    }
}

#[test]
fn every_request_is_read_or_refused_by_name() {
    for (name, expected) in REQUESTS {
        let read = read_request(&vector(name)).map(|(ids, nonce)| (ids.len(), nonce.map_or(0, |n| n.len())));
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn no_vector_is_left_out() {
    let files = std::fs::read_dir(folder()).unwrap();
    let ending = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|end| end == "der");
    let count = files.map(Result::unwrap).filter(ending).count();
    assert_eq!(count, READ.len() + REFUSED.len() + REQUESTS.len());
    assert_eq!(count, 28);
}

#[test]
fn our_request_reads_as_the_certificate_that_was_meant() {
    let (leaf, issuer) = asked();
    for nonce in [None, Some([0xA5; 32])] {
        let request = OcspRequest::new(&leaf, &issuer, nonce);
        assert_eq!(request.nonce(), nonce);
        let der = request.to_der();
        let (ids, extension) = read_request(&der).unwrap();
        // Algorithm identifiers with NULL, as in the vectors.
        let expected = certificate_id(oid::SHA1, &leaf, &issuer);
        let mut with_null = expected.clone();
        with_null.splice(11..11, [5, 0]);
        with_null[1] += 2;
        with_null[3] += 2;
        assert_eq!(ids, [with_null.as_slice()]);
        assert!(
            vector("req-sha1")
                .windows(11)
                .any(|part| part == &with_null[2..13])
        );
        let wrapped = nonce.map(|nonce| [&[4, 32][..], &nonce].concat());
        assert_eq!(extension, wrapped.as_deref());
    }
}

/// CertIDs and the value of the nonce's extension.
type Request<'a> = (Vec<&'a [u8]>, Option<&'a [u8]>);

/// A reader of requests (RFC 6960 §4.1.1): enough for tests.
fn read_request(der: &[u8]) -> Result<Request<'_>, &'static str> {
    let frame = |NotDer| "frame";
    let mut outer = DerReader::new(der);
    let mut request = outer.enter(tag::SEQUENCE).map_err(frame)?;
    outer.end().map_err(frame)?;
    let mut inside = request.enter(tag::SEQUENCE).map_err(frame)?;
    request.end().map_err(frame)?;
    if inside.is_next(tag::CONTEXT_0) {
        return Err("version");
    }
    let mut list = inside.enter(tag::SEQUENCE).map_err(frame)?;
    let mut ids = Vec::new();
    while !list.is_empty() {
        let mut one = list.enter(tag::SEQUENCE).map_err(frame)?;
        ids.push(one.expect(tag::SEQUENCE).map_err(frame)?.raw);
        one.end().map_err(frame)?;
    }
    let mut nonce = None;
    if let Some(explicit) = inside.optional(tag::CONTEXT_2).map_err(frame)? {
        // The same reader as for responses refuses what occurs twice.
        read::extensions(explicit.content).map_err(|_| "extensions")?;
        let mut list = DerReader::new(explicit.content)
            .enter(tag::SEQUENCE)
            .map_err(frame)?;
        while !list.is_empty() {
            let mut one = list.enter(tag::SEQUENCE).map_err(frame)?;
            let identifier = one.expect(tag::OBJECT_IDENTIFIER).map_err(frame)?.content;
            let value = one.expect(tag::OCTET_STRING).map_err(frame)?.content;
            if identifier == oid::NONCE {
                nonce = Some(value);
            }
        }
    }
    inside.end().map_err(frame)?;
    Ok((ids, nonce))
}
