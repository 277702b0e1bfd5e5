# -DERMOPT_FUZZ=ON, with clang: the fuzz targets of tests/fuzz search with libFuzzer; best together with ERMOPT_SANITIZE=address,undefined.
option(ERMOPT_FUZZ "build the fuzz targets with libFuzzer (needs clang)" OFF)
if(ERMOPT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-pass-failed) # instrumented loops are not vectorized
endif()

# -DERMOPT_SANITIZE=address,undefined or thread, for the whole project.
if(ERMOPT_SANITIZE)
  add_compile_options(-fsanitize=${ERMOPT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ERMOPT_SANITIZE})
endif()
