# glmnet on an exported problem: Rscript glmnet.R EXPORTED ANSWERS REPEATS SECONDS STEP; rows as bench_fit's.
# Only the call of glmnet is timed. One lambda, or the path's, from a loose threshold to a tight one, no intercept, no standardisation.
arguments <- commandArgs(trailingOnly = TRUE)
if (!suppressWarnings(suppressMessages(require(glmnet, quietly = TRUE)))) {
  message("glmnet.R: the package glmnet is not installed; left out")
  quit(status = 0)
}
exported <- arguments[1]
repeats <- as.integer(arguments[3])
most <- as.numeric(arguments[4])
table <- read.table(file.path(exported, "problem.tsv"), sep = "\t", row.names = 1, stringsAsFactors = FALSE)
fact <- function(name) table[name, 1]
number <- function(name) as.numeric(fact(name))
kind <- fact("kind")
shares <- list(ridge = c("gaussian", 0), lasso = c("gaussian", 1), lassopath = c("gaussian", 1), enet = c("gaussian", 0.5), l2log = c("binomial", 0), l1log = c("binomial", 1))
if (is.null(shares[[kind]])) quit(status = 0)
n <- number("n")
d <- number("d")
nnz <- number("nnz")
read <- function(name, count, what = "double", size = 8) readBin(file.path(exported, name), what, count, size)
if (nnz > 0) {
  start <- read("start.bin", n + 1)
  X <- Matrix::sparseMatrix(i = rep(seq_len(n), diff(start)), j = 1L + read("index.bin", nnz, "integer", 4), x = read("X.bin", nnz), dims = c(n, d), repr = "C")
} else {
  X <- matrix(read("X.bin", n * d), nrow = n, byrow = TRUE)
}
y <- read("y.bin", n)
family <- shares[[kind]][1]
alpha <- as.numeric(shares[[kind]][2])
# For gaussian it divides y by its deviation, so that the squared penalty means lambda / sd(y); the sets here have deviation 1.
glmnet.control(fdev = 0, devmax = 1) # or it ends a path early
lambdas <- read("lambdas.bin", 1000)
memory <- function(key) {
  line <- grep(key, readLines("/proc/self/status"), value = TRUE)
  if (length(line)) 1024 * as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", line)) else 0
}
resident <- function() {
  gc(FALSE)
  try(cat("5", file = "/proc/self/clear_refs"), silent = TRUE) # counts the peak anew
  memory("VmRSS")
}
began <- proc.time()[["elapsed"]]
for (digits in seq(3, 14, as.integer(arguments[5]))) {
  least <- Inf
  for (repetition in seq_len(repeats) - 1) {
    before <- resident()
    seconds <- system.time(fit <- glmnet(X, if (family == "binomial") factor(y) else y, family = family, alpha = alpha, lambda = lambdas,
      standardize = FALSE, intercept = FALSE, thresh = 10^-digits, maxit = 1e7), gcFirst = FALSE)[["elapsed"]]
    grown <- max(0, memory("VmHWM") - before)
    if (ncol(fit$beta) < length(lambdas)) quit(status = 0) # it gave up
    answer <- file.path(arguments[2], sprintf("%s.glmnet.%d.bin", fact("name"), digits))
    if (repetition == 0) writeBin(as.vector(as.matrix(fit$beta)), answer)
    cat(fact("name"), "glmnet", 1, sprintf("thresh=1e-%02d", digits), repetition, sprintf("%.6f", seconds), "nan", sprintf("%.0f", grown), answer, sep = "\t")
    cat("\n")
    least <- min(least, seconds)
    if (least > most * (if (repetition == 0) 3 else 1)) break # a single slow fit may be another program's doing
  }
  if (least > most || proc.time()[["elapsed"]] - began > 5 * most + 3) quit(status = 0) # its collections of garbage take longer than many a fit
}
