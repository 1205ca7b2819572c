//! Lists that were rightly signed.

use varco_pki::Certificate;
use varco_trust_store::list::{ListError, SIGNERS_MAX, TrustedList};

use super::maker::{List, many_authorities};
use super::signer::{
    ECDSA_SHA256, ECDSA_SHA384, PSS_SHA256, RSA_SHA256, RSA_SHA512, Signer, Template, signature,
    with_signature,
};
use super::{RSA, SIGNED, certificate, open};

#[test]
fn each_algorithm_is_taken_and_xmlsec1_agrees() {
    let (p256, p384) = (Signer::p256(), Signer::p384());
    let cases = [
        (&*RSA, RSA_SHA256),
        (&*RSA, RSA_SHA512),
        (&p256, ECDSA_SHA256),
        (&p384, ECDSA_SHA384),
        // xmlsec1 1.2 does not know RSASSA-PSS: openssl signed this one.
        (&*RSA, PSS_SHA256),
    ];
    for (signer, method) in cases {
        let xml = signer.sign(&List::small().xml(), method);
        let signers = [certificate(&signer.der)];
        let list = TrustedList::open(xml.as_bytes(), "IT", &signers).unwrap();
        assert_eq!(list.signer(), &signers[0], "{method}");
        assert!(
            method == PSS_SHA256 || signer.xmlsec1_accepts(xml.as_bytes()),
            "{method}"
        );
        let other = xml.replacen("CNS di prova", "CNS di prove", 1);
        let refused = TrustedList::open(other.as_bytes(), "IT", &signers);
        assert_eq!(refused.unwrap_err(), ListError::Altered, "{method}");
        assert!(!signer.xmlsec1_accepts(other.as_bytes()), "{method}");
    }
}

#[test]
fn a_list_of_real_size_is_taken_whole() {
    let authorities = many_authorities();
    let xml = RSA.sign(&List::of_real_size(&authorities).xml(), RSA_SHA256);
    assert!(xml.len() > 2_000_000, "{}", xml.len());
    let list = open(&xml).unwrap();
    assert!(RSA.xmlsec1_accepts(xml.as_bytes()));
    assert_eq!(list.providers().len(), 40);
    let services: usize = list
        .providers()
        .iter()
        .map(|provider| provider.services().len())
        .sum();
    assert_eq!(services, 40 * 15);
    assert!(
        !list
            .anchors_at("2026-06-01T00:00:00Z".parse().unwrap())
            .is_empty()
    );
}

#[test]
fn a_signer_with_a_renewed_certificate_is_known_by_the_key() {
    let pinned = certificate(&RSA.renewed());
    let list = TrustedList::open(SIGNED.as_bytes(), "IT", std::slice::from_ref(&pinned)).unwrap();
    assert_eq!(list.signer(), &pinned);
}

#[test]
fn one_of_several_pinned_signers_is_enough() {
    let signers = [certificate(&Signer::p256().der), certificate(&RSA.der)];
    let list = TrustedList::open(SIGNED.as_bytes(), "IT", &signers).unwrap();
    assert_eq!(list.signer(), &signers[1]);
    let too_late = [vec![signers[0].clone(); SIGNERS_MAX], signers.to_vec()].concat();
    let refused = TrustedList::open(SIGNED.as_bytes(), "IT", &too_late);
    assert_eq!(refused.unwrap_err(), ListError::OtherSigner);
}

#[test]
fn a_reference_to_the_document_element_by_its_identifier_is_the_same() {
    let template = Template {
        uri: "#list".to_owned(),
        ..Template::new(&RSA.der, RSA_SHA256)
    };
    let xml = with_signature(&List::small().xml(), &template.xml());
    let xml = RSA.fill(&xml, RSA_SHA256);
    assert!(RSA.xmlsec1_accepts(xml.as_bytes()));
    open(&xml).unwrap();
}

#[test]
fn plain_signatures_and_longer_digests_are_taken() {
    let sha512 = Template {
        digest: "http://www.w3.org/2001/04/xmlenc#sha512".to_owned(),
        ..Template::new(&RSA.der, RSA_SHA256)
    };
    let plain = Template {
        named: None,
        ..Template::new(&RSA.der, RSA_SHA256)
    };
    for template in [sha512, plain] {
        let xml = RSA.fill(&with_signature(&List::small().xml(), &template.xml()), RSA_SHA256);
        assert!(RSA.xmlsec1_accepts(xml.as_bytes()));
        open(&xml).unwrap();
    }
}

/// Line ends, references, CDATA, comments, prefixes and instructions, all of which canonical XML writes in another way.
#[test]
fn whatever_canonical_xml_evens_out_is_signed_as_xmlsec1_signs_it() {
    let plain = List::small().xml();
    let forms = [
        plain.replace('\n', "\r\n"),
        plain.replacen("CNS di prova", "CNS <![CDATA[<&>]]> &#13;&#x41; \u{1F600}&gt;", 1),
        plain.replacen(
            "<TSLType>",
            "<!-- a comment --><?an instruction?><TSLType >",
            1,
        ),
        plain.replacen(
            "<SchemeInformation>",
            "<t:SchemeInformation xmlns:t='http://uri.etsi.org/02231/v2#' xmlns:unused='urn:x' t:b='2&#10;' a=\"'1\t2\">",
            1,
        )
        .replacen("</SchemeInformation>", "</t:SchemeInformation>", 1),
        plain
            .replacen("?>\n", "?>\n<?xml-stylesheet href='a.xsl'?>\n<!-- before -->\n", 1)
            + "<!-- after --><?after all?>\n",
        format!("\u{FEFF}{plain}"),
    ];
    for (place, form) in forms.iter().enumerate() {
        let xml = RSA.sign(form, RSA_SHA256);
        // xmlsec1 writes the document anew; the second is as it was written here, with the same signature.
        for document in [&xml, &with_signature(form, signature(&xml))] {
            assert!(RSA.xmlsec1_accepts(document.as_bytes()), "{place}");
            let list = open(document).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(list.sequence_number(), 41);
        }
        // The same with other bytes where a signature does not look: the document as signed, not as written.
        let unread = xml.replacen("CNS ritirata", "CNS <!-- x -->ritirata", 1);
        assert!(RSA.xmlsec1_accepts(unread.as_bytes()), "{place}");
        let name = open(&unread).unwrap().providers()[0].services()[1].name().clone();
        assert_eq!(name.italian(), Some("CNS ritirata"));
    }
}

#[test]
fn nobody_else_is_believed() {
    let other = Signer::rsa();
    let xml = other.sign(&List::small().xml(), RSA_SHA256);
    assert_eq!(open(&xml).unwrap_err(), ListError::OtherSigner);
    // The pinned certificate beside the other's signature: its key did not make it.
    let template = Template::new(&RSA.der, RSA_SHA256).xml();
    let claimed = other.fill(&with_signature(&List::small().xml(), &template), RSA_SHA256);
    assert_eq!(open(&claimed).unwrap_err(), ListError::Altered);
    let nobody: [Certificate; 0] = [];
    let refused = TrustedList::open(SIGNED.as_bytes(), "IT", &nobody);
    assert_eq!(refused.unwrap_err(), ListError::OtherSigner);
}

/// The seed of the fuzz target, and an example for whoever writes another reader.
#[test]
fn the_committed_list_is_taken_and_xmlsec1_agrees() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/list");
    let xml = std::fs::read(folder.join("list.xml")).unwrap();
    let signer = Signer::of_card("cns-st");
    let list = TrustedList::open(&xml, "IT", &[certificate(&signer.der)]).unwrap();
    assert_eq!(list.providers()[0].services().len(), 3);
    assert!(signer.xmlsec1_accepts(&xml));
}
