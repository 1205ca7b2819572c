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

recorded = { $path }: { $files } files recorded. No try was spent.
recorded-replaced = Replaced by invented test material, so that nothing of the holder is in it:
recorded-assumed = Not to be found out without a PIN, so taken from what is known of the maker:
compared = { $equal } alike, { $differ } different, { $untried } not tried.
compared-differ = { $probe }: here { $here }, there { $there }
compared-untried = { $probe }: not tried
