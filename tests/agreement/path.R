# glmnet's path for given lambdas: Rscript path.R FOLDER FAMILY ALPHA reads FOLDER/path.csv (y, then X) and FOLDER/lambdas.csv, writes FOLDER/path.coefficients.
suppressMessages(library(glmnet))
words <- commandArgs(trailingOnly = TRUE)
data <- as.matrix(read.csv(file.path(words[1], "path.csv"), header = FALSE))
lambda <- scan(file.path(words[1], "lambdas.csv"), quiet = TRUE)
y <- if (words[2] == "binomial") factor(data[, 1]) else data[, 1]
fit <- glmnet(data[, -1], y, family = words[2], alpha = as.numeric(words[3]), lambda = lambda, standardize = FALSE, thresh = 1e-20, maxit = 1e7)
write.table(format(t(as.matrix(coef(fit))), digits = 17), file.path(words[1], "path.coefficients"), row.names = FALSE, col.names = FALSE, quote = FALSE)
