//! Whose a file is that decides what the program does or whom it believes.
//!
//! Not here: a trust store's folder, which its library looks at, and more strictly.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

/// Write permission of everybody.
const OTHERS_WRITE: u32 = 0o002;
/// Write permission of the group.
const GROUP_WRITES: u32 = 0o020;

/// Whether a file is the user's or root's, and nobody else may write it. To be asked of the file that is open.
pub(crate) fn is_ours(about: &Metadata) -> bool {
    let (user, group) = (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    );
    // Many systems give each user a group of his own, and let it write.
    let is_users_own = about.uid() == user && about.gid() == group;
    let refused = if is_users_own {
        OTHERS_WRITE
    } else {
        OTHERS_WRITE | GROUP_WRITES
    };
    [0, user].contains(&about.uid()) && about.mode() & refused == 0
}
