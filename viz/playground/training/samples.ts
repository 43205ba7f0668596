/**
 * The points: drawn, computed or the reader's own, and which of them are kept
 * for testing.
 *
 * Every kind is drawn from `dataSeed` alone, so two setups that differ in the
 * network see the same points. They lie around the origin: the corners of `xor`
 * are (±1, ±1), the centres of `blobs` lie on a circle of radius 2, the inputs
 * of a function in the square from -2 to 2.
 */
import { concat, evaluate, Generator, Tensor, tensor } from "chainrule";
import { blobs, circles, type Labelled, moons, spirals, trainTestSplit, xor } from "chainrule/data";
import type { DataSet, Setup } from "../setup.js";
import { readFormula } from "./formulas.js";
import { ownPoints } from "./own.js";
import type { Plane, Points } from "./protocol.js";
import { blaming, refusal } from "./refusal.js";

/** Points before they are shared out. */
export type Drawn = Omit<Points, "plane" | "trained">;

/** How points that are drawn are classified: two inputs, and a class each. */
const drawers: Readonly<
	Record<Exclude<DataSet, "function" | "own">, (setup: Setup) => Labelled & { classes: number }>
> = {
	moons: (setup) => ({ ...moons(options(setup)), classes: 2 }),
	circles: (setup) => ({ ...circles({ ...options(setup), factor: 0.5 }), classes: 2 }),
	spirals: (setup) => ({ ...spirals({ ...options(setup), classes: setup.classes }), classes: setup.classes }),
	xor: (setup) => {
		const { x, y } = xor({ ...options(setup), noise: setup.noise / 2 });
		return { x: x.mul(2).sub(1), y, classes: 2 };
	},
	blobs: (setup) => ({ ...blobs({ ...options(setup), centers: centres(setup.classes) }), classes: setup.classes }),
};

function options({ samples, noise, dataSeed: seed }: Setup): { samples: number; noise: number; seed: number } {
	return { samples, noise, seed };
}

function centres(count: number): readonly [number, number][] {
	return Array.from({ length: count }, (_, k) => {
		const angle = 2 * Math.PI * (1 / 4 + k / count);
		return [2 * Math.cos(angle), 2 * Math.sin(angle)];
	});
}

/** The points of a setup: those that are trained on, then those that are kept for testing. */
export function pointsOf(setup: Setup): Points {
	const drawn = drawnPoints(setup);
	const count = drawn.y.length;
	const tested = Math.min(Math.round(setup.test * count), count - 1);
	const all = { x: tensor(drawn.x, { shape: [count, drawn.width] }), y: tensor(drawn.y) };
	const plane = planeOf(drawn.x, drawn.width);
	if (tested === 0) return { ...drawn, trained: count, plane };
	const { train, test } = trainTestSplit(all, { testSize: tested, seed: `${setup.dataSeed} test` });
	const joined = (field: "x" | "y"): Float64Array => concat([train[field], test[field]]).data as Float64Array;
	return { ...drawn, x: joined("x"), y: joined("y"), trained: count - tested, plane };
}

function drawnPoints(setup: Setup): Drawn {
	if (setup.data === "own") return ownPoints(setup.own);
	const names = ["x1", "x2"];
	if (setup.data === "function") return { width: 2, names, ...graphOf(setup), task: "values", classes: 0 };
	const { x, y, classes } = drawers[setup.data](setup);
	return { width: 2, names, x: x.data as Float64Array, y: Float64Array.from(y.data), task: "classes", classes };
}

/** Points on the graph of the target, with noise on the value. */
function graphOf({ target, samples, noise, dataSeed }: Setup): Pick<Drawn, "x" | "y"> {
	const what = `target ${JSON.stringify(target)}`;
	const formula = readFormula("target", what, target, ["x1", "x2"]);
	const random = new Generator(dataSeed);
	const x = new Float64Array(2 * samples);
	random.fillUniform(x, 0, x.length, -2, 2);
	const column = (at: 0 | 1): Tensor => tensor(x.filter((_, k) => k % 2 === at));
	const value = blaming("target", what, () =>
		evaluate(
			formula,
			new Map([
				["x1", column(0)],
				["x2", column(1)],
			]),
		),
	);
	const values = value instanceof Tensor ? value.data : new Float64Array(samples).fill(Number(value));
	const y = Float64Array.from(values, (exact) => (noise === 0 ? exact : exact + noise * random.normal()));
	const bad = y.findIndex((one) => !Number.isFinite(one));
	if (bad < 0) return { x, y };
	throw refusal("target", {
		what: `${what}: no finite value`,
		expected: "a value wherever x1 and x2 lie between -2 and 2",
		actual: `${y[bad]} at x1 = ${x[2 * bad]}, x2 = ${x[2 * bad + 1]}`,
	});
}

/** How much room is left around the points, in parts of the longer side. */
const margin = 0.15;
/** Beyond this quotient of the ranges of both inputs each has a scale of its own. */
const alike = 10;

/**
 * The part of the plane with all points and some room around them, square
 * unless one input reaches much further than the other. With one input the
 * vertical is as high as the horizontal is wide, and 0 is in the middle.
 */
function planeOf(x: Float64Array, width: number): Plane {
	const [first, second] = [rangeOf(x, width, 0), width > 1 ? rangeOf(x, width, 1) : { middle: 0, length: 0 }];
	const longer = Math.max(first.length, second.length) || 2;
	const own = first.length > 0 && second.length > 0 && longer > alike * Math.min(first.length, second.length);
	const [across, up] = own ? [first.length, second.length] : [longer, longer];
	const reach = (length: number): number => length * (1 / 2 + margin);
	return {
		left: first.middle - reach(across),
		right: first.middle + reach(across),
		bottom: second.middle - reach(up),
		top: second.middle + reach(up),
	};
}

function rangeOf(x: Float64Array, width: number, at: number): { readonly middle: number; readonly length: number } {
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (let k = at; k < x.length; k += width) {
		low = Math.min(low, x[k] as number);
		high = Math.max(high, x[k] as number);
	}
	return { middle: low / 2 + high / 2, length: high - low };
}
