# The PIN: what the card says, what was not sent, the question (crate credential: NotSent; crate session:
# LoginError, EntryError). A number of tries that is not known never reads as zero.

pin-wrong = The PIN is not right. { tries-left }
    .advice = { $tries ->
        [one] Do not guess: look for the PIN in the envelope that the issuer gave you with the card. If you get it wrong again, the card is blocked and you need the PUK.
        [other] Check the PIN in the envelope that the issuer gave you with the card, then try again.
       *[unknown] Check the PIN in the envelope that the issuer gave you with the card before you try again: after a few errors the card is blocked and you need the PUK.
    }
pin-blocked = The PIN of this card is blocked.
    .advice = To unblock it you need the PUK, which is in the envelope that the issuer gave you with the card. This program does not unblock the PIN: use the issuer's program, or go to the issuer's desk, which also helps if you cannot find the envelope. The issuer is for example your Region or the chamber of commerce; for an identity card, use the Ministry's program CieID or go to your municipality. The PUK has few tries too: do not guess.
pin-wrong-form = The PIN does not have the right form: { $form ->
        [known] this card takes { $digits } digits, without letters or spaces.
       *[unknown] it has more characters than any PIN.
    } It was not sent and no try was spent.
    .advice = Try again with the digits of the PIN in the envelope that the issuer gave you with the card. The PUK is another code.
pin-last-try = Only one try is left: to protect the card, the PIN was not sent.
    .advice = Check the PIN in the envelope that the issuer gave you with the card. If you are sure, repeat the command with --allow-last-try. If it is wrong, the card is blocked and you need the PUK.
pin-tries-unknown = This card does not say how many tries are left. The PIN was not sent.
    .advice = If you want to try all the same, leave out --require-known-tries and repeat the command. Check the PIN in the issuer's envelope first.
pin-once-per-insertion = This card does not say how many tries are left, and one PIN was sent already since it was inserted. The new PIN was not sent.
    .advice = Take the card out, check the PIN in the issuer's envelope, then insert the card again and try once more.
entry-cancelled = You cancelled the request for the PIN. No try was spent.
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

# The question on the terminal.
ask-audience = Who asks for the login: { $audience }
ask-service = For the service: { $service }
ask-card = Card: { $card }
ask-reader = Reader: { $reader }
puk-tries-left = { $tries ->
    [0] The PUK is blocked too: the PIN cannot be unblocked any more, and the card must be replaced.
    [one] The PUK has 1 try left.
   *[other] The PUK has { $tries } tries left.
}
tries-later = Only in a login does this card say how many tries are left.
ask-tries-later = This card says how many tries are left only once the PIN is typed. If just one is left, the PIN is not sent, unless that was allowed.
ask-last-try = Careful: if the PIN is wrong, the card is blocked and you need the PUK.
ask-how = Type the PIN of the card ({ $digits } digits) and press Enter. Nothing shows while you type. Press Esc to cancel.
ask-time = If you type nothing for { $seconds } seconds, the request ends and no try is spent.
ask-prompt = PIN:
