//! Where a store is by default.

use super::*;

#[test]
fn a_users_store_is_in_the_users_folder_and_roots_is_the_machines() {
    let folder = |root, data: Option<&str>, home: Option<&str>| {
        default_folder(root, data.map(PathBuf::from), home.map(PathBuf::from))
    };
    assert_eq!(folder(true, None, None), Some("/var/lib/varco/trust".into()));
    assert_eq!(
        folder(false, Some("/d"), Some("/h")),
        Some("/d/varco/trust".into())
    );
    for data in [None, Some(""), Some("relative")] {
        assert_eq!(
            folder(false, data, Some("/h")),
            Some("/h/.local/share/varco/trust".into())
        );
    }
    assert_eq!(folder(false, None, None), None);
    assert_eq!(folder(false, None, Some("relative")), None);
}
