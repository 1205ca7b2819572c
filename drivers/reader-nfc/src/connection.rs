//! The connection string by which libnfc finds a reader: `driver`, `driver:port`, `driver:port:speed`.
//!
//! Only drivers of which it is known what they open are taken, for that is locked. libnfc itself takes any name that begins
//! with a driver's, and `usb` for every driver on USB.
//!
//! Not here: whether there is such a reader.

use core::fmt;
use std::path::{Path, PathBuf};

/// Drivers of libnfc whose second part is the path of a port.
const PORT_DRIVERS: [&str; 5] = ["pn532_uart", "arygon", "acr122s", "pn532_i2c", "pn532_spi"];
/// Drivers whose reader hangs on USB; further parts are its bus and its device.
const USB_DRIVERS: [&str; 2] = ["pn53x_usb", "acr122_usb"];
/// libnfc keeps it in a buffer of 1,024 bytes.
const TEXT_MAX_BYTES: usize = 512;

/// A connection string that libnfc would understand as it is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    text: String,
    place: Place,
}

/// What a reader hangs on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// A port of this path.
    Port(PathBuf),
    /// USB: the bus and device that are named, or any.
    Usb(Option<(String, String)>),
}

/// Why a text is no connection string.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConnectionError {
    /// It does not begin with a driver's name, or is too long.
    #[error("a reader of libnfc is named DRIVER:PORT, such as pn532_uart:/dev/ttyUSB0")]
    Form,
    /// It is no driver of which it is known what to lock: libnfc's name for all drivers on USB is none either.
    #[error(
        "varco knows these drivers of libnfc: pn532_uart, pn532_i2c, pn532_spi, arygon, acr122s, pn53x_usb, acr122_usb"
    )]
    Driver,
    /// libnfc splits at colons.
    #[error("libnfc takes no path with a colon in it: name the port by another link")]
    Colon,
    /// The child would look from another folder.
    #[error("the port of an NFC reader is named by its absolute path")]
    RelativePath,
}

impl Connection {
    /// Understands a text.
    ///
    /// # Errors
    /// [`ConnectionError`].
    pub fn parse(text: &str) -> Result<Self, ConnectionError> {
        let mut parts = text.split(':');
        let driver = parts.next().unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let has_form = !driver.is_empty() && driver.chars().all(is_name) && text.len() <= TEXT_MAX_BYTES;
        if !has_form || text.contains(char::is_control) {
            return Err(ConnectionError::Form);
        }
        let rest: Vec<&str> = parts.collect();
        let place = if PORT_DRIVERS.contains(&driver) {
            Place::Port(port(&rest)?)
        } else if USB_DRIVERS.contains(&driver) {
            Place::Usb(match *rest.as_slice() {
                [bus, device] if is_number(bus) && is_number(device) => {
                    Some((bus.to_owned(), device.to_owned()))
                }
                [] => None,
                _ => return Err(ConnectionError::Form),
            })
        } else {
            return Err(ConnectionError::Driver);
        };
        Ok(Self {
            text: text.to_owned(),
            place,
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether its port is there; `None` where it hangs on no port of a path.
    pub(crate) fn is_port_there(&self) -> Option<bool> {
        match &self.place {
            Place::Port(path) => Some(path.exists()),
            Place::Usb(_) => None,
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A path, and perhaps a speed behind it.
fn port(parts: &[&str]) -> Result<PathBuf, ConnectionError> {
    let (path, speed) = match *parts {
        [path] if !path.is_empty() => (path, None),
        [path, speed] if !path.is_empty() => (path, Some(speed)),
        [] | [""] => return Err(ConnectionError::Form),
        _ => return Err(ConnectionError::Colon),
    };
    if !speed.is_none_or(is_number) {
        return Err(ConnectionError::Colon);
    }
    if Path::new(path).is_relative() {
        return Err(ConnectionError::RelativePath);
    }
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_hangs_on_is_understood() {
        let place = |text| Connection::parse(text).unwrap().place;
        for text in ["pn532_uart:/dev/ttyUSB0", "pn532_uart:/dev/ttyUSB0:57600"] {
            assert_eq!(place(text), Place::Port("/dev/ttyUSB0".into()));
        }
        assert_eq!(
            place("pn532_spi:/dev/spidev0.0"),
            Place::Port("/dev/spidev0.0".into())
        );
        assert_eq!(place("pn53x_usb"), Place::Usb(None));
        let named = Place::Usb(Some(("001".to_owned(), "004".to_owned())));
        assert_eq!(place("acr122_usb:001:004"), named);
    }

    #[test]
    fn a_driver_of_which_nothing_is_known_to_lock_is_refused_and_the_known_ones_are_named() {
        for text in [
            "usb",
            "usb:001:004",
            "usb:",
            "usb_:001:004",
            "pn532_uart2:/dev/ttyUSB0",
            "PN532_UART:/dev/ttyUSB0",
            "acr122_pcsc",
            "pcsc",
            "pn71xx",
            "other:whatever:it:takes",
        ] {
            assert_eq!(Connection::parse(text), Err(ConnectionError::Driver), "{text}");
        }
        let told = ConnectionError::Driver.to_string();
        for driver in PORT_DRIVERS.iter().chain(&USB_DRIVERS) {
            assert!(told.contains(driver), "{driver}");
        }
    }

    #[test]
    fn what_libnfc_would_take_otherwise_is_refused_and_why() {
        use ConnectionError::{Colon, Form, RelativePath};
        for (text, error) in [
            ("", Form),
            (":/dev/ttyUSB0", Form),
            ("/dev/ttyUSB0", Form),
            ("pn532_uart", Form),
            ("pn532_uart:", Form),
            ("pn532_uart:/dev/tty\n", Form),
            ("acr122_usb:001", Form),
            ("pn532_uart:/dev/by-path/pci-0000:00:1", Colon),
            ("pn532_uart:/dev/by-path/pci:usb", Colon),
            ("pn532_uart:/a:", Colon),
            ("pn532_uart:dev/ttyUSB0", RelativePath),
            ("pn532_uart:ttyUSB0:57600", RelativePath),
        ] {
            assert_eq!(Connection::parse(text), Err(error), "{text}");
        }
        assert_eq!(Connection::parse(&"x".repeat(600)), Err(Form));
    }
}
