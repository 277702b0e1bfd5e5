# glmnet's fit of several outputs: Rscript outputs.R FOLDER multinomial|mgaussian grouped|ungrouped OUTPUTS LAMBDA ALPHA reads FOLDER/outputs.csv (targets, then X) and
# writes FOLDER/outputs.coefficients: a line an output, the intercept first.
suppressMessages(library(glmnet))
words <- commandArgs(trailingOnly = TRUE)
data <- as.matrix(read.csv(file.path(words[1], "outputs.csv"), header = FALSE))
targets <- if (words[2] == "multinomial") 1 else as.integer(words[4])
y <- if (targets == 1) factor(data[, 1]) else data[, seq_len(targets)]
lambda <- as.numeric(words[5])
common <- list(data[, -seq_len(targets)], y, family = words[2], alpha = as.numeric(words[6]), lambda = lambda * 2^(6:0), standardize = FALSE,
               thresh = 1e-18, maxit = 1e7)
if (targets == 1) common$type.multinomial <- words[3]
fit <- do.call(glmnet, common)
table <- t(sapply(coef(fit, s = tail(fit$lambda, 1)), as.numeric))
write.table(format(table, digits = 17), file.path(words[1], "outputs.coefficients"), row.names = FALSE, col.names = FALSE, quote = FALSE)
