//! Why an NFC reader does not work, in facts: for `varco doctor`.
//!
//! Not here: words for people, and remedies.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use varco_card::{CardPresence, LinkError, ReaderName};

use crate::NfcReaders;
use crate::child::{Lost, Nfcd};
use crate::wire::Question;

/// Where Linux shows what its kernel has loaded.
const MODULES: &str = "/sys/module";
/// The kernel's own drivers for such readers on USB: while one has a USB reader, libnfc cannot have it.
const KERNEL_DRIVERS: [&str; 2] = ["pn533_usb", "pn533"];
/// How long an executable may take to answer what needs no reader.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The executable that talks to libnfc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Executable {
    /// Nothing stands at its path, or the path is not absolute.
    Absent,
    /// What stands there may not be run by this user.
    NotExecutable,
    /// The system cannot load it: libnfc is missing.
    NotLoaded,
    /// It ends by itself, or speaks otherwise: it is of another version, or another program.
    Strange,
    /// It answers.
    Fine,
}

impl Executable {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => "nfcd-absent",
            Self::NotExecutable => "nfcd-not-executable",
            Self::NotLoaded => "nfcd-not-loaded",
            Self::Strange => "nfcd-strange",
            Self::Fine => "nfcd-fine",
        }
    }

    fn at(path: &Path) -> Self {
        let Ok(about) = fs::metadata(path) else {
            return Self::Absent;
        };
        if !path.is_absolute() {
            return Self::Absent;
        }
        if !about.is_file() || about.permissions().mode() & 0o111 == 0 {
            return Self::NotExecutable;
        }
        let Ok(mut child) = Nfcd::start(path, Stdio::null()) else {
            return Self::NotExecutable;
        };
        match child.ask(&Question::Release, ANSWER_MAX) {
            Ok(_) => Self::Fine,
            Err(Lost::Ended) if child.could_not_be_loaded() => Self::NotLoaded,
            Err(_) => Self::Strange,
        }
    }
}

/// One configured reader.
#[derive(Clone, Debug)]
pub struct ReaderDiagnosis {
    /// Its name.
    pub name: ReaderName,
    /// Whether the port that it hangs on is there; true where it hangs on none.
    pub is_port_there: bool,
    /// What lies in its field, or why that cannot be told; `None` where the executable is not fine.
    pub card: Option<Result<CardPresence, LinkError>>,
}

/// What was found, from the outside in.
#[derive(Clone, Debug)]
pub struct NfcDiagnosis {
    /// Where the executable was looked for.
    pub executable_path: PathBuf,
    /// What is there.
    pub executable: Executable,
    /// The kernel's driver that is loaded and may hold USB readers.
    pub kernel_driver: Option<&'static str>,
    /// Each reader, in the order of the configuration.
    pub readers: Vec<ReaderDiagnosis>,
}

impl NfcReaders {
    /// Looks at everything between this process and a card. Changes nothing; a card in a field starts anew.
    #[must_use]
    pub fn diagnose(&self) -> NfcDiagnosis {
        let executable = Executable::at(self.executable());
        let readers = self.places().map(|place| ReaderDiagnosis {
            is_port_there: place.connection.is_port_there() != Some(false),
            card: (executable == Executable::Fine).then(|| place.presence()),
            name: place.name,
        });
        NfcDiagnosis {
            executable_path: self.executable().to_owned(),
            executable,
            kernel_driver: kernel_driver(Path::new(MODULES)),
            readers: readers.collect(),
        }
    }
}

fn kernel_driver(modules: &Path) -> Option<&'static str> {
    KERNEL_DRIVERS
        .into_iter()
        .find(|driver| modules.join(driver).is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn an_executable_is_known_by_how_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nfcd");
        assert_eq!(Executable::at(&path), Executable::Absent);
        fs::write(&path, "#!/bin/sh\nexit 127\n").unwrap();
        assert_eq!(Executable::at(&path), Executable::NotExecutable);
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(Executable::at(&path), Executable::NotLoaded);
        for (text, expected) in [
            ("exit 1", Executable::Strange),
            ("exec cat", Executable::Strange),
            ("exec >&-; exec sleep 99", Executable::Strange),
            (
                "printf '\\000\\005\\000\\000\\000\\001\\201'; exec sleep 9",
                Executable::Fine,
            ),
        ] {
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            assert_eq!(Executable::at(&path), expected, "{text}");
        }
    }

    #[test]
    fn the_kernels_driver_is_named() {
        let modules = tempfile::tempdir().unwrap();
        assert_eq!(kernel_driver(modules.path()), None);
        fs::create_dir(modules.path().join("pn533")).unwrap();
        assert_eq!(kernel_driver(modules.path()), Some("pn533"));
    }
}
