//! Running programs where everybody can see it. It never goes through a shell.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::Outcome;

/// The folder of the workspace: cargo tells where this package stands, two folders below it.
pub(crate) fn workspace() -> Outcome<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("start this with `cargo xtask`")?;
    let workspace = PathBuf::from(package).ancestors().nth(2).map(PathBuf::from);
    workspace.ok_or_else(|| "this package is not inside its workspace".into())
}

/// A command that starts in the workspace folder.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Outcome<Command> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace()?);
    forget_cargo(&mut command);
    Ok(command)
}

/// What cargo told this package is not for others: what is built next, ring for one, would be built again.
pub(crate) fn forget_cargo(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Prints the command, runs it with the terminal as its own, and fails with the line that runs it again.
pub(crate) fn run(command: &mut Command) -> Outcome {
    show(command)?;
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", line(command)))?;
    succeeded(command, status)
}

/// As [`run`], with `input` on the command's standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> Outcome {
    println!("$ echo {} | {}", input.trim_end(), line(command));
    std::io::stdout().flush()?;
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    succeeded(command, status)
}

/// Prints the command as [`run`] does.
pub(crate) fn show(command: &Command) -> Outcome {
    println!("$ {}", line(command));
    Ok(std::io::stdout().flush()?)
}

/// What a quiet command writes to its standard output; nothing when it fails or is not there.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn succeeded(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("failed ({status}). To run it again:\n  {}", line(command)).into())
    }
}

/// The command as one would type it, its own environment first.
fn line(command: &Command) -> String {
    let environment = command.get_envs().filter_map(|(name, value)| {
        Some(format!(
            "{}={}",
            name.to_string_lossy(),
            quoted(&value?.to_string_lossy())
        ))
    });
    let program = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = environment
        .chain(program.map(|word| quoted(&word.to_string_lossy())))
        .collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_line_can_be_typed_again() {
        let mut command = Command::new("cargo");
        command.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "it's"]);
        assert_eq!(line(&command), r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s'");
    }
}
