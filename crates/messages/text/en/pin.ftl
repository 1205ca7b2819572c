# The PIN: what the card says, what was not sent, the question (crate credential: NotSent; crate session:
# LoginError, EntryError). A number of tries that is not known never reads as zero.

pin-wrong = The PIN is not right. { tries-left }
    .advice = { $tries ->
        [one] Do not guess: if you get it wrong again, the card is blocked and you need the PUK. { codes-where }
        [other] Check the PIN, then try again. { codes-where }
       *[unknown] Check the PIN before you try again: after a few mistakes the card is blocked and you need the PUK. { codes-where }
    }
pin-blocked = The PIN of this card is blocked.
    .advice = It is unblocked with the PUK: "varco pin unblock{ $which ->
        [signature] {" "}--signature-pin
       *[user] {""}
    }". The PUK has few tries too: do not guess. { codes-where }
pin-wrong-form = The PIN does not have the right form: { $form ->
        [known] this card takes { $digits } digits, without letters or spaces.
       *[unknown] it has more characters than any PIN.
    } It was not sent and no try was spent.
    .advice = Try again with the digits of the PIN. The PUK is another code. { codes-where }
pin-last-try = Only one try is left: to protect the card, the PIN was not sent.
    .advice = If you are sure of the PIN, repeat the command with --allow-last-try. If it is wrong, the card is blocked and you need the PUK. { codes-where }
pin-tries-unknown = This card does not say how many tries are left. The PIN was not sent.
    .advice = If you want to try all the same, leave out --require-known-tries and repeat the command. Check the PIN in the issuer's envelope first.
pin-once-per-insertion = This card does not say how many tries are left, and one PIN was sent already since it was inserted. The new PIN was not sent.
    .advice = Take the card out, check the PIN in the issuer's envelope, then insert the card again and try once more.
entry-cancelled = You cancelled the request for the code. No try was spent.
    .advice = Repeat the command whenever you want to try again.
entry-timed-out = The PIN was not typed in time. No try was spent.
    .advice = Keep the PIN at hand and repeat the command.
entry-unavailable = There is no way to ask you for the PIN from here.
    .advice = Repeat the command from a terminal, or have another program pass the PIN with --entry stdin or --entry fd:N.
entry-not-remembered = This card does not tell how many tries are left, and that a PIN was sent cannot be noted down here: so as not to risk blocking the card, it was not sent.
    .advice = If another program is using the card, wait until it has finished and try again. Otherwise type the PIN yourself on a terminal.

tries-left = { $tries ->
    [0] No try is left: the PIN is blocked.
    [one] 1 try is left.
    [other] { $tries } tries are left.
   *[unknown] This card does not say how many tries are left.
}

puk-tries-left = { $tries ->
    [0] The PUK is blocked too: the PIN cannot be unblocked any more, and the card must be replaced.
    [one] The PUK has 1 try left.
   *[other] The PUK has { $tries } tries left.
}
tries-later = How many tries are left is told by "varco pin status".
