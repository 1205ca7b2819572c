//! Claims about signing: exact commands for both key sizes and each way of sending, and what is refused.

use varco_card::{ExtendedLength, LinkError};
use varco_credential::{CardError, PinSession, SigningInput, SigningRequest, Verification};

use crate::script::{ATHENA, ST_1_1, ST_2021, Script, UNKNOWN_MAKER, hex, typed};

const RESTORE: &str = "0022F30300";
const SET: &str = "0022F1B803830101";

/// DigestInfo of a SHA-256 value (RFC 8017 §9.2).
fn digest_info() -> Vec<u8> {
    let mut der = vec![
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0x04, 0x20,
    ];
    der.extend([0x5C; 32]);
    der
}

/// The padding indicator and the encoded message.
fn input(modulus_bytes: usize) -> String {
    let filler = "FF".repeat(modulus_bytes - 3 - 51);
    format!("000001{filler}00{}", hex(&digest_info()))
}

fn sign(script: Script, request: &SigningRequest) -> Result<Vec<u8>, CardError> {
    script.run(|card, channel| {
        let authorised = typed(card, channel);
        let Verification::Verified(mut session) = PinSession::approach(card, channel)
            .and_then(|card| card.open(authorised))
            .unwrap()
        else {
            panic!("verified")
        };
        session
            .sign(request)
            .map(|signature| signature.as_bytes().to_vec())
    })
}

fn request(modulus_bits: usize) -> SigningRequest {
    SigningRequest {
        input: SigningInput::DigestInfo(digest_info()),
        modulus_bits,
    }
}

fn verified(atr: &str, reader: ExtendedLength) -> Script {
    let mut script = Script::new(atr, reader);
    let reference = if atr == ATHENA || atr == UNKNOWN_MAKER {
        "10"
    } else {
        "90"
    };
    script.expect(format!("002000{reference}083132333435FFFFFF"), "9000");
    script
}

/// Up to the point where the key is set.
fn ready(atr: &str, reader: ExtendedLength) -> Script {
    let mut script = verified(atr, reader);
    script.expect(RESTORE, "9000");
    script.expect(SET, "9000");
    script
}

#[test]
fn rsa_1024_takes_one_short_command_on_every_card() {
    for atr in [ATHENA, ST_1_1, ST_2021, UNKNOWN_MAKER] {
        let mut script = ready(atr, ExtendedLength::Unknown);
        let answer = format!("{}9000", "A5".repeat(128));
        script.expect(format!("002A808681{}00", input(128)), answer);
        assert_eq!(sign(script, &request(1024)).unwrap(), [0xA5; 128]);
    }
}

#[test]
fn rsa_2048_takes_one_extended_command_where_card_and_reader_do() {
    for (atr, reader) in [
        (ST_1_1, ExtendedLength::Supported),
        (UNKNOWN_MAKER, ExtendedLength::Supported),
        (ST_2021, ExtendedLength::Supported),
        (ST_2021, ExtendedLength::Unknown),
    ] {
        let mut script = ready(atr, reader);
        let answer = format!("{}9000", "A5".repeat(256));
        script.expect(format!("002A8086000101{}0100", input(256)), answer);
        assert_eq!(sign(script, &request(2048)).unwrap(), [0xA5; 256]);
    }
}

#[test]
fn rsa_2048_takes_a_chain_of_two_elsewhere() {
    let input = input(256);
    let (first, last) = input.split_at(510);
    for (atr, reader) in [
        (ST_1_1, ExtendedLength::Unknown),
        (ST_1_1, ExtendedLength::Unsupported),
        (ATHENA, ExtendedLength::Supported),
    ] {
        let mut script = ready(atr, reader);
        script.expect(format!("102A8086FF{first}"), "9000");
        script.expect(format!("002A808602{last}00"), format!("{}9000", "A5".repeat(256)));
        assert_eq!(sign(script, &request(2048)).unwrap(), [0xA5; 256]);
    }
}

#[test]
fn a_card_that_cannot_chain_is_not_sent_a_cut_command() {
    let refused = sign(ready(ST_2021, ExtendedLength::Unsupported), &request(2048)).unwrap_err();
    let expected = LinkError::CommandTooLong {
        command: "PERFORM SECURITY OPERATION",
        length_bytes: 257,
    };
    assert_eq!(refused, CardError::Link(expected));
}

#[test]
fn other_key_sizes_and_digests_that_do_not_fit_are_refused_before_anything_is_sent() {
    for modulus_bits in [0, 512, 1023, 1025, 2047, 3072, 4096, usize::MAX] {
        let refused = sign(verified(ST_1_1, ExtendedLength::Unknown), &request(modulus_bits));
        assert_eq!(refused.unwrap_err().code(), "card-unsupported");
    }
    let long = SigningRequest {
        input: SigningInput::DigestInfo(vec![0x30; 118]),
        modulus_bits: 1024,
    };
    let refused = sign(verified(ST_1_1, ExtendedLength::Unknown), &long);
    assert_eq!(refused.unwrap_err().code(), "card-unsupported");
}

#[test]
fn each_refusal_keeps_its_target_and_nothing_is_sent_again() {
    let mut script = verified(ST_1_1, ExtendedLength::Unknown);
    script.expect(RESTORE, "6A88");
    assert_eq!(
        sign(script, &request(1024)).unwrap_err().to_string(),
        "the card answered 6A88 to MANAGE SECURITY ENVIRONMENT (security environment)"
    );
    let mut script = verified(ST_1_1, ExtendedLength::Unknown);
    script.expect(RESTORE, "9000");
    script.expect(SET, "6A88");
    assert_eq!(
        sign(script, &request(1024)).unwrap_err().to_string(),
        "the card answered 6A88 to MANAGE SECURITY ENVIRONMENT (authentication key)"
    );
    for word in ["6982", "6985", "6C80", "6700", "6F86"] {
        let mut script = ready(ST_1_1, ExtendedLength::Unknown);
        script.expect(format!("002A808681{}00", input(128)), word);
        assert_eq!(
            sign(script, &request(1024)).unwrap_err().to_string(),
            format!("the card answered {word} to PERFORM SECURITY OPERATION (authentication key)")
        );
    }
    let mut script = ready(ST_1_1, ExtendedLength::Unknown);
    let input = input(256);
    let (first, _) = input.split_at(510);
    script.expect(format!("102A8086FF{first}"), "6E00");
    let refused = sign(script, &request(2048)).unwrap_err();
    assert_eq!(refused.code(), "card-unsupported");
    assert!(refused.to_string().contains("2048 bits"));
}

#[test]
fn a_signature_of_another_length_than_the_key_is_refused() {
    for length in [0, 1, 127, 129, 256] {
        let mut script = ready(ST_1_1, ExtendedLength::Unknown);
        let answer = format!("{}9000", "A5".repeat(length));
        script.expect(format!("002A808681{}00", input(128)), answer);
        assert_eq!(
            sign(script, &request(1024)).unwrap_err().code(),
            "card-misbehaved"
        );
    }
}
