# The card and what it holds (crate credential: CardError; crate session: LoginError).

card-not-recognised = This card is not of a kind that the program knows.
    .advice = Use a Carta Nazionale dei Servizi (CNS) or a health card with a chip (TS-CNS). If it is one already, insert it with its chip towards the reader and try again.
card-foreign = This card is not one to log in with here: { $card }.
    .advice = Use a Carta Nazionale dei Servizi (CNS) or a health card with a chip (TS-CNS).
several-cards = There is more than one card inserted: { $readers }.
    .advice = Leave in only the card that you want to use, or choose the reader with --reader and its name.
card-changed = The card was taken out, exchanged or interrupted while you typed the PIN. The PIN was not sent and no try was spent.
    .advice = Insert your card, start over and leave it in the reader until the end.
card-status = The card refused an operation.
    .advice = Take the card out, insert it again and start over. If it happens again, ask the body that gave you the card, for example your Region or the chamber of commerce.
card-misbehaved = The card gave an answer that makes no sense.
    .advice = Take the card out, insert it again and start over. If it happens again, the card may be faulty: ask the body that gave it to you.
card-unsupported = This card cannot do what the login needs.
    .advice = Log in with another card, with the CIE or with SPID, or ask the body that gave you the card for a new one.
grant-lost = The card was taken out or interrupted after the PIN was checked.
    .advice = Start over and leave the card in the reader until the end. Close other programs that use the card.
personal-data-absent = The card holds no data of the person.
    .advice = If you only want to log in, you still can. Otherwise ask the body that gave you the card.
personal-data-unreadable = The data of the person on the card are not in the prescribed form and cannot be read.
    .advice = If you only want to log in, you still can. Otherwise wipe the chip, try again, and if that does not help ask the body that gave you the card.
personal-data-consent = Name, birth, codice fiscale and residence on the card can be read without a PIN, by whoever holds the card. Nothing was read.
    .advice = If the holder agrees, give the command again with --yes-personal-data.
certificate-absent = The card does not hold the certificate that the login needs.
    .advice = A new health card must first be activated at a desk of your Region, for example at the local health authority. If the card is active already, this model may keep its certificate in a place or form that the program does not read yet: before you go to a desk, try the card with the program of the body that gave it to you.
certificate-unreadable = The certificate on the card is damaged or incomplete and cannot be read.
    .advice = Wipe the chip with a dry cloth and try again. If that does not help, this model may keep its certificate in a place or form that the program does not read yet: before you ask for a new card, try this one with the program of the body that gave it to you.
