//! What holds of every trace that was made of a log.

use varco_trace::said::Said;

/// No data of a command that carries a PIN or PUK is shown.
pub(crate) fn check(said: &[Said]) {
    for one in said {
        if let Said::Exchange(exchange) = one
            && matches!(exchange.ins(), 0x20 | 0x24 | 0x2C)
        {
            assert!(exchange.data.bytes().is_none_or(<[u8]>::is_empty));
        }
    }
}
