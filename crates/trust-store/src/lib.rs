//! Trust anchors from files and folders, and the hash that marks test material.
