/* ERM_KERNEL before a function: compiled for several instruction sets, the best one chosen when the program starts.
 * ERM_SIMD_SUM(x): the following loop adds up x in several lanes at once. */
#ifndef ERM_SIMD_H
#define ERM_SIMD_H

#if defined(__SANITIZE_THREAD__)
#define ERM_NO_CLONES /* gcc's start-up code for clones runs before TSan is ready, and crashes */
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ERM_NO_CLONES
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && !defined(ERM_NO_CLONES)
#define ERM_KERNEL __attribute__((target_clones("default", "arch=haswell", "arch=skylake-avx512")))
#else
#define ERM_KERNEL
#endif

#define ERM_PRAGMA(text) _Pragma(#text)
#define ERM_SIMD ERM_PRAGMA(omp simd)
#define ERM_SIMD_SUM(variable) ERM_PRAGMA(omp simd reduction(+ : variable))

#endif
