//! Logs of pcscd.

use varco_trace::import::{LogKind, SAID_MAX, import};

use crate::trace_logs::check;

/// Whatever the log says, the trace is bounded and shows no data of VERIFY.
pub fn target(data: &[u8]) {
    let _ = LogKind::detect(data);
    if let Ok(imported) = import(LogKind::Pcscd, data) {
        assert!(imported.said.len() <= SAID_MAX);
        check(&imported.said);
    }
}

/// A short conversation.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        b"00000004 Card ATR: 3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C \n\
00000859 APDU: 00 A4 08 0C 04 10 00 10 03 \n00000076 SW: 90 00 \n00000030 APDU: 00 B0 00 00 10 \n\
00000028 SW: 36 39 90 00 \n00000151 APDU: 00 20 00 90 08 31 32 33 34 35 FF FF FF \n00000003 SW: 63 C2 \n\
00000001 winscard.c:609:SCardReconnect() Reset complete.\n\
00000005 eventhandler.c:340:EHStatusHandlerThread() Card Removed From Virtual PCD 00 00\n"
            .to_vec(),
    ]
}
