//! What holds of every trace that was made of a log.
//!
//! Not here: the forms of logs (`log_of_pcscd`, `log_of_opensc`).

use varco_trace::import::{LogKind, SAID_MAX, import};
use varco_trace::lines;
use varco_trace::said::{Answer, Exchange, Said};

/// SELECT, MANAGE SECURITY ENVIRONMENT, GET DATA, READ BINARY: what may name something in its data.
const NAMING: [u8; 4] = [0xA4, 0x22, 0xCB, 0xB1];
/// The longest identifier, with tag and length.
const NAME_MAX_BYTES: usize = 18;

/// The trace is bounded, can be read again, and shows names and harmless answers alone.
pub(crate) fn check(kind: LogKind, log: &[u8]) {
    let _ = LogKind::detect(log);
    let Ok(imported) = import(kind, log) else {
        return;
    };
    assert!(imported.said.len() <= SAID_MAX);
    let mut text = Vec::new();
    assert!(lines::write(&imported.said, &mut text).is_ok());
    assert_eq!(lines::read(&text).as_ref(), Ok(&imported.said));
    let mut is_closed = false;
    for one in &imported.said {
        if let Said::Exchange(exchange) = one {
            is_closed |= exchange.data.bytes().is_none() || exchange.answer == Answer::Cut;
            check_one(exchange, is_closed);
        }
    }
}

/// `is_closed`: a command before it, or it itself, was withheld or had no answer.
fn check_one(exchange: &Exchange, is_closed: bool) {
    if let Some(data @ [_, ..]) = exchange.data.bytes() {
        assert!(exchange.cla() == 0 && NAMING.contains(&exchange.ins()));
        assert!(data.len() <= NAME_MAX_BYTES && !has_digits(data));
    }
    if let Answer::Given { data, .. } = &exchange.answer
        && let Some(data @ [first, ..]) = data.bytes()
    {
        assert!(!is_closed && exchange.cla() == 0 && exchange.ins() == 0xA4);
        assert!(matches!(first, 0x62 | 0x6F) && !has_digits(data));
        // No name of an application, nothing proprietary.
        let templates = varco_apdu::tlv::read(data).unwrap();
        assert!(
            [0x84, 0x85, 0xA5]
                .iter()
                .all(|tag| templates[0].child(*tag).is_none())
        );
    }
}

fn has_digits(data: &[u8]) -> bool {
    data.windows(4)
        .any(|window| window.iter().all(u8::is_ascii_digit))
}
