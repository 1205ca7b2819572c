//! A reader that can be unplugged while pcscd runs, which no virtual reader of Debian can: a small IFD handler of our own,
//! compiled when it is wanted.
//!
//! pcscd itself is the real one. Its handler says that there is no such device, and every call about the reader fails as
//! when a cable is pulled. What cannot be had here is that pcscd also forgets the reader's name: Debian's build does so
//! only when udev tells of a USB device.
//!
//! Not here: a card that is more than an ATR.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The reader's name up to its slot, as PC/SC lists it.
pub const READER_NAME: &str = "Unpluggable";

const SOURCE: &str = include_str!("unpluggable/ifd.c");

/// The reader, plugged in until [`UnpluggableReader::unplug`].
pub struct UnpluggableReader {
    folder: TempDir,
}

impl UnpluggableReader {
    /// Compiles the handler with the system's C compiler, which Rust links with too.
    ///
    /// # Errors
    /// When the compiler or the headers of libpcsclite are not there.
    pub fn new() -> io::Result<Self> {
        let reader = Self {
            folder: tempfile::Builder::new().prefix("varco-reader-").tempdir()?,
        };
        let source = reader.path("ifd.c");
        fs::write(&source, SOURCE)?;
        fs::write(reader.plug(), "")?;
        let flags = Command::new("pkg-config")
            .args(["--cflags", "libpcsclite"])
            .output()?;
        let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(reader.library())
            .arg(source)
            .args(flags.split_whitespace())
            .output()?;
        if compiled.status.success() {
            Ok(reader)
        } else {
            let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
            Err(io::Error::other(format!("cc: {said}")))
        }
    }

    /// The entry for pcscd's configuration.
    #[must_use]
    pub fn configuration(&self) -> String {
        format!(
            "FRIENDLYNAME \"{READER_NAME}\"\nDEVICENAME {}\nLIBPATH {}\nCHANNELID 1\n",
            self.plug().display(),
            self.library().display()
        )
    }

    /// Pulls the cable.
    ///
    /// # Errors
    /// When it was pulled already.
    pub fn unplug(&self) -> io::Result<()> {
        fs::remove_file(self.plug())
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::join(self.folder.path(), name)
    }

    fn plug(&self) -> PathBuf {
        self.path("plug")
    }

    fn library(&self) -> PathBuf {
        self.path("libifdunpluggable.so")
    }
}
