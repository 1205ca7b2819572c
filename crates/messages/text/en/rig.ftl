# The test bench: rigs, recording a card, comparing two.

bench-file-malformed = The bench file { $path } cannot be used.
    .advice = Correct what the technical detail names, by line; docs/bench.md has the format. No card was touched.
bench-budget-spent = It could cost a try of the card, and the bench file does not permit that.
    .advice = Name the card by its serial and permit a number of tries in the bench file, if you mean to. Nothing was sent.
bench-another-card = The card in the reader is not the one that the bench file names.
    .advice = Put that card in and try again. Nothing was sent to this one that could cost a try.
bench-card-unread = The number of the card in the reader could not be read, so nobody knows whether it is the one that is meant.
    .advice = Look whether the card is in well, and with `varco card` whether it is known. No try was spent.
bench-card-held = Another run of the bench has this card.
    .advice = Wait until it ends, or end it: the technical detail says which one it is.
bench-lock-folder = The card could not be locked for this run.
    .advice = The folder that the technical detail names must belong to this user, and nobody else may write to it.
rig-failed = The rig did not do what was asked.
    .advice = What surrounds the card is at fault, not the card. Mend what the technical detail names, and try again.
recording-exists = { $path } is there already.
    .advice = Name a folder that does not exist yet. Nothing was written.
recording-malformed = { $path } does not tell what was recorded.
    .advice = Name the folder that `varco bench record-card` wrote, as it wrote it. The technical detail says what is wrong. No card was touched.
recording-unplayable = The card was read, but what was recorded cannot be played.
    .advice = The technical detail says why. Tell us of it with the answer to reset; nothing of the holder is in it.
cards-differ = The two cards do not answer alike.
    .advice = The lines above name what differs. A difference is a fact about this make of card: correct the profile, or tell us of it.

rig-give-up = (q and Enter to give up)
rig-press-pin = Type the PIN on the keys of { $reader }.
rig-press-wrong-pin = Type a PIN that is not right on the keys of { $reader }, as long as the right one.
rig-press-new-pin = Type the new PIN on the keys of { $reader }.
rig-press-puk = Type the PUK on the keys of { $reader }.
rig-press-wrong-puk = Type a PUK that is not right on the keys of { $reader }, as long as the right one.
rig-press-cancel = Press the key on { $reader } that gives up.
bench-rig-cancelled = The person at the reader gave up.

recorded = { $path }: { $files } files written. No PIN was asked for, and no try was spent.
recorded-play = To play it: varco emulate --profile { $path }
recorded-like-same-answer-to-reset = What the card did not show is that of { $card }, which has the same answer to reset.
recorded-like-same-maker = What the card did not show is that of { $card }, which is of the same maker.
recorded-like-none-of-this-maker = What the card did not show is that of { $card }: no virtual card is of this maker.
recorded-observed = Observed:
recorded-replaced = Replaced by invented test material, so that nothing of the holder is in it:
recorded-assumed = Not to be found out without a PIN, so assumed:
recorded-timing = The slowest answers, roughly:

compared-here = Here: { $reader }, { $kind } ({ $maker })
compared-there = There: { $reader }, { $kind } ({ $maker })
compared-there-unknown = There: { $reader }, of no kind that is known
compared-answer = { $status }, { $bytes } bytes
compared-answer-hashed = { $status }, { $bytes } bytes, SHA-256 { $hash }
compared-differ = { $probe }, step { $step } ({ $sent }): here { $here }; there { $there }
compared-untried = { $probe }, step { $step } ({ $sent }): not tried, a reader does not carry it
compared-slower = { $probe }, step { $step } ({ $sent }): here { $here }, there { $there }; times do not count
compared = { $equal } alike, { $differ } different, { $replaced } different where the recording was given something else, { $untried } not tried.
compared-alike = The two cards answer alike.
