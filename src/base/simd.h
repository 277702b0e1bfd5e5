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

/* The levels of the x86-64 ABI and plain feature names choose by what the processor can do. A name such as arch=haswell would choose by
 * what it is, and leave every model that the compiler does not know with the slowest code. */
#if !defined(__x86_64__) || !defined(__linux__) || !defined(__GNUC__) || defined(__clang__) || defined(ERM_NO_CLONES)
#define ERM_KERNEL
#elif __GNUC__ >= 12
#define ERM_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define ERM_KERNEL __attribute__((target_clones("default", "avx2", "avx512f")))
#endif

#define ERM_PRAGMA(text) _Pragma(#text)
#define ERM_SIMD ERM_PRAGMA(omp simd)
#define ERM_SIMD_SUM(variable) ERM_PRAGMA(omp simd reduction(+ : variable))

#endif
