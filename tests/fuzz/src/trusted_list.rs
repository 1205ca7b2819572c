//! Trusted lists: as they come from the network, and as a signer who means no good might write them.
//!
//! Not here: genuine lists (the crate's own tests).

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use varco_pki::{Certificate, Timestamp};
use varco_trust_store::list::{ListError, STATUS_RECOGNISED, TrustedList, accept};

use crate::fixtures;
use crate::input::Input;

const TSL: &str = "http://uri.etsi.org/02231/v2#";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const DEPTH_MAX: usize = 40;

/// Elements that a list is made of, those of its scheme first.
const NAMES: &[&str] = &[
    "PointersToOtherTSL",
    "OtherTSLPointer",
    "ServiceDigitalIdentities",
    "TSLLocation",
    "AdditionalInformation",
    "OtherInformation",
    "SchemeTerritory",
    "NextUpdate",
    "dateTime",
    "TSLSequenceNumber",
    "TrustServiceProviderList",
    "TrustServiceProvider",
    "TSPInformation",
    "TSPName",
    "Name",
    "TSPServices",
    "TSPService",
    "ServiceInformation",
    "ServiceTypeIdentifier",
    "ServiceName",
    "ServiceDigitalIdentity",
    "DigitalId",
    "X509Certificate",
    "ServiceStatus",
    "StatusStartingTime",
    "ServiceHistory",
    "ServiceHistoryInstance",
];
const TEXTS: &[&str] = &[
    "IT",
    "5",
    "2020-01-01T00:00:00Z",
    "http://uri.etsi.org/TrstSvc/Svctype/IdV",
    STATUS_RECOGNISED,
    "MIIB",
    "application/vnd.etsi.tsl+xml",
    "https://lists.example/",
    "nome",
    " ",
];

/// The list that was signed, and who signed it.
struct Genuine {
    bytes: Vec<u8>,
    signers: [Certificate; 1],
    list: TrustedList,
    key: RsaKeyPair,
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let bytes = fixtures::read("vectors/list/list.xml");
    let signers = [Certificate::parse(&fixtures::read("cards/cns-st/ef-1101.bin")).unwrap()];
    let list = TrustedList::open(&bytes, "IT", &signers).unwrap();
    let key = RsaKeyPair::from_pkcs8(&fixtures::read("cards/cns-st/key.p8")).unwrap();
    Genuine {
        bytes,
        signers,
        list,
        key,
    }
});

/// No bytes but those that were signed say anything, and whatever is signed is read within its bounds.
pub fn target(data: &[u8]) {
    as_found(data);
    as_signed(data);
}

/// Whoever changes a list changes nothing of what it says, or is refused.
fn as_found(data: &[u8]) {
    match TrustedList::open(data, "IT", &GENUINE.signers) {
        Ok(list) => {
            assert_eq!(list.source(), GENUINE.list.source());
            assert_eq!(list.next_update(), GENUINE.list.next_update());
            assert_eq!(list.pointers(), GENUINE.list.pointers());
            assert_eq!(list.providers(), GENUINE.list.providers());
        }
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    }
}

/// A list that was rightly signed, whatever it says.
fn as_signed(data: &[u8]) {
    let xml = signed(&body(data));
    let open = || TrustedList::open(xml.as_bytes(), "IT", &GENUINE.signers);
    let list = match open() {
        Ok(list) => list,
        // The signature holds, and only what the list says can be wrong.
        Err(error) => {
            assert!(
                matches!(
                    error,
                    ListError::Malformed(_)
                        | ListError::Version
                        | ListError::Territory
                        | ListError::OtherType
                        | ListError::CriticalExtension
                        | ListError::TooComplex
                ),
                "{error}"
            );
            return;
        }
    };
    assert_eq!(open().as_ref(), Ok(&list));
    assert_eq!(list.territory(), "IT");
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    for anchor in list.anchors_at(now) {
        assert!(anchor.service_name.chars().count() <= 400);
    }
    for (_, service) in list.services_of(varco_trust_store::list::SERVICE_IDENTITY_VERIFICATION) {
        assert!(service.state_at(now).is_none_or(|state| state.since <= now));
    }
    let state = list.state();
    assert_eq!(
        accept(&list, Some(&state), now, Duration::MAX),
        accept(&list, None, now, Duration::MAX)
    );
}

/// A document element in canonical form, without its end: the beginning of a list, then elements as the input says.
fn body(data: &[u8]) -> String {
    let mut input = Input::new(data);
    let mut xml = format!("<TrustServiceStatusList xmlns=\"{TSL}\"><SchemeInformation>");
    let scheme = [
        ("TSLVersionIdentifier", "6"),
        ("TSLSequenceNumber", "7"),
        ("TSLType", "urn:type"),
        ("SchemeTerritory", "IT"),
        ("ListIssueDateTime", "2026-01-01T00:00:00Z"),
    ];
    let left_out = input.byte();
    for (place, (name, text)) in scheme.iter().enumerate() {
        if usize::from(left_out) != place {
            write!(xml, "<{name}>{text}</{name}>").unwrap();
        }
    }
    if left_out != 9 {
        xml.push_str("<NextUpdate><dateTime>2026-12-01T00:00:00Z</dateTime></NextUpdate>");
    }
    tree(&mut input, &mut xml, 0..10);
    xml.push_str("</SchemeInformation><TrustServiceProviderList>");
    tree(&mut input, &mut xml, 11..NAMES.len());
    xml.push_str("</TrustServiceProviderList>");
    xml
}

/// Elements and texts, until the input says that it is enough.
fn tree(input: &mut Input<'_>, xml: &mut String, names: std::ops::Range<usize>) {
    let mut open: Vec<&str> = Vec::new();
    while let Some(decision) = input.next() {
        match decision {
            0 => break,
            1..=0x9F if open.len() < DEPTH_MAX => {
                let name = NAMES[names.start + usize::from(decision) % names.len()];
                xml.push('<');
                xml.push_str(name);
                if name == "Name" {
                    xml.push_str(" xml:lang=\"it\"");
                }
                xml.push('>');
                open.push(name);
            }
            0xA0..=0xCF => {
                if let Some(name) = open.pop() {
                    write!(xml, "</{name}>").unwrap();
                }
            }
            0xD0..=0xEF => xml.push_str(TEXTS[usize::from(decision) % TEXTS.len()]),
            _ => {
                let text = String::from_utf8_lossy(input.take_sized()).into_owned();
                let text: String = text.chars().filter(|character| !character.is_control()).collect();
                let text = text.replace(['\u{FFFE}', '\u{FFFF}'], "");
                xml.push_str(
                    &text
                        .replace('&', "&amp;")
                        .replace('<', "&lt;")
                        .replace('>', "&gt;"),
                );
            }
        }
    }
    while let Some(name) = open.pop() {
        write!(xml, "</{name}>").unwrap();
    }
}

/// The list with its signature, which is written in canonical form by hand.
fn signed(body: &str) -> String {
    let end = "</TrustServiceStatusList>";
    let value = STANDARD.encode(digest(&SHA256, format!("{body}{end}").as_bytes()));
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
         <ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{value}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    );
    let message = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{inside}");
    let mut signature = vec![0; GENUINE.key.public().modulus_len()];
    // PKCS#1 v1.5 draws nothing: the signature is the same on every run.
    GENUINE
        .key
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .unwrap();
    format!(
        "{body}<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{inside}<ds:SignatureValue>{}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>{end}",
        STANDARD.encode(signature),
        STANDARD.encode(GENUINE.signers[0].der())
    )
}

/// The genuine list, and decisions that write a provider with a service.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let place = |name: &str, first: usize, count: usize| {
        let index = NAMES.iter().position(|known| *known == name).unwrap();
        // The decision that chooses this name.
        (1..=0x9F_u8)
            .find(|decision| first + usize::from(*decision) % count == index)
            .unwrap()
    };
    let in_list = |name: &str| place(name, 11, NAMES.len() - 11);
    let text = |wanted: &str| {
        let index = TEXTS.iter().position(|text| *text == wanted).unwrap();
        (0xD0..=0xEF_u8)
            .find(|decision| usize::from(*decision) % TEXTS.len() == index)
            .unwrap()
    };
    const CLOSE: u8 = 0xA0;
    let mut service = vec![0xFF, 0];
    for name in [
        "TrustServiceProvider",
        "TSPServices",
        "TSPService",
        "ServiceInformation",
    ] {
        service.push(in_list(name));
    }
    for (name, value) in [
        ("ServiceTypeIdentifier", "http://uri.etsi.org/TrstSvc/Svctype/IdV"),
        ("ServiceStatus", STATUS_RECOGNISED),
        ("StatusStartingTime", "2020-01-01T00:00:00Z"),
    ] {
        service.extend([in_list(name), text(value), CLOSE]);
    }
    for name in ["ServiceDigitalIdentity", "DigitalId", "X509Certificate"] {
        service.push(in_list(name));
    }
    service.extend([text("MIIB"), CLOSE, CLOSE, CLOSE]);
    let in_scheme = |name: &str| place(name, 0, 10);
    let pointer = vec![
        0xFF,
        in_scheme("PointersToOtherTSL"),
        in_scheme("OtherTSLPointer"),
    ];
    vec![GENUINE.bytes.clone(), service, pointer]
}
