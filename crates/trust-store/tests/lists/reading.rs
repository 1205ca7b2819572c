//! What is read out of lists that are believed.

use varco_pki::Timestamp;
use varco_trust_store::list::{
    CertificateFault, LIST_OF_A_STATE, LIST_OF_LISTS, ListError, SERVICE_IDENTITY_VERIFICATION,
    STATUS_RECOGNISED, TrustedList, Warning,
};

use super::maker::{IDV, List, Pointer, RECOGNISED, State, base64, fixture_authorities};
use super::signer::RSA_SHA256;
use super::{RSA, SIGNED, certificate, open, signed};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_list_says_which_it_is() {
    let list = open(&SIGNED).unwrap();
    assert_eq!(
        (list.version(), list.sequence_number(), list.territory()),
        (5, 41, "IT")
    );
    assert_eq!(list.issued_at(), at("2026-03-01T10:00:00Z"));
    assert_eq!(list.next_update(), Some(at("2026-08-01T10:00:00Z")));
    assert!(list.warnings().is_empty() && list.pointers().is_empty());
    assert_eq!(
        format!("{list:?}"),
        "TrustedList(IT number 41, 2 providers, 0 warnings)"
    );
    let newer = List {
        version: "6".to_owned(),
        ..List::small()
    };
    assert_eq!(open(&signed(&newer)).unwrap().version(), 6);
}

#[test]
fn the_anchors_are_those_recognised_now() {
    let [ca, legacy, _untrusted, root, sub] = <[_; 5]>::try_from(
        fixture_authorities()
            .iter()
            .map(|der| certificate(der))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let list = open(&SIGNED).unwrap();
    let anchors = list.anchors_at(at("2026-06-01T00:00:00Z"));
    let found: Vec<_> = anchors
        .iter()
        .map(|anchor| {
            (
                anchor.service_name.as_str(),
                &anchor.certificate,
                anchor.recognised_then,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("CNS di prova", &ca, true),
            ("CNS di prova", &legacy, true),
            ("CIE di prova", &root, true),
            ("CIE di prova", &sub, true),
            ("Un tempo altro", &sub, true),
        ]
    );
    assert_eq!(anchors[0].provider_name, "Autorità di prova & figli");
    assert_eq!(anchors[0].since, at("2019-01-01T00:00:00Z"));
    assert_eq!(anchors[0].source, list.source());
    assert_eq!(
        (
            anchors[0].source.territory.as_str(),
            anchors[0].source.sequence_number
        ),
        ("IT", 41)
    );
}

#[test]
fn history_is_looked_back_at_and_never_brings_an_anchor_back() {
    let list = open(&SIGNED).unwrap();
    let then = |instant: &str, name: &str| {
        let anchors = list.anchors_at(at(instant));
        anchors
            .iter()
            .find(|anchor| anchor.service_name == name)
            .map(|anchor| anchor.recognised_then)
    };
    // Withdrawn in 2025: no anchor, even for an instant when it was recognised.
    assert_eq!(then("2018-01-01T00:00:00Z", "CNS ritirata"), None);
    // Recognised, then not, then again.
    assert_eq!(then("2019-12-31T23:59:59Z", "CIE di prova"), Some(false));
    assert_eq!(then("2020-01-01T00:00:00Z", "CIE di prova"), Some(true));
    assert_eq!(then("2022-01-01T00:00:00Z", "CIE di prova"), Some(false));
    assert_eq!(then("2024-01-01T00:00:00Z", "CIE di prova"), Some(true));
    // Recognised as something else before.
    assert_eq!(then("2019-01-01T00:00:00Z", "Un tempo altro"), Some(false));
    assert_eq!(then("2018-12-31T00:00:00Z", "CNS di prova"), Some(false));
}

#[test]
fn of_two_states_that_began_at_once_the_current_one_counts() {
    let mut list = List::small();
    let service = &mut list.providers[0].1[1];
    service.history = vec![State::new(IDV, RECOGNISED, "2025-01-01T00:00:00Z")];
    let list = open(&signed(&list)).unwrap();
    let service = &list.providers()[0].services()[1];
    let state = service.state_at(at("2026-01-01T00:00:00Z")).unwrap();
    assert_ne!(state.status, STATUS_RECOGNISED);
    assert!(service.state_at(at("2024-01-01T00:00:00Z")).is_none());
    assert_eq!(list.services_of(SERVICE_IDENTITY_VERIFICATION).count(), 4);
}

#[test]
fn a_certificate_that_cannot_be_read_is_kept_and_told() {
    let mut list = List::small();
    let certificates = &mut list.providers[1].1[0].certificates;
    certificates.push("MIIB".to_owned());
    certificates.push("***".to_owned());
    certificates.push(certificates[0].clone());
    let list = open(&signed(&list)).unwrap();
    let service = &list.providers()[1].services()[0];
    assert_eq!(service.certificates().len(), 2);
    assert_eq!(service.unreadable()[0].der, [0x30, 0x82, 0x01]);
    assert_eq!(service.unreadable()[1].fault, CertificateFault::NotBase64);
    assert_eq!(list.warnings().len(), 2);
    let text = list.warnings()[1].to_string();
    assert_eq!(
        text,
        "provider 1, service 0: a certificate cannot be read: not base64"
    );
    assert!(!format!("{service:?}").contains("MII"));
}

#[test]
fn a_service_that_cannot_be_read_does_not_count() {
    let changes: [fn(&mut State); 3] = [
        |state| state.since = "ieri".to_owned(),
        |state| state.since = "2020-01-01T00:00:00Z[Europe/Rome]".to_owned(),
        |state| state.status = String::new(),
    ];
    for change in changes {
        let mut list = List::small();
        change(&mut list.providers[0].1[0].current);
        let list = open(&signed(&list)).unwrap();
        assert_eq!(list.providers()[0].services().len(), 2);
        assert_eq!(
            list.warnings(),
            [Warning::Service {
                provider: 0,
                service: 0
            }]
        );
    }
}

#[test]
fn pointers_tell_where_a_list_is_and_who_may_sign_it() {
    let pointer = |territory, mime_type, signers: &[&[u8]]| Pointer {
        territory,
        mime_type,
        location: format!("https://lists.example/{territory}"),
        signers: signers.iter().map(|der| base64(der)).collect(),
    };
    let xml_type = "application/vnd.etsi.tsl+xml";
    let mut list = List {
        territory: "EU",
        list_type: "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists",
        providers: Vec::new(),
        pointers: vec![
            pointer("DE", xml_type, &[]),
            pointer("IT", "application/pdf", &[&fixture_authorities()[0]]),
            pointer("IT", xml_type, &[&RSA.der, &RSA.der]),
            pointer("Italia", xml_type, &[]),
        ],
        ..List::small()
    };
    list.pointers[0].signers = vec!["MIIB".to_owned()];
    let xml = signed(&list);
    let of_lists = TrustedList::open(xml.as_bytes(), "EU", &[certificate(&RSA.der)]).unwrap();
    assert_eq!(of_lists.pointers().len(), 2);
    assert!(matches!(
        of_lists.warnings(),
        [
            Warning::Signer { pointer: 0, .. },
            Warning::Pointer { pointer: 3 }
        ]
    ));
    let italian = of_lists.pointer_to("IT").unwrap();
    assert_eq!(
        (italian.location(), italian.signers().len()),
        ("https://lists.example/IT", 1)
    );
    // The journey from one list to the next.
    let list = TrustedList::open(SIGNED.as_bytes(), italian.territory(), italian.signers()).unwrap();
    assert_eq!(list.territory(), "IT");
    assert!(of_lists.pointer_to("DE").unwrap().signers().is_empty());
    assert!(of_lists.pointer_to("FR").is_none());
}

#[test]
fn other_versions_territories_and_broken_schemes_are_refused() {
    let changed = |change: fn(&mut List)| {
        let mut list = List::small();
        change(&mut list);
        open(&signed(&list)).unwrap_err()
    };
    assert_eq!(changed(|list| list.version = "4".to_owned()), ListError::Version);
    assert_eq!(changed(|list| list.version = "7".to_owned()), ListError::Version);
    assert_eq!(changed(|list| list.territory = "FR"), ListError::Territory);
    assert_eq!(
        changed(|list| list.territory = "Italy"),
        ListError::Malformed("SchemeTerritory")
    );
    for number in ["-1", "+1", "", "99999999999999999999", "1e3"] {
        let list = List {
            number: number.to_owned(),
            ..List::small()
        };
        assert_eq!(
            open(&signed(&list)).unwrap_err(),
            ListError::Malformed("TSLSequenceNumber")
        );
    }
    assert_eq!(
        changed(|list| list.issued = "2026-03-01".to_owned()),
        ListError::Malformed("ListIssueDateTime")
    );
    assert_eq!(
        changed(|list| list.next = Some("mai".to_owned())),
        ListError::Malformed("NextUpdate")
    );
    let before = changed(|list| list.next = Some("2026-01-01T00:00:00Z".to_owned()));
    assert_eq!(before, ListError::Malformed("NextUpdate"));
}

#[test]
fn a_list_of_another_type_than_its_territory_has_is_refused() {
    for (territory, list_type) in [
        ("IT", LIST_OF_LISTS),
        ("EU", LIST_OF_A_STATE),
        ("IT", "http://a.example/"),
    ] {
        let list = List {
            territory,
            list_type,
            ..List::small()
        };
        let xml = signed(&list);
        let refused = TrustedList::open(xml.as_bytes(), territory, &[certificate(&RSA.der)]);
        assert_eq!(
            refused.unwrap_err(),
            ListError::OtherType,
            "{territory} {list_type}"
        );
    }
}

/// The small list with something put before the first of these.
fn with_before(place: &str, inside: &str) -> Result<TrustedList, ListError> {
    open(
        &RSA.sign(
            &List::small()
                .xml()
                .replacen(place, &format!("{inside}{place}"), 1),
            RSA_SHA256,
        ),
    )
}

fn extensions(name: &str, critical: &str, inside: &str) -> String {
    format!("<{name}><Extension{critical}>{inside}</Extension></{name}>")
}

#[test]
fn a_critical_extension_that_is_not_known_makes_what_bears_it_unusable() {
    let foreign = "<f:Rule xmlns:f=\"http://a.example/\"/>";
    let qualifications = "<q:Qualifications xmlns:q=\"http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\"/>";
    let known = format!(
        "<AdditionalServiceInformation/>{qualifications}<ExpiredCertsRevocationInfo/><tslx:TakenOverBy/>"
    );
    let misnamed = "<tslx:AdditionalServiceInformation/>";
    for (critical, inside, is_read) in [
        (" Critical=\"true\"", foreign, false),
        (" Critical=\"1\"", foreign, false),
        ("", foreign, false),
        (" Critical=\"true\"", "", false),
        (" Critical=\"true\"", misnamed, false),
        (" Critical=\"true\"", &*format!("{known}{foreign}"), false),
        (" Critical=\"true\"", &*known, true),
        (" Critical=\"false\"", foreign, true),
        (" Critical=\"0\"", foreign, true),
    ] {
        let of_service = extensions("ServiceInformationExtensions", critical, inside);
        let list = with_before("</ServiceInformation>", &of_service).unwrap();
        let services = list.providers()[0].services();
        assert_eq!(services.len(), if is_read { 3 } else { 2 }, "{critical} {inside}");
        assert_eq!(list.warnings().len(), usize::from(!is_read));
        // What a service was is judged like what it is.
        let list = with_before("</ServiceHistoryInstance>", &of_service).unwrap();
        assert_eq!(list.providers()[0].services().len(), if is_read { 3 } else { 2 });
    }
    for (critical, is_read) in [(" Critical=\"true\"", false), (" Critical=\"false\"", true)] {
        let of_provider = extensions("TSPInformationExtensions", critical, foreign);
        let list = with_before("</TSPInformation>", &of_provider).unwrap();
        assert_eq!(list.providers()[0].services().len(), if is_read { 3 } else { 0 });
        assert_eq!(list.providers()[1].services().len(), 2);
        let of_scheme = extensions("SchemeExtensions", critical, foreign);
        let refused = with_before("</SchemeInformation>", &of_scheme).err();
        assert_eq!(refused, (!is_read).then_some(ListError::CriticalExtension));
    }
}
