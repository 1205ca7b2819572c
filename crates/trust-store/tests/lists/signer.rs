//! Signs lists with outside programs: keys and RSASSA-PSS by openssl, XML signatures by xmlsec1.
//!
//! Not here: anything of the crate under test, so that no mistake hides on both sides.
#![allow(dead_code, reason = "the tests and the bench each use a part")]

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use tempfile::TempDir;

pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
pub(crate) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
pub(crate) const ECDSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
pub(crate) const PSS_SHA256: &str = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1";

/// Somebody with a key and a certificate.
pub(crate) struct Signer {
    folder: TempDir,
    pub(crate) der: Vec<u8>,
}

/// A program's output, whatever it said.
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> (bool, Vec<u8>, String) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed by this test: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), output.stdout, errors)
}

fn must(program: &str, arguments: &[&str], folder: &Path) -> Vec<u8> {
    let (good, out, errors) = run(program, arguments, folder);
    assert!(good, "{program} {arguments:?}: {errors}");
    out
}

impl Signer {
    /// A key that `openssl req -newkey` makes from these words.
    pub(crate) fn new(key: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec!["req", "-x509", "-nodes", "-sha256", "-days", "3650"];
        arguments.extend(["-subj", "/C=IT/O=Agenzia di prova/CN=Firma della lista"]);
        arguments.extend(["-keyout", "key.pem", "-out", "certificate.pem"]);
        arguments.extend(key);
        must("openssl", &arguments, folder.path());
        must(
            "openssl",
            &[
                "x509",
                "-in",
                "certificate.pem",
                "-outform",
                "DER",
                "-out",
                "certificate.der",
            ],
            folder.path(),
        );
        let der = std::fs::read(folder.path().join("certificate.der")).unwrap();
        Self { folder, der }
    }

    /// The key and the certificate of a played card, which everybody has.
    pub(crate) fn of_card(name: &str) -> Self {
        let card = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/cards")
            .join(name);
        let folder = tempfile::tempdir().unwrap();
        let key = card.join("key.p8");
        let arguments = [
            "pkey",
            "-inform",
            "DER",
            "-in",
            key.to_str().unwrap(),
            "-out",
            "key.pem",
        ];
        must("openssl", &arguments, folder.path());
        let der = std::fs::read(card.join("ef-1101.bin")).unwrap();
        std::fs::write(folder.path().join("certificate.der"), &der).unwrap();
        let arguments = [
            "x509",
            "-inform",
            "DER",
            "-in",
            "certificate.der",
            "-out",
            "certificate.pem",
        ];
        must("openssl", &arguments, folder.path());
        Self { folder, der }
    }

    pub(crate) fn rsa() -> Self {
        Self::new(&["-newkey", "rsa:2048"])
    }

    pub(crate) fn p256() -> Self {
        Self::new(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    pub(crate) fn p384() -> Self {
        Self::new(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"])
    }

    /// Another certificate for the same key.
    pub(crate) fn renewed(&self) -> Vec<u8> {
        let arguments = [
            "req",
            "-x509",
            "-key",
            "key.pem",
            "-days",
            "100",
            "-subj",
            "/CN=Rinnovato",
        ];
        let arguments = [&arguments[..], &["-outform", "DER", "-out", "renewed.der"]].concat();
        must("openssl", &arguments, self.folder.path());
        std::fs::read(self.folder.path().join("renewed.der")).unwrap()
    }

    /// A list with a signature by this method.
    pub(crate) fn sign(&self, xml: &str, method: &str) -> String {
        let template = with_signature(xml, &Template::new(&self.der, method).xml());
        self.fill(&template, method)
    }

    /// Fills the digests and the value of the signature in a document.
    pub(crate) fn fill(&self, template: &str, method: &str) -> String {
        if method != PSS_SHA256 {
            return self.xmlsec1_sign(template);
        }
        // xmlsec1 computes the digests; the value is openssl's over the canonical SignedInfo, written here by hand.
        let signed = self.xmlsec1_sign(&template.replace(PSS_SHA256, RSA_SHA256));
        let signed = signed.replace(RSA_SHA256, PSS_SHA256);
        let (before, rest) = signed.split_once("<ds:SignedInfo>").unwrap();
        let (inside, after) = rest.split_once("</ds:SignedInfo>").unwrap();
        let inside = expanded(inside);
        let canonical = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{inside}</ds:SignedInfo>");
        let value = self.pss(canonical.as_bytes());
        let (head, tail) = after.split_once("<ds:SignatureValue>").unwrap();
        let (_, tail) = tail.split_once("</ds:SignatureValue>").unwrap();
        format!(
            "{before}<ds:SignedInfo>{inside}</ds:SignedInfo>{head}<ds:SignatureValue>{value}</ds:SignatureValue>{tail}"
        )
    }

    fn xmlsec1_sign(&self, template: &str) -> String {
        let folder = self.folder.path();
        let (input, output) = (fresh(folder, "in"), fresh(folder, "out"));
        std::fs::write(&input, template).unwrap();
        let mut arguments = vec!["--sign", "--privkey-pem", "key.pem"];
        arguments.extend(ID_ATTRIBUTES);
        arguments.extend(["--output", output.to_str().unwrap(), input.to_str().unwrap()]);
        must("xmlsec1", &arguments, folder);
        std::fs::read_to_string(output).unwrap()
    }

    fn pss(&self, message: &[u8]) -> String {
        let folder = self.folder.path();
        let input = fresh(folder, "message");
        std::fs::write(&input, message).unwrap();
        let arguments = [
            "dgst",
            "-sha256",
            "-sign",
            "key.pem",
            "-sigopt",
            "rsa_padding_mode:pss",
        ];
        let more = ["-sigopt", "rsa_pss_saltlen:digest", input.to_str().unwrap()];
        STANDARD.encode(must("openssl", &[&arguments[..], &more].concat(), folder))
    }

    /// What xmlsec1 says of a document, with this signer's certificate as the only key.
    pub(crate) fn xmlsec1_accepts(&self, xml: &[u8]) -> bool {
        let folder = self.folder.path();
        let input = fresh(folder, "judged");
        std::fs::write(&input, xml).unwrap();
        let mut arguments = vec!["--verify", "--pubkey-cert-pem", "certificate.pem"];
        arguments.extend(ID_ATTRIBUTES);
        arguments.push(input.to_str().unwrap());
        run("xmlsec1", &arguments, folder).0
    }
}

const ID_ATTRIBUTES: [&str; 4] = [
    "--id-attr:Id",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
    "--id-attr:Id",
    "http://uri.etsi.org/02231/v2#:TrustServiceStatusList",
];

/// A path in a folder that no other thread uses.
fn fresh(folder: &Path, kind: &str) -> PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    folder.join(format!("{kind}-{}.xml", NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// With a closing tag for each empty element, as canonical XML has it.
fn expanded(xml: &str) -> String {
    let mut expanded = String::new();
    for piece in xml.split_inclusive('>') {
        match (piece.strip_suffix("/>"), piece.rfind('<')) {
            (Some(open), Some(start)) => {
                let name: String = piece[start + 1..]
                    .chars()
                    .take_while(|character| !character.is_whitespace() && *character != '/')
                    .collect();
                expanded.push_str(&format!("{open}></{name}>"));
            }
            _ => expanded.push_str(piece),
        }
    }
    expanded
}

/// A document with a signature as last child of its document element.
pub(crate) fn with_signature(xml: &str, signature: &str) -> String {
    let (body, end) = xml.rsplit_once("</").unwrap();
    format!("{body}{signature}</{end}")
}

/// The signature element of a signed list.
pub(crate) fn signature(xml: &str) -> &str {
    let start = xml.find("<ds:Signature ").unwrap();
    let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    &xml[start..end]
}

/// A signature without its values.
pub(crate) struct Template {
    pub(crate) method: String,
    pub(crate) digest: String,
    pub(crate) uri: String,
    pub(crate) transforms: Vec<String>,
    pub(crate) canonicalization: String,
    /// Base64 in KeyInfo, if anything.
    pub(crate) certificate: Option<String>,
    /// Digest of the signer's certificate in the signed properties; `None` leaves XAdES out.
    pub(crate) named: Option<String>,
    /// What else stands in the SignedInfo and in the Signature.
    pub(crate) more_references: String,
    pub(crate) more: String,
}

impl Template {
    pub(crate) fn new(der: &[u8], method: &str) -> Self {
        Self {
            method: method.to_owned(),
            digest: "http://www.w3.org/2001/04/xmlenc#sha256".to_owned(),
            uri: String::new(),
            transforms: vec![format!("{DS}enveloped-signature"), EXCLUSIVE.to_owned()],
            canonicalization: EXCLUSIVE.to_owned(),
            certificate: Some(STANDARD.encode(der)),
            named: Some(STANDARD.encode(digest(&SHA256, der))),
            more_references: String::new(),
            more: String::new(),
        }
    }

    pub(crate) fn xml(&self) -> String {
        let transforms: String = self
            .transforms
            .iter()
            .map(|uri| format!("<ds:Transform Algorithm=\"{uri}\"/>"))
            .collect();
        let digest = &self.digest;
        let empty = format!("<ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue></ds:DigestValue>");
        let properties_reference = self.named.as_ref().map_or(String::new(), |_| {
            format!(
                "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#properties\">\
                 <ds:Transforms><ds:Transform Algorithm=\"{EXCLUSIVE}\"/></ds:Transforms>{empty}</ds:Reference>"
            )
        });
        let object = self
            .named
            .as_ref()
            .map_or(String::new(), |named| properties(named));
        let key_info = self.certificate.as_ref().map_or(String::new(), |text| {
            format!(
                "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
            )
        });
        format!(
            "<ds:Signature xmlns:ds=\"{DS}\" Id=\"signature\"><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"{}\"/><ds:SignatureMethod Algorithm=\"{}\"/>\
             <ds:Reference URI=\"{}\"><ds:Transforms>{transforms}</ds:Transforms>{empty}</ds:Reference>\
             {properties_reference}{}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>{key_info}{object}{}</ds:Signature>",
            self.canonicalization, self.method, self.uri, self.more_references, self.more
        )
    }
}

fn properties(named: &str) -> String {
    format!(
        "<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">\
         <xades:SignedProperties Id=\"properties\"><xades:SignedSignatureProperties>\
         <xades:SigningTime>2026-03-01T10:00:00Z</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{named}</ds:DigestValue>\
         </xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>\
         </xades:SignedProperties></xades:QualifyingProperties></ds:Object>"
    )
}
