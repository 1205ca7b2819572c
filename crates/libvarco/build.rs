//! Keeps the shared library loaded once it is: the threads of its readers may outlive what a program does with it.
//!
//! Not here: anything else about how it is built.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
