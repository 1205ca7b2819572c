/*
 * A program in C that logs in with played cards in every way that the header describes, the wrong ones too.
 *
 * usage: login FIXTURES PROOF ROUNDS
 * Does it all so many times. Writes the proof of a good login to PROOF, and a line for each thing that holds.
 */

#include "varco.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUDIENCE "kiosk-7.example"

static const char *fixtures;

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            printf("%s:%d: %s\nlast error: %s: %s (%s)\n", __FILE__, __LINE__, #condition, \
                   varco_error_code(), varco_error_text(VARCO_ENGLISH), varco_error_detail()); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

#define CHECK_ERROR(call, status, code)                  \
    do {                                                 \
        CHECK((call) == (status));                       \
        CHECK(strcmp(varco_error_code(), (code)) == 0);  \
        CHECK(varco_error_text(VARCO_ITALIAN)[0] != 0);  \
        CHECK(varco_error_advice(VARCO_ITALIAN)[0] != 0); \
        CHECK(varco_error_advice(VARCO_ENGLISH)[0] != 0); \
    } while (0)

/* What the prompt does, and what it saw. */
typedef struct {
    const char *digits;   /* handed over, if not NULL */
    int32_t returned;     /* 0: that digits were handed over */
    int asked;
    int answered_twice;
    int calls_back;
    int later;            /* 1: another thread answers */
    int told;
    char first_reader[64];
    int had_reason;
    varco_answer *answer;
    varco_readers *readers;
    varco_options *options;
    pthread_t thread;
} script;

static int is_wiped(const uint8_t *bytes, size_t length) {
    size_t i;
    for (i = 0; i < length; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

static int32_t give(varco_answer *answer, const char *digits) {
    uint8_t typed[64];
    size_t length = strlen(digits);
    int32_t status;
    memcpy(typed, digits, length);
    status = varco_answer_digits(answer, typed, length);
    CHECK(is_wiped(typed, length));
    return status;
}

static void *answer_later(void *user) {
    script *s = user;
    CHECK(give(s->answer, s->digits) == VARCO_OK);
    return NULL;
}

static int32_t ask(void *user, const varco_question *question, varco_answer *answer) {
    script *s = user;
    s->asked++;
    s->answer = answer;
    s->had_reason |= question->not_taken != NULL;
    CHECK(question->size >= sizeof(varco_question));
    CHECK(strcmp(question->audience, AUDIENCE) == 0);
    CHECK(strlen(question->card) > 0 && strlen(question->text) > 0 && strlen(question->prompt) > 0);
    CHECK(question->digits_min >= 5 && question->digits_max <= 8);
    CHECK(question->tries_left >= -1 && question->tries_max >= -1);
    snprintf(s->first_reader, sizeof s->first_reader, "%s", question->reader);
    if (s->calls_back) {
        varco_report *report = NULL;
        const char *list = NULL;
        CHECK_ERROR(varco_login(s->readers, s->options, ask, NULL, s, &report), VARCO_MISUSE, "call-busy");
        CHECK(report == NULL);
        CHECK_ERROR(varco_readers_list(s->readers, &list), VARCO_MISUSE, "call-busy");
        CHECK_ERROR(varco_readers_close(s->readers), VARCO_MISUSE, "call-busy");
        CHECK_ERROR(varco_options_free(s->options), VARCO_MISUSE, "call-busy");
        CHECK_ERROR(varco_options_attended(s->options), VARCO_MISUSE, "call-busy");
    }
    if (s->later)
        CHECK(pthread_create(&s->thread, NULL, answer_later, s) == 0);
    else if (s->digits != NULL)
        CHECK(give(answer, s->digits) == VARCO_OK);
    if (s->answered_twice) {
        CHECK_ERROR(give(answer, "54321"), VARCO_MISUSE, "call-answered");
        CHECK_ERROR(varco_answer_cancel(answer), VARCO_MISUSE, "call-answered");
    }
    return s->returned == 0 ? VARCO_ANSWERED : s->returned;
}

static int32_t before_sending(void *user, int32_t tries_left, const char *text) {
    script *s = user;
    CHECK(tries_left >= -1 && strlen(text) > 0);
    s->told++;
    return VARCO_ANSWERED;
}

static const char *fixture(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", fixtures, name);
    return path;
}

static varco_options *options_for_cns(void) {
    varco_options *options = NULL;
    CHECK(varco_options_new(AUDIENCE, &options) == VARCO_OK);
    CHECK(varco_options_trust(options, VARCO_TEST_ANCHORS, fixture("pki/ca-cns.der")) == VARCO_OK);
    CHECK(varco_options_crl(options, fixture("pki/crl-cns.crl")) == VARCO_OK);
    return options;
}

static varco_readers *open_readers(const char *which) {
    varco_readers *readers = NULL;
    CHECK(varco_readers_open(which, &readers) == VARCO_OK);
    CHECK(readers != NULL);
    return readers;
}

static void set_nonce(varco_options *options) {
    uint8_t nonce[32];
    size_t i;
    for (i = 0; i < sizeof nonce; i++)
        nonce[i] = (uint8_t)i;
    CHECK(varco_options_nonce(options, nonce, sizeof nonce) == VARCO_OK);
}

/* Logs in with a fresh card; the code that it ends with, empty where somebody is let in. */
static const char *log_in(const char *card, varco_options *options, script *s, int32_t status) {
    static char code[64];
    varco_readers *readers = open_readers(card);
    varco_report *report = NULL;
    const char *text = NULL;
    s->readers = readers;
    s->options = options;
    CHECK(varco_login(readers, options, ask, before_sending, s, &report) == status);
    CHECK(report != NULL);
    CHECK(varco_report_code(report, &text) == VARCO_OK);
    snprintf(code, sizeof code, "%s", text == NULL ? "" : text);
    if (status != VARCO_OK)
        CHECK(strcmp(varco_error_code(), code) == 0);
    CHECK(varco_report_identity(report, &text) == VARCO_OK);
    CHECK((text != NULL) == (status == VARCO_OK || status == VARCO_DENIED));
    CHECK(varco_report_free(report) == VARCO_OK);
    CHECK(varco_readers_close(readers) == VARCO_OK);
    return code;
}

static void a_right_pin_gives_identity_and_proof(const char *path) {
    varco_readers *readers = open_readers("played:cns-st");
    varco_options *options = options_for_cns();
    varco_report *report = NULL;
    script s = {0};
    const char *text = NULL;
    FILE *file;
    s.digits = "12345";
    set_nonce(options);
    CHECK(varco_login(readers, options, ask, NULL, &s, &report) == VARCO_OK);
    CHECK(s.asked == 1 && strcmp(s.first_reader, "played:cns-st") == 0);
    CHECK(varco_report_code(report, &text) == VARCO_OK && text == NULL);
    CHECK(varco_report_decision(report, &text) == VARCO_OK && text == NULL);
    CHECK(varco_report_identity(report, &text) == VARCO_OK && strstr(text, "\"codice_fiscale\"") != NULL);
    CHECK(varco_report_card(report, &text) == VARCO_OK && strstr(text, "\"sent\":true") != NULL);
    CHECK(varco_report_proof(report, &text) == VARCO_OK && text != NULL);
    file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    CHECK(varco_report_free(report) == VARCO_OK);
    CHECK_ERROR(varco_report_free(report), VARCO_MISUSE, "call-handle");
    CHECK_ERROR(varco_report_proof(report, &text), VARCO_MISUSE, "call-handle");
    CHECK(text == NULL);

    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_MISUSE, "call-nonce-spent");
    CHECK(report == NULL && s.asked == 1);
    set_nonce(options);
    CHECK(varco_login(readers, options, ask, NULL, &s, &report) == VARCO_OK);
    CHECK(varco_report_free(report) == VARCO_OK);
    CHECK(varco_options_free(options) == VARCO_OK);
    CHECK(varco_readers_close(readers) == VARCO_OK);
    puts("a right PIN gives identity and proof, and a nonce is spent by it");
}

static void a_wrong_pin_is_told_with_what_is_left(void) {
    varco_readers *readers = open_readers("played:cns-st");
    varco_options *options = options_for_cns();
    varco_report *report = NULL;
    script s = {0};
    const char *text = NULL;
    s.digits = "54321";
    set_nonce(options);
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_FAILED, "pin-wrong");
    CHECK(strstr(varco_error_text(VARCO_ITALIAN), "PIN") != NULL);
    CHECK(varco_report_identity(report, &text) == VARCO_OK && text == NULL);
    CHECK(varco_report_proof(report, &text) == VARCO_OK && text == NULL);
    CHECK(varco_report_card(report, &text) == VARCO_OK && strstr(text, "\"tries_left\":2") != NULL);
    CHECK(varco_report_free(report) == VARCO_OK);
    /* No proof came of the nonce: it may be used again. The card does not get the same value a second time. */
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_FAILED, "pin-refused-before");
    CHECK(varco_report_free(report) == VARCO_OK);
    CHECK(varco_options_free(options) == VARCO_OK);
    CHECK(varco_readers_close(readers) == VARCO_OK);
    puts("a wrong PIN is told with what is left, and is not sent twice");
}

static void prompts_end_a_login(void) {
    varco_options *options = options_for_cns();
    script cancels = {0}, garbage = {0}, silent = {0}, twice = {0}, back = {0}, never = {0};
    cancels.returned = VARCO_CANCELLED;
    CHECK(strcmp(log_in("played:cns-st", options, &cancels, VARCO_FAILED), "entry-cancelled") == 0);
    cancels.digits = "12345";
    CHECK(strcmp(log_in("played:cns-st", options, &cancels, VARCO_FAILED), "entry-cancelled") == 0);
    garbage.returned = 77;
    garbage.digits = "12345";
    CHECK(strcmp(log_in("played:cns-st", options, &garbage, VARCO_MISUSE), "prompt-value") == 0);
    CHECK(strcmp(log_in("played:cns-st", options, &silent, VARCO_MISUSE), "prompt-without-answer") == 0);
    twice.digits = "12345";
    twice.answered_twice = 1;
    CHECK(strcmp(log_in("played:cns-st", options, &twice, VARCO_OK), "") == 0);
    back.digits = "12345";
    back.calls_back = 1;
    CHECK(strcmp(log_in("played:cns-st", options, &back, VARCO_OK), "") == 0);
    never.returned = VARCO_LATER;
    CHECK(varco_options_time_limit(options, 50) == VARCO_OK);
    CHECK(strcmp(log_in("played:cns-st", options, &never, VARCO_FAILED), "entry-timed-out") == 0);
    CHECK_ERROR(give(never.answer, "12345"), VARCO_MISUSE, "call-handle");
    CHECK(varco_options_free(options) == VARCO_OK);
    puts("prompts that cancel, return garbage, answer twice, call back or never answer end as they should");
}

static void another_thread_may_answer(void) {
    varco_options *options = options_for_cns();
    script s = {0};
    s.returned = VARCO_LATER;
    s.later = 1;
    s.digits = "12345";
    CHECK(strcmp(log_in("played:cns-st", options, &s, VARCO_OK), "") == 0);
    CHECK(pthread_join(s.thread, NULL) == 0);
    CHECK(varco_options_free(options) == VARCO_OK);
    puts("another thread may answer");
}

static void a_person_is_asked_again(void) {
    varco_options *options = options_for_cns();
    script s = {0};
    s.digits = "12x45";
    CHECK(strcmp(log_in("played:cns-st", options, &s, VARCO_FAILED), "pin-wrong-form") == 0);
    CHECK(s.asked == 1);
    CHECK(varco_options_attended(options) == VARCO_OK);
    CHECK(strcmp(log_in("played:cns-st", options, &s, VARCO_FAILED), "pin-wrong-form") == 0);
    CHECK(s.asked == 4 && s.had_reason);
    CHECK(varco_options_free(options) == VARCO_OK);
    puts("a person is asked again, a program is not");
}

static void a_service_is_permitted_or_denied(void) {
    varco_options *options = options_for_cns();
    script s = {0};
    s.digits = "12345";
    CHECK(varco_options_service(options, "inps.estratto-conto") == VARCO_OK);
    CHECK(strcmp(log_in("played:cns-st", options, &s, VARCO_OK), "") == 0);
    CHECK(varco_options_service(options, "inps.medico") == VARCO_OK);
    CHECK(strcmp(log_in("played:cns-st", options, &s, VARCO_DENIED), "access-denied") == 0);
    CHECK_ERROR(varco_options_service(options, "inps.nothing"), VARCO_FAILED, "service-unknown");
    CHECK(varco_options_free(options) == VARCO_OK);
    puts("a service is permitted or denied");
}

static void an_identity_card_logs_in(void) {
    varco_options *options = NULL;
    script s = {0};
    s.digits = "12345678";
    CHECK(varco_options_new(AUDIENCE, &options) == VARCO_OK);
    CHECK(varco_options_trust(options, VARCO_TEST_ANCHORS, fixture("pki/ca-cie-sub.pem")) == VARCO_OK);
    CHECK(varco_options_crl(options, fixture("pki/crl-cie-sub.crl")) == VARCO_OK);
    CHECK(varco_options_language(options, VARCO_ITALIAN) == VARCO_OK);
    CHECK(strcmp(log_in("played:cie-actalis", options, &s, VARCO_FAILED), "country-signers-missing") == 0);
    CHECK(s.asked == 0);
    CHECK(varco_options_country_signers(options, VARCO_TEST_ANCHORS, fixture("pki/csca.pem")) == VARCO_OK);
    CHECK(strcmp(log_in("played:cie-actalis", options, &s, VARCO_OK), "") == 0);
    CHECK(s.asked == 1 && s.told == 1);
    CHECK(varco_options_free(options) == VARCO_OK);
    puts("an identity card logs in, and tells its counter before the PIN is sent");
}

static void calls_in_the_wrong_order_are_refused(void) {
    varco_readers *readers = open_readers("played:cns-st");
    varco_options *options = NULL;
    varco_report *report = (varco_report *)&readers;
    script s = {0};
    const char *text = "";
    static const char bad[] = {'a', (char)0xFF, 0};
    CHECK_ERROR(varco_options_new(NULL, &options), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_options_new(AUDIENCE, NULL), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_options_new(bad, &options), VARCO_MISUSE, "call-not-utf8");
    CHECK_ERROR(varco_options_new("", &options), VARCO_FAILED, "audience-invalid");
    CHECK(options == NULL);
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_MISUSE, "call-null");
    CHECK(report == NULL);
    CHECK(varco_options_new(AUDIENCE, &options) == VARCO_OK);
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_FAILED, "trust-anchors-missing");
    CHECK_ERROR(varco_login(readers, options, NULL, NULL, &s, &report), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, NULL), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_login(NULL, options, ask, NULL, &s, &report), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_login((varco_readers *)(void *)options, options, ask, NULL, &s, &report), VARCO_MISUSE,
                "call-handle");
    CHECK_ERROR(varco_login((varco_readers *)(void *)&s, options, ask, NULL, &s, &report), VARCO_MISUSE,
                "call-handle");
    CHECK_ERROR(varco_options_trust(options, 9, fixture("pki/ca-cns.der")), VARCO_MISUSE, "call-value");
    CHECK_ERROR(varco_options_trust(options, VARCO_ANCHORS, bad), VARCO_MISUSE, "call-not-utf8");
    CHECK_ERROR(varco_options_trust(options, VARCO_ANCHORS, "/nowhere"), VARCO_FAILED, "trust-file-not-found");
    CHECK_ERROR(varco_options_trust(options, VARCO_ANCHORS, fixture("pki/ca-cns.der")), VARCO_FAILED,
                "trust-file-test-material");
    CHECK_ERROR(varco_options_crl(options, "/nowhere"), VARCO_FAILED, "file-unreadable");
    CHECK_ERROR(varco_options_revocation(options, "sometimes"), VARCO_MISUSE, "call-value");
    CHECK_ERROR(varco_options_language(options, 0), VARCO_MISUSE, "call-value");
    CHECK_ERROR(varco_options_time_limit(options, 0), VARCO_MISUSE, "call-value");
    CHECK_ERROR(varco_options_nonce(options, (const uint8_t *)"short", 5), VARCO_FAILED, "nonce-invalid");
    CHECK_ERROR(varco_options_nonce(options, NULL, 32), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_options_nonce(options, (const uint8_t *)"", (size_t)-1), VARCO_MISUSE, "call-value");
    CHECK_ERROR(varco_answer_cancel(NULL), VARCO_MISUSE, "call-null");
    CHECK_ERROR(varco_report_identity(NULL, &text), VARCO_MISUSE, "call-null");
    CHECK(text == NULL);
    CHECK(varco_options_reader(options, "somewhere else") == VARCO_OK);
    CHECK(varco_options_trust(options, VARCO_TEST_ANCHORS, fixture("pki/ca-cns.der")) == VARCO_OK);
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_FAILED, "no-such-reader");
    CHECK(report == NULL && s.asked == 0);
    CHECK(varco_readers_list(readers, &text) == VARCO_OK && strstr(text, "\"played:cns-st\"") != NULL);
    CHECK(varco_readers_close(readers) == VARCO_OK);
    CHECK_ERROR(varco_readers_close(readers), VARCO_MISUSE, "call-handle");
    CHECK_ERROR(varco_readers_list(readers, &text), VARCO_MISUSE, "call-handle");
    CHECK_ERROR(varco_login(readers, options, ask, NULL, &s, &report), VARCO_MISUSE, "call-handle");
    CHECK_ERROR(varco_readers_open("played:no-such-card", &readers), VARCO_MISUSE, "call-value");
    CHECK(readers == NULL);
    CHECK(varco_readers_close(NULL) == VARCO_OK && varco_options_free(NULL) == VARCO_OK);
    CHECK(varco_report_free(NULL) == VARCO_OK);
    CHECK(varco_options_free(options) == VARCO_OK);
    CHECK_ERROR(varco_options_free(options), VARCO_MISUSE, "call-handle");
    puts("calls in the wrong order, NULL, garbage and what was freed are refused");
}

static void *error_of_a_thread(void *user) {
    (void)user;
    CHECK(varco_error_code()[0] == 0);
    CHECK_ERROR(varco_readers_list(NULL, NULL), VARCO_MISUSE, "call-null");
    return NULL;
}

static void each_thread_has_its_last_error(void) {
    pthread_t thread;
    varco_readers *readers = NULL;
    CHECK_ERROR(varco_readers_open("printer", &readers), VARCO_MISUSE, "call-value");
    CHECK(pthread_create(&thread, NULL, error_of_a_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(strcmp(varco_error_code(), "call-value") == 0);
    puts("each thread has its last error");
}

int main(int argc, char **argv) {
    int rounds;
    CHECK(argc == 4);
    fixtures = argv[1];
    CHECK(varco_abi_version() == VARCO_ABI_VERSION && strlen(varco_version()) > 0);
    for (rounds = atoi(argv[3]); rounds > 0; rounds--) {
        each_thread_has_its_last_error();
        calls_in_the_wrong_order_are_refused();
        a_right_pin_gives_identity_and_proof(argv[2]);
        a_wrong_pin_is_told_with_what_is_left();
        prompts_end_a_login();
        another_thread_may_answer();
        a_person_is_asked_again();
        a_service_is_permitted_or_denied();
        an_identity_card_logs_in();
    }
    puts("all is well");
    return 0;
}
