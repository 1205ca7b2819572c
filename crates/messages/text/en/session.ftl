# Logins while they last: why they ended, and what can go wrong (crate varco: Ended, StartError, NotSigned).

session-card-removed = The login has ended because the card was taken out.
session-reader-gone = The login has ended because the reader is not connected any more.
session-time-over = The login has ended because its time is over.
session-logged-out = The login was closed.
session-card-lost = The login has ended because the card does not answer any more, or another program took it.

cancelled = The operation was cancelled.
    .advice = Start again if you like.
deadline-passed = It took too long, and the operation was ended.
    .advice = Start again, with the card and its PIN at hand.
abandoned = The operation was ended because the program did not wait for its outcome any more.
    .advice = Start again. If it happens again, tell whoever maintains the program.
too-many-logins = Too many requests are waiting for this reader already.
    .advice = Wait until they are done and try again.
called-back = The program waited for itself: one of its functions, called during a login, waited for another one.
    .advice = This is not your doing. Tell whoever maintains the program.
no-thread = The system has no resources left to start the operation.
    .advice = Close programs that are not needed and try again; if that is not enough, restart the computer.
thread-ended = The operation ended by an error of the program.
    .advice = Take the card out, put it in again and try again. Tell whoever maintains the program, without the PIN.
card-not-kept = The card does not sign any more: it was set free after the login.
    .advice = Log in again. Where several signatures are needed, the program must ask to keep the card.
