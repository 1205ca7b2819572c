//! `varco completions` and `varco man`: what a package installs beside the program.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use varco_messages::Arg;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) fn completions(shell: clap_complete::Shell, output: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "varco", &mut script);
    output.write(&script);
    Exit::Done
}

pub(crate) fn manual(folder: Option<&Path>, output: &Output) -> Exit {
    let mut command = Arguments::command();
    // Fills in the names of subcommands as they stand on the pages.
    command.build();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        return match clap_mangen::Man::new(command).render(&mut page) {
            Ok(()) => {
                output.write(&page);
                Exit::Done
            }
            Err(error) => output.fail(&output.problem("defect", &[]).detailed(&error)),
        };
    };
    match fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder)) {
        Ok(()) => Exit::Done,
        Err(error) => {
            let path = folder.display().to_string();
            output.fail(
                &output
                    .problem("file-unwritable", &[("path", Arg::Text(&path))])
                    .detailed(&error),
            )
        }
    }
}
