//! Verified identity, request, facts and an instant in; decision with reasons out.
