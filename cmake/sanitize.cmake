# -DERMOPT_SANITIZE=address,undefined or thread, for the whole project.
if(ERMOPT_SANITIZE)
  add_compile_options(-fsanitize=${ERMOPT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ERMOPT_SANITIZE})
endif()
