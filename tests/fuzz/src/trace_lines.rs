//! Traces as JSON lines, and what is made of them: names, a comparison, a capture.

use varco_trace::decode::{Place, facts};
use varco_trace::said::Said;
use varco_trace::{diff, lines, pcapng};

/// What is read is written and read again the same; it is named, compared and exported, whatever it says.
pub fn target(data: &[u8]) {
    let said = match lines::read(data) {
        Ok(said) => said,
        Err(error) => {
            assert!(error.line >= 1 && !error.what.is_empty());
            return;
        }
    };
    let mut text = Vec::new();
    assert!(lines::write(&said, &mut text).is_ok());
    assert_eq!(lines::read(&text).as_ref(), Ok(&said));
    let mut place = Place::default();
    for one in &said {
        if let Said::Exchange(exchange) = one {
            for fact in facts(exchange, &place) {
                assert!(fact.topic.code().starts_with("said-"));
            }
        }
        place.pass(one);
    }
    assert!(diff::compare(&said, &said).is_equal(true));
    let half = said.get(..said.len() / 2).unwrap_or_default();
    assert!(diff::compare(half, &said).rows.len() >= said.len());
    // Only what is longer than a command or an answer can be is refused.
    let _ = pcapng::write(&said, u64::MAX, &mut Vec::new());
}

/// One of each event.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let connect = r#"{"event":"connect","format":2,"at_us":0,"atr":"3BFF1800FF8131FE55006B02091717011101434E531131808C"}"#;
    let select = r#"{"event":"command","at_us":1,"name":"SELECT","header":"00A4080C","data":{"length_bytes":4,"hex":"11001101"},"expected":256}"#;
    let done = r#"{"event":"response","at_us":2,"data":{"length_bytes":0,"hex":""},"status":"9000"}"#;
    let verify = r#"{"event":"command","at_us":3,"name":"VERIFY","header":"00200090","data":{"length_bytes":8,"redacted":"secret"},"expected":null}"#;
    let rest = r#"{"event":"no-answer","at_us":4,"code":"card-removed"}
{"event":"pad-entry","at_us":5,"name":"VERIFY","header":"00200090"}
{"event":"reset","at_us":6}
{"event":"removed","at_us":7}
{"event":"control","at_us":8,"what":"insert"}"#;
    let secured = r#"{"event":"command","at_us":9,"name":"VERIFY","header":"00200081","data":{"length_bytes":8,"redacted":"secret"},"expected":null,"secured":true}
{"event":"no-answer","at_us":10,"code":"secure-channel","status":"6988"}"#;
    [
        format!("{connect}\n{select}\n{done}\n{verify}\n{rest}\n"),
        format!("{connect}\n{select}\n{done}\n{select}\n{done}\n"),
        format!("{connect}\n{select}\n{done}\n{secured}\n"),
    ]
    .map(String::into_bytes)
    .to_vec()
}
