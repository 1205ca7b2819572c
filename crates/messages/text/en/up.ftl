# The test bench: readers and cards for other programs' tests.

bench-stands = The bench stands. Press Ctrl-C to take it down. In another shell:
bench-installing = Installing what is missing: apt-get install --no-install-recommends { $packages }
bench-not-installed = Programs for the test bench are missing.
    .advice = Install them, on Debian or Ubuntu by "sudo apt-get install --no-install-recommends { $packages }".
bench-no-name-spaces = This system does not permit the name spaces in which a private pcscd runs.
    .advice = Run it as root, or permit name spaces to users: on Ubuntu "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0", in a container "--privileged" or "--cap-add SYS_ADMIN --security-opt apparmor=unconfined".
bench-service = The private pcscd does not start.
    .advice = The details say what it complained about. Try again; if it stays so, install pcscd and vsmartcard-vpcd anew.
bench-card-not-played = { $what } The virtual card { $card } was not put into its reader.
    .advice = "varco emulate --list" shows the virtual cards. An NFC reader takes an identity card or a card without contacts, a reader with a keypad a card with contacts.
bench-card-not-seen = pcscd does not see the card in the reader { $card }.
    .advice = Try again. If it stays so, the details show what pcscd said.
bench-fault = The reader of the virtual card { $card } knows no fault "{ $what }".
    .advice = docs/faults.md lists the faults and the readers that have them.
bench-folder = The files of the test bench could not be written.
    .advice = Check that there is room in the temporary folder and that you may write there. TMPDIR names another one.
bench-command = The command { $command } could not be started.
    .advice = Check its name and that it is on the PATH. It stands after "--", as in "varco bench up -- pkcs11-tool -L".
bench-system = The system refused what the test bench needs.
    .advice = The details say what. Try again.
bench-not-inside = There is no test bench around this command with a card number { $card }, or it has ended.
    .advice = Run it inside "varco bench up -- …", or in a shell that has the lines which "varco bench up --print-env" writes.
bench-told-in-vain = { $said } The card did not do "{ $words }".
    .advice = docs/bench.md lists what can be said to a card, and in which readers.
