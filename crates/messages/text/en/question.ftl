# The question for a PIN or PUK: on the terminal, in a window (pinentry), on the reader's own keypad.

ask-not-taken-form = What you typed does not have the right form: { $digits } digits are needed, without letters or spaces. It was not sent and no try was spent.
ask-not-taken-refused = This card refused the same code before. It was not sent again and no try was spent.
ask-not-taken-uniform = A PIN whose digits are all the same is guessed at once: choose another one. Nothing was sent to the card.
ask-not-taken-run = A PIN whose digits are in a row, such as 23456 or 98765, is guessed at once: choose another one. Nothing was sent to the card.
ask-not-taken-same = The new PIN is the same as the present one: choose another one. Nothing was sent to the card.
ask-not-taken-differ = You did not type the same PIN both times. Nothing was sent to the card.

ask-audience = Who asks for the login: { $audience }
ask-service = For the service: { $service }
ask-read-certificate = The certificate of the card is read, which the card gives only after the PIN.
ask-change-pin = { $secret ->
    [signature-pin] The signature PIN of the card is changed.
   *[pin] The PIN of the card is changed.
}
ask-unblock-pin = { $secret ->
    [signature-pin] The signature PIN of the card is unblocked, with the signature PUK and a new signature PIN.
   *[pin] The PIN of the card is unblocked, with the PUK and a new PIN.
}
ask-asker = Who asks for it: { $audience }
ask-card = Card: { $card }
ask-reader = Reader: { $reader }

ask-tries = { $most ->
    [unknown] Tries left: { $tries }.
   *[known] Tries left: { $tries } of { $most }.
}
ask-tries-unknown = This card does not say how many tries are left.
ask-tries-later = { $secret ->
    [puk] This card says how many tries are left only once the PUK is typed. If just one is left, the PUK is not sent, unless that was allowed.
    [signature-puk] This card says how many tries are left only once the signature PUK is typed. If just one is left, the signature PUK is not sent, unless that was allowed.
    [signature-pin] This card says how many tries are left only once the signature PIN is typed. If just one is left, the signature PIN is not sent, unless that was allowed.
   *[pin] This card says how many tries are left only once the PIN is typed. If just one is left, the PIN is not sent, unless that was allowed.
}
ask-last-try = { $secret ->
    [puk] Careful: this is the last try. If the PUK is wrong, the PIN can never be unblocked again and the card must be replaced.
    [signature-puk] Careful: this is the last try. If the signature PUK is wrong, the signature PIN can never be unblocked again, and signing needs a new card.
    [signature-pin] Careful: if the signature PIN is wrong, it is blocked and you need the signature PUK.
   *[pin] Careful: if the PIN is wrong, the card is blocked and you need the PUK.
}
ask-before-sending = { $tries ->
    [one] The card says: 1 try is left.
    [other] The card says: { $tries } tries are left.
   *[unknown] The card does not say how many tries are left.
}

ask-what = { $secret ->
    [puk] the PUK of the card
    [signature-puk] the signature PUK of the card
    [signature-pin] { $value ->
        [new] the new signature PIN
        [again] the new signature PIN again
        [current] the present signature PIN of the card
       *[present] the signature PIN of the card
    }
   *[pin] { $value ->
        [new] the new PIN
        [again] the new PIN again
        [current] the present PIN of the card
       *[present] the PIN of the card
    }
}
ask-halves = The first { $first } digits are on the receipt of the request for the card, the other { $second } in the letter that came with the card, unless you changed them.
ask-halves-typed = You can type all of them in a row, or type the first { $first } and press Enter: you are then asked for the others.
ask-how = Type { ask-what } ({ $digits } digits) and press Enter. Nothing shows while you type. Press Esc to cancel.
ask-how-window = Type { ask-what } ({ $digits } digits).
ask-how-pad = Type { ask-what } ({ $digits } digits) on the keypad of the reader, not on that of the computer, and confirm with the reader's green key or OK.
ask-pad-next = { $secret ->
    [signature-pin] Right after that the reader asks you twice for the new signature PIN ({ $digits } digits).
   *[pin] Right after that the reader asks you twice for the new PIN ({ $digits } digits).
}
ask-pad-done = The reader is done: there is nothing more to type on its keypad.
ask-time = If you type nothing for { $seconds } seconds, the request ends and no try is spent.
ask-time-window = You have { $seconds } seconds: then the request ends and no try is spent.
ask-time-pad = The reader waits for { $seconds } seconds: then the request ends and no try is spent.
ask-prompt = { $secret ->
    [puk] PUK:
    [signature-puk] Signature PUK:
    [signature-pin] { $value ->
        [new] New signature PIN:
        [again] New signature PIN, again:
        [current] Present signature PIN:
       *[present] Signature PIN:
    }
   *[pin] { $value ->
        [new] New PIN:
        [again] New PIN, again:
        [current] Present PIN:
       *[present] PIN:
    }
}
ask-prompt-second-half = The other { $digits } digits:
ask-title = Request for a code of the card
ask-button-ok = OK
ask-button-cancel = Cancel
