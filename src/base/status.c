/* The texts of erm_status, and the library's version. */
#include "ermopt/status.h"

#include "ermopt/version.h"

const char *erm_status_text(erm_status status)
{
    switch (status) {
#define STATUS_TEXT(name, value, text)                                                                                           \
    case name: return text;
        ERM_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    }
    return "unknown status";
}

#define TEXT_OF(number)                   #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *erm_version(void) { return VERSION_TEXT(ERM_VERSION_MAJOR, ERM_VERSION_MINOR, ERM_VERSION_PATCH); }
