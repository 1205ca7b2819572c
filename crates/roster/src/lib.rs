//! The single place that names the compiled-in drivers.
