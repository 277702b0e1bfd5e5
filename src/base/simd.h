/* ERM_KERNEL before a function: compiled for several instruction sets, the best one chosen when the program starts.
 * ERM_SIMD_SUM(x): the following loop adds up x in several lanes at once. */
#ifndef ERM_SIMD_H
#define ERM_SIMD_H

#include <stdint.h>

#if defined(ERM_ONE_TARGET) /* the whole library is compiled for one instruction set: the option ERMOPT_SIMD */
#define ERM_NO_CLONES
#elif defined(__SANITIZE_THREAD__)
#define ERM_NO_CLONES /* gcc's start-up code for clones runs before TSan is ready, and crashes */
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ERM_NO_CLONES
#endif
#endif

/* The levels of the x86-64 ABI and plain feature names choose by what the processor can do. A name such as arch=haswell
 * would choose by what it is, and leave every model that the compiler does not know with the slowest code. clang 14 has clones
 * too, but makes the functions that choose among those of a static function global, so that two files with an `eval` do not link:
 * with clang, give ERMOPT_SIMD. */
#if !defined(__x86_64__) || !defined(__linux__) || !defined(__GNUC__) || defined(__clang__) || defined(ERM_NO_CLONES)
#define ERM_KERNEL
#elif __GNUC__ >= 12
#define ERM_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define ERM_KERNEL __attribute__((target_clones("default", "avx2", "avx512f")))
#endif

#define ERM_PRAGMA(text)       _Pragma(#text)
#define ERM_SIMD               ERM_PRAGMA(omp simd)
#define ERM_SIMD_SUM(variable) ERM_PRAGMA(omp simd reduction(+ : variable))

/* Eight doubles worked on at once, in whatever registers the instruction set has; no alignment needed. They pass between
 * functions only by pointer, and only into ERM_INLINE functions, which become part of the kernel that uses them. */
#define ERM_INLINE static inline __attribute__((always_inline))
enum { ERM_LANES = 8 };
typedef double erm__lanes __attribute__((vector_size(64), aligned(8), may_alias));

ERM_INLINE void erm__load_f64(const double *x, erm__lanes *v) { *v = *(const erm__lanes *)x; }
ERM_INLINE void erm__load_f32(const float *x, erm__lanes *v)
{
    /* one conversion of eight; gcc 12 makes four shuffled halves of __builtin_convertvector */
    *v = (erm__lanes){(double)x[0], (double)x[1], (double)x[2], (double)x[3],
                      (double)x[4], (double)x[5], (double)x[6], (double)x[7]};
}
ERM_INLINE double erm__lanes_sum(const erm__lanes *v)
{
    const erm__lanes s = *v;
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/* out[s] += the sum of v[s], for four vectors in one tree of shuffles. */
ERM_INLINE void erm__lanes_add_sums(const erm__lanes *v, double *const *out)
{
    const erm__lanes a = v[0], b = v[1], c = v[2], d = v[3];
    const erm__lanes ab = (erm__lanes){a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6]} +
                          (erm__lanes){a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7]};
    const erm__lanes cd = (erm__lanes){c[0], d[0], c[2], d[2], c[4], d[4], c[6], d[6]} +
                          (erm__lanes){c[1], d[1], c[3], d[3], c[5], d[5], c[7], d[7]};
    const erm__lanes all = (erm__lanes){ab[0], ab[1], cd[0], cd[1], ab[4], ab[5], cd[4], cd[5]} +
                           (erm__lanes){ab[2], ab[3], cd[2], cd[3], ab[6], ab[7], cd[6], cd[7]};
    *out[0] += all[0] + all[4];
    *out[1] += all[1] + all[5];
    *out[2] += all[2] + all[6];
    *out[3] += all[3] + all[7];
}

/* to[c][r] = from[r][c] for eight rows of eight, `from_stride` and `to_stride` doubles apart. */
ERM_INLINE void erm__lanes_transpose(const double *from, int64_t from_stride, double *to, int64_t to_stride)
{
    erm__lanes a[ERM_LANES], b[ERM_LANES];
    for (int r = 0; r < ERM_LANES; r++) a[r] = *(const erm__lanes *)(from + r * from_stride);
    for (int r = 0; r < ERM_LANES; r += 2) { /* pairs of rows, then of pairs, then of fours */
        const erm__lanes x = a[r], y = a[r + 1];
        b[r] = (erm__lanes){x[0], y[0], x[2], y[2], x[4], y[4], x[6], y[6]};
        b[r + 1] = (erm__lanes){x[1], y[1], x[3], y[3], x[5], y[5], x[7], y[7]};
    }
    for (int h = 0; h < ERM_LANES; h += 4)
        for (int r = h; r < h + 2; r++) {
            const erm__lanes x = b[r], y = b[r + 2];
            a[r] = (erm__lanes){x[0], x[1], y[0], y[1], x[4], x[5], y[4], y[5]};
            a[r + 2] = (erm__lanes){x[2], x[3], y[2], y[3], x[6], x[7], y[6], y[7]};
        }
    for (int r = 0; r < 4; r++) {
        const erm__lanes x = a[r], y = a[r + 4];
        *(erm__lanes *)(to + r * to_stride) = (erm__lanes){x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]};
        *(erm__lanes *)(to + (r + 4) * to_stride) = (erm__lanes){x[4], x[5], x[6], x[7], y[4], y[5], y[6], y[7]};
    }
}

#endif
