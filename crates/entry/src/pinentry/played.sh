#!/bin/sh
# A pinentry for tests: behaves as the name says by which it was started, and writes down what it was told.
# Not here: a dialogue. Nobody is asked.
name=${0##*/}
echo "$$" >"$0.pid"
echo "$#" >"$0.arguments"
env >"$0.environment"
echo 'complaint 48151623' >&2
say() { printf '%s\n' "$@"; }

case $name in
mute) exec sleep 600 ;;
stubborn) trap '' TERM ;;
unfriendly) say 'ERR 83886081 not today' ;;
crashing) exit 3 ;;
shouting) exec yes '# x' ;;
esac
say 'OK Pleased to meet you'
while read -r line; do
    printf '%s\n' "$line" >>"$0.heard"
    case $line in
    GETPIN)
        case $name in
        split) say 'S PIN_REPEATED' '# a remark' 'D 48%31%35' 'D 1623' 'OK' ;;
        with-returns) printf 'S X\r\nOK\r\n' ;;
        empty) say 'OK' ;;
        long) say 'D 12345678901234567890' 'OK' ;;
        sixteen) say 'D 1234567890123456' 'OK' ;;
        odd) say 'D 12%C3%A845 6%25' 'OK' ;;
        cancelling) say 'ERR 83886179 Operation cancelled <Pinentry>' ;;
        closing) say 'S CLOSE_BUTTON' 'ERR 83886278 Operation fully cancelled <Pinentry>' ;;
        late) say 'ERR 83886142 Timeout <Pinentry>' ;;
        blind) say 'ERR 83918950 Inappropriate ioctl for device <Pinentry>' ;;
        numberless) say 'ERR' ;;
        wordy) say 'ERR 83886179x cancelled' ;;
        greeting) say 'Hello!' ;;
        silent-line) say '' ;;
        half-escape) say 'D 1234%3' 'OK' ;;
        no-escape) say 'D 1234%3x' 'OK' ;;
        asking-back) say 'INQUIRE QUALITY 4815' ;;
        dying) printf 'D 4815' && exit 1 ;;
        killed) kill -9 $$ ;;
        overlong) head -c 3000 /dev/zero | tr '\0' 'x' && say '' 'OK' ;;
        overlong-data) printf 'D ' && head -c 3000 /dev/zero | tr '\0' '1' && say '' 'OK' ;;
        binary) printf '\377\376\000\001\n' ;;
        endless) exec yes 'S x' ;;
        endless-data) exec yes 'D 1' ;;
        endless-line) exec cat /dev/zero ;;
        waiting | stubborn)
            # In its own process: the shell would wait for a child.
            while :; do read -r _ </dev/zero || :; done
            ;;
        *) say 'D 48151623' 'OK' ;;
        esac
        ;;
    CONFIRM)
        case $name in
        cancelling) say 'ERR 83886194 Not confirmed <Pinentry>' ;;
        *) say 'OK' ;;
        esac
        ;;
    'SETDESC '*)
        case $name in
        talkative) say 'D 1234' 'OK' ;;
        hiding) say 'ERR 536871187 Unknown IPC command <Pinentry>' ;;
        deaf) exec sleep 600 ;;
        *) say 'OK' ;;
        esac
        ;;
    'SETTITLE '* | 'OPTION '*)
        case $name in
        old) say 'ERR 536871187 Unknown IPC command <Pinentry>' ;;
        *) say 'OK' ;;
        esac
        ;;
    BYE)
        say 'OK closing connection'
        exit 0
        ;;
    *) say 'OK' ;;
    esac
done
