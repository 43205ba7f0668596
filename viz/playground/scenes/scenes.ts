/**
 * The experiments of the lecture notes, as data: what is set up, what is to be
 * looked for, and what is measured.
 *
 * A scene has variants, which differ in one thing and are to be compared. Each
 * is a state of another bench, so a link to it is all that is needed, and what a
 * text says of it is a promise that the tests keep. Nothing here knows the page.
 */
import type { Verdict } from "chainrule/symbolic";
import { queryOf, writeSetup } from "../address.js";
import { type ExpressionState, standardState, writeState } from "../expression/address.js";
import { type LayerSetup, type Setup, standardSetup } from "../setup.js";
import type { Frame, LayerFrame, Opened } from "../training/protocol.js";
import type { Word } from "../words.js";
import { measureNames, noteNames, sceneWords, variantNames } from "./words.js";

/** The notes, in their order. */
export const notes = ["S0", "S1", "S2", "S3", "S4"] as const;
export type Note = (typeof notes)[number];

/** What is read off a frame. */
export type Look = Pick<Frame, "trainLoss" | "trainAccuracy" | "predicted"> & {
	readonly layers: readonly Pick<LayerFrame, "weight" | "bias" | "size">[];
};

/** What came of a training run. */
export interface Outcome {
	readonly opened: Pick<Opened, "sizes">;
	/** After the first step: its gradients are those of the start. */
	readonly first: Look;
	/** After the last step of the scene. */
	readonly last: Look;
}

/** A number that is read off a run. */
export interface Measure {
	readonly name: Word;
	readonly of: (outcome: Outcome) => number;
	/** Significant digits; a part of 1 is shown as per cent where it is `"percent"`. */
	readonly digits: number | "percent";
}

/** A training run. */
export interface TrainedVariant {
	readonly name: Word;
	readonly setup: Setup;
}

/** A descent on a function of two names. */
export interface DescentVariant {
	readonly name: Word;
	readonly state: ExpressionState;
}

/** A derivation, and the verdict on each of its equalities. */
export interface ClaimVariant {
	readonly name: Word;
	readonly state: ExpressionState;
	readonly verdicts: readonly Verdict[];
}

interface Common {
	readonly id: string;
	readonly note: Note;
	readonly title: Word;
	/** What to look for. */
	readonly text: Word;
}

/** Runs that are trained for as many steps, and measured. */
export interface TrainedScene extends Common {
	readonly kind: "trained";
	readonly steps: number;
	/** Links open after so many steps; 0 where left out. Gradients are seen after the first. */
	readonly opens?: number;
	/** How the losses are drawn. */
	readonly scale: "linear" | "logarithmic";
	readonly variants: readonly TrainedVariant[];
	readonly measures: readonly Measure[];
}

/** Descents on contours. */
export interface DescentScene extends Common {
	readonly kind: "descent";
	readonly variants: readonly DescentVariant[];
}

/** Derivations that are judged. */
export interface ClaimScene extends Common {
	readonly kind: "claim";
	readonly variants: readonly ClaimVariant[];
}

export type Scene = TrainedScene | DescentScene | ClaimScene;

/** The address of a variant on its bench; of a training run after `step` steps. */
export function addressOf(variant: Scene["variants"][number], step = 0): string {
	const trains = "setup" in variant;
	const parameters = trains ? writeSetup(variant.setup) : writeState(variant.state);
	if (step > 0) parameters.set("step", String(step));
	return `#${trains ? "network" : "expression"}?${queryOf(parameters)}`;
}

/** The address that a scene leads to with one of its variants. */
export function linkOf(scene: Scene, variant: Scene["variants"][number]): string {
	return addressOf(variant, scene.kind === "trained" ? (scene.opens ?? 0) : 0);
}

// --------------------------------------------------------------- measures

/** What the network gives for the first point. */
const output: Measure = {
	name: measureNames.output,
	of: ({ last }) => last.predicted?.[0] ?? Number.NaN,
	digits: 6,
};
const loss: Measure = { name: measureNames.loss, of: ({ last }) => last.trainLoss, digits: 4 };
const accuracy: Measure = { name: measureNames.accuracy, of: ({ last }) => last.trainAccuracy, digits: "percent" };
/** How large the gradient of a layer is at the start. */
const firstGradient: Measure = {
	name: measureNames.firstGradient,
	of: ({ first }) => first.layers[0]?.size ?? Number.NaN,
	digits: 3,
};
/** What of the last layer's gradient arrives at the first one. */
const arriving: Measure = {
	name: measureNames.arriving,
	of: ({ first }) => (first.layers[0]?.size ?? Number.NaN) / (first.layers.at(-1)?.size ?? Number.NaN),
	digits: 2,
};
/** How many units of the first layer differ from each other. */
const differing: Measure = {
	name: measureNames.differing,
	of: ({ last, opened }) => {
		const [inputs = 0, units = 0] = opened.sizes;
		const { weight, bias } = last.layers[0] ?? { weight: [], bias: [] };
		return new Set(
			Array.from({ length: units }, (_, unit) =>
				String([...weight.slice(unit * inputs, (unit + 1) * inputs), bias[unit]]),
			),
		).size;
	},
	digits: 2,
};
/** How many numbers of the network are not as they were at first, where all were 0. */
const moved: Measure = {
	name: measureNames.moved,
	of: ({ last }) =>
		last.layers.flatMap(({ weight, bias }) => [...weight, ...bias]).filter((value) => value !== 0).length,
	digits: 3,
};
const weight: Measure = {
	name: { en: "w", ko: "w" },
	of: ({ last }) => last.layers[0]?.weight[0] ?? Number.NaN,
	digits: 7,
};
const bias: Measure = {
	name: { en: "b", ko: "b" },
	of: ({ last }) => last.layers[0]?.bias[0] ?? Number.NaN,
	digits: 7,
};

// ------------------------------------------------------------------- made

function setup(change: Partial<Setup>): Setup {
	return { ...standardSetup, ...change };
}

/** All points in every step, plain descent, nothing kept for testing. */
const plain = { optimizer: "sgd", batch: 0, test: 0 } as const;

/** One sigmoid neuron that is to learn what stands in `own`. */
function neuron(weights: string, change: Partial<Setup> = {}): Setup {
	return setup({
		...plain,
		data: "own",
		own: "x1,y\n1,0\n",
		features: ["x1"],
		layers: [],
		output: "sigmoid",
		initialization: "given",
		weights,
		loss: "quadratic",
		learningRate: 0.15,
		...change,
	});
}

/** The four points of a gate, with what it answers to 00, 01, 10 and 11. */
function gate(answers: string, change: Partial<Setup> = {}): Setup {
	const rows = ["0,0", "0,1", "1,0", "1,1"].map((point, at) => `${point},${answers[at]}\n`);
	return setup({ ...plain, data: "own", own: `x1,x2,y\n${rows.join("")}`, layers: [], learningRate: 1, ...change });
}

function hidden(count: number, units: number, activation: LayerSetup["activation"]): readonly LayerSetup[] {
	return Array.from({ length: count }, () => ({ units, activation }));
}

/** A circle in a ring, and six hidden layers. */
function deep(activation: LayerSetup["activation"], change: Partial<Setup> = {}): Setup {
	const layers = hidden(6, 8, activation);
	return setup({ ...plain, data: "circles", samples: 100, noise: 0.05, layers, learningRate: 0.1, ...change });
}

function expression(
	text: string,
	values: Readonly<Record<string, number>>,
	change: Partial<ExpressionState> = {},
): ExpressionState {
	const { rate, steps } = standardState;
	return {
		text,
		values: new Map(Object.entries(values)),
		of: undefined,
		claim: "",
		plane: undefined,
		rate,
		steps,
		...change,
	};
}

/** Descent on `f` from a place. */
function descent(f: string, [x0, x1]: readonly [number, number], rate: number, steps: number): ExpressionState {
	return expression(f, { x0, x1 }, { of: "x0", plane: ["x0", "x1"], rate, steps });
}

const bowl = "f = x0^2 + x1^2";
const twoValleys = "f = (x0^2 - 1)^2 + x0/3 + x1^2";

const quadratic = "z = w*x + b\na = sigma(z)\nC = (y - a)^2/2";
const entropy = "z = w*x + b\na = sigma(z)\nC = -(y*log(a) + (1 - y)*log(1 - a))";
const slowStart = { w: 2, b: 2, x: 1, y: 0 };

const network = [
	"h1 = sigma(u11*x1 + u12*x2)",
	"h2 = sigma(u21*x1 + u22*x2)",
	"o1 = sigma(v11*h1 + v12*h2)",
	"o2 = sigma(v21*h1 + v22*h2)",
	"J = ((o1 - y1)^2 + (o2 - y2)^2)/2",
].join("\n");
const networkValues = {
	u11: 0.15,
	u12: 0.2,
	u21: 0.25,
	u22: 0.3,
	v11: 0.4,
	v12: 0.45,
	v21: 0.5,
	v22: 0.55,
	x1: 0.05,
	x2: 0.1,
	y1: 0.01,
	y2: 0.99,
};

const outputUnit = "s = w1*h1 + w2*h2\no = sigma(s)\nE = (t - o)^2";
const outputValues = { w1: 2, h1: 0.4, w2: 3, h2: 0.5, t: 0.99 };
const hiddenUnit = "h = sigma(w*x)\no1 = sigma(v1*h)\no2 = sigma(v2*h)\nE = ((t1 - o1)^2 + (t2 - o2)^2)/2";
const hiddenValues = { w: 0.5, x: 1, v1: 1, v2: -1, t1: 0.8, t2: 0.9 };

const [proven, refuted, sometimes] = ["PROVEN", "REFUTED", "HOLDS ONLY IF"] as const;

function claim(name: Word, state: ExpressionState, text: string, ...verdicts: readonly Verdict[]): ClaimVariant {
	return { name, state: { ...state, claim: text }, verdicts };
}

// ------------------------------------------------------------------ scenes

type Id = keyof typeof sceneWords;

function words(id: Id): { readonly id: Id; readonly title: Word; readonly text: Word } {
	return { id, ...sceneWords[id] };
}

const say = variantNames;

/** Every scene, note by note. */
export const scenes: readonly Scene[] = [
	{
		...words("slowdown"),
		note: "S0",
		kind: "trained",
		steps: 300,
		scale: "logarithmic",
		variants: [
			{ name: say.quadraticNear, setup: neuron("0.6 0.9") },
			{ name: say.quadraticFar, setup: neuron("2 2") },
			{ name: say.entropyNear, setup: neuron("0.6 0.9", { loss: "crossEntropy" }) },
			{ name: say.entropyFar, setup: neuron("2 2", { loss: "crossEntropy" }) },
		],
		measures: [firstGradient, output, loss],
	},
	{
		...words("slope"),
		note: "S0",
		kind: "claim",
		variants: [
			claim(say.quadratic, expression(quadratic, slowStart, { of: "w" }), "dC/dw = (a - y)*sigma'(z)*x", proven),
			claim(say.entropy, expression(entropy, slowStart, { of: "w" }), "dC/dw = (a - y)*x", proven),
			claim(say.shortened, expression(quadratic, slowStart, { of: "w" }), "dC/dw = a*sigma'(z)", sometimes),
		],
	},
	{
		...words("sigmoid"),
		note: "S0",
		kind: "claim",
		variants: [
			claim(
				say.everyStep,
				expression("u = 1 + exp(-z)\na = 1/u", { z: 1.5 }, { of: "z" }),
				"da/dz = -(1/u)^2*du/dz\n      = (1/u)*(exp(-z)/u)\n      = a*(1 - a)",
				proven,
				proven,
				proven,
			),
			claim(say.lostSign, expression("a = sigma(z)", { z: 1.5 }, { of: "z" }), "da/dz = 1/(1 + exp(z))", refuted),
			claim(
				say.luckyStep,
				expression("u = 1 + exp(z)\na = sigma(z)", { z: 1.5 }, { of: "z" }),
				"da/dz = (1/u)^2*du/dz",
				proven,
			),
			claim(
				say.wrongEnd,
				expression("a = sigma(z)", { z: 1.5 }, { of: "z" }),
				"da/dz = (1/(1 + exp(z)))*(1/(1 + exp(z)))",
				sometimes,
			),
			claim(
				say.wrongInner,
				expression(quadratic, { ...slowStart, w: 0.6, b: 0.9 }, { of: "w" }),
				"da/dw = w*a*(1 - a)",
				sometimes,
			),
		],
	},
	{
		...words("inverter"),
		note: "S0",
		kind: "trained",
		steps: 3_000,
		scale: "linear",
		variants: [
			{ name: say.quadratic, setup: neuron("0.6 0.9", { own: "x1,y\n0,1\n1,0\n" }) },
			{ name: say.entropy, setup: neuron("0.6 0.9", { own: "x1,y\n0,1\n1,0\n", loss: "crossEntropy" }) },
		],
		measures: [weight, bias, loss],
	},
	{
		...words("optimizers"),
		note: "S0",
		kind: "trained",
		steps: 300,
		scale: "logarithmic",
		variants: (["sgd", "momentum", "adagrad", "rmsprop", "adam"] as const).map((optimizer) => ({
			name: say[optimizer],
			setup: neuron("2 2", { optimizer }),
		})),
		measures: [output, loss],
	},
	{
		...words("gates"),
		note: "S1",
		kind: "trained",
		steps: 500,
		scale: "logarithmic",
		variants: [
			{ name: { en: "AND", ko: "AND" }, setup: gate("0001") },
			{ name: { en: "OR", ko: "OR" }, setup: gate("0111") },
		],
		measures: [accuracy, loss],
	},
	{
		...words("xor"),
		note: "S1",
		kind: "trained",
		steps: 500,
		scale: "logarithmic",
		variants: [
			{ name: say.oneUnit, setup: gate("0110") },
			{ name: say.linearUnits, setup: gate("0110", { layers: hidden(1, 4, "linear") }) },
			{ name: say.tanhUnits, setup: gate("0110", { layers: hidden(1, 4, "tanh") }) },
		],
		measures: [accuracy, loss],
	},
	{
		...words("deltas"),
		note: "S1",
		kind: "claim",
		variants: [
			claim(
				say.rightWayBack,
				expression(network, networkValues, { of: "u11" }),
				"dJ/dv11 = (o1 - y1)*o1*(1 - o1)*h1\ndJ/du11 = ((o1 - y1)*o1*(1 - o1)*v11 + (o2 - y2)*o2*(1 - o2)*v21)*h1*(1 - h1)*x1",
				proven,
				proven,
			),
			claim(
				say.lostBrackets,
				expression(network, networkValues, { of: "v11" }),
				"dJ/dv11 = o1 - y1*o1*(1 - o1)*h1",
				refuted,
			),
			claim(
				say.wrongSign,
				expression(network, networkValues, { of: "u11" }),
				"dJ/du11 = ((o1 - y1)*o1*(1 - o1)*v11 - (o2 - y2)*o2*(1 - o2)*v21)*h1*(1 - h1)*x1",
				sometimes,
			),
		],
	},
	{
		...words("vanishing"),
		opens: 1,
		note: "S1",
		kind: "trained",
		steps: 400,
		scale: "logarithmic",
		variants: [
			{ name: say.sigmoid, setup: deep("sigmoid") },
			{ name: say.tanh, setup: deep("tanh") },
			{ name: say.relu, setup: deep("relu", { initialization: "he" }) },
		],
		measures: [firstGradient, arriving, loss],
	},
	{
		...words("descent"),
		note: "S2",
		kind: "descent",
		variants: [
			{ name: say.rateSmall, state: descent(bowl, [2, 1], 0.1, 20) },
			{ name: say.rateSwinging, state: descent(bowl, [2, 1], 0.9, 20) },
			{ name: say.rateLimit, state: descent(bowl, [2, 1], 1, 12) },
			{ name: say.rateLarge, state: descent(bowl, [2, 1], 1.1, 12) },
		],
	},
	{
		...words("valley"),
		note: "S2",
		kind: "descent",
		variants: [
			{ name: say.valleyFast, state: descent("f = x0^2/20 + x1^2", [-7, 2], 0.95, 40) },
			{ name: say.valleySlow, state: descent("f = x0^2/20 + x1^2", [-7, 2], 0.1, 40) },
			{ name: say.banana, state: descent("f = (1 - x0)^2 + 100*(x1 - x0^2)^2", [-1.2, 1], 0.001, 300) },
		],
	},
	{
		...words("limits"),
		note: "S2",
		kind: "descent",
		variants: [
			{ name: say.onRidge, state: descent("f = x0^2 - x1^2", [1.8, 0], 0.1, 40) },
			{ name: say.besideRidge, state: descent("f = x0^2 - x1^2", [1.8, 0.01], 0.1, 28) },
			{ name: say.higherValley, state: descent(twoValleys, [1.6, 1], 0.05, 40) },
			{ name: say.lowerValley, state: descent(twoValleys, [-1.6, 1], 0.05, 40) },
			{ name: say.plateau, state: descent("f = 1 - exp(-x0^2 - x1^2)", [2.4, 0.6], 0.1, 60) },
		],
	},
	{
		...words("rates"),
		note: "S2",
		kind: "trained",
		steps: 300,
		scale: "logarithmic",
		variants: [0.03, 3, 100].map((learningRate) => ({
			name: { en: `η = ${learningRate}`, ko: `η = ${learningRate}` },
			setup: setup({ ...plain, samples: 100, layers: hidden(1, 8, "tanh"), learningRate }),
		})),
		measures: [accuracy, loss],
	},
	{
		...words("output"),
		note: "S3",
		kind: "claim",
		variants: [
			claim(
				say.outputRight,
				expression(outputUnit, outputValues, { of: "w1" }),
				"dE/dw1 = -2*(t - o)*o*(1 - o)*h1",
				proven,
			),
			claim(
				say.lostFactor,
				expression(outputUnit, outputValues, { of: "w1" }),
				"dE/dw1 = -(t - o)*o*(1 - o)*h1",
				refuted,
			),
			claim(
				say.hiddenRight,
				expression(hiddenUnit, hiddenValues, { of: "w" }),
				"dE/dw = -(v1*(t1 - o1)*o1*(1 - o1) + v2*(t2 - o2)*o2*(1 - o2))*h*(1 - h)*x",
				proven,
			),
			claim(
				say.recombined,
				expression(hiddenUnit, hiddenValues, { of: "w" }),
				"dE/dw = -(v1*(t1 - o1) + v2*(t2 - o2))*h*(1 - h)*x",
				refuted,
			),
		],
	},
	{
		...words("saturation"),
		note: "S3",
		kind: "trained",
		steps: 300,
		scale: "linear",
		variants: [
			{ name: say.atOne, setup: neuron("0.6 0.9") },
			{ name: say.atFour, setup: neuron("2 2") },
			{ name: say.atTen, setup: neuron("5 5") },
		],
		measures: [firstGradient, output, loss],
	},
	{
		...words("start"),
		opens: 1,
		note: "S3",
		kind: "trained",
		steps: 400,
		scale: "logarithmic",
		variants: [
			{ name: say.startSmall, setup: deep("tanh", { initialization: "small" }) },
			{ name: say.startRight, setup: deep("tanh") },
			{ name: say.startLarge, setup: deep("tanh", { initialization: "large" }) },
		],
		measures: [firstGradient, loss],
	},
	{
		...words("alike"),
		note: "S3",
		kind: "trained",
		steps: 500,
		scale: "logarithmic",
		variants: [
			{ name: say.equal, setup: gate("0110", { layers: hidden(1, 4, "tanh"), initialization: "equal", scale: 0.5 }) },
			{ name: say.random, setup: gate("0110", { layers: hidden(1, 4, "tanh"), initialization: "fanIn" }) },
		],
		measures: [differing, accuracy, loss],
	},
	{
		...words("playground"),
		note: "S3",
		kind: "trained",
		steps: 6_000,
		scale: "logarithmic",
		variants: (["relu", "tanh"] as const).map((activation) => ({
			name: say[activation],
			setup: setup({
				data: "circles",
				samples: 500,
				test: 0.5,
				layers: [
					{ units: 4, activation },
					{ units: 2, activation },
				],
				output: "tanh",
				initialization: "playground",
				loss: "quadratic",
				optimizer: "sgd",
				learningRate: 0.03,
				batch: 10,
			}),
		})),
		measures: [accuracy, loss],
	},
	{
		...words("zero"),
		note: "S4",
		kind: "trained",
		steps: 500,
		scale: "logarithmic",
		variants: [
			{ name: say.zeroTanh, setup: gate("0001", { layers: hidden(1, 4, "tanh"), initialization: "zero" }) },
			{ name: say.zeroSigmoid, setup: gate("0001", { layers: hidden(1, 4, "sigmoid"), initialization: "zero" }) },
			{ name: say.smallTanh, setup: gate("0001", { layers: hidden(1, 4, "tanh"), initialization: "small" }) },
		],
		measures: [differing, moved, loss],
	},
	{
		...words("logit"),
		note: "S4",
		kind: "claim",
		variants: [
			claim(say.entropy, expression(entropy, slowStart, { of: "z" }), "dC/dz = a - y", proven),
			claim(say.quadratic, expression(quadratic, slowStart, { of: "z" }), "dC/dz = a - y", refuted),
			claim(say.quadraticRight, expression(quadratic, slowStart, { of: "z" }), "dC/dz = (a - y)*a*(1 - a)", proven),
		],
	},
];

/** What a note is called. */
export function noteName(note: Note): Word {
	return noteNames[note];
}
