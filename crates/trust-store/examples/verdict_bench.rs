//! How many verdicts one core gives in a second, beside the bare signature checks that they need: same keys, same
//! signatures, in turn in one run. One line of JSON.
//!
//! `cargo run --release -p varco-trust-store --example verdict_bench [ROUNDS]`. Caches are warm: anchors were found by their name
//! before, the signatures of issuers and lists were verified. The leaf's own is verified in every verdict. Times are the
//! least and the median of the rounds, in microseconds. With VARCO_SHARED_DATA a hundred anchors are of the
//! Italian list of 2018, else invented ones. Not here: claims; nothing fails by being slow.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench: what fails here ends it"
)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY as PKCS1, RsaPublicKeyComponents};
use varco_pki::{
    AnchorKind, Certificate, EvidenceAtHand, HeldList, Judging, PublicKey, RevocationCheck, RevocationMode,
    Timestamp, TrustAnchor, TrustAnchors, judge_cie, judge_cns, judge_path,
};

/// Verdicts timed together: under 20 ms.
const BATCH: u32 = 300;
const ANCHORS: usize = 100;

fn fixture(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    std::fs::read(folder.join(path)).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::parse(&fixture(&format!("pki/{name}.der"))).unwrap()
}

/// Authorities that have nothing to do with what is judged; and whether they are real ones.
fn strangers() -> (Vec<TrustAnchor>, bool) {
    let bundle = std::env::var_os("VARCO_SHARED_DATA")
        .map(|data| Path::new(&data).join("italian_ca_2018/bundle.pem"))
        .and_then(|path| std::fs::read_to_string(path).ok());
    let Some(bundle) = bundle else {
        return ((0..ANCHORS).map(invented).collect(), false);
    };
    let blocks = bundle.split("-----BEGIN CERTIFICATE-----").skip(1);
    let authorities = blocks.filter_map(|block| {
        let text: String = block
            .split("-----END")
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let certificate = Certificate::parse(&STANDARD.decode(text).unwrap()).unwrap();
        TrustAnchor::new(certificate, AnchorKind::Production).ok()
    });
    (authorities.take(ANCHORS).collect(), true)
}

/// A fixture authority with a number in its name. Its signature is not looked at.
fn invented(number: usize) -> TrustAnchor {
    let mut der = fixture("pki/ca-untrusted.der");
    let name = b"TEST Regione";
    let places: Vec<usize> = (0..der.len() - name.len())
        .filter(|place| der[*place..].starts_with(name))
        .collect();
    for place in places {
        der[place..place + 4].copy_from_slice(format!("{number:04}").as_bytes());
    }
    TrustAnchor::new(Certificate::parse(&der).unwrap(), AnchorKind::Test).unwrap()
}

/// What a signature check needs, with nothing left to read.
struct Bare {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// The element at the start of some DER, whole and without its header.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ ..=0x7F => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        _ => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
    };
    (&der[..header + length], &der[header..header + length])
}

impl Bare {
    fn new(certificate: &Certificate, issuer: &Certificate) -> Self {
        let (_, inside) = element(certificate.der());
        let (signed, _) = element(inside);
        let (algorithm, _) = element(&inside[signed.len()..]);
        let (_, signature) = element(&inside[signed.len() + algorithm.len()..]);
        let PublicKey::Rsa {
            modulus, exponent, ..
        } = issuer.key().clone()
        else {
            panic!("fixture authorities have RSA keys");
        };
        Self {
            modulus,
            exponent,
            signed: signed.to_vec(),
            signature: signature[1..].to_vec(),
        }
    }

    fn verify(&self) {
        let key = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(&PKCS1, &self.signed, &self.signature).unwrap();
    }
}

/// Microseconds for one of a batch.
fn timed(mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    for _ in 0..BATCH {
        work();
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
}

/// The least and the median.
fn of(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

struct Case<'a> {
    name: &'static str,
    leaf: &'a Certificate,
    /// The signatures of its path, the leaf's first.
    bare: Vec<Bare>,
    verdict: &'a dyn Fn(&Certificate),
}

/// What is timed, in turn.
const MEASURES: usize = 5;

fn run(case: &Case<'_>, anchors: usize, rounds: usize) -> serde_json::Value {
    let der = case.leaf.der();
    let parse = || Certificate::parse(black_box(der)).unwrap();
    let mut all: [Vec<f64>; MEASURES] = Default::default();
    // The first is to warm up.
    for round in 0..=rounds {
        let times = [
            timed(|| case.bare.iter().for_each(Bare::verify)),
            timed(|| case.bare[0].verify()),
            timed(|| drop(black_box(parse()))),
            timed(|| (case.verdict)(black_box(case.leaf))),
            timed(|| (case.verdict)(&parse())),
        ];
        if round > 0 {
            all.iter_mut().zip(times).for_each(|(all, time)| all.push(time));
        }
    }
    // Of each round by itself: what disturbs the machine disturbs both.
    let percent = |whole: usize, part: usize| -> f64 {
        let ratios = all[whole].iter().zip(&all[part]);
        round(of(ratios.map(|(whole, part)| 100.0 * whole / part).collect()).1)
    };
    let both = |measure: usize| {
        let (least, median) = of(all[measure].clone());
        [round(least), round(median)]
    };
    serde_json::json!({
        "case": case.name,
        "anchors": anchors,
        "signatures": case.bare.len(),
        "signatures_us": both(0),
        "leaf_signature_us": both(1),
        "parse_us": both(2),
        "verdict_us": both(3),
        "from_bytes_us": both(4),
        "verdicts_per_s": (1e6 / of(all[3].clone()).1).round(),
        "from_bytes_per_s": (1e6 / of(all[4].clone()).1).round(),
        "percent_of_signatures": percent(0, 3),
        "percent_of_leaf_signature": percent(1, 3),
        "percent_from_bytes": percent(0, 4),
    })
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(31, |text| text.parse().unwrap());
    let [ca, root, sub] = ["ca-cns", "ca-cie-root", "ca-cie-sub"].map(certificate);
    let [cns, cie] = ["leaf-good", "leaf-cie"].map(certificate);
    let at: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let mut evidence = EvidenceAtHand::default();
    for name in ["crl-cns", "crl-cie-root", "crl-cie-sub"] {
        let list = HeldList::parse(fixture(&format!("pki/{name}.crl")), None).unwrap();
        evidence.add_list(Arc::new(list));
    }
    let check = RevocationCheck {
        mode: RevocationMode::Hard,
        source: &evidence,
    };
    let (strangers, real) = strangers();
    let mut cases = Vec::new();
    for others in [&[][..], &strangers[..ANCHORS - 1]] {
        let anchors = |own: &Certificate| -> TrustAnchors {
            let own = TrustAnchor::new(own.clone(), AnchorKind::Test).unwrap();
            others.iter().cloned().chain([own]).collect()
        };
        let (of_cns, of_cie) = (anchors(&ca), anchors(&root));
        let between = std::slice::from_ref(&sub);
        let bare_cie = || vec![Bare::new(&cie, &sub), Bare::new(&sub, &root)];
        let for_cns = Judging::new(&of_cns, at);
        let for_cie = Judging::new(&of_cie, at).through(between);
        let all: [Case<'_>; 5] = [
            Case {
                name: "path of one",
                leaf: &cns,
                bare: vec![Bare::new(&cns, &ca)],
                verdict: &|leaf| drop(judge_path(leaf, &for_cns.checking(RevocationCheck::OFF)).unwrap()),
            },
            Case {
                name: "path of two",
                leaf: &cie,
                bare: bare_cie(),
                verdict: &|leaf| drop(judge_path(leaf, &for_cie.checking(RevocationCheck::OFF)).unwrap()),
            },
            Case {
                name: "cns, revocation",
                leaf: &cns,
                bare: vec![Bare::new(&cns, &ca)],
                verdict: &|leaf| drop(judge_cns(leaf.clone(), &for_cns.checking(check)).unwrap()),
            },
            // Refused before any signature is looked at; the leaf's stands beside it for scale.
            Case {
                name: "issuer unknown",
                leaf: &cns,
                bare: vec![Bare::new(&cns, &ca)],
                verdict: &|leaf| {
                    judge_path(leaf, &for_cie).unwrap_err();
                },
            },
            Case {
                name: "cie, revocation",
                leaf: &cie,
                bare: bare_cie(),
                verdict: &|leaf| drop(judge_cie(leaf.clone(), &for_cie.checking(check)).unwrap()),
            },
        ];
        cases.extend(all.iter().map(|case| run(case, of_cns.len(), rounds)));
    }
    let line = serde_json::json!({ "rounds": rounds, "real_anchors": real, "cases": cases });
    println!("{line}");
}
