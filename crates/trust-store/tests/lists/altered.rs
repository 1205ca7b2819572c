//! Lists of which something was changed, cut or taken away after they were signed.

use varco_trust_store::list::ListError;

use super::maker::List;
use super::{RSA, SIGNED, open};

/// What one may say of a list that was changed somewhere. Never that it is good.
fn is_refusal_of_a_changed_list(error: ListError) -> bool {
    !matches!(
        error,
        ListError::Future | ListError::Stale | ListError::Backwards | ListError::Territory
    )
}

#[test]
fn each_fact_is_covered() {
    let changes = [
        ("<TSLSequenceNumber>41<", "<TSLSequenceNumber>42<"),
        ("<SchemeTerritory>IT<", "<SchemeTerritory>FR<"),
        ("<dateTime>2026-08", "<dateTime>2036-08"),
        ("recognisedatnationallevel", "deprecatedatnationallevel"),
        ("deprecatedatnationallevel", "recognisedatnationallevel"),
        ("<X509Certificate>MII", "<X509Certificate>MIJ"),
        ("2019-01-01T00:00:00Z", "2018-01-01T00:00:00Z"),
        ("Svctype/CA/QC", "Svctype/IdV"),
        ("TSLTag=\"", "TSLTag=\" "),
        ("<xades:SigningTime>2026", "<xades:SigningTime>2025"),
        ("    <TrustServiceProvider>", "     <TrustServiceProvider>"),
    ];
    for (from, to) in changes {
        let changed = SIGNED.replacen(from, to, 1);
        assert_ne!(changed, *SIGNED, "{from}");
        assert_eq!(open(&changed).unwrap_err(), ListError::Altered, "{from}");
        assert!(!RSA.xmlsec1_accepts(changed.as_bytes()), "{from}");
    }
}

#[test]
fn a_changed_byte_anywhere_is_refused_or_means_nothing() {
    let whole = open(&SIGNED).unwrap();
    let mut meaningless = 0;
    for at in (0..SIGNED.len()).step_by(53) {
        let mut bytes = SIGNED.as_bytes().to_vec();
        bytes[at] ^= 0x01;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            continue;
        };
        match open(text) {
            Err(error) => assert!(is_refusal_of_a_changed_list(error), "{at}: {error}"),
            // White space in base64, and what the signature does not cover, such as the version in the first line.
            Ok(list) => {
                assert_eq!(list.providers(), whole.providers(), "{at}");
                assert_eq!(list.source(), whole.source(), "{at}");
                meaningless += 1;
            }
        }
    }
    assert!(meaningless < 4, "{meaningless}");
}

#[test]
fn a_cut_list_is_refused_wherever_it_was_cut() {
    for at in (0..SIGNED.len() - 2).step_by(97) {
        let Some(cut) = SIGNED.get(..at) else { continue };
        let error = open(cut).unwrap_err();
        assert!(
            matches!(error, ListError::Truncated | ListError::NotXml),
            "{at}: {error}"
        );
    }
    for at in [100, 1000, SIGNED.len() - 40] {
        assert_eq!(open(&SIGNED[..at]).unwrap_err(), ListError::Truncated);
    }
}

#[test]
fn an_unsigned_list_is_refused() {
    assert_eq!(open(&List::small().xml()).unwrap_err(), ListError::Unsigned);
    // A signature of another namespace is none.
    let other = SIGNED.replace("http://www.w3.org/2000/09/xmldsig#\"", "urn:other\"");
    assert_eq!(open(&other).unwrap_err(), ListError::NotAList);
}

#[test]
fn a_signature_without_its_parts_is_malformed() {
    for name in [
        "SignatureValue",
        "SignedInfo",
        "CanonicalizationMethod",
        "DigestValue",
    ] {
        let changed = SIGNED.replace(&format!("ds:{name}"), "ds:Other");
        let error = open(&changed).unwrap_err();
        assert!(
            matches!(error, ListError::MalformedSignature(_)),
            "{name}: {error}"
        );
    }
    let start = SIGNED.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    for value in ["", "AAAA", "*"] {
        let end = start + SIGNED[start..].find('<').unwrap();
        let changed = format!("{}{value}{}", &SIGNED[..start], &SIGNED[end..]);
        let error = open(&changed).unwrap_err();
        assert!(
            matches!(error, ListError::MalformedSignature(_) | ListError::Altered),
            "{value}: {error}"
        );
    }
}
