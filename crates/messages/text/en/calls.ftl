# Calls of the C face, for those who write the calling program (edge: libvarco).

call-null = "{ $argument }" is NULL, and something must be given there.
    .advice = Look up in varco.h what the function takes.
call-not-utf8 = "{ $argument }" is not text in UTF-8.
    .advice = Give all texts and paths in UTF-8, ended by a zero byte.
call-value = "{ $argument }" has a value that does not exist.
    .advice = Look up in varco.h which values there are.
call-handle = "{ $argument }" is no handle of its kind, or it was freed already, or its question is over.
    .advice = Use each handle only between the call that gives it and the one that frees it.
call-busy = "{ $argument }" is in use by another call that has not ended.
    .advice = Use a handle in one call at a time, and not in the function that asks for the PIN.
call-answered = The question for the PIN has an answer already.
    .advice = Answer each question once, or cancel it.
call-nonce-spent = A proof was made for this nonce already.
    .advice = Get a new nonce from whoever asks for the login, and set it before the next one.
prompt-panicked = The function that asks for the PIN ended by a panic.
    .advice = Correct that function. No try was spent.
prompt-without-answer = The function that asks for the PIN says that it gave an answer, and gave none.
    .advice = Correct that function: it must hand over digits, cancel, or say that the answer comes later. No try was spent.
prompt-value = The function that asks for the PIN returned a value that does not exist.
    .advice = Look up in varco.h which values there are. No try was spent.
access-denied = The person is identified, and the access rules do not permit the service.
    .advice = The decision gives the reasons.
access-undecided = The person is identified, and the access rules could not decide about the service: it is not permitted.
    .advice = The decision gives the errors.
