/* The names of the reasons to stop. */
#include "ermopt/solve.h"

const char *erm_stop_text(erm_stop stop)
{
    switch (stop) {
#define STOP_TEXT(name, text)                                                                                                    \
    case name: return text;
        ERM_STOP_LIST(STOP_TEXT)
#undef STOP_TEXT
    }
    return "unknown";
}
