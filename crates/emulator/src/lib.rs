//! What every played card shares: file tree, access rules, PIN objects, keys, state, timing model.
