# The command, files, the program itself (edge: cli).

usage = The command is not written in the right way: { $what }.
    .advice = "varco help" shows the commands and their options.
audience-invalid = The name of who asks for the login must have 1 to 255 bytes of readable text.
    .advice = Give a shorter name, without special characters.
nonce-invalid = The random code of who asks for the login must have 16 to 64 bytes.
    .advice = Whoever asks for the login must make a code of 16-64 random bytes for each login.
trace-unwritable = The recording cannot be written to "{ $path }".
    .advice = Choose another place for --trace, or free some disk space.
file-unreadable = "{ $path }" cannot be read.
    .advice = Check that the file exists and that you may read it.
file-unwritable = "{ $path }" cannot be written.
    .advice = Check that the folder exists, that you may write there and that there is space.
profile-unknown = There is no virtual card named "{ $profile }".
    .advice = "varco emulate --list" shows the virtual cards, or name a file.
profile-invalid = The file of the virtual card "{ $profile }" does not have the prescribed form.
    .advice = Start from one of the profiles that come with the program and check the lines that you changed.
vpcd-unreachable = The virtual reader does not answer at { $address }.
    .advice = Check that pcscd runs with the virtual reader vpcd and that the address is right.
defect = The program found an error of its own.
    .advice = It is not your fault. Report it to those who maintain the program, with the command that you used and without the PIN.
