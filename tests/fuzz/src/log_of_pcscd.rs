//! Logs of pcscd.

use varco_trace::import::LogKind;

use crate::trace_logs::check;

/// Whatever the log says: see `trace_logs`.
pub fn target(data: &[u8]) {
    check(LogKind::Pcscd, data);
}

/// Short conversations.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        b"00000004 Card ATR: 3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C \n\
00000859 APDU: 00 A4 08 0C 04 10 00 10 03 \n00000076 SW: 90 00 \n00000030 APDU: 00 B0 00 00 10 \n\
00000028 SW: 36 39 90 00 \n00000151 APDU: 00 20 00 90 08 31 32 33 34 35 FF FF FF \n00000003 SW: 63 C2 \n\
00000001 winscard.c:609:SCardReconnect() Reset complete.\n\
00000005 eventhandler.c:340:EHStatusHandlerThread() Card Removed From Virtual PCD 00 00\n"
            .to_vec(),
        // Two cards at once, an answer that may be shown, PINs where names should be.
        b"00000001 APDU: 00 A4 00 00 02 2F 00 \n00000001 SW: 62 08 82 01 01 83 02 2F 00 90 00 \n\
00000001 APDU: 00 A4 04 00 08 31 32 33 34 35 36 37 38 \n00000001 SW: 6F 07 84 05 31 32 33 34 35 90 00 \n\
00000001 APDU: 00 B0 00 00 10 \n00000001 APDU: 00 A4 04 0C 06 A0 00 00 00 00 39 \n\
00000001 SW: 31 32 33 34 90 00 \n00000001 SW: 90 00 \n00000001 APDU: 00 26 00 90 05 31 32 33 34 35 \n\
\x1b[36m00000004\x1b[0m [140327] \x1b[34mAPDU: 00 22 41 A4 06 80 01 02 84 01 81 \x1b[0m\n"
            .to_vec(),
    ]
}
