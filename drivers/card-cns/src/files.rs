//! The files that every CNS has, under the names of the file system specification `[cns §2.1]`.
//!
//! Nothing executes here. Where a maker keeps the certificate otherwise is said in its profile.
//!
//! | path | name | content | read | update |
//! |---|---|---|---|---|
//! | 3F00/1000/1003 | EF.ID_Carta | 16 ASCII digits, the last a Luhn check | always | never |
//! | 3F00/1100/1101 | EF.C_Carta | the authentication certificate, then filling | always | never |
//! | 3F00/1100/1102 | EF.Dati_personali | sixteen fields about the holder, then filling | always | never |

use varco_apdu::FileId;

/// An elementary file by its name and its path below the master file.
pub(crate) struct ElementaryFile {
    /// The name in the specification, as errors show it.
    pub(crate) name: &'static str,
    /// The folder, then the file.
    pub(crate) path: [FileId; 2],
}

impl ElementaryFile {
    /// The path as it stands in SELECT.
    pub(crate) fn path_bytes(&self) -> Vec<u8> {
        self.path.iter().flat_map(|id| id.to_bytes()).collect()
    }
}

/// The card's own number `[cns §2.4]`.
pub(crate) const EF_ID_CARTA: ElementaryFile = ElementaryFile {
    name: "EF.ID_Carta",
    path: [FileId(0x1000), FileId(0x1003)],
};

/// About the holder `[cns §2.3]`.
pub(crate) const EF_DATI_PERSONALI: ElementaryFile = ElementaryFile {
    name: "EF.Dati_personali",
    path: [FileId(0x1100), FileId(0x1102)],
};

/// The authentication certificate `[cns §2.5]`.
pub(crate) const EF_C_CARTA: ElementaryFile = ElementaryFile {
    name: "EF.C_Carta",
    path: [FileId(0x1100), FileId(0x1101)],
};
