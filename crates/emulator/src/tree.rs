//! The file tree of a played card: master file, dedicated files, transparent elementary files, access rules
//! (ISO/IEC 7816-4 §7.2).
//!
//! Not here: what SELECT does with it ([`crate::Position`]), nor how a kind of card describes a file (its FCI).

use varco_apdu::{Aid, FileId};

use crate::Alteration;

/// The largest elementary file: READ BINARY reaches 32,768 bytes (ISO/IEC 7816-4 §11.2.2).
pub const FILE_SIZE_MAX_BYTES: usize = 32_768;
/// Where in its file a certificate begins at the latest.
const CERTIFICATE_BEGINS_WITHIN: usize = 16;
/// The most files of a tree.
const NODES_MAX: usize = 256;

/// Who may do something with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Anyone.
    Always,
    /// Nobody.
    Never,
    /// Whoever has verified the PIN object with this reference.
    Pin(u8),
}

/// What a file is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// A dedicated file, with its name if it is an application.
    Directory {
        /// The application identifier.
        aid: Option<Aid>,
    },
    /// A transparent elementary file. Its content is fixed: nothing played so far is written to.
    Transparent {
        /// All bytes of the file.
        content: Vec<u8>,
        /// Who may read.
        read: Access,
    },
}

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    pub(crate) id: FileId,
    pub(crate) parent: usize,
    pub(crate) kind: NodeKind,
    /// What a transparent file held before it was cut or hidden.
    whole: Option<Vec<u8>>,
    is_hidden: bool,
}

impl Node {
    /// The file identifier.
    #[must_use]
    pub fn id(&self) -> FileId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &NodeKind {
        &self.kind
    }

    /// Whether there is, or was before it was cut, a certificate in DER: within the first bytes, a long SEQUENCE in a long
    /// SEQUENCE (RFC 5280 §4.1). Some cards have bytes of their own before it.
    fn holds_certificate(&self) -> bool {
        let NodeKind::Transparent { content, .. } = &self.kind else {
            return false;
        };
        let content = self.whole.as_ref().unwrap_or(content);
        content
            .windows(6)
            .take(CERTIFICATE_BEGINS_WITHIN)
            .any(|bytes| matches!(bytes, [0x30, 0x82, _, _, 0x30, 0x82]))
    }

    pub(crate) fn is_directory(&self) -> bool {
        matches!(self.kind, NodeKind::Directory { .. })
    }
}

/// Why a file cannot be added.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// A path without a file, or one that names the master file inside itself.
    #[error("the path must name a file below the master file")]
    Path,
    /// The path is taken, or leads through an elementary file.
    #[error("the file {0} is already there")]
    Exists(FileId),
    /// More than [`FILE_SIZE_MAX_BYTES`].
    #[error("{0} bytes are more than an elementary file may have ({FILE_SIZE_MAX_BYTES})")]
    TooLarge(usize),
    /// More files than a tree may have.
    #[error("a card may have at most {NODES_MAX} files")]
    TooMany,
    /// An application identifier that another directory has.
    #[error("two directories have the same application identifier")]
    AidTaken,
}

/// The files of a card. The master file is always there.
#[derive(Clone, Debug)]
pub struct FileTree {
    /// The master file is the first and its own parent; every other parent stands before its children.
    nodes: Vec<Node>,
}

impl Default for FileTree {
    fn default() -> Self {
        Self::new()
    }
}

impl FileTree {
    /// The place of the master file.
    pub(crate) const MASTER: usize = 0;

    /// A master file with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        let master = Node {
            id: FileId::MASTER_FILE,
            parent: Self::MASTER,
            kind: NodeKind::Directory { aid: None },
            whole: None,
            is_hidden: false,
        };
        Self { nodes: vec![master] }
    }

    /// Gives the master file a name: on some cards it is an application.
    pub fn name_master(&mut self, aid: Aid) {
        if let Some(node) = self.nodes.get_mut(Self::MASTER) {
            node.kind = NodeKind::Directory { aid: Some(aid) };
        }
    }

    /// Adds a directory at this path below the master file, and those above it that are missing. One that is
    /// there without a name may get its name.
    ///
    /// # Errors
    /// [`TreeError`]; directories on the way may have been made.
    pub fn add_directory(&mut self, path: &[FileId], aid: Option<Aid>) -> Result<(), TreeError> {
        if path.is_empty() {
            return Err(TreeError::Path);
        }
        if aid.is_some()
            && aid
                .as_ref()
                .is_some_and(|aid| self.by_aid(aid.as_bytes()).is_some())
        {
            return Err(TreeError::AidTaken);
        }
        let at = self.make_directories(path)?;
        if let (Some(node), Some(_)) = (self.nodes.get_mut(at), &aid) {
            node.kind = NodeKind::Directory { aid };
        }
        Ok(())
    }

    /// Adds a transparent file at this path below the master file, and the directories that are missing.
    ///
    /// # Errors
    /// [`TreeError`]; directories on the way may have been made.
    pub fn add_file(&mut self, path: &[FileId], content: Vec<u8>, read: Access) -> Result<(), TreeError> {
        if content.len() > FILE_SIZE_MAX_BYTES {
            return Err(TreeError::TooLarge(content.len()));
        }
        let (&id, above) = path.split_last().ok_or(TreeError::Path)?;
        let parent = self.make_directories(above)?;
        if self.child(parent, id).is_some() {
            return Err(TreeError::Exists(id));
        }
        self.push(parent, id, NodeKind::Transparent { content, read })?;
        Ok(())
    }

    fn make_directories(&mut self, path: &[FileId]) -> Result<usize, TreeError> {
        let mut at = Self::MASTER;
        for &id in path {
            at = match self.child(at, id) {
                Some(found) if self.node(found).is_some_and(Node::is_directory) => found,
                Some(_) => return Err(TreeError::Exists(id)),
                None => self.push(at, id, NodeKind::Directory { aid: None })?,
            };
        }
        Ok(at)
    }

    fn push(&mut self, parent: usize, id: FileId, kind: NodeKind) -> Result<usize, TreeError> {
        if id == FileId::MASTER_FILE {
            return Err(TreeError::Path);
        }
        if self.nodes.len() >= NODES_MAX {
            return Err(TreeError::TooMany);
        }
        self.nodes.push(Node {
            id,
            parent,
            kind,
            whole: None,
            is_hidden: false,
        });
        Ok(self.nodes.len() - 1)
    }

    /// Whether there is a file with a certificate in it.
    #[must_use]
    pub fn has_certificates(&self) -> bool {
        self.nodes.iter().any(Node::holds_certificate)
    }

    /// Hides, cuts or mends the files with certificates in them; false for alterations of something else, or where there is
    /// none.
    pub fn alter_certificates(&mut self, alteration: Alteration) -> bool {
        let (hide, keep) = match alteration {
            Alteration::NoCertificate => (true, None),
            Alteration::CutCertificate(bytes) => (false, Some(bytes)),
            Alteration::WholeCertificate => (false, None),
            _ => return false,
        };
        let mut is_altered = false;
        for node in self.nodes.iter_mut().filter(|node| node.holds_certificate()) {
            is_altered = true;
            node.is_hidden = hide;
            if let NodeKind::Transparent { content, .. } = &mut node.kind {
                if let Some(whole) = node.whole.take() {
                    *content = whole;
                }
                if let Some(bytes) = keep {
                    node.whole = Some(content.clone());
                    content.truncate(bytes);
                }
            }
        }
        is_altered
    }

    pub(crate) fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    pub(crate) fn child(&self, parent: usize, id: FileId) -> Option<usize> {
        // The master file is its own parent and must not be found as its own child.
        self.nodes
            .iter()
            .enumerate()
            .skip(1)
            .find(|(_, node)| node.parent == parent && node.id == id && !node.is_hidden)
            .map(|(at, _)| at)
    }

    pub(crate) fn by_aid(&self, name: &[u8]) -> Option<usize> {
        self.nodes.iter().position(
            |node| matches!(&node.kind, NodeKind::Directory { aid: Some(aid) } if aid.as_bytes() == name),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(ids: &[u16]) -> Vec<FileId> {
        ids.iter().map(|&id| FileId(id)).collect()
    }

    #[test]
    fn what_cannot_be_added_is_refused() {
        let mut tree = FileTree::new();
        let file =
            |tree: &mut FileTree, ids: &[u16], size| tree.add_file(&path(ids), vec![0; size], Access::Always);
        file(&mut tree, &[0x1100, 0x1101], 4).unwrap();
        for (ids, size, error) in [
            (&[][..], 1, TreeError::Path),
            (&[0x3F00], 1, TreeError::Path),
            (&[0x1100, 0x1101], 1, TreeError::Exists(FileId(0x1101))),
            (&[0x1100, 0x1101, 0x0001], 1, TreeError::Exists(FileId(0x1101))),
            (
                &[0x2F02],
                FILE_SIZE_MAX_BYTES + 1,
                TreeError::TooLarge(FILE_SIZE_MAX_BYTES + 1),
            ),
        ] {
            assert_eq!(file(&mut tree, ids, size), Err(error));
        }
        let aid = Aid::new(&[0xA0, 0, 0, 0, 1]).unwrap();
        tree.add_directory(&path(&[0x1100]), Some(aid.clone())).unwrap();
        assert_eq!(
            tree.add_directory(&path(&[0x1200]), Some(aid)),
            Err(TreeError::AidTaken)
        );
        let many = (0..)
            .map(|id| tree.add_directory(&path(&[id]), None))
            .find_map(Result::err);
        assert_eq!(many, Some(TreeError::TooMany));
    }
}
