# glmnet's cross-validation for given lambdas and folds: Rscript cv.R FOLDER FAMILY ALPHA STANDARDIZE MEASURE reads FOLDER/path.csv (y, then X),
# FOLDER/lambdas.csv and FOLDER/folds (0, 1, ...), writes FOLDER/cv.table: mean, standard error; then lambda.min, lambda.1se.
suppressMessages(library(glmnet))
words <- commandArgs(trailingOnly = TRUE)
data <- as.matrix(read.csv(file.path(words[1], "path.csv"), header = FALSE))
lambda <- scan(file.path(words[1], "lambdas.csv"), quiet = TRUE)
fold <- scan(file.path(words[1], "folds"), quiet = TRUE) + 1
y <- if (words[2] == "binomial") factor(data[, 1]) else data[, 1]
fit <- cv.glmnet(data[, -1], y, family = words[2], alpha = as.numeric(words[3]), lambda = lambda, standardize = words[4] == "TRUE",
                 type.measure = words[5], foldid = fold, thresh = 1e-20, maxit = 1e7)
table <- rbind(cbind(fit$cvm, fit$cvsd), c(fit$lambda.min, fit$lambda.1se))
write.table(format(table, digits = 17), file.path(words[1], "cv.table"), row.names = FALSE, col.names = FALSE, quote = FALSE)
