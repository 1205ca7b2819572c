//! Corpora of the access policy.

use varco_access_policy::AccessPolicy;
use varco_access_policy::corpus::{Corpus, Expected, coverage};

/// A case is asked or refused with its name, and asked again it is answered the same.
pub fn target(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let Ok(corpus) = Corpus::parse(text) else {
        return;
    };
    let policy = AccessPolicy::builtin();
    let _ = coverage(&policy, &corpus.cases);
    for example in &corpus.cases {
        let Ok(answer) = Corpus::answer(&policy, example) else {
            continue;
        };
        assert_eq!(answer, Corpus::answer(&policy, example).unwrap());
        let answered = Expected::of(&answer.verdict);
        assert_eq!(answer.is_expected, answered == example.expect);
    }
}

/// Cases of each kind of act.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let case = |middle: &str| {
        format!(
            "{{\"about\":\"\",\"cases\":[{{\"name\":\"one\",\"about\":[\"permit-information\"],{middle},\
             \"expect\":{{\"effect\":\"permit\",\"policies\":[],\"reasons\":[],\"advice\":[]}}}}]}}"
        )
    };
    [
        r#""service":"inps.isee","at":"2026-11-21T09:00:00Z","identity":{"kind":"cns","birth_date":"1980-03-14"},
           "facts":{"enablements":[{"service":"inps.isee","until":"2026-12-01T00:00:00Z"}]}"#,
        r#""service":"inps.minori","at":"2026-11-21T09:00:00Z","identity":{"kind":"spid-l2"},
           "acting_for":{"categories":["ward"]},"facts":{"delegations":[{"kind":"parent","birth_date":"2012-02-29"}]}"#,
        r#""act":"revoke-delegation","channel":"online","registered_at":"2022-03-01T10:00:00Z",
           "at":"2022-03-31T10:00:00Z","identity":null"#,
    ]
    .map(|middle| case(middle).into_bytes())
    .to_vec()
}
