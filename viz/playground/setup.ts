/**
 * All that decides a training run, as plain data: what the controls of the
 * network bench change, what the address of the page holds, what the Worker is
 * sent. The same setup gives the same bits, in the same JavaScript engine.
 *
 * Nothing here knows the page or the tape. A choice is a word from a list, so
 * that lists, menus, address and checks cannot differ.
 */

/** Sets of data: drawn from a seed, computed by a formula, or the reader's own. */
export const dataSets = ["moons", "circles", "spirals", "xor", "blobs", "function", "own"] as const;

/** What a unit does with its weighted sum. `linear` passes it on. */
export const activations = [
	"tanh",
	"sigmoid",
	"relu",
	"leakyRelu",
	"elu",
	"softplus",
	"gelu",
	"silu",
	"sin",
	"step",
	"linear",
] as const;

/** What the last layer gives: `auto` is softmax for several classes, sigmoid for two, linear for values. */
export const outputs = ["auto", "sigmoid", "tanh", "linear", "softmax"] as const;

/**
 * How weights start. `fanIn` is uniform within ±1/√n; `small` is 0.01 times
 * normal numbers, `large` 5 times; `playground` is uniform within ±0.5 with
 * biases of 0.1; `equal` gives every weight the number `scale`; `given` takes
 * them from `weights`. Biases start at 0 unless said otherwise.
 */
export const initializations = [
	"xavier",
	"he",
	"fanIn",
	"normal",
	"small",
	"large",
	"playground",
	"equal",
	"zero",
	"given",
] as const;

/** `quadratic` is (y - a)²/2, `crossEntropy` that of the classes; `own` is typed as a formula. Mean over samples. */
export const losses = ["quadratic", "crossEntropy", "own"] as const;

/** Rules of descent. */
export const optimizers = [
	"sgd",
	"momentum",
	"nesterov",
	"adagrad",
	"rmsprop",
	"adadelta",
	"adam",
	"adamw",
	"adamax",
	"nadam",
	"radam",
	"lion",
] as const;

export type DataSet = (typeof dataSets)[number];
export type ActivationName = (typeof activations)[number];
export type OutputName = (typeof outputs)[number];
export type Initialization = (typeof initializations)[number];
export type LossName = (typeof losses)[number];
export type OptimizerName = (typeof optimizers)[number];

/** A hidden layer. */
export interface LayerSetup {
	readonly units: number;
	readonly activation: ActivationName;
}

/** A training run, from the data to the step. */
export interface Setup {
	readonly data: DataSet;
	/** Points that are drawn, from 4 to 5,000. */
	readonly samples: number;
	/** Standard deviation of the noise on every coordinate. */
	readonly noise: number;
	/** Arms of the spirals, centres of the blobs; from 2 to 8. */
	readonly classes: number;
	/** The graph of this formula in x1 and x2 is to be learnt, where `data` is `function`. */
	readonly target: string;
	/** The reader's own points as CSV with a heading: inputs, then the class or value in the last column. */
	readonly own: string;
	/** Brings inputs to mean 0 and standard deviation 1, by the numbers of the training part. */
	readonly scaled: boolean;
	/** Part of the points that is kept for testing, from 0 to 0.9. */
	readonly test: number;
	/** Of the data: points, noise, and what is kept for testing. */
	readonly dataSeed: number;
	/** What the network reads, as formulas in the inputs x1, x2, ... */
	readonly features: readonly string[];
	readonly layers: readonly LayerSetup[];
	readonly output: OutputName;
	readonly initialization: Initialization;
	/** The number of `equal`, and a factor for all the others but `zero` and `given`. */
	readonly scale: number;
	/** First weights and biases for `given`: numbers in the order layer by layer, weight rows first, then biases. */
	readonly weights: string;
	readonly loss: LossName;
	/** For `own`: a formula in the output `a`, its weighted sum `z` and the target `y`. */
	readonly formula: string;
	readonly optimizer: OptimizerName;
	readonly learningRate: number;
	/** λ of the optimizer: every step makes weights smaller. */
	readonly weightDecay: number;
	/** Samples per step; 0 takes them all. */
	readonly batch: number;
	/** Of the weights and of the order of the samples. */
	readonly seed: number;
}

/** The run that the page begins with. */
export const standardSetup: Setup = {
	data: "moons",
	samples: 200,
	noise: 0.1,
	classes: 3,
	target: "sin(3*x1)*cos(2*x2)",
	own: "",
	scaled: false,
	test: 0.3,
	dataSeed: 1,
	features: ["x1", "x2"],
	layers: [
		{ units: 8, activation: "tanh" },
		{ units: 8, activation: "tanh" },
	],
	output: "auto",
	initialization: "xavier",
	scale: 1,
	weights: "",
	loss: "crossEntropy",
	formula: "-(y*log(a) + (1 - y)*log(1 - a))",
	optimizer: "adam",
	learningRate: 0.03,
	weightDecay: 0,
	batch: 16,
	seed: 1,
};

/** Where a number of the setup lies, and whether it is whole. */
export interface Range {
	readonly low: number;
	readonly high: number;
	readonly whole: boolean;
}

/** The numbers of a setup that are typed or slid. */
export type NumberName = {
	[Name in keyof Setup]: Setup[Name] extends number ? Name : never;
}[keyof Setup];

/** What each may be. The same table serves the controls, the address and the checks. */
export const ranges: { readonly [Name in NumberName]: Range } = {
	samples: { low: 4, high: 5_000, whole: true },
	noise: { low: 0, high: 2, whole: false },
	classes: { low: 2, high: 8, whole: true },
	test: { low: 0, high: 0.9, whole: false },
	dataSeed: { low: 0, high: 999_999, whole: true },
	scale: { low: -100, high: 100, whole: false },
	learningRate: { low: 1e-7, high: 100, whole: false },
	weightDecay: { low: 0, high: 10, whole: false },
	batch: { low: 0, high: 5_000, whole: true },
	seed: { low: 0, high: 999_999, whole: true },
};

/** How large a network the page trains: larger ones belong into a program, which it exports. */
export const limits = { layers: 12, units: 128, features: 24, inputs: 16, ownRows: 5_000 } as const;
