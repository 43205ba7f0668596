/**
 * How weights and biases start, by the names of the setup.
 *
 * All are drawn from `seed`, layer by layer, so that two runs differ only where
 * their setups do. `xavier` is uniform and `he` normal, as in the papers that
 * gave them their names.
 */
import { type DType, Generator, mul, type Tensor } from "chainrule";
import { type Initializer, init, Linear } from "chainrule/nn";
import type { Initialization, Setup } from "../setup.js";
import { refusal } from "./refusal.js";

/** The weights of a start; biases are 0 where nothing is said. */
interface Start {
	readonly weight: Initializer;
	readonly bias?: Initializer;
}

const starts: Readonly<Record<Exclude<Initialization, "equal" | "given">, Start>> = {
	xavier: { weight: init.xavierUniform() },
	he: { weight: init.heNormal() },
	fanIn: { weight: (shape, options) => init.uniform(...within(1 / Math.sqrt(shape[1] as number)))(shape, options) },
	normal: { weight: init.normal() },
	small: { weight: init.normal(0, 0.01) },
	large: { weight: init.normal(0, 5) },
	playground: { weight: init.uniform(...within(0.5)), bias: init.constant(0.1) },
	zero: { weight: init.zeros },
};

function within(bound: number): [low: number, high: number] {
	return [-bound, bound];
}

function startOf({ initialization, scale }: Setup): Start {
	if (initialization === "equal") return { weight: init.constant(scale) };
	if (initialization === "given" || initialization === "zero") return starts.zero;
	const { weight, ...rest } = starts[initialization];
	return { weight: (shape, options) => mul(weight(shape, options), scale) as Tensor, ...rest };
}

/** Layers of the given sizes with their first weights; the parameters are called W1, b1, W2, ... */
export function startLayers(setup: Setup, sizes: readonly number[], dtype: DType = "float64"): readonly Linear[] {
	const generator = new Generator(`${setup.seed} weights`);
	const { weight, bias = init.zeros } = startOf(setup);
	const layers = sizes.slice(1).map((units, index) => {
		const layer = new Linear(sizes[index] as number, units, { weight, bias, generator, dtype });
		layer.weight.named(`W${index + 1}`);
		layer.bias?.named(`b${index + 1}`);
		return layer;
	});
	if (setup.initialization === "given") give(layers, setup.weights, sizes);
	return layers;
}

/** Puts the numbers of a text into the layers: of each the rows of weights, then the biases. */
function give(layers: readonly Linear[], text: string, sizes: readonly number[]): void {
	const written = text.split(/[\s,;]+/).filter((piece) => piece !== "");
	const numbers = written.map(Number);
	const bad = numbers.findIndex((number) => !Number.isFinite(number));
	const places = layers.map((_, at) => `${sizes[at + 1]} × ${sizes[at]} weights, ${sizes[at + 1]} biases`);
	const needed = layers.reduce((sum, layer) => sum + layer.parameterCount(), 0);
	if (bad >= 0 || numbers.length !== needed) {
		throw refusal("weights", {
			what: bad >= 0 ? "given weights: not a number" : "given weights: how many there are",
			expected: `${needed} numbers, with blanks, commas or semicolons between them:\n${places.join("\n")}`,
			actual: bad >= 0 ? `${JSON.stringify(written[bad])}, at place ${bad + 1}` : `${numbers.length}`,
		});
	}
	let from = 0;
	for (const parameter of layers.flatMap((layer) => layer.parameters()) as Tensor[]) {
		parameter.assign(numbers.slice(from, from + parameter.size));
		from += parameter.size;
	}
}
