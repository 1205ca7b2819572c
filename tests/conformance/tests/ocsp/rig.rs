//! An authority, its certificates and its responders, made and run by the `openssl` program in a temporary folder.
//!
//! Not here: any claim. Keys are new at every run; nothing that is claimed depends on them.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use tempfile::TempDir;
use varco_pki::Certificate;

/// Made once for all tests.
pub(crate) static RIG: LazyLock<Rig> = LazyLock::new(Rig::make);

const CONFIG: &str = "[req]\ndistinguished_name=dn\n[dn]\n";
const AUTHORITY: &str = "/C=IT/O=Enti Inventati S.p.A./CN=TEST authority that answers";

/// Names of certificates and their serial numbers in hex. The last is not in the index.
pub(crate) const LEAVES: [(&str, &str); 5] = [
    ("good", "98D9E5C0B4C373552DF77C5D0F1EB5128E4945F9"),
    ("revoked", "12"),
    ("held", "80"),
    ("revoked-without-reason", "0F0102"),
    ("unknown", "14"),
];

/// Index of the authority: status, end of validity, since when and why, serial number, file, subject.
const INDEX: &str = "\
V\t20491231235959Z\t\t98D9E5C0B4C373552DF77C5D0F1EB5128E4945F9\tunknown\t/CN=good\n\
R\t20491231235959Z\t240301120000Z,keyCompromise\t12\tunknown\t/CN=revoked\n\
R\t20491231235959Z\t240302120000Z,certificateHold\t80\tunknown\t/CN=held\n\
R\t20491231235959Z\t240303120000Z\t0F0102\tunknown\t/CN=revoked-without-reason\n";

const SIGNS: &str = "keyUsage=critical,digitalSignature\n";
const RESPONDS: &str = "extendedKeyUsage=OCSPSigning\n";
const NO_CHECK: &str = "noCheck=ignored\n";

/// A responder: name, key, who issued it, further options, extensions.
type Responder = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const RESPONDERS: [Responder; 12] = [
    ("rsa", "rsa", "ca", &[], &[SIGNS, RESPONDS, NO_CHECK]),
    ("p256", "p256", "ca", &[], &[SIGNS, RESPONDS, NO_CHECK]),
    ("p384", "p384", "ca", &[], &[SIGNS, RESPONDS, NO_CHECK]),
    ("small", "small", "ca", &[], &[SIGNS, RESPONDS, NO_CHECK]),
    ("unchecked", "p256", "ca", &[], &[SIGNS, RESPONDS]),
    ("any-usage", "p256", "ca", &[], &[RESPONDS]),
    (
        "non-repudiation",
        "p256",
        "ca",
        &[],
        &["keyUsage=nonRepudiation\n", RESPONDS],
    ),
    (
        "agrees",
        "p256",
        "ca",
        &[],
        &["keyUsage=keyAgreement\n", RESPONDS],
    ),
    (
        "client",
        "p256",
        "ca",
        &[],
        &[SIGNS, "extendedKeyUsage=clientAuth,anyExtendedKeyUsage\n"],
    ),
    (
        "critical",
        "p256",
        "ca",
        &[],
        &[SIGNS, RESPONDS, "1.2.3.4=critical,ASN1:NULL\n"],
    ),
    ("sha1", "p256", "ca", &["-sha1"], &[SIGNS, RESPONDS, NO_CHECK]),
    ("strange", "p256", "namesake", &[], &[SIGNS, RESPONDS, NO_CHECK]),
];

/// The folder.
pub(crate) struct Rig {
    folder: TempDir,
}

/// How a responder answers.
pub(crate) struct Answering<'a> {
    /// A responder of the table, or `ca`.
    pub(crate) signer: &'a str,
    /// Further options of `openssl ocsp`.
    pub(crate) options: &'a [&'a str],
}

impl Rig {
    fn make() -> Self {
        let rig = Self {
            folder: TempDir::new().unwrap(),
        };
        std::fs::write(rig.path().join("openssl.cnf"), CONFIG).unwrap();
        std::fs::write(rig.path().join("index.txt"), INDEX).unwrap();
        for (key, algorithm, option) in [
            ("ca", "RSA", "rsa_keygen_bits:2048"),
            ("rsa", "RSA", "rsa_keygen_bits:2048"),
            ("small", "RSA", "rsa_keygen_bits:1024"),
            ("p256", "EC", "ec_paramgen_curve:P-256"),
            ("p384", "EC", "ec_paramgen_curve:P-384"),
            ("namesake", "RSA", "rsa_keygen_bits:2048"),
        ] {
            let out = format!("{key}.key");
            rig.run(&[
                "genpkey",
                "-algorithm",
                algorithm,
                "-pkeyopt",
                option,
                "-out",
                &out,
            ]);
        }
        for name in ["ca", "namesake"] {
            let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
            rig.run(&[
                "req",
                "-x509",
                "-config",
                "openssl.cnf",
                "-subj",
                AUTHORITY,
                "-days",
                "3650",
                "-key",
                &key,
                "-out",
                &out,
                "-addext",
                "basicConstraints=critical,CA:true",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign",
            ]);
        }
        for (name, serial) in LEAVES {
            let serial = format!("0x{serial}");
            rig.issue(
                name,
                "p256",
                "ca",
                &["-set_serial", &serial],
                "keyUsage=digitalSignature\n",
            );
        }
        for (name, key, issuer, options, extensions) in RESPONDERS {
            let options = [&["-set_serial", "0x77"], options].concat();
            rig.issue(name, key, issuer, &options, &extensions.concat());
        }
        rig
    }

    /// Makes NAME.pem with a key and the name of a person or responder that nobody bears.
    fn issue(&self, name: &str, key: &str, issuer: &str, options: &[&str], extensions: &str) {
        let (key, request, out) = (format!("{key}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let (subject, file) = (format!("/C=IT/CN=TEST {name}"), format!("{name}.ext"));
        let (ca, ca_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        std::fs::write(self.path().join(&file), extensions).unwrap();
        self.run(&[
            "req",
            "-new",
            "-config",
            "openssl.cnf",
            "-subj",
            &subject,
            "-key",
            &key,
            "-out",
            &request,
        ]);
        let issue = [
            "x509", "-req", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-extfile", &file, "-days",
            "365", "-out", &out,
        ];
        self.run(&[&issue[..], options].concat());
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `openssl` in the folder; it must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.ask(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
        output
    }

    /// Runs `openssl` in the folder.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    /// A certificate of the folder.
    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        let pem = format!("{name}.pem");
        let der = self.run(&["x509", "-in", &pem, "-outform", "DER"]).stdout;
        Certificate::parse(&der).unwrap()
    }

    /// What the responder says to a request; the files that it needs are called by the test's own name.
    pub(crate) fn answer(&self, test: &str, request: &[u8], answering: &Answering<'_>) -> Vec<u8> {
        let (reqin, respout) = (format!("{test}.req"), format!("{test}.resp"));
        std::fs::write(self.path().join(&reqin), request).unwrap();
        let signer = answering.signer;
        let key = RESPONDERS
            .iter()
            .find(|one| one.0 == signer)
            .map_or(signer, |one| one.1);
        let (rsigner, rkey) = (format!("{signer}.pem"), format!("{key}.key"));
        let ocsp = [
            "ocsp",
            "-index",
            "index.txt",
            "-CA",
            "ca.pem",
            "-rsigner",
            &rsigner,
            "-rkey",
            &rkey,
            "-reqin",
            &reqin,
            "-respout",
            &respout,
            "-noverify",
        ];
        self.run(&[&ocsp[..], answering.options].concat());
        std::fs::read(self.path().join(&respout)).unwrap()
    }

    /// Whether `openssl ocsp` itself believes a response about a certificate.
    pub(crate) fn is_believed(&self, test: &str, response: &[u8], leaf: &str) -> bool {
        let (respin, cert) = (format!("{test}.respin"), format!("{leaf}.pem"));
        std::fs::write(self.path().join(&respin), response).unwrap();
        let ocsp = [
            "ocsp",
            "-respin",
            &respin,
            "-CAfile",
            "ca.pem",
            "-issuer",
            "ca.pem",
            "-cert",
            &cert,
            "-no_nonce",
        ];
        let output = self.ask(&ocsp);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success() && said.contains("Response verify OK")
    }
}
