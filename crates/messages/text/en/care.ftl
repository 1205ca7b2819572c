# The care of PIN and PUK: how many tries are left, the change, the unblocking.

codes-where = { $kind ->
    [cie] PIN and PUK of an identity card have eight digits: the first four are on the receipt of the request, the others in the letter that came with the card. If you cannot find them, the registry office of the municipality that issued the card reprints them.
   *[cns] PIN and PUK are in the envelope from whoever issued the card{ $issuer ->
        [unknown] {""}
       *[other] {" "}({ $issuer })
    }. If you cannot find it, ask there: it is for example your Region or the chamber of commerce.
}
pin-refused-before = This card refused the same PIN before: it was not sent again and no try was spent.
    .advice = { codes-where } If the PIN was changed meanwhile with another program, start this one anew.
pin-not-by-pad = This card does not take these codes from a reader's keypad: an identity card wants them encrypted, others in two steps or of different lengths. Nothing was sent.
    .advice = Type the codes on the computer's keyboard: leave out --entry pad.
puk-wrong = The PUK is not right. { $tries ->
        [0] No try is left.
        [one] 1 try is left.
        [other] { $tries } tries are left.
       *[unknown] This card does not say how many tries are left.
    }
    .advice = Do not guess: without a PUK a blocked card must be replaced. { codes-where }
puk-blocked = { $which ->
        [signature] The signature PUK of this card is blocked: the signature PIN cannot be unblocked any more.
       *[user] The PUK of this card is blocked: the PIN cannot be unblocked any more. A PIN that is not blocked still works.
    }
    .advice = { $which ->
        [signature] To sign you need a new card: ask whoever issued it. To log in the card still works.
       *[user] { $kind ->
            [cie] The card still holds as a document. If the PIN is blocked, you need a new one to log in: ask your municipality. Until then, use SPID or the CNS.
           *[cns] If the PIN is blocked, you need a new card: ask whoever issued it{ $issuer ->
                [unknown] {""}
               *[other] {" "}({ $issuer })
            }. Until then, use SPID or the electronic identity card.
        }
    }
puk-wrong-form = The PUK does not have the right form: this card takes { $digits } digits, without letters or spaces. It was not sent and no try was spent.
    .advice = Try again with the digits of the PUK. The PIN is another code.
puk-last-try = The PUK has only one try left: to protect the card, it was not sent.
    .advice = If this one is wrong too, the card must be replaced. { codes-where } If you are sure, repeat the command with --allow-last-try.
puk-tries-unknown = This card does not say how many tries the PUK has left. It was not sent.
    .advice = If you want to try all the same, leave out --require-known-tries and repeat the command. Check the PUK first: it has few tries.
puk-refused-before = This card refused the same PUK before: it was not sent again and no try was spent.
    .advice = { codes-where }
new-pin-wrong-form = The new PIN does not have the right form: this card takes { $digits } digits, without letters or spaces. Nothing was sent to the card.
    .advice = Choose another PIN.
new-pin-uniform = A PIN whose digits are all the same is guessed at once. Nothing was sent to the card.
    .advice = Choose another PIN.
new-pin-run = A PIN whose digits are in a row, such as 23456 or 98765, is guessed at once. Nothing was sent to the card.
    .advice = Choose another PIN.
new-pin-same = The new PIN is the same as the present one. Nothing was sent to the card.
    .advice = Choose another PIN.
new-pin-differs = You did not type the same new PIN both times. Nothing was sent to the card.
    .advice = Repeat the command and type the new PIN without haste.
change-in-doubt = The new PIN may have reached the card, but no answer came: either the old PIN holds or the new one.
    .advice = { $counter ->
        [told] See with "varco pin status" how many tries are left. If there are at least two, { $which ->
            [signature] use the new signature PIN in your signing program
           *[user] log in with the new PIN
        }: if the card refuses it, the old one holds and gives the card all its tries back. If just one is left, do not try: with the PUK and "varco pin unblock{ $which ->
            [signature] {" "}--signature-pin
           *[user] {""}
        }" you set a PIN that is certain.
       *[untold] This card does not say how many tries are left: do not try the PINs. With the PUK and "varco pin unblock{ $which ->
            [signature] {" "}--signature-pin
           *[user] {""}
        }" you set a PIN that is certain. The PUK has few tries too: check it first.
    }
unblock-in-doubt = PUK and new PIN may have reached the card, but no answer came: the PIN is as it was, or the new one holds.
    .advice = Check the PUK, then repeat the unblocking with the same PUK and the same new PIN: if the PUK is right, it gets all its tries back.
card-secret-absent = This card does not have the code that was asked for.
    .advice = Many cards have no signature PIN. For the PIN that logs in, leave out --signature-pin.

label-puk = PUK
label-signature-pin = Signature PIN
label-signature-puk = Signature PUK
label-issued-by = Issued by
tries-of = { $tries ->
    [0] blocked: no try is left
    [one] 1 try is left{ $most ->
        [unknown] {""}
       *[other] {" "}of { $most }
    }
    [other] { $tries } tries are left{ $most ->
        [unknown] {""}
       *[other] {" "}of { $most }
    }
   *[unknown] the card does not say how many tries are left{ $most ->
        [unknown] {""}
       *[other] {" "}(at most { $most })
    }
}
puk-unknown = not known whether this card has one
pin-changed = The PIN was changed. From now on the new one holds.
pin-unblocked = The PIN is unblocked. From now on the new one holds.
pin-status-blocked = { $which ->
    [signature] To unblock the signature PIN you need the signature PUK: "varco pin unblock --signature-pin".
   *[user] To unblock the PIN you need the PUK: "varco pin unblock".
}
pin-status-unchecked = Whether the identity card is genuine was not checked.
