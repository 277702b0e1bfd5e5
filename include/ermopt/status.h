/* Did the call work? Every function that can fail returns an erm_status and, where there is room for one, a sentence. */
#ifndef ERMOPT_STATUS_H
#define ERMOPT_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* name, value, text */
#define ERM_STATUS_LIST(X)                                                                                                       \
    X(ERM_OK, 0, "success")                                                                                                      \
    X(ERM_EINVAL, -1, "invalid argument")                                                                                        \
    X(ERM_ENOMEM, -2, "out of memory")                                                                                           \
    X(ERM_EUNSUPPORTED, -3, "this combination is not supported")                                                                 \
    X(ERM_EDATA, -4, "bad data")                                                                                                 \
    X(ERM_EIO, -5, "a file could not be read or written")

typedef enum erm_status {
#define ERM_STATUS_ENUM(name, value, text) name = (value),
    ERM_STATUS_LIST(ERM_STATUS_ENUM)
#undef ERM_STATUS_ENUM
} erm_status;

/* What a status means, in a few words; never NULL. */
const char *erm_status_text(erm_status status);

/* Room for the sentence that says what was wrong and what to do about it. Functions that take `char *detail` write at most
 * this many bytes, always terminated; NULL is allowed and means "not wanted". */
#define ERM_DETAIL_SIZE 512

#ifdef __cplusplus
}
#endif

#endif
