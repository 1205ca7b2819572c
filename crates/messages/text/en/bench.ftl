# The test bench: scenarios, and what came of them.

scenario-malformed = The scenario { $path } cannot be used.
    .advice = Correct what the technical detail names, by file and line; docs/bench.md has the format. Nothing was run.
scenarios-failed = At least one scenario did not come out as expected.
    .advice = Look at what was expected and what came: the lines above name file, line and target.
scenarios-rig-error = No scenario failed, but at least one could not be run to its end.
    .advice = What surrounds the cards is at fault, not what is tested. Mend what the lines above name, and run them again.

bench-passed = passed
bench-failed = FAILED
bench-rig-error = RIG ERROR
bench-not-applicable = not applicable
bench-summary = { $passed } passed, { $failed } failed, { $rig } rig errors, { $skipped } not applicable.

bench-insert = Put this card into { $reader }: { $card }.
bench-remove = Take the card out of { $reader }.

bench-otherwise = Something came out otherwise than expected.
bench-overspent = What was tested spent more tries of the card than it was given values. What that cost is taken from the budget.
bench-late = It did not end in time. If that is not the fault of what is tested, give more by --timeout.
bench-crashed = What is tested crashed in this step. The detail has its last words; please report it.
bench-fault-unmet = What the scenario has break did not break: the action ended before it came to that. Correct the plan, or let it miss (may_miss = true).
bench-na-counts = The card does not tell this counter.
bench-na-fault = This target cannot break in this way.
bench-na-hook = The rig says that it has no such card.
bench-na-kind = The card that was put in is of another kind than the scenario is about.
bench-na-played = The scenario is about a card that there is only as a played one.
bench-na-spend = This could cost tries of a real card, or change its codes, beyond what the bench file permits for this run (spend_tries, spend_puk_tries, destructive). Nothing was sent.
bench-na-interface = No card of the scenario fits the interface of this reader.
bench-na-keys = The keys of this reader cannot type this value.
bench-na-literal = The scenario types digits of its own, which go to played cards only.
bench-na-program = Programs that speak PC/SC do not reach the card here.
bench-na-reset = Here no other program can reset the card.
bench-rig-card-stays = A card was to be out, and the reader still tells of one. Take it out, or look at the rig that does it.
bench-rig-card-unseen = A card was put in, and the reader does not tell of it. Look at the reader, its service and the rig.
bench-rig-card-unread = The card that was put in could not be recognised.
bench-rig-counts = The card did not tell how many tries are left.
bench-rig-gone = The reader or its service went away in the middle of it, and nothing in the scenario was to break.
bench-rig-hook = The command of the rig failed. Run it by hand: COMMAND insert NAME, COMMAND remove, COMMAND press WHAT.
bench-rig-person = There is no terminal on which a person could be asked. Begin it at a terminal, or name a command in the bench file: kind = "hook".
bench-rig-reader = The reader is not there. `varco readers` lists those that are.
bench-rig-login = The scenario asks for a login that cannot be begun. Correct audience or service.
bench-rig-nfcd = The program that drives NFC readers is not where it should be. Install varco-nfcd, or name it in the configuration file (--config).
bench-rig-place = The virtual reader could not be opened.
bench-rig-process = This machine did not give what every program needs.
bench-rig-profile = The played card could not be loaded. `varco emulate --list` has the names of the built-in ones.
bench-rig-program = The program that the scenario names could not be run. Install it, or correct its name.
bench-rig-reset = The card could not be reset by another program.
bench-rig-secret = A value is to be typed that nobody told. Give the codes by --codes fd:N.
bench-rig-service = The PC/SC service could not be started. Install pcscd, vsmartcard-vpcd, libccid, util-linux and iproute2, and look whether name spaces are permitted.
bench-rig-trust = The authorities or lists that the scenario names could not be read.
bench-rig-worker = The process that ran the scenario ended before it had told everything.
