# The warnings that the whole project compiles without.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes)
if(ERMOPT_WERROR)
  add_compile_options(-Werror)
endif()
