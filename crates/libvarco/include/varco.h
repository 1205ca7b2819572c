/*
 * varco: login with Italian smart cards, for programs in C. docs/c-api.md is the guide; this file is the contract.
 *
 * It is written by cbindgen out of crates/libvarco/src/ffi: do not edit it.
 *
 * Status. Functions that can fail return VARCO_OK, which is 0, or another VARCO_... number; then the last error of the calling
 * thread has a stable code, a text and an advice in two languages. The errors that are named at a function are such codes;
 * `call-...` are those of a wrong call: call-null, call-not-utf8, call-value, call-handle, call-busy.
 *
 * Handles (varco_readers, varco_options, varco_report, varco_answer) are tokens, not addresses: nothing lies there. One that was
 * freed, is of another kind or was never given out is found out (call-handle). None has to be freed before another.
 *
 * Threads. Every function may be called from any thread, and a handle from a thread that did not make it. One call at a time
 * works with a handle: a second one, from another thread or out of a prompt, gives call-busy at once and waits for nothing.
 * Two readers are worked with at the same time by two varco_readers. A process that forks does not go on with handles in the
 * child.
 *
 * Texts are UTF-8 and end with a zero byte, paths too. What a caller gives is read before the function returns and not kept.
 * What is given to a caller is the library's, lives as long as is said there, and is never freed by the caller.
 *
 * Pointers. A pointer to a place for a result must not be NULL. Whatever the library cannot check is the caller's care: that a
 * pointer that is not NULL leads to what it should, and that nobody changes it during the call.
 *
 * Nothing is thrown out of a function. A prompt must return: it must not throw, longjmp or end its thread, or the process may be
 * aborted. A panic of a prompt in Rust is caught (prompt-panicked).
 *
 * The library stays loaded once it is: threads that talk to a card may outlive the call that began it.
 */


#ifndef VARCO_H
#define VARCO_H

#include <stddef.h>
#include <stdint.h>

/*
 The interface that this header describes. A library that gives another number from `varco_abi_version` is another one.
 */
#define VARCO_ABI_VERSION 1

/*
 Done. Of a login: somebody is identified, and may do what was asked for.
 */
#define VARCO_OK 0

/*
 Somebody is identified, and is not permitted the service that was asked for. Nobody is to be let in.
 */
#define VARCO_DENIED 1

/*
 Reader, card, trust, person, file or system: the last error says what.
 */
#define VARCO_FAILED 2

/*
 The call itself is wrong, or a prompt is: the last error says how. Codes begin with `call-` or `prompt-`.
 */
#define VARCO_MISUSE 3

/*
 The library found an error of its own. What the call worked on can still be freed.
 */
#define VARCO_DEFECT 4

/*
 A language of texts.
 */
#define VARCO_ITALIAN 1

/*
 A language of texts.
 */
#define VARCO_ENGLISH 2

/*
 Authorities that are believed.
 */
#define VARCO_ANCHORS 1

/*
 Authorities of test material: who rests on them is marked so, and may be given access to test it. Never in production.
 */
#define VARCO_TEST_ANCHORS 2

/*
 What a prompt returns when it has handed over digits.
 */
#define VARCO_ANSWERED 10

/*
 What a prompt returns when the person gave up. No try is spent.
 */
#define VARCO_CANCELLED 11

/*
 What a prompt returns when the answer will come by another thread.
 */
#define VARCO_LATER 12

/*
 The place where the answer to one question goes. It is over when the question is; nobody frees it.
 */
typedef struct varco_answer varco_answer;

/*
 What is wanted of logins: for whom, whom to believe, what else. One may serve many logins, one after the other.
 */
typedef struct varco_options varco_options;

/*
 Readers, and what their cards refused: a PIN that a card refused is not sent to it again through the same handle. A program
 keeps one open for all that it does with cards.
 */
typedef struct varco_readers varco_readers;

/*
 How a login went. Its texts live until it is freed.
 */
typedef struct varco_report varco_report;

/*
 A question for the PIN. It and its texts live until the prompt returns.
 */
typedef struct varco_question {
  /*
   The size of this structure in bytes. A later library may add fields behind those below.
   */
  size_t size;
  /*
   The reader that holds the card.
   */
  const char *reader;
  /*
   What the card is, for people.
   */
  const char *card;
  /*
   Who asks for the login.
   */
  const char *audience;
  /*
   The name of the service that is wanted, for people; NULL where none is.
   */
  const char *service;
  /*
   All that a person must be told before typing, as lines: who asks and for what, card, reader, what a mistake costs, how
   many digits, how long.
   */
  const char *text;
  /*
   What stands before the field, such as `PIN:`.
   */
  const char *prompt;
  /*
   Why the last answer was not taken, for people; NULL for the first question. Nothing of it was sent.
   */
  const char *not_taken;
  /*
   How many wrong PINs the card will still take; -1 where it does not tell, or tells later.
   */
  int32_t tries_left;
  /*
   The most that it ever takes; -1 where that is not known.
   */
  int32_t tries_max;
  /*
   Fewest digits of a PIN.
   */
  size_t digits_min;
  /*
   Most digits of a PIN.
   */
  size_t digits_max;
} varco_question;

/*
 Asks for the PIN. Called by varco_login, in its thread, with `user` as it was given there.

 It hands digits to varco_answer_digits and returns VARCO_ANSWERED; or returns VARCO_CANCELLED; or VARCO_LATER, and another
 thread answers within the time limit by varco_answer_digits or varco_answer_cancel. Any other value is an error.
 It may use other handles, not those of the login that asks: those are in use (`call-busy`). It must return in its own time:
 nothing interrupts it, and an answer after the time limit is not taken.
 */
typedef int32_t (*varco_ask)(void *user,
                             const struct varco_question *question,
                             struct varco_answer *answer);

/*
 Tells what an identity card says of its counter, after the digits were given and before they are sent: `tries_left`, -1
 where it does not tell, and the same as text, which lives until it returns. VARCO_ANSWERED goes on, VARCO_CANCELLED does not.
 The card waits meanwhile: show it, and ask nobody.
 */
typedef int32_t (*varco_before_sending)(void *user, int32_t tries_left, const char *text);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 `VARCO_ABI_VERSION` of the library that is loaded. Never fails.
 */
uint32_t varco_abi_version(void);

/*
 The version of the library, such as `0.1.0`. It lives as long as the library.
 */
const char *varco_version(void);

/*
 The stable code of the last error in this thread, such as `pin-wrong`; empty where there was none. Programs decide by it.

 The last error is set by each call that gives something else than VARCO_OK; a call that succeeds leaves it. This text and
 those below stay where they are until the next call in this thread that does not succeed. They are never NULL.
 */
const char *varco_error_code(void);

/*
 What happened, for people, in a language (VARCO_ITALIAN; any other number is English).
 */
const char *varco_error_text(int32_t language);

/*
 What to do about it, for people, in a language.
 */
const char *varco_error_advice(int32_t language);

/*
 What helps those who give support, in English: status words, names of commands, never data. Often empty.
 */
const char *varco_error_detail(void);

/*
 Opens readers: those of the system's PC/SC service where `which` is NULL or `pcsc`; in a library that is built with played
 cards, `played:NAME` is a reader in this process with a card in it.

 `*readers` is NULL where that fails. Whether the service runs shows when it is asked for its readers.
 Errors: `call-null`, `call-not-utf8`, `call-value`.

 # Safety
 See the head of the header.
 */
int32_t varco_readers_open(const char *which,
                           struct varco_readers **readers);

/*
 The readers and what lies in them: a JSON array of objects `{"name", "card"}`, where `card` is null for an empty reader, else
 `{"state": "present", "atr"}`, `{"state": "mute"}`, `{"state": "in-use"}` or `{"state": "unknown", "error"}`.

 `*json` is NULL where that fails. It lives until the next list by the same handle, or until that is closed.
 Errors: `call-...`; `no-service`, `service-refused` and others of the service.

 # Safety
 See the head of the header.
 */
int32_t varco_readers_list(struct varco_readers *readers,
                           const char **json);

/*
 Closes readers. NULL is nothing to close.

 Errors: `call-handle` for what was closed already, `call-busy` while a login uses them; they stay open then.
 */
int32_t varco_readers_close(struct varco_readers *readers);

/*
 Options for logins that `audience` asks for: 1 to 255 bytes, best its origin, such as `https://servizi.example.it`. It is
 shown to the person and signed by the card.

 Nobody is trusted yet, evidence of revocation is needed for every certificate, a program answers the prompt and has 60
 seconds for it, texts are in English. `*options` is NULL where it fails.
 Errors: `call-null`, `call-not-utf8`, `audience-invalid`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_new(const char *audience,
                          struct varco_options **options);

/*
 Frees options. NULL is nothing to free.

 Errors: `call-handle` for what was freed already, `call-busy` while a login uses them; they live on then.
 */
int32_t varco_options_free(struct varco_options *options);

/*
 Has the card sign a nonce of a relying party's, 16 to 64 bytes, and a proof made that it can check for itself. The proof
 names the holder. One proof comes of a nonce: then another is to be set, or the next login is refused (`call-nonce-spent`).

 Errors: `call-...`, `nonce-invalid`.

 # Safety
 See the head of the header. `nonce` leads to `length` bytes.
 */
int32_t varco_options_nonce(struct varco_options *options,
                            const uint8_t *nonce,
                            size_t length);

/*
 Takes the card in this reader: its name, or a part of it that fits no other. Without it, the only reader that holds a card.

 Errors: `call-...`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_reader(struct varco_options *options,
                             const char *name);

/*
 Believes the authorities in a file or folder (PEM or DER), besides those given before. `kind` is VARCO_ANCHORS, or
 VARCO_TEST_ANCHORS for test material.

 Errors: `call-...`, `trust-file-...`, `trust-folder-empty`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_trust(struct varco_options *options,
                            int32_t kind,
                            const char *file);

/*
 Believes the country signers in a file or folder about identity cards, besides those given before. Without any, no identity
 card is taken for genuine and none sees a PIN.

 Errors: as varco_options_trust.

 # Safety
 See the head of the header.
 */
int32_t varco_options_country_signers(struct varco_options *options,
                                      int32_t kind,
                                      const char *file);

/*
 Takes the revocation lists in a file or folder (DER or PEM) for evidence, besides those given before.

 Errors: `call-...`, `file-unreadable`, `crl-file-...`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_crl(struct varco_options *options,
                          const char *file);

/*
 How sure one must be that no certificate was revoked: `hard` (fresh evidence for each, the default), `grace` (it may be 24
 hours late), `soft` (what is not known is marked) or `off` (nobody asks).

 Errors: `call-...`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_revocation(struct varco_options *options,
                                 const char *mode);

/*
 Has it decided by the built-in rules whether the person may use this service, such as `inps.estratto-conto`.

 Errors: `call-...`, `service-id-invalid`, `service-unknown`.

 # Safety
 See the head of the header.
 */
int32_t varco_options_service(struct varco_options *options,
                              const char *id);

/*
 Says that a person answers the prompt, now. He is asked up to three times where an answer cannot be taken. Without it a
 program is supposed, which gets one question, and one try for each insertion of a card that does not tell its counter.

 Errors: `call-...`.
 */
int32_t varco_options_attended(struct varco_options *options);

/*
 How long the answer to a question may take, 1 to 3,600,000 milliseconds. One that comes later is not taken.

 Errors: `call-...`.
 */
int32_t varco_options_time_limit(struct varco_options *options,
                                 uint32_t milliseconds);

/*
 How long a card is waited for that another program holds, up to 3,600,000 milliseconds.

 Errors: `call-...`.
 */
int32_t varco_options_wait(struct varco_options *options, uint32_t milliseconds);

/*
 The language of questions and of the sentences in a decision: VARCO_ITALIAN or VARCO_ENGLISH.

 Errors: `call-...`.
 */
int32_t varco_options_language(struct varco_options *options, int32_t language);

/*
 Answers a question with these digits, in ASCII, without an end. From any thread, while the question is open.

 The bytes are taken into memory that is locked and wiped, and `digits` itself is wiped before this returns, whatever it
 returns (but for `call-null` and a `length` that cannot be). Other copies that the caller has are the caller's to wipe.
 More than 16 bytes give `pin-wrong-form`, and the question stays open. Whether the form is the card's is found out later.
 Errors: `call-...`; `call-answered` for a second answer; `call-handle` when the question is over.

 # Safety
 See the head of the header. `digits` leads to `length` bytes that nobody else uses during the call.
 */
int32_t varco_answer_digits(struct varco_answer *answer,
                            uint8_t *digits,
                            size_t length);

/*
 Answers a question by giving up. From any thread, while the question is open. No try is spent.

 Errors: `call-answered` where there is an answer, `call-handle` when the question is over.
 */
int32_t varco_answer_cancel(struct varco_answer *answer);

/*
 Why nobody was let in: the code that was the last error of the login. `*text` is NULL where somebody was.

 Errors, of this and of all below: `call-null`, `call-handle`, `call-busy`; `*text` is NULL then.

 # Safety
 See the head of the header.
 */
int32_t varco_report_code(struct varco_report *report,
                          const char **text);

/*
 Who was identified, as JSON: `identity` of docs/schema/varco-cli-1.schema.json. It is personal data. `*text` is NULL where
 nobody was. Look at what varco_login gave first: who is identified may still be denied.

 # Safety
 See the head of the header.
 */
int32_t varco_report_identity(struct varco_report *report,
                              const char **text);

/*
 What was decided about the service and why, as JSON: `decision` of the same schema. `*text` is NULL where nothing was.

 # Safety
 See the head of the header.
 */
int32_t varco_report_decision(struct varco_report *report,
                              const char **text);

/*
 The proof over the nonce, as docs/proof.md describes it: to be sent to the relying party as it is, and to nobody else, for
 it is personal data. `*text` is NULL where no nonce was set or nobody was let in.

 # Safety
 See the head of the header.
 */
int32_t varco_report_proof(struct varco_report *report,
                           const char **text);

/*
 The card, as JSON: an object with `kind`, `profile`, `exchanges`, `personal_data`; `pin` with `tries_left`, `puk_tries_left`
 (null where not known) and `sent`; and `reset_failed`. If that is true, have the card taken out: another program may find the
 PIN verified. Never NULL where the call succeeds.

 # Safety
 See the head of the header.
 */
int32_t varco_report_card(struct varco_report *report,
                          const char **text);

/*
 Frees a report and its texts. NULL is nothing to free.

 Errors: `call-handle` for what was freed already.
 */
int32_t varco_report_free(struct varco_report *report);

/*
 Logs a person in: takes up the card, judges its certificate, asks for the PIN by `ask`, has the card sign, verifies, and
 decides about the service if one was set. `before_sending` may be NULL. `user` is handed to both as it is.

 Only VARCO_OK lets somebody in. VARCO_DENIED: identified, but not permitted the service (`access-denied`,
 `access-undecided`). Anything else: nobody is identified, and the last error says why: `pin-wrong`, `pin-blocked`,
 `entry-cancelled`, `no-card`, `certificate-revoked` and others; `trust-anchors-missing` before any card is touched where no
 authority was given; `prompt-...` where `ask` did something wrong.
 `*report` is the report, or NULL where no card was taken up. The caller frees it in any case.
 It waits for readers, card and prompt. Both handles are in use until it returns: other calls with them get `call-busy`.

 # Safety
 See the head of the header. `ask` and `before_sending` can be called with `user` until this returns.
 */
int32_t varco_login(struct varco_readers *readers,
                    struct varco_options *options,
                    varco_ask ask,
                    varco_before_sending before_sending,
                    void *user,
                    struct varco_report **report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VARCO_H */
