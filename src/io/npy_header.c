/* The header of a .npy file: a Python dictionary with three entries. NumPy's documentation, "numpy.lib.format". */
#include "io/npy_header.h"

#include <stdio.h>
#include <string.h>

#include "base/detail.h"

char erm__npy_byte_order(void)
{
    const uint16_t one = 1;
    char first;
    memcpy(&first, &one, 1);
    return first ? '<' : '>';
}

/* The text behind 'key':, or NULL. */
static const char *find_value(const char *text, const char *key)
{
    char quoted[24];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *p = strstr(text, quoted);
    if (!p) return NULL;
    p += strlen(quoted);
    while (*p == ' ') p++;
    if (*p++ != ':') return NULL;
    while (*p == ' ') p++;
    return p;
}

static bool is_known_type(char kind, int size)
{
    const bool power = size == 1 || size == 2 || size == 4 || size == 8;
    return kind == 'f' ? size == 4 || size == 8 : kind == 'b' ? size == 1 : (kind == 'i' || kind == 'u') && power;
}

/* '<f8': byte order, kind, size. */
static bool parse_type(const char *p, erm__npy_header *header)
{
    if (!p || *p != '\'' || strlen(p) < 5 || p[4] != '\'') return false;
    header->kind = p[2];
    header->size = p[3] - '0';
    header->swapped = header->size > 1 && p[1] != '=' && p[1] != erm__npy_byte_order();
    return strchr("<>=|", p[1]) && is_known_type(header->kind, header->size);
}

/* (), (n,) or (n, d). */
static bool parse_shape(const char *p, erm__npy_header *header)
{
    int64_t shape[2] = {1, 1};
    int count = 0;
    if (!p || *p++ != '(') return false;
    while (*p == ' ') p++;
    while (*p >= '0' && *p <= '9') {
        if (count == 2) return false;
        int64_t length = 0;
        for (; *p >= '0' && *p <= '9'; p++) {
            if (length > INT64_MAX / 10 - 1) return false;
            length = 10 * length + (*p - '0');
        }
        shape[count++] = length;
        while (*p == ' ' || *p == ',') p++;
    }
    header->rows = shape[0];
    header->cols = shape[1];
    return *p == ')';
}

erm_status erm__npy_header_parse(const char *text, const char *name, erm__npy_header *header, char *detail)
{
    *header = (erm__npy_header){0};
    const char *type = find_value(text, "descr"), *order = find_value(text, "fortran_order"), *shape = find_value(text, "shape");
    if (!type || !order || !shape)
        return erm__fail(detail, ERM_EDATA, "%s: its header lacks descr, fortran_order or shape", name);
    if (!parse_type(type, header))
        return erm__fail(detail, ERM_EDATA, "%s: holds values of type %.*s; expected f4, f8, an integer type or bool", name,
                         (int)strcspn(type, ",}\n"), type);
    if (!parse_shape(shape, header))
        return erm__fail(detail, ERM_EDATA, "%s: has shape %.*s; expected one or two dimensions", name,
                         (int)strcspn(shape, "}\n"), shape);
    header->by_column = strncmp(order, "True", 4) == 0;
    if (!header->by_column && strncmp(order, "False", 5) != 0)
        return erm__fail(detail, ERM_EDATA, "%s: fortran_order in its header is neither True nor False", name);
    if (header->rows == 0 || header->cols == 0) return erm__fail(detail, ERM_EDATA, "%s: has no values", name);
    if (header->cols > INT32_MAX || header->rows > INT64_MAX / 16 / header->cols)
        return erm__fail(detail, ERM_EDATA, "%s: is too large, %lld x %lld", name, (long long)header->rows,
                         (long long)header->cols);
    return ERM_OK;
}
