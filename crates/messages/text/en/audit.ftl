# The record of decisions and its commands (crate records: AuditError, Fault; varco audit).

audit-absent = There is no record of decisions in "{ $path }".
    .advice = Check --audit. The record is made once, by varco audit init.
audit-exists = "{ $path }" is not empty, and a record of decisions is made only in a folder that is new or empty.
    .advice = Name another folder. A record whose making was interrupted is to be deleted by hand.
audit-unsafe = "{ $path }" belongs to somebody else, or others can get at it.
    .advice = Make it yours or root's. Nobody else may write to the folder and its files, and nobody else may read secret keys (chmod 600).
audit-unreadable = "{ $path }" cannot be read.
    .advice = Check that it is there and that you may read it.
audit-no-room = There is no room for "{ $path }".
    .advice = Make room on the disk and try again: nothing is permitted as long as the record cannot be written.
audit-not-written = "{ $path }" cannot be written.
    .advice = Check that you may write there: nothing is permitted as long as the record cannot be written.
audit-locked = Another program holds the record of decisions.
    .advice = Try again in a moment.
audit-altered = The record of decisions is not what was written: somebody altered it, or the disk damaged it.
    .advice = Do not correct it and write nothing more to it: keep a copy as it is, see all of it with varco audit verify, and compare it with copies and checkpoints that were kept elsewhere.
audit-other-format = The record of decisions was written by another version of the program.
    .advice = Use that version.
audit-other-key = The record of decisions uses other keys.
    .advice = Name the folder of the keys in use with --audit-keys. They are changed by varco audit rotate.
audit-key-invalid = "{ $path }" does not hold the key that is needed here.
    .advice = Check that no files were mixed up: checkpoint.pub to verify, auditor.key to open, pseudonym.key to search, the folder of varco audit keys to write.
audit-no-randomness = The system did not give the random numbers that sealing records needs.
    .advice = Restart the computer and try again; if it happens again, tell the administrator.
audit-not-sealed = The record could not be sealed to the auditor's key.
    .advice = Check auditor.pub in the folder of the keys.
audit-too-long = A record holds no text of this length.
    .advice = Shorten the ids of rules and services.
audit-person-in-clear = What would be written in clear names the person.
    .advice = Ids of rules and services must not hold a codice fiscale: correct them.
audit-broken = The disk failed: what was written is not known.
    .advice = Check the disk, then verify the record with varco audit verify.
audit-export-not-written = Not all decisions could be written.
    .advice = Check that there is room and that you may write there, then try again.
audit-checkpoint-invalid = There are no checkpoints of a record of decisions in "{ $path }".
    .advice = Name the file in which you kept what varco audit checkpoint writes, a line each.
audit-file-exists = "{ $path }" is there already, and is never written over.
    .advice = Name another place.
audit-keys-together = The auditor's private key cannot lie with the program's keys.
    .advice = Name a folder elsewhere with --auditor-dir, best on another medium or another person's.
audit-no-such-record = Record { $record } is no decision, or is not there.
    .advice = Check --sequence: varco audit export lists the decisions with their numbers.
audit-not-opened = No decision opens with the keys that are named.
    .advice = Name with --auditor-key the auditor's private key that was in use. varco audit verify says which keys are needed.

# What is wrong, and where.
audit-line-too-long = A line is longer than any record.
audit-line-form = A line is no record in the prescribed form.
audit-hash = A record was changed: it is not what its hash says.
audit-chain = A record does not follow the one before it: something in between was taken out, put in or changed.
audit-sequence = The number of a record is not the next one: one is missing, or one is there twice.
audit-other-log = A segment belongs to another record of decisions.
audit-segment-line = A segment does not begin as it must.
audit-segment-missing = A segment is missing.
audit-signature = The signature of a checkpoint does not hold.
audit-key-unknown = A checkpoint key is not among those named with --key.
audit-record-other-key = A record names other keys than those in use.
audit-head-missing = The signed head is missing.
audit-head-damaged = The signed head is damaged.
audit-head-signature = The signature of the head does not hold.
audit-head-differs = The head was signed over something else: the record of decisions was rewritten.
audit-head-behind = There is more behind the signed head than an interruption can leave.
audit-truncated = Records that had been acknowledged are missing at the end.
audit-kept-other-log = The checkpoint that was kept belongs to another record of decisions.
audit-kept-signature = The signature of the checkpoint that was kept does not hold, or its key is not named with --key.
audit-kept-not-reached = The record ends before the checkpoint that was kept: it was cut off or put back.
audit-kept-differs = The record is not that of the checkpoint that was kept: it was rewritten.
audit-torn-file = What was put aside after an interruption is missing or was changed.
audit-place = { $kind ->
        [line] Where: segment { $segment }, line { $line } (byte { $byte }), record { $record }.
        [segment] Where: segment { $segment }, record { $record }.
       *[log] Where: record { $record }.
    }

# What the commands tell.
audit-keys-made = The keys are ready. The program that decides uses the folder "{ $path }" (--audit-keys).
audit-keys-auditor = The auditor's private key is "{ $path }": take it away from this computer. Who has it reads who logged in; if it is lost, nobody can any more.
audit-keys-public = Who verifies uses "{ $path }", which is not secret.
audit-made = There is a new record of decisions in "{ $path }".
audit-rotated = From now on the record uses the new keys. Keep those of before too: records of before need them.
audit-keep-checkpoint = Keep the following line elsewhere: it shows whether the record is rewritten or put back.
audit-recovered = The last writing to the record of decisions had been interrupted: it was mended, and record { $record } says so.
audit-verified = The record of decisions is what was written.
audit-nothing-kept = Without checkpoints that were kept elsewhere (--checkpoint) it does not show whether a whole record of an earlier day was put in its place.
audit-is-more = And more besides.
audit-unacknowledged = { $count ->
        [one] One whole record at the end was not acknowledged: an interruption left it, and that is no alteration.
       *[other] { $count } whole records at the end were not acknowledged: an interruption left them, and that is no alteration.
    }
audit-torn = At the end of segment { $segment }, from byte { $byte } on, { $count } bytes make no record: an interruption left them, and that is no alteration.
audit-effect = { $effect ->
        [permit] permitted
       *[deny] denied
    }
audit-for = for { $person }
audit-as-acted-for = through another person
audit-nobody = nobody
audit-sealed-to-another = sealed to another key ({ $key })
audit-does-not-open = DOES NOT OPEN: what is sealed there is not this record's
audit-counted = { $count ->
        [one] One decision.
       *[other] { $count } decisions.
    }
audit-out-of-reach = { $count ->
        [one] One decision has pseudonyms of another key: there it could not be searched.
       *[other] { $count } decisions have pseudonyms of other keys: there it could not be searched.
    }
audit-exported = { $count ->
        [one] One decision is in "{ $path }".
       *[other] { $count } decisions are in "{ $path }".
    }
label-audit-log = Record of decisions
label-audit-records = Records
label-audit-decisions = Decisions
label-audit-first = First record
label-audit-last = Last record
label-audit-segments = Segments
label-audit-checkpoints = Checkpoints
label-audit-acknowledged = Acknowledged up to record
label-audit-recoveries = Interruptions mended
label-audit-pseudonym-keys = Pseudonym keys
label-audit-auditor-keys = Auditor's keys
label-audit-kept = Kept checkpoints that hold
audit-head-old-key = The signed head was made with a checkpoint key that has since been replaced: the log may have been put back to before the change of keys. It is to be compared with the checkpoint that was kept then; the current key is named last.
audit-lock-replaced = The lock file of the record of decisions was removed or replaced while it was in use, so nothing was acknowledged.
    .advice = Open the record again, and do not delete that file.
