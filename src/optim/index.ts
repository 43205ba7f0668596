/**
 * `chainrule/optim`: optimizers.
 *
 * This file is the public surface of the room and nothing else.
 */
export { Optimizer, type OptimizerOptions } from "./optimizer.js";
export { SGD, type SGDOptions } from "./sgd.js";
