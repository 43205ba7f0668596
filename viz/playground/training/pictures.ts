/**
 * What a run looks like: what every unit gives over the plane, the surface of
 * the output, and how large the gradients are.
 *
 * What the network reads at the places of a picture does not change while it
 * trains, so it is computed once for every plane and size. Where the surface and
 * the pictures of units are equally fine, one run of the network serves both.
 * Pictures are float32, and computed in it by a twin of the network: that takes
 * a third of the time.
 */
import { cast, noGrad, type Tensor, tensor } from "chainrule";
import type { Setup } from "../setup.js";
import type { Features } from "./features.js";
import { type Network, networkOf, type Output, run } from "./network.js";
import { histogram, type LayerFrame, type Plane, type Points } from "./protocol.js";

/** How fine the pictures are, and of what part of the plane. */
export interface Look {
	/** Places along a side of the surface. */
	readonly surface: number;
	/** Places along a side of the picture of a unit. */
	readonly unit: number;
	readonly plane: Plane;
}

/** The pictures of a frame. */
export interface Pictures {
	readonly featureMaps: Float32Array;
	/** One of `[outputs × unit × unit]` for every layer. */
	readonly maps: readonly Float32Array[];
	readonly surface: Float32Array;
}

/** How fine a picture may be. */
const finest = 200;

/** Makes pictures of a network over points like these. */
export class Painter {
	readonly #features: Features;
	readonly #points: Points;
	readonly #twin: Network;
	readonly #grids = new Map<number, Tensor>();
	#look: Look;

	constructor(setup: Setup, features: Features, points: Points, look: Omit<Look, "plane">) {
		this.#features = features;
		this.#points = points;
		this.#twin = networkOf(setup, points, "float32");
		this.#look = bounded({ ...look, plane: points.plane });
	}

	get look(): Look {
		return this.#look;
	}

	set look(look: Look) {
		this.#look = bounded(look);
		this.#grids.clear();
	}

	paint(network: Network): Pictures {
		return noGrad(() => {
			const { surface, unit } = this.#look;
			this.#twin.model.loadStateDict(network.model.stateDict());
			const grid = this.#grid(unit);
			const layers: Tensor[] = [];
			const { a } = run(this.#twin, grid, (signals) => layers.push(signals));
			const seen = surface === unit ? a : run(this.#twin, this.#grid(surface)).a;
			return {
				featureMaps: byColumn(grid),
				maps: layers.map((signals) => byColumn(signals)),
				surface: byColumn(seen, planesOf(network.output, this.#points.classes, seen)),
			};
		});
	}

	/** The features at `side` × `side` places, row by row from the top. */
	#grid(side: number): Tensor {
		let grid = this.#grids.get(side);
		if (grid === undefined) {
			grid = cast(this.#features.of(placesOf(this.#look.plane, side, this.#points)), "float32");
			this.#grids.set(side, grid);
		}
		return grid;
	}
}

function bounded({ surface, unit, plane }: Look): Look {
	const side = (wanted: number): number => Math.max(1, Math.min(finest, Math.round(wanted) || 1));
	return { surface: side(surface), unit: side(unit), plane };
}

/** The centres of `side` × `side` cells of the plane, as points; further inputs stay at their mean over what is trained on. */
function placesOf({ left, right, bottom, top }: Plane, side: number, { width, x, trained }: Points): Tensor {
	const means = Float64Array.from({ length: width }, (_, column) => {
		let sum = 0;
		for (let row = 0; row < trained; row++) sum += x[row * width + column] as number;
		return sum / trained;
	});
	const places = new Float64Array(side * side * width);
	for (let row = 0; row < side; row++) {
		for (let column = 0; column < side; column++) {
			const at = (row * side + column) * width;
			places.set(means, at);
			places[at] = left + ((column + 0.5) / side) * (right - left);
			if (width > 1) places[at + 1] = top - ((row + 0.5) / side) * (top - bottom);
		}
	}
	return tensor(places, { shape: [side * side, width] });
}

/** Which outputs make up the surface: of two that share, the second is the probability of class 1. */
function planesOf(output: Output, classes: number, a: Tensor): readonly number[] {
	if (output === "softmax" && classes === 2) return [1];
	return Array.from({ length: a.shape[1] as number }, (_, column) => column);
}

/** `[places, columns]` column by column; all of them when none are named. */
function byColumn(x: Tensor, columns?: readonly number[]): Float32Array {
	const [places = 0, width = 0] = x.shape;
	const data = x.data;
	const chosen = columns ?? Array.from({ length: width }, (_, column) => column);
	const out = new Float32Array(places * chosen.length);
	let to = 0;
	for (const column of chosen) for (let at = column; at < data.length; at += width) out[to++] = data[at] as number;
	return out;
}

/** The layers with their weights, gradients and pictures. */
export function layerFrames({ layers }: Network, maps: readonly Float32Array[]): LayerFrame[] {
	return layers.map(({ linear }, index): LayerFrame => {
		const [weight, bias] = [linear.weight, linear.bias as Tensor];
		const [weightGradient, biasGradient] = [gradientOf(weight), gradientOf(bias)];
		return {
			weight: weight.data as Float64Array,
			bias: bias.data as Float64Array,
			weightGradient,
			biasGradient,
			...sizesOf([weightGradient, biasGradient]),
			maps: maps[index] as Float32Array,
		};
	});
}

function gradientOf(parameter: Tensor): Float64Array {
	return (parameter.grad?.data as Float64Array | undefined) ?? new Float64Array(parameter.size);
}

/** How large the entries are. */
export function sizesOf(gradients: readonly Float64Array[]): Pick<LayerFrame, "counts" | "zeros" | "broken" | "size"> {
	const { low, bins, perDecade } = histogram;
	const counts = new Uint32Array(bins);
	let [zeros, broken, squares, count] = [0, 0, 0, 0];
	for (const gradient of gradients) {
		count += gradient.length;
		for (const g of gradient) {
			squares += g * g;
			if (g === 0) zeros++;
			else if (Number.isFinite(g)) {
				const bin = Math.floor((Math.log10(Math.abs(g)) - low) * perDecade);
				const held = Math.max(0, Math.min(bins - 1, bin));
				counts[held] = (counts[held] as number) + 1;
			} else broken++;
		}
	}
	return { counts, zeros, broken, size: Math.sqrt(squares / count) };
}
