/* A reader that can be unplugged: an IFD handler (pcsc-lite's ifdhandler.h, version 3) for tests.
 *
 * It is there, with a card in it, as long as the file exists that its DEVICENAME names. When the file goes, every call
 * says that there is no such device, as the driver of a USB reader does when its cable is pulled.
 *
 * Not here: a card. It answers 9000 to whatever it is sent. */

#include <ifdhandler.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char plug[PATH_MAX];

static const UCHAR atr[] = {
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09,
    0x17, 0x17, 0x01, 0x11, 0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8C,
};

static RESPONSECODE plugged(void) {
    return access(plug, F_OK) == 0 ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
    (void)lun;
    snprintf(plug, sizeof plug, "%s", name);
    return plugged();
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) {
    (void)lun;
    (void)channel;
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHCloseChannel(DWORD lun) {
    (void)lun;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
    (void)lun;
    if (tag == TAG_IFD_ATR && *length >= sizeof atr) {
        memcpy(value, atr, sizeof atr);
        *length = sizeof atr;
        return IFD_SUCCESS;
    }
    if (tag == TAG_IFD_SLOTS_NUMBER && *length >= 1) {
        *value = 1;
        *length = 1;
        return IFD_SUCCESS;
    }
    return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) {
    (void)lun;
    (void)tag;
    (void)length;
    (void)value;
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3) {
    (void)lun;
    (void)protocol;
    (void)flags;
    (void)pts1;
    (void)pts2;
    (void)pts3;
    return plugged();
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR answer, PDWORD length) {
    (void)lun;
    *length = 0;
    if (plugged() == IFD_SUCCESS && action != IFD_POWER_DOWN) {
        memcpy(answer, atr, sizeof atr);
        *length = sizeof atr;
    }
    return plugged();
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD command_length, PUCHAR answer,
                               PDWORD answer_length, PSCARD_IO_HEADER receive) {
    (void)lun;
    (void)send;
    (void)command;
    (void)command_length;
    (void)receive;
    if (plugged() != IFD_SUCCESS) {
        *answer_length = 0;
        return IFD_NO_SUCH_DEVICE;
    }
    answer[0] = 0x90;
    answer[1] = 0x00;
    *answer_length = 2;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR in, DWORD in_length, PUCHAR out, DWORD out_length,
                         LPDWORD returned) {
    (void)lun;
    (void)code;
    (void)in;
    (void)in_length;
    (void)out;
    (void)out_length;
    *returned = 0;
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHICCPresence(DWORD lun) {
    (void)lun;
    return plugged() == IFD_SUCCESS ? IFD_ICC_PRESENT : IFD_NO_SUCH_DEVICE;
}
