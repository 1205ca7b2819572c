//! Documents made to cost much: each is refused, and soon.

use varco_trust_store::list::{LIST_BYTES_MAX, ListError};

use super::maker::List;
use super::{SIGNED, open};

/// The signed list with something put into its scheme information.
fn with(inside: &str) -> String {
    SIGNED.replacen("<SchemeInformation>", &format!("<SchemeInformation>{inside}"), 1)
}

#[test]
fn document_types_are_refused() {
    let laughs: String = (1..10)
        .map(|level| {
            format!(
                "<!ENTITY l{level} \"{}\">",
                format!("&l{};", level - 1).repeat(10)
            )
        })
        .collect();
    for declaration in [
        format!("<!DOCTYPE TrustServiceStatusList [<!ENTITY l0 \"ha\">{laughs}]>"),
        "<!DOCTYPE TrustServiceStatusList SYSTEM \"file:///etc/passwd\">".to_owned(),
        "<!DOCTYPE TrustServiceStatusList [<!ATTLIST SchemeInformation Id ID 'list'>]>".to_owned(),
        "<!DOCTYPE TrustServiceStatusList>".to_owned(),
    ] {
        let xml = SIGNED.replacen("?>\n", &format!("?>\n{declaration}\n"), 1);
        assert_eq!(open(&xml).unwrap_err(), ListError::DocumentType);
    }
    assert_eq!(open(&with("&l9;")).unwrap_err(), ListError::NotXml);
}

#[test]
fn deep_wide_and_long_documents_are_refused() {
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}=\"\"")).collect();
    for inside in [
        "<a>".repeat(200_000),
        format!("{}{}", "<a>".repeat(70), "</a>".repeat(70)),
        "<a/>".repeat(400_000),
        format!("<a{attributes}/>"),
    ] {
        assert_eq!(open(&with(&inside)).unwrap_err(), ListError::TooComplex);
    }
    let long = with(&" ".repeat(LIST_BYTES_MAX));
    assert_eq!(open(&long).unwrap_err(), ListError::TooLarge);
}

#[test]
fn what_is_not_a_list_is_refused() {
    for other in [
        "",
        " ",
        "%PDF-1.7",
        "{\"a\": 1}",
        "\u{0}",
        "<a>",
        "<a></b>",
        "<a>&#0;</a>",
        "<a b=1/>",
    ] {
        let error = open(other).unwrap_err();
        assert!(
            matches!(error, ListError::NotXml | ListError::Truncated),
            "{other:?}: {error}"
        );
    }
    assert_eq!(open("<html/>").unwrap_err(), ListError::NotAList);
    let latin = List::small().xml().replacen("UTF-8", "ISO-8859-1", 1);
    assert_eq!(open(&latin).unwrap_err(), ListError::NotXml);
    let later = List::small()
        .xml()
        .replacen("version=\"1.0\"", "version=\"1.1\"", 1);
    assert_eq!(open(&later).unwrap_err(), ListError::NotXml);
    let older = SIGNED.replace("http://uri.etsi.org/02231/v2#", "http://uri.etsi.org/02231/v1#");
    assert_eq!(open(&older).unwrap_err(), ListError::NotAList);
}

#[test]
fn errors_have_codes_of_their_own() {
    let all = [
        ListError::TooLarge,
        ListError::TooComplex,
        ListError::Truncated,
        ListError::NotXml,
        ListError::DocumentType,
        ListError::DuplicateId,
        ListError::NotAList,
        ListError::Unsigned,
        ListError::ManySignatures,
        ListError::Wrapped,
        ListError::MalformedSignature(""),
        ListError::Algorithm(""),
        ListError::WeakKey,
        ListError::OtherSigner,
        ListError::OtherSignerNamed,
        ListError::Altered,
        ListError::Version,
        ListError::Malformed(""),
        ListError::Territory,
        ListError::OtherType,
        ListError::CriticalExtension,
        ListError::Backwards,
        ListError::NumberReused,
        ListError::Future,
        ListError::Stale,
        ListError::Closed,
    ];
    let codes: std::collections::BTreeSet<&str> = all.iter().map(|error| error.code()).collect();
    assert_eq!(codes.len(), all.len());
    assert!(codes.iter().all(|code| code.starts_with("list-")));
}
