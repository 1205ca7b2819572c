//! Names of files, applications, references and instructions: data, for whoever reads a trace.
//!
//! Not here: which of them a command means (`place`, `command`).

/// Where files are at home: the same identifier means other things in another place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// The tree of a CNS [cns §2.1].
    Cns,
    /// The root application of an identity card (IAS ECC) [cie §2.2].
    Ias,
    /// The application CIE of an identity card [cie §2.2].
    Cie,
    /// The application of travel documents (ICAO 9303-10).
    Emrtd,
}

/// A file.
#[derive(Debug)]
pub struct KnownFile {
    /// Where it is at home.
    pub home: Home,
    /// From there, without 3F00.
    pub path: &'static [u16],
    /// Its short identifier.
    pub sfi: Option<u8>,
    /// Its name in the specification.
    pub name: &'static str,
}

const fn file(home: Home, path: &'static [u16], sfi: Option<u8>, name: &'static str) -> KnownFile {
    KnownFile {
        home,
        path,
        sfi,
        name,
    }
}

/// The files.
pub const FILES: &[KnownFile] = &[
    file(Home::Cns, &[0x2F00], None, "EF.DIR"),
    file(Home::Cns, &[0x2F01], None, "EF.ATR"),
    file(Home::Cns, &[0x2F02], None, "EF.GDO"),
    file(Home::Cns, &[0x3F01], None, "EF.KPUB"),
    file(Home::Cns, &[0x3F02], None, "EF.CardStatus"),
    file(Home::Cns, &[0x0405], None, "EF.RootInstFile"),
    file(Home::Cns, &[0x1000], None, "DF0"),
    file(Home::Cns, &[0x1000, 0x1002], None, "EF.Dati_processore"),
    file(Home::Cns, &[0x1000, 0x1003], None, "EF.ID_Carta"),
    file(Home::Cns, &[0x1000, 0x1004], None, "EF.Dati_sistema"),
    file(Home::Cns, &[0x1100], None, "DF1"),
    file(Home::Cns, &[0x1100, 0x1101], None, "EF.C_Carta"),
    file(Home::Cns, &[0x1100, 0x1102], None, "EF.Dati_personali"),
    file(Home::Cns, &[0x1200], None, "DF2"),
    file(Home::Cns, &[0x1200, 0x1201], None, "EF.Dati_personali_aggiuntivi"),
    file(Home::Cns, &[0x1200, 0x1202], None, "EF.Memoria_residua"),
    file(Home::Cns, &[0x1200, 0x1203], None, "EF.Servizi_installati"),
    file(Home::Cns, &[0x1200, 0x4142], None, "EF.INST_FILE"),
    file(Home::Cns, &[0x1400], None, "DF_DS"),
    file(Home::Cns, &[0x1400, 0x1000], None, "EF.card_name (IDEMIA)"),
    file(
        Home::Cns,
        &[0x1400, 0x9001],
        None,
        "DF of the certificate (IDEMIA)",
    ),
    file(
        Home::Cns,
        &[0x1400, 0x9001, 0x2002],
        None,
        "EF.certificate (IDEMIA)",
    ),
    file(Home::Cns, &[0x1400, 0x9002], None, "DF of the key (IDEMIA)"),
    file(Home::Cns, &[0x1400, 0x9010], None, "EF.DS_certificate"),
    file(Home::Cns, &[0x1400, 0x8110], None, "DF of the DS key"),
    file(Home::Cns, &[0x2FFF], None, "DF (InfoCamere)"),
    file(Home::Cns, &[0x2FFF, 0x8228], None, "EF.certificate (InfoCamere)"),
    file(Home::Cns, &[0x2FFF, 0x0000], None, "DF of the key (InfoCamere)"),
    file(Home::Ias, &[0x2F00], Some(0x1E), "EF.DIR"),
    file(Home::Ias, &[0x2F01], Some(0x1D), "EF.ATR"),
    file(Home::Ias, &[0x011C], Some(0x1C), "EF.CardAccess"),
    file(Home::Ias, &[0xD003], None, "EF.SN.ICC"),
    file(Home::Ias, &[0xD004], Some(0x1B), "EF.DH"),
    file(Home::Cie, &[0x1001], Some(0x01), "EF.ID_Servizi"),
    file(Home::Cie, &[0x1002], Some(0x02), "EF.Seriale"),
    file(Home::Cie, &[0x1003], Some(0x03), "EF.Cert_CIE"),
    file(Home::Cie, &[0x1004], Some(0x04), "EF.Int.Kpub"),
    file(Home::Cie, &[0x1005], Some(0x05), "EF.Servizi_Int.Kpub"),
    file(Home::Cie, &[0x1006], Some(0x06), "EF.SOD"),
    file(Home::Cie, &[0x1007], Some(0x07), "EF.CIE.Kpub"),
    file(Home::Emrtd, &[0x011E], Some(0x1E), "EF.COM"),
    file(Home::Emrtd, &[0x011D], Some(0x1D), "EF.SOD"),
    file(Home::Emrtd, &[0x0101], Some(0x01), "EF.DG1"),
    file(Home::Emrtd, &[0x0102], Some(0x02), "EF.DG2"),
    file(Home::Emrtd, &[0x010B], Some(0x0B), "EF.DG11"),
    file(Home::Emrtd, &[0x010E], Some(0x0E), "EF.DG14"),
    file(Home::Emrtd, &[0x010F], Some(0x0F), "EF.DG15"),
];

/// An application by its identifier.
#[derive(Debug)]
pub struct KnownApplication {
    /// The whole identifier.
    pub aid: &'static [u8],
    /// Its name.
    pub name: &'static str,
    /// Which files hang under it.
    pub home: Option<Home>,
}

/// The applications [cie §2.1], [cns §1.4]; PKCS#15 of ISO/IEC 7816-15.
pub const APPLICATIONS: &[KnownApplication] = &[
    KnownApplication {
        aid: &[
            0xA0, 0x00, 0x00, 0x00, 0x30, 0x80, 0x00, 0x00, 0x00, 0x09, 0x81, 0x60, 0x01,
        ],
        name: "IAS ECC",
        home: Some(Home::Ias),
    },
    KnownApplication {
        aid: &[0xA0, 0x00, 0x00, 0x00, 0x00, 0x39],
        name: "CIE",
        home: Some(Home::Cie),
    },
    KnownApplication {
        aid: &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01],
        name: "eMRTD",
        home: Some(Home::Emrtd),
    },
    KnownApplication {
        aid: &[0xA0, 0x00, 0x00, 0x00, 0x95, 0x01, 0x00, 0x4D],
        name: "CNS (JSign)",
        home: Some(Home::Cns),
    },
    KnownApplication {
        aid: b"\xA0\x00\x00\x00\x63PKCS-15",
        name: "PKCS#15",
        home: None,
    },
];

/// What a reference of VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER names [cns §3], [cie §2.3].
pub const PIN_REFERENCES: &[(Home, u8, &str)] = &[
    (Home::Cns, 0x10, "PIN"),
    (Home::Cns, 0x90, "PIN"),
    (Home::Cns, 0x11, "PUK"),
    (Home::Cns, 0x91, "PUK"),
    (Home::Cns, 0x1A, "PIN DS"),
    (Home::Cns, 0x9A, "PIN DS"),
    (Home::Cns, 0x1B, "PUK DS"),
    (Home::Cns, 0x9B, "PUK DS"),
    (Home::Cie, 0x81, "PIN"),
    (Home::Cie, 0x82, "PUK"),
];

/// What a reference of a key names [cns §4], [cie §2.3].
pub const KEY_REFERENCES: &[(Home, u8, &str)] = &[
    (Home::Cns, 0x01, "CNS0"),
    (Home::Cns, 0x02, "CNS1 (IDEMIA)"),
    (Home::Cns, 0x10, "DS"),
    (Home::Cns, 0x21, "CNS01 (InfoCamere)"),
    (Home::Cie, 0x81, "CIE.PrK"),
    (Home::Cie, 0x82, "IntAu.PrK"),
    (Home::Cie, 0x83, "SrvInt.PrK"),
    (Home::Cie, 0x84, "ExtAu.PuK"),
];

/// Instructions that the crate `apdu` has no name for (ISO/IEC 7816-4 §5.4.2, 7816-8, 7816-9).
pub const INSTRUCTIONS: &[(u8, &str)] = &[
    (0x04, "DEACTIVATE FILE"),
    (0x0E, "ERASE BINARY"),
    (0x21, "VERIFY"),
    (0x26, "DISABLE VERIFICATION REQUIREMENT"),
    (0x28, "ENABLE VERIFICATION REQUIREMENT"),
    (0x44, "ACTIVATE FILE"),
    (0x46, "GENERATE ASYMMETRIC KEY PAIR"),
    (0x47, "GENERATE ASYMMETRIC KEY PAIR"),
    (0x70, "MANAGE CHANNEL"),
    (0x86, "GENERAL AUTHENTICATE"),
    (0x87, "GENERAL AUTHENTICATE"),
    (0xA2, "SEARCH RECORD"),
    (0xB2, "READ RECORD"),
    (0xB3, "READ RECORD"),
    (0xC2, "ENVELOPE"),
    (0xD0, "WRITE BINARY"),
    (0xD6, "UPDATE BINARY"),
    (0xD7, "UPDATE BINARY"),
    (0xDA, "PUT DATA"),
    (0xDB, "PUT DATA"),
    (0xDC, "UPDATE RECORD"),
    (0xE0, "CREATE FILE"),
    (0xE2, "APPEND RECORD"),
    (0xE4, "DELETE FILE"),
    (0xE6, "TERMINATE DF"),
    (0xE8, "TERMINATE EF"),
    (0xFE, "TERMINATE CARD USAGE"),
];

/// Templates of a security environment, by P2 of MANAGE SECURITY ENVIRONMENT (ISO/IEC 7816-4 §11.5.11).
pub const TEMPLATES: &[(u8, &str)] = &[
    (0xA4, "AT"),
    (0xA6, "KAT"),
    (0xAA, "HT"),
    (0xB4, "CCT"),
    (0xB6, "DST"),
    (0xB8, "CT"),
];

/// Operations of PERFORM SECURITY OPERATION by P1 and P2 (ISO/IEC 7816-8).
pub const OPERATIONS: &[(u8, u8, &str)] = &[
    (0x9E, 0x9A, "COMPUTE DIGITAL SIGNATURE"),
    (0x80, 0x86, "DECIPHER"),
    (0x80, 0x84, "DECIPHER"),
    (0x82, 0x80, "ENCIPHER"),
    (0x84, 0x80, "ENCIPHER"),
    (0x86, 0x80, "ENCIPHER"),
    (0x90, 0x80, "HASH"),
    (0x90, 0xA0, "HASH"),
    (0x00, 0xA2, "VERIFY CRYPTOGRAPHIC CHECKSUM"),
    (0x00, 0xA8, "VERIFY DIGITAL SIGNATURE"),
    (0x00, 0x92, "VERIFY CERTIFICATE"),
    (0x00, 0xAE, "VERIFY CERTIFICATE"),
    (0x00, 0xBE, "VERIFY CERTIFICATE"),
    (0x8E, 0x80, "COMPUTE CRYPTOGRAPHIC CHECKSUM"),
];
