/* Entries of the test catalogs by their names. */
#include "named.h"

#include "check.h"

const matrix_kind *kind_named(const char *name)
{
    for (int m = 0; m < matrix_kinds_count; m++)
        if (!strcmp(matrix_kinds[m].name, name)) return &matrix_kinds[m];
    fail_case("no matrix kind %s", name);
    return NULL;
}

catalog_loss loss_named(const char *name)
{
    for (int l = 0; l < catalog_loss_count(); l++)
        if (!strcmp(catalog_loss_at(l).name, name)) return catalog_loss_at(l);
    fail_case("no loss %s", name);
    return catalog_loss_at(0);
}
