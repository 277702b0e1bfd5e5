# glmnet's answers: Rscript glmnet.R FOLDER reads FOLDER/jobs.csv and data, and writes FOLDER/<name>.coefficients, one line a coefficient, the intercept first.
suppressMessages(library(glmnet))
folder <- commandArgs(trailingOnly = TRUE)[1]
jobs <- read.csv(file.path(folder, "jobs.csv"), stringsAsFactors = FALSE)
for (i in seq_len(nrow(jobs))) {
  job <- jobs[i, ]
  data <- as.matrix(read.csv(file.path(folder, paste0(job$data, ".csv")), header = FALSE))
  y <- data[, 1]
  if (job$family %in% c("binomial", "multinomial")) y <- factor(y)
  # a short path to the lambda that is wanted: glmnet alone from a cold start may stop early
  path <- job$lambda * 2^(6:0)
  fit <- glmnet(data[, -1], y, family = job$family, alpha = job$alpha, lambda = path, standardize = as.logical(job$standardize),
                intercept = as.logical(job$intercept), thresh = 1e-20, maxit = 1e7)
  answer <- coef(fit, s = tail(fit$lambda, 1))
  stopifnot(abs(tail(fit$lambda, 1) / job$lambda - 1) < 1e-12)
  table <- if (is.list(answer)) sapply(answer, as.numeric) else as.matrix(answer)
  write.table(format(as.matrix(table), digits = 17), file.path(folder, paste0(job$name, ".coefficients")),
              row.names = FALSE, col.names = FALSE, quote = FALSE)
}
