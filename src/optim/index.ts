/**
 * `chainrule/optim`: optimizers, schedules, and what belongs to a step.
 *
 * This file is the public surface of the room and nothing else.
 */

export { Adadelta, type AdadeltaOptions, Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions, AdamW } from "./adam.js";
export { Adamax, type AdamaxOptions } from "./adamax.js";
export { AveragedWeights, type AveragedWeightsOptions } from "./average.js";
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from "./clip.js";
export { FormulaOptimizer, type UpdateRule } from "./formulas.js";
export { type GroupOptions, type OptimizerOptions, ParameterGroup, type Parameters } from "./groups.js";
export { LBFGS, type LBFGSOptions } from "./lbfgs.js";
export { Lion, type LionOptions } from "./lion.js";
export { NAdam, type NAdamOptions } from "./nadam.js";
export { Optimizer } from "./optimizer.js";
export { RAdam, type RAdamOptions } from "./radam.js";
export { RMSprop, type RMSpropOptions } from "./rmsprop.js";
export type { StepNumbers } from "./rule.js";
export {
	type PlateauState,
	ReduceOnPlateau,
	type ReduceOnPlateauOptions,
	Scheduler,
	type SchedulerState,
} from "./scheduler.js";
export {
	chained,
	cosine,
	cosineWithRestarts,
	exponential,
	linearWarmup,
	multistep,
	type OneCycleOptions,
	oneCycle,
	type Schedule,
	sequential,
	stepDecay,
} from "./schedules.js";
export type { Field, Fields, Setting, Settings, SettingsOf } from "./settings.js";
export { SGD, type SGDOptions } from "./sgd.js";
export type { Form, GroupState, Memory, OptimizerState } from "./state.js";
