/**
 * `chainrule/train`: the loop of training, with everything around it.
 *
 * This file is the public surface of the room and nothing else.
 */
export { type Batches, type Labelled, type LossFunction, type Metrics, type Scores, validate } from "./batches.js";
export { type Checkpoint, loadCheckpoint, readCheckpoint, type TrainingState } from "./checkpoint.js";
export { type FitResult, fit } from "./fit.js";
export type { EpochRecord } from "./history.js";
export type { CheckpointOptions, ClipOptions, FitOptions } from "./options.js";
export type { ProgressStyle } from "./progress.js";
export type { EarlyStoppingOptions } from "./stopping.js";
