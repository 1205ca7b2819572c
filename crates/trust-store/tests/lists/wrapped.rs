//! Signatures that hold and cover something else than what would be read.

use varco_trust_store::list::ListError;

use super::maker::List;
use super::signer::{DS, EXCLUSIVE, RSA_SHA256, Signer, Template, signature, with_signature};
use super::{RSA, SIGNED, open};

/// The list that somebody would like to be believed.
fn forged() -> List {
    List {
        number: "99".to_owned(),
        ..List::small()
    }
}

/// A document without its first line.
fn element(xml: &str) -> &str {
    xml.split_once("?>\n").unwrap().1
}

/// The small list signed after its template was changed.
fn filled(template: &Template) -> String {
    let xml = with_signature(&List::small().xml(), &template.xml());
    RSA.fill(&xml, RSA_SHA256)
}

fn template() -> Template {
    Template::new(&RSA.der, RSA_SHA256)
}

#[test]
fn the_original_inside_a_forged_list_is_refused() {
    let by_id = filled(&Template {
        uri: "#list".to_owned(),
        ..template()
    });
    for (original, id) in [(&*SIGNED, "list"), (&by_id, "list"), (&by_id, "forged")] {
        let original = original.as_str();
        let whole = element(original);
        let bare = whole.replace(signature(whole), "");
        let outer = forged().xml().replace("Id=\"list\"", &format!("Id=\"{id}\""));
        // The signature as child of the forged list, the original in its Object.
        let object = format!("<ds:Object>{bare}</ds:Object></ds:Signature>");
        let moved = signature(whole).replace("</ds:Signature>", &object);
        let expected = match (original == SIGNED.as_str(), id) {
            (_, "list") => ListError::DuplicateId,
            _ => ListError::Wrapped,
        };
        assert_eq!(open(&with_signature(&outer, &moved)).unwrap_err(), expected);
        // The whole original, signature and all, somewhere in the forged list.
        let inside = outer.replacen("<SchemeInformation>", &format!("{whole}<SchemeInformation>"), 1);
        let error = open(&inside).unwrap_err();
        assert!(
            matches!(error, ListError::NotAList | ListError::DuplicateId),
            "{error}"
        );
        let inside = outer.replacen("<SchemeInformation>", &format!("<SchemeInformation>{whole}"), 1);
        let error = open(&inside).unwrap_err();
        assert!(
            matches!(error, ListError::Wrapped | ListError::DuplicateId),
            "{error}"
        );
    }
}

#[test]
fn the_original_in_an_object_without_its_identifier_is_refused() {
    let whole = element(&SIGNED).replacen("Id=\"list\" ", "", 1);
    let bare = whole.replace(signature(&whole), "");
    let object = format!("<ds:Object>{bare}</ds:Object></ds:Signature>");
    let moved = signature(&whole).replace("</ds:Signature>", &object);
    let error = open(&with_signature(&forged().xml(), &moved)).unwrap_err();
    assert_eq!(error, ListError::Altered);
}

#[test]
fn a_signature_moved_to_another_list_is_refused() {
    let moved = with_signature(&forged().xml(), signature(&SIGNED));
    assert_eq!(open(&moved).unwrap_err(), ListError::Altered);
}

#[test]
fn a_second_scheme_information_or_provider_list_is_refused() {
    for (name, expected) in [
        ("SchemeInformation", ListError::Malformed("SchemeInformation")),
        (
            "TrustServiceProviderList",
            ListError::Malformed("TrustServiceProviderList"),
        ),
    ] {
        let xml = List::small().xml();
        let twice = xml.replacen(&format!("  <{name}>"), &format!("  <{name}></{name}><{name}>"), 1);
        // Even the right signer does not make sense of it.
        assert_eq!(open(&RSA.sign(&twice, RSA_SHA256)).unwrap_err(), expected);
        let after = SIGNED.replacen(&format!("  <{name}>"), &format!("  <{name}></{name}><{name}>"), 1);
        assert_eq!(open(&after).unwrap_err(), ListError::Altered);
    }
    let foreign = List::small()
        .xml()
        .replacen("  <SchemeInformation>", "<x/><SchemeInformation>", 1);
    assert_eq!(
        open(&RSA.sign(&foreign, RSA_SHA256)).unwrap_err(),
        ListError::NotAList
    );
    let two_roots = format!("{}<TrustServiceStatusList/>", *SIGNED);
    assert_eq!(open(&two_roots).unwrap_err(), ListError::NotXml);
}

#[test]
fn an_identifier_that_stands_twice_is_refused_before_anything_is_verified() {
    for attribute in [
        "Id=\"properties\"",
        "ID=\"list\"",
        "id=\"signature\"",
        "xml:id=\"list\"",
    ] {
        let xml = SIGNED.replacen(
            "<SchemeInformation>",
            &format!("<SchemeInformation {attribute}>"),
            1,
        );
        assert_eq!(open(&xml).unwrap_err(), ListError::DuplicateId, "{attribute}");
    }
}

#[test]
fn a_reference_to_a_part_of_the_list_is_refused() {
    let part = |uri: &str| {
        let list = List::small().xml();
        let list = list.replacen("<SchemeInformation>", "<SchemeInformation Id=\"part\">", 1);
        let template = Template {
            uri: uri.to_owned(),
            ..template()
        };
        with_signature(&list, &template.xml())
    };
    // References are judged before digests: what xmlsec1 would compute does not matter.
    for uri in [
        "#part",
        "#signature",
        "#",
        "#xpointer(/)",
        "#xpointer(id('list'))",
        "list.xml",
        "http://lists.example/",
        "file:///x",
    ] {
        assert_eq!(
            open(&part(uri)).unwrap_err(),
            malformed_or_wrapped(&part(uri)),
            "{uri}"
        );
    }
    let no_uri = SIGNED.replacen("<ds:Reference URI=\"\">", "<ds:Reference>", 1);
    assert_eq!(open(&no_uri).unwrap_err(), ListError::Wrapped);
}

/// Unfilled templates have no value; the wrapping is told with one.
fn malformed_or_wrapped(xml: &str) -> ListError {
    let value = xml.replace(
        "<ds:DigestValue></ds:DigestValue>",
        "<ds:DigestValue>AAAA</ds:DigestValue>",
    );
    assert_eq!(open(&value).unwrap_err(), ListError::Wrapped);
    ListError::Wrapped
}

#[test]
fn two_signatures_are_refused_wherever_the_second_stands() {
    let second = signature(&SIGNED)
        .replace("Id=\"signature\"", "Id=\"second\"")
        .replace("Id=\"properties\"", "Id=\"more\"");
    let beside = with_signature(&SIGNED, &second);
    let in_object = SIGNED.replacen(
        "</ds:Signature>",
        &format!("<ds:Object>{second}</ds:Object></ds:Signature>"),
        1,
    );
    let in_list = SIGNED.replacen("<SchemeInformation>", &format!("<SchemeInformation>{second}"), 1);
    for xml in [beside, in_object, in_list] {
        assert_eq!(open(&xml).unwrap_err(), ListError::ManySignatures);
    }
}

#[test]
fn a_signature_that_is_no_child_of_the_list_is_refused() {
    let part = signature(&SIGNED);
    let bare = SIGNED.replace(part, "");
    let deeper = bare.replacen("</SchemeInformation>", &format!("{part}</SchemeInformation>"), 1);
    assert_eq!(open(&deeper).unwrap_err(), ListError::Wrapped);
    let enveloping = format!(
        "{}<ds:Object>{}</ds:Object></ds:Signature>",
        part.strip_suffix("</ds:Signature>").unwrap(),
        element(&bare)
    );
    assert_eq!(open(&enveloping).unwrap_err(), ListError::NotAList);
}

#[test]
fn swapped_signed_properties_are_refused() {
    // Other properties under the signed ones' identifier, the signed ones in another object.
    let start = SIGNED.find("<ds:Object>").unwrap();
    let end = SIGNED.find("</ds:Object>").unwrap() + "</ds:Object>".len();
    let object = &SIGNED[start..end];
    let kept = object
        .replace("<xades:QualifyingProperties", "<xades:Kept")
        .replace("</xades:QualifyingProperties", "</xades:Kept");
    let other = object.replace("SigningTime>2026", "SigningTime>2020");
    let with = |objects: &str| SIGNED.replacen(object, objects, 1);
    let renamed = other.replace("Id=\"properties\"", "Id=\"others\"");
    assert_eq!(
        open(&with(&format!("{kept}{renamed}"))).unwrap_err(),
        ListError::Wrapped
    );
    assert_eq!(
        open(&with(&format!("{kept}{other}"))).unwrap_err(),
        ListError::DuplicateId
    );
    assert_eq!(open(&with(&other)).unwrap_err(), ListError::Altered);
    assert_eq!(open(&with(&kept)).unwrap_err(), ListError::Wrapped);
    assert_eq!(open(&with("")).unwrap_err(), ListError::Wrapped);
    let two = open(&with(&format!("{object}{renamed}"))).unwrap_err();
    assert_eq!(two, ListError::MalformedSignature("QualifyingProperties"));
    let target = SIGNED.replacen("Target=\"#signature\"", "Target=\"#list\"", 1);
    assert_eq!(open(&target).unwrap_err(), ListError::Wrapped);
}

#[test]
fn properties_that_nothing_signs_are_refused() {
    let plain = Template {
        named: None,
        ..template()
    };
    let object = {
        let start = SIGNED.find("<ds:Object>").unwrap();
        let end = SIGNED.find("</ds:Object>").unwrap() + "</ds:Object>".len();
        &SIGNED[start..end]
    };
    let xml = filled(&plain).replacen("</ds:Signature>", &format!("{object}</ds:Signature>"), 1);
    assert_eq!(open(&xml).unwrap_err(), ListError::Wrapped);
}

#[test]
fn properties_that_name_another_signer_are_refused() {
    let other = Signer::p256();
    let named = Template {
        named: Template::new(&other.der, RSA_SHA256).named,
        ..template()
    };
    assert_eq!(open(&filled(&named)).unwrap_err(), ListError::OtherSignerNamed);
}

#[test]
fn other_transforms_and_algorithms_are_refused() {
    let enveloped = format!("{DS}enveloped-signature");
    let transforms: [&[&str]; 8] = [
        &[],
        &[EXCLUSIVE],
        &[&enveloped],
        &[EXCLUSIVE, &enveloped],
        &[&enveloped, EXCLUSIVE, EXCLUSIVE],
        &[&enveloped, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"],
        &[&enveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116"],
        &["http://www.w3.org/TR/1999/REC-xpath-19991116", EXCLUSIVE],
    ];
    let mut templates: Vec<Template> = transforms
        .iter()
        .map(|uris| Template {
            transforms: uris.iter().map(|uri| (*uri).to_owned()).collect(),
            ..template()
        })
        .collect();
    for method in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    ] {
        templates.push(Template::new(&RSA.der, method));
    }
    templates.push(Template {
        digest: format!("{DS}sha1"),
        ..template()
    });
    templates.push(Template {
        canonicalization: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315".to_owned(),
        ..template()
    });
    for (place, template) in templates.iter().enumerate() {
        let xml = with_signature(&List::small().xml(), &template.xml());
        let error = open(&xml.replace("<ds:SignatureValue>", "<ds:SignatureValue>AAAA")).unwrap_err();
        assert!(matches!(error, ListError::Algorithm(_)), "{place}: {error}");
    }
    let parameters = SIGNED.replacen(
        &format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"/>"),
        &format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"><i:InclusiveNamespaces xmlns:i=\"{EXCLUSIVE}\" PrefixList=\"ds\"/></ds:Transform>"),
        1,
    );
    assert_eq!(open(&parameters).unwrap_err(), ListError::Algorithm("transforms"));
}

#[test]
fn weak_and_unfitting_keys_are_refused() {
    let weak = Signer::new(&["-newkey", "rsa:1024"]);
    let p256 = Signer::p256();
    let xml = weak.sign(&List::small().xml(), RSA_SHA256);
    let refused = |xml: &str, der: &[u8]| {
        varco_trust_store::list::TrustedList::open(xml.as_bytes(), "IT", &[super::certificate(der)])
            .unwrap_err()
    };
    assert!(weak.xmlsec1_accepts(xml.as_bytes()));
    assert_eq!(refused(&xml, &weak.der), ListError::WeakKey);
    let claimed = Template::new(&p256.der, RSA_SHA256).xml();
    let xml = RSA.fill(&with_signature(&List::small().xml(), &claimed), RSA_SHA256);
    assert_eq!(refused(&xml, &p256.der), ListError::Algorithm("key"));
}

#[test]
fn a_third_reference_and_one_that_stands_twice_are_refused() {
    for uri in ["", "#properties"] {
        let more = format!(
            "<ds:Reference URI=\"{uri}\"><ds:Transforms><ds:Transform Algorithm=\"{DS}enveloped-signature\"/>\
             <ds:Transform Algorithm=\"{EXCLUSIVE}\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue></ds:DigestValue></ds:Reference>"
        );
        let third = Template {
            more_references: more.clone(),
            ..template()
        };
        assert_eq!(
            open(&filled(&third)).unwrap_err(),
            ListError::MalformedSignature("Reference")
        );
        let twice = Template {
            more_references: more,
            named: None,
            ..template()
        };
        if uri.is_empty() {
            assert_eq!(
                open(&filled(&twice)).unwrap_err(),
                ListError::MalformedSignature("Reference")
            );
        }
    }
}
