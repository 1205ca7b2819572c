/*
 * Logs in with a wrong PIN and searches the memory of the process for it, before it is handed over and after the login.
 *
 * usage: left_in_memory FIXTURES
 * The PIN is put together when it is needed, so that it stands nowhere else. What is looked at is what /proc/self/maps lists and
 * lets be read.
 */

#include "varco.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 8

static volatile uint8_t disguised[DIGITS] = {'7' ^ 0x5A, '3' ^ 0x5A, '9' ^ 0x5A, '0' ^ 0x5A,
                                             '6' ^ 0x5A, '2' ^ 0x5A, '8' ^ 0x5A, '4' ^ 0x5A};
static uint8_t typed[DIGITS];
static unsigned char window[1 << 16];
static int found_before = -1;

static void put_on(void) {
    int i;
    for (i = 0; i < DIGITS; i++)
        typed[i] = disguised[i] ^ 0x5A;
}

static int is_pin(const unsigned char *bytes) {
    int i;
    for (i = 0; i < DIGITS; i++)
        if (bytes[i] != (disguised[i] ^ 0x5A))
            return 0;
    return 1;
}

/* How often it stands in a range. What this program itself reads into is left out. */
static int in_range(FILE *memory, unsigned long from, unsigned long to) {
    int found = 0;
    while (from < to) {
        size_t wanted = to - from < sizeof window ? to - from : sizeof window, got, i;
        if (fseek(memory, (long)from, SEEK_SET) != 0)
            return found;
        got = fread(window, 1, wanted, memory);
        if (got < DIGITS)
            return found;
        for (i = 0; i + DIGITS <= got; i++) {
            unsigned long at = from + i, ours = (unsigned long)window;
            if (is_pin(window + i) && (at < ours || at >= ours + sizeof window))
                found++;
        }
        from += got - (got == wanted && from + got < to ? DIGITS - 1 : 0);
    }
    return found;
}

static int in_memory(void) {
    char line[1024];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r"), *memory = fopen("/proc/self/mem", "rb");
    if (maps == NULL || memory == NULL)
        exit(3);
    setvbuf(memory, NULL, _IONBF, 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char may[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, may) == 3 && may[0] == 'r' && strstr(line, "[v") == NULL)
            found += in_range(memory, from, to);
    }
    fclose(maps);
    fclose(memory);
    memset(window, 0, sizeof window);
    return found;
}

static int32_t ask(void *user, const varco_question *question, varco_answer *answer) {
    (void)user;
    (void)question;
    put_on();
    return varco_answer_digits(answer, typed, DIGITS) == VARCO_OK ? VARCO_ANSWERED : VARCO_CANCELLED;
}

int main(int argc, char **argv) {
    char path[4096];
    varco_readers *readers = NULL;
    varco_options *options = NULL;
    varco_report *report = NULL;
    if (argc != 2)
        return 2;
    put_on();
    found_before = in_memory();
    memset(typed, 0, sizeof typed);
    varco_readers_open("played:cns-st", &readers);
    varco_options_new("kiosk-7.example", &options);
    snprintf(path, sizeof path, "%s/pki/ca-cns.der", argv[1]);
    varco_options_trust(options, VARCO_TEST_ANCHORS, path);
    snprintf(path, sizeof path, "%s/pki/crl-cns.crl", argv[1]);
    varco_options_crl(options, path);
    if (varco_login(readers, options, ask, NULL, NULL, &report) != VARCO_FAILED
        || strcmp(varco_error_code(), "pin-wrong") != 0) {
        printf("%s\n", varco_error_code());
        return 1;
    }
    printf("found before: %d, after: %d\n", found_before, in_memory());
    varco_report_free(report);
    varco_options_free(options);
    varco_readers_close(readers);
    return 0;
}
