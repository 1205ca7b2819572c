//! Where a card stands in its file tree: SELECT and READ BINARY (ISO/IEC 7816-4 §11.2.2, §11.2.3).
//!
//! A selection that fails changes nothing [cns §8.3]: the current directory and file stay.
//!
//! Not here: the FCI that SELECT answers (the kind of card writes it), and the verified PINs (asked for).

use varco_apdu::{FileId, StatusWord};

use crate::{Access, FileRead, FileTree, Node, NodeKind};

/// How READ BINARY says that the file ended before Le.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShortRead {
    /// It does not: 9000 with what there is.
    Success,
    /// 6282.
    EndOfFile,
    /// 6Cxx with what there is, and no byte.
    CorrectLength,
}

/// The current directory and elementary file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    directory: usize,
    file: Option<usize>,
}

impl Default for Position {
    fn default() -> Self {
        Self {
            directory: FileTree::MASTER,
            file: None,
        }
    }
}

impl Position {
    /// SELECT: by identifier (P1 = 00), by application identifier (04), by path from the master file (08) or
    /// from the current directory (09), the path given without its start.
    ///
    /// # Errors
    /// The status to answer: 6A82 not found, 6A86 another P1, 6700 a path of odd length.
    pub fn select<'t>(&mut self, tree: &'t FileTree, p1: u8, data: &[u8]) -> Result<&'t Node, StatusWord> {
        let found = match (p1, data) {
            (0x00, []) => Some(FileTree::MASTER),
            (0x00, &[high, low]) => self.by_identifier(tree, FileId(u16::from_be_bytes([high, low]))),
            (0x04, name) => tree.by_aid(name),
            (0x08, path) => walk(tree, FileTree::MASTER, path)?,
            (0x09, path) => walk(tree, self.directory, path)?,
            (0x00, _) => return Err(StatusWord::WRONG_LENGTH),
            _ => return Err(StatusWord::WRONG_P1P2),
        };
        let at = found.ok_or(StatusWord::FILE_NOT_FOUND)?;
        let node = tree.node(at).ok_or(StatusWord::FILE_NOT_FOUND)?;
        *self = if node.is_directory() {
            Self {
                directory: at,
                file: None,
            }
        } else {
            Self {
                directory: node.parent,
                file: Some(at),
            }
        };
        Ok(node)
    }

    /// SELECT of an elementary file below the current directory (ISO/IEC 7816-4 §11.2.2, P1 = 02), or by its short
    /// identifier while reading.
    ///
    /// # Errors
    /// 6A82 when there is none.
    pub fn select_file<'t>(&mut self, tree: &'t FileTree, id: FileId) -> Result<&'t Node, StatusWord> {
        let at = tree
            .child(self.directory, id)
            .filter(|&at| tree.node(at).is_some_and(|node| !node.is_directory()))
            .ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.file = Some(at);
        tree.node(at).ok_or(StatusWord::FILE_NOT_FOUND)
    }

    /// The master file, the current directory, its children, its parent, its sisters: in this order, with
    /// ISO/IEC 7816-4 §11.2.2.
    fn by_identifier(self, tree: &FileTree, id: FileId) -> Option<usize> {
        if id == FileId::MASTER_FILE {
            return Some(FileTree::MASTER);
        }
        let current = tree.node(self.directory)?;
        if current.id == id {
            return Some(self.directory);
        }
        let parent = tree.node(current.parent)?;
        let sister = || {
            tree.child(current.parent, id)
                .filter(|&at| tree.node(at).is_some_and(Node::is_directory))
        };
        tree.child(self.directory, id)
            .or_else(|| (parent.id == id).then_some(current.parent))
            .or_else(sister)
    }

    /// READ BINARY of the current file from `offset`. `expected` is Le, where the most that the form can say
    /// (256 or 65,536) asks for what there is and so never meets the end early (ISO/IEC 7816-4 §11.2.3).
    ///
    /// # Errors
    /// The status to answer: 6986 no current file, 6982 not allowed, 6B00 offset at or past the end, 6Cxx where the card
    /// corrects Le.
    pub fn read_binary(
        self,
        tree: &FileTree,
        offset: usize,
        expected: usize,
        short_read: ShortRead,
        is_verified: impl Fn(u8) -> bool,
    ) -> Result<(&[u8], StatusWord, FileRead), StatusWord> {
        let node = self.file.and_then(|at| tree.node(at));
        let Some(Node {
            id,
            kind: NodeKind::Transparent { content, read },
            ..
        }) = node
        else {
            return Err(StatusWord::NO_CURRENT_FILE);
        };
        let allowed = match *read {
            Access::Always => true,
            Access::Never => false,
            Access::Pin(reference) => is_verified(reference),
        };
        if !allowed {
            return Err(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
        }
        let rest = content
            .get(offset..)
            .filter(|rest| !rest.is_empty())
            .ok_or(StatusWord::WRONG_PARAMETERS)?;
        let part = rest.get(..expected).unwrap_or(rest);
        let asks_for_all = matches!(expected, 256 | 65_536);
        let status = match short_read {
            ShortRead::EndOfFile if part.len() < expected && !asks_for_all => StatusWord::END_OF_FILE,
            ShortRead::CorrectLength if part.len() < expected => {
                // 6Cxx counts to 255; less than Le in a short command is.
                let there_is = u8::try_from(part.len()).unwrap_or(0);
                return Err(StatusWord::from(0x6C00 | u16::from(there_is)));
            }
            _ => StatusWord::SUCCESS,
        };
        let read = FileRead {
            file: *id,
            offset,
            length: part.len(),
        };
        Ok((part, status, read))
    }

    /// Whether the directory at this path below the master file is the current one.
    #[must_use]
    pub fn stands_in(self, tree: &FileTree, path: &[FileId]) -> bool {
        let at = path
            .iter()
            .try_fold(FileTree::MASTER, |at, &id| tree.child(at, id));
        at == Some(self.directory)
    }

    /// Whether an elementary file is selected.
    #[must_use]
    pub fn has_file(self) -> bool {
        self.file.is_some()
    }
}

fn walk(tree: &FileTree, from: usize, path: &[u8]) -> Result<Option<usize>, StatusWord> {
    let (steps, rest) = path.as_chunks::<2>();
    if !rest.is_empty() || steps.is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    Ok(steps
        .iter()
        .try_fold(from, |at, &step| tree.child(at, FileId(u16::from_be_bytes(step)))))
}

#[cfg(test)]
mod tests;
