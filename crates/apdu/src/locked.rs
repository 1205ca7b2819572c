//! A small buffer for what was typed: on pages of its own, locked in memory, left out of core files, wiped when it goes.
//!
//! Not here: what stands in it. Blocks and commands that hold a PIN for the microseconds of its sending wipe themselves and
//! are not locked ([ADR 87](../../../docs/adr/0087-secrets-in-memory.md)).

use core::fmt;

use memmap2::MmapMut;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes that are written to no swap space and no core file where the system allows that, and are wiped on drop.
///
/// Pages of their own, because locks hold for whole pages: those of two buffers on one page would end together.
/// A system that refuses the lock (`RLIMIT_MEMLOCK`) or the pages does not make the entry fail: the bytes are then only wiped.
pub struct LockedBuffer {
    room: Room,
    capacity: usize,
    length: usize,
}

enum Room {
    Own(MmapMut),
    // On the heap so that a move leaves no bytes behind.
    Shared(Box<[u8]>),
}

impl LockedBuffer {
    /// Empty, with room for this many bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            room: Room::new(capacity),
            capacity,
            length: 0,
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.room.bytes().get(..self.length).unwrap_or_default()
    }

    /// What stands in it, to be changed in place.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        self.room.bytes_mut().get_mut(..self.length).unwrap_or_default()
    }

    /// All of the room, zeros behind what stands in it.
    #[must_use]
    pub fn whole(&self) -> &[u8] {
        self.room.bytes().get(..self.capacity).unwrap_or_default()
    }

    /// Puts a byte behind the others; `false` when there is no room, and nothing changes.
    #[must_use]
    pub fn push(&mut self, byte: u8) -> bool {
        match self.room.bytes_mut().get_mut(self.length) {
            Some(place) if self.length < self.capacity => {
                *place = byte;
                self.length += 1;
                true
            }
            _ => false,
        }
    }

    /// Puts bytes behind the others; `false` when there is no room for all of them, and nothing changes.
    #[must_use]
    pub fn extend(&mut self, bytes: &[u8]) -> bool {
        let end = self.length.saturating_add(bytes.len());
        match self.room.bytes_mut().get_mut(self.length..end) {
            Some(place) if end <= self.capacity => {
                place.copy_from_slice(bytes);
                self.length = end;
                true
            }
            _ => false,
        }
    }

    /// Keeps this many bytes; those behind them are wiped.
    pub fn truncate(&mut self, length: usize) {
        if let Some(rest) = self.room.bytes_mut().get_mut(length..) {
            rest.zeroize();
        }
        self.length = self.length.min(length);
    }
}

impl Room {
    fn new(capacity: usize) -> Self {
        match MmapMut::map_anon(capacity.max(1)) {
            Ok(pages) => {
                protect(&pages);
                Self::Own(pages)
            }
            Err(_) => Self::Shared(vec![0; capacity].into_boxed_slice()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(pages) => pages,
            Self::Shared(bytes) => bytes,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Own(pages) => pages,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// What a system refuses is no reason to ask for no PIN.
fn protect(pages: &MmapMut) {
    #[cfg(unix)]
    let _ = pages.lock();
    #[cfg(target_os = "linux")]
    let _ = pages.advise(memmap2::Advice::DontDump);
    #[cfg(not(unix))]
    let _ = pages;
}

impl Zeroize for LockedBuffer {
    fn zeroize(&mut self) {
        self.room.bytes_mut().zeroize();
        self.length = 0;
    }
}

impl Drop for LockedBuffer {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for LockedBuffer {}

impl fmt::Debug for LockedBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockedBuffer(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_changes_nothing_and_what_is_cut_off_is_wiped() {
        let mut buffer = LockedBuffer::new(4);
        assert!(buffer.extend(b"123") && !buffer.extend(b"45"));
        assert!(buffer.push(b'4') && !buffer.push(b'5'));
        assert_eq!(buffer.as_slice(), b"1234");
        buffer.truncate(2);
        assert_eq!((buffer.as_slice(), buffer.whole()), (&b"12"[..], &b"12\0\0"[..]));
        buffer.zeroize();
        assert_eq!((buffer.as_slice(), buffer.whole()), (&b""[..], &[0; 4][..]));
        assert_eq!(format!("{buffer:?}"), "LockedBuffer(hidden)");
        assert!(!LockedBuffer::new(0).push(1));
    }

    /// The flags of the mapping that holds this address, as Linux tells them.
    #[cfg(target_os = "linux")]
    fn flags(address: *const u8) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut within = false;
        for line in maps.lines() {
            if let Some((from, to)) = line
                .split_once(' ')
                .and_then(|(range, _)| range.split_once('-'))
                .filter(|(from, to)| [from, to].iter().all(|hex| u64::from_str_radix(hex, 16).is_ok()))
            {
                let number = |hex| u64::from_str_radix(hex, 16).unwrap();
                within = (number(from)..number(to)).contains(&(address.addr() as u64));
            } else if let Some(flags) = line.strip_prefix("VmFlags:").filter(|_| within) {
                return flags.to_owned();
            }
        }
        panic!("no mapping holds the buffer")
    }

    /// `lo` locked, `dd` not in core files (proc(5)).
    #[cfg(target_os = "linux")]
    #[test]
    fn its_pages_are_locked_and_left_out_of_core_files() {
        let buffer = LockedBuffer::new(16);
        let flags = flags(buffer.whole().as_ptr());
        assert!(flags.contains(" dd"), "{flags}");
        // Locked only where the user may lock anything.
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let limit = limits
            .lines()
            .find(|line| line.starts_with("Max locked memory"))
            .unwrap();
        let may_lock = limit.split_whitespace().nth(3) != Some("0");
        assert!(flags.contains(" lo") || !may_lock, "{flags}");
    }
}
