//! Writes trusted lists of the shape and size of the real ones, unsigned.
//!
//! Not here: signatures (see `signer`). Names, places and numbers are invented.
#![allow(dead_code, reason = "the tests and the bench each use a part")]

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) const IDV: &str = "http://uri.etsi.org/TrstSvc/Svctype/IdV";
pub(crate) const CA_QC: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
pub(crate) const STATUS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
pub(crate) const RECOGNISED: &str = "recognisedatnationallevel";
pub(crate) const DEPRECATED: &str = "deprecatedatnationallevel";

/// A status with its type and its beginning.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) service_type: String,
    pub(crate) status: String,
    pub(crate) since: String,
}

impl State {
    pub(crate) fn new(service_type: &str, status: &str, since: &str) -> Self {
        Self {
            service_type: service_type.to_owned(),
            status: format!("{STATUS}{status}"),
            since: since.to_owned(),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// What stands in each X509Certificate.
    pub(crate) certificates: Vec<String>,
    pub(crate) current: State,
    pub(crate) history: Vec<State>,
}

#[derive(Clone)]
pub(crate) struct Pointer {
    pub(crate) territory: &'static str,
    pub(crate) mime_type: &'static str,
    pub(crate) location: String,
    pub(crate) signers: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct List {
    pub(crate) version: String,
    pub(crate) number: String,
    pub(crate) list_type: &'static str,
    pub(crate) territory: &'static str,
    pub(crate) issued: String,
    pub(crate) next: Option<String>,
    pub(crate) pointers: Vec<Pointer>,
    pub(crate) providers: Vec<(String, Vec<Service>)>,
    /// Languages of every name beside Italian and English, as the real lists have them.
    pub(crate) languages: usize,
}

pub(crate) fn base64(der: &[u8]) -> String {
    STANDARD.encode(der)
}

/// The fixture authorities.
pub(crate) fn fixture_authorities() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki");
    [
        "ca-cns",
        "ca-cns-legacy",
        "ca-untrusted",
        "ca-cie-root",
        "ca-cie-sub",
    ]
    .iter()
    .map(|name| std::fs::read(folder.join(format!("{name}.der"))).unwrap())
    .collect()
}

/// The authorities of 2018 where VARCO_SHARED_DATA names a folder that has them, else the fixture ones over and over.
pub(crate) fn many_authorities() -> Vec<Vec<u8>> {
    let bundle = std::env::var_os("VARCO_SHARED_DATA")
        .map(|data| Path::new(&data).join("italian_ca_2018/bundle.pem"))
        .and_then(|path| std::fs::read_to_string(path).ok());
    let Some(bundle) = bundle else {
        return fixture_authorities().into_iter().cycle().take(349).collect();
    };
    let mut found = Vec::new();
    for block in bundle.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let text = block.split("-----END").next().unwrap();
        let text: String = text.split_whitespace().collect();
        found.push(STANDARD.decode(text).unwrap());
    }
    found
}

impl List {
    /// Five services of two providers, each for a claim about reading.
    pub(crate) fn small() -> Self {
        let [ca, legacy, untrusted, root, sub] = <[String; 5]>::try_from(
            fixture_authorities()
                .iter()
                .map(|der| base64(der))
                .collect::<Vec<_>>(),
        )
        .unwrap();
        let service = |name: &str, certificates: &[&String], current: State, history: Vec<State>| Service {
            name: name.to_owned(),
            certificates: certificates.iter().map(|text| (*text).clone()).collect(),
            current,
            history,
        };
        let recognised = |since| State::new(IDV, RECOGNISED, since);
        Self {
            version: "5".to_owned(),
            number: "41".to_owned(),
            list_type: "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric",
            territory: "IT",
            issued: "2026-03-01T10:00:00Z".to_owned(),
            next: Some("2026-08-01T10:00:00Z".to_owned()),
            pointers: Vec::new(),
            providers: vec![
                (
                    "Autorità di prova & figli".to_owned(),
                    vec![
                        service(
                            "CNS di prova",
                            &[&ca, &legacy],
                            recognised("2019-01-01T00:00:00Z"),
                            vec![],
                        ),
                        service(
                            "CNS ritirata",
                            &[&untrusted],
                            State::new(IDV, DEPRECATED, "2025-01-01T00:00:00Z"),
                            vec![recognised("2017-01-01T00:00:00Z")],
                        ),
                        service(
                            "Firma",
                            &[&ca],
                            State::new(CA_QC, "granted", "2016-07-01T00:00:00Z"),
                            vec![],
                        ),
                    ],
                ),
                (
                    "Ministero di prova".to_owned(),
                    vec![
                        service(
                            "CIE di prova",
                            &[&root, &sub],
                            recognised("2024-01-01T00:00:00Z"),
                            vec![
                                State::new(IDV, DEPRECATED, "2022-01-01T00:00:00Z"),
                                recognised("2020-01-01T00:00:00Z"),
                            ],
                        ),
                        service(
                            "Un tempo altro",
                            &[&sub],
                            recognised("2023-01-01T00:00:00Z"),
                            vec![State::new(CA_QC, RECOGNISED, "2018-01-01T00:00:00Z")],
                        ),
                    ],
                ),
            ],
            languages: 0,
        }
    }

    /// About 65,000 nodes in 3 MB: as the Italian list.
    pub(crate) fn of_real_size(authorities: &[Vec<u8>]) -> Self {
        let mut list = Self::small();
        list.languages = 3;
        list.pointers = vec![list_of_lists_pointer(authorities)];
        list.providers = (0..40)
            .map(|number| {
                let services = (0..15)
                    .map(|place| {
                        let index = number * 15 + place;
                        let kind = if place % 2 == 0 { IDV } else { CA_QC };
                        let of = |at: usize| base64(&authorities[(index + at) % authorities.len()]);
                        Service {
                            name: format!("Servizio numero {index} dell'autorità numero {number}"),
                            certificates: if place == 0 {
                                vec![of(0), of(7)]
                            } else {
                                vec![of(0)]
                            },
                            current: State::new(kind, RECOGNISED, "2023-05-01T00:00:00Z"),
                            history: vec![
                                State::new(kind, DEPRECATED, "2021-05-01T00:00:00Z"),
                                State::new(kind, RECOGNISED, "2019-05-01T00:00:00Z"),
                            ],
                        }
                    })
                    .collect();
                (format!("Autorità numero {number} S.p.A."), services)
            })
            .collect();
        list
    }

    /// The document without a signature.
    pub(crate) fn xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.push_str(
            "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" \
             xmlns:tslx=\"http://uri.etsi.org/02231/v2/additionaltypes#\" Id=\"list\" \
             TSLTag=\"http://uri.etsi.org/19612/TSLTag\">\n  <SchemeInformation>\n",
        );
        self.scheme(&mut xml);
        xml.push_str("  </SchemeInformation>\n");
        if !self.providers.is_empty() {
            xml.push_str("  <TrustServiceProviderList>\n");
            for (name, services) in &self.providers {
                self.provider(&mut xml, name, services);
            }
            xml.push_str("  </TrustServiceProviderList>\n");
        }
        xml.push_str("</TrustServiceStatusList>\n");
        xml
    }

    fn scheme(&self, xml: &mut String) {
        let line = |xml: &mut String, name: &str, text: &str| {
            writeln!(xml, "    <{name}>{text}</{name}>").unwrap();
        };
        line(xml, "TSLVersionIdentifier", &self.version);
        line(xml, "TSLSequenceNumber", &self.number);
        line(xml, "TSLType", self.list_type);
        xml.push_str("    <SchemeOperatorName>\n");
        self.names(xml, "Agenzia di prova");
        xml.push_str("    </SchemeOperatorName>\n");
        line(xml, "SchemeTerritory", self.territory);
        if !self.pointers.is_empty() {
            xml.push_str("    <PointersToOtherTSL>\n");
            self.pointers
                .iter()
                .for_each(|pointer| write_pointer(xml, pointer));
            xml.push_str("    </PointersToOtherTSL>\n");
        }
        line(xml, "ListIssueDateTime", &self.issued);
        match &self.next {
            Some(next) => writeln!(xml, "    <NextUpdate><dateTime>{next}</dateTime></NextUpdate>").unwrap(),
            None => xml.push_str("    <NextUpdate/>\n"),
        }
    }

    fn names(&self, xml: &mut String, name: &str) {
        let name = name.replace('&', "&amp;");
        writeln!(xml, "      <Name xml:lang=\"en\">{name} (en)</Name>").unwrap();
        writeln!(xml, "      <Name xml:lang=\"it\">{name}</Name>").unwrap();
        for language in 0..self.languages {
            let tag = [
                "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "hr", "hu",
            ][language % 12];
            writeln!(
                xml,
                "      <Name xml:lang=\"{tag}\">{name} ({tag} {language})</Name>"
            )
            .unwrap();
        }
    }

    fn provider(&self, xml: &mut String, name: &str, services: &[Service]) {
        xml.push_str("    <TrustServiceProvider>\n    <TSPInformation>\n    <TSPName>\n");
        self.names(xml, name);
        xml.push_str("    </TSPName>\n    </TSPInformation>\n    <TSPServices>\n");
        for service in services {
            xml.push_str("    <TSPService>\n      <ServiceInformation>\n");
            self.state(xml, service, &service.current, true);
            xml.push_str("      </ServiceInformation>\n");
            if !service.history.is_empty() {
                xml.push_str("      <ServiceHistory>\n");
                for state in &service.history {
                    xml.push_str("      <ServiceHistoryInstance>\n");
                    self.state(xml, service, state, false);
                    xml.push_str("      </ServiceHistoryInstance>\n");
                }
                xml.push_str("      </ServiceHistory>\n");
            }
            xml.push_str("    </TSPService>\n");
        }
        xml.push_str("    </TSPServices>\n    </TrustServiceProvider>\n");
    }

    fn state(&self, xml: &mut String, service: &Service, state: &State, current: bool) {
        let State {
            service_type,
            status,
            since,
        } = state;
        writeln!(
            xml,
            "      <ServiceTypeIdentifier>{service_type}</ServiceTypeIdentifier>"
        )
        .unwrap();
        xml.push_str("      <ServiceName>\n");
        self.names(xml, &service.name);
        xml.push_str("      </ServiceName>\n      <ServiceDigitalIdentity>\n");
        if current {
            for text in &service.certificates {
                writeln!(xml, "        <DigitalId>\n          <X509Certificate>{text}</X509Certificate>\n        </DigitalId>").unwrap();
            }
        }
        xml.push_str("        <DigitalId><X509SubjectName>CN=prova</X509SubjectName></DigitalId>\n");
        xml.push_str("      </ServiceDigitalIdentity>\n");
        writeln!(xml, "      <ServiceStatus>{status}</ServiceStatus>").unwrap();
        writeln!(xml, "      <StatusStartingTime>{since}</StatusStartingTime>").unwrap();
    }
}

fn list_of_lists_pointer(authorities: &[Vec<u8>]) -> Pointer {
    Pointer {
        territory: "EU",
        mime_type: "application/vnd.etsi.tsl+xml",
        location: "https://lists.example/eu-lotl.xml".to_owned(),
        signers: authorities.iter().take(3).map(|der| base64(der)).collect(),
    }
}

fn write_pointer(xml: &mut String, pointer: &Pointer) {
    xml.push_str("      <OtherTSLPointer>\n        <ServiceDigitalIdentities>\n");
    for signer in &pointer.signers {
        writeln!(
            xml,
            "          <ServiceDigitalIdentity><DigitalId><X509Certificate>{signer}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
        )
        .unwrap();
    }
    let Pointer {
        territory,
        mime_type,
        location,
        ..
    } = pointer;
    writeln!(
        xml,
        "        </ServiceDigitalIdentities>\n        <TSLLocation>{location}</TSLLocation>\n        <AdditionalInformation>\n\
         \x20         <OtherInformation><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType></OtherInformation>\n\
         \x20         <OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>\n\
         \x20         <OtherInformation><tslx:MimeType>{mime_type}</tslx:MimeType></OtherInformation>\n\
         \x20       </AdditionalInformation>\n      </OtherTSLPointer>"
    )
    .unwrap();
}
