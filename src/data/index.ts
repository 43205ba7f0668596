/**
 * `chainrule/data`: data to try things on, batches, splits, scales, files of
 * data, and metrics.
 *
 * This file is the public surface of the room and nothing else.
 */
export {
	type AverageOptions,
	accuracy,
	type ClassScores,
	type ConfusionMatrix,
	classificationReport,
	confusionMatrix,
	f1,
	type LabelOptions,
	precision,
	recall,
} from "./classification.js";
export {
	type CategoryColumn,
	type Column,
	type ColumnType,
	type CsvOptions,
	loadCsv,
	type NumberColumn,
	readCsv,
	type Table,
	type TableTensorsOptions,
	type TextColumn,
	toTensors,
} from "./csv.js";
export {
	type BatchOf,
	type Collated,
	collate,
	type Dataset,
	type Fields,
	fromSamples,
	fromTensors,
	type Labelled,
} from "./dataset.js";
export { type DigitsOptions, digits } from "./digits.js";
export type { FileSource } from "./files.js";
export {
	type IdxType,
	loadIdx,
	loadMnist,
	type MnistFiles,
	type MnistOptions,
	readIdx,
	type WriteIdxOptions,
	writeIdx,
} from "./idx.js";
export { DataLoader, type LoaderOptions, type LoaderState } from "./loader.js";
export type { SeedOptions } from "./options.js";
export {
	type BlobsOptions,
	blobs,
	type CirclesOptions,
	circles,
	type LinearDataOptions,
	linear,
	moons,
	type PointsOptions,
	type SpiralsOptions,
	spirals,
	xor,
} from "./points.js";
export { type RocCurve, rocAuc, rocCurve } from "./ranking.js";
export { meanAbsoluteError, r2, rootMeanSquaredError } from "./regression.js";
export { minMaxScaler, type Scaler, standardScaler } from "./scale.js";
export { type FoldOptions, kFold, type Parts, type SplitOptions, trainTestSplit } from "./split.js";
