/**
 * S1: a scalar multilayer perceptron learns two moons.
 *
 * 2-16-16-1 with relu, 337 parameters, 100 points, hinge loss, plain gradient
 * descent: the demonstration of micrograd without its weight decay. A call does
 * ten steps from the same start, so that neither the number of active neurons
 * nor of satisfied points drifts while the clock runs.
 */
import { fixed, relu, type Scalar, scalar, weightedSum } from "chainrule";
import { Value } from "./closures.js";
import { type Contender, uniform, type Workload } from "./workload.js";

const sizes = [2, 16, 16, 1];
const points = 100;
const steps = 10;
const rate = 0.5;

/** Two half circles that reach into each other; labels -1 and 1. */
const moons: readonly { readonly at: readonly [number, number]; readonly label: number }[] = (() => {
	const random = uniform(1);
	const noise = (): number => 0.2 * (random() - 0.5);
	return Array.from({ length: points }, (_, index) => {
		const angle = (Math.PI * Math.floor(index / 2)) / (points / 2 - 1);
		const outer = index % 2 === 0;
		const x = outer ? Math.cos(angle) : 1 - Math.cos(angle);
		const y = outer ? Math.sin(angle) : 0.5 - Math.sin(angle);
		return { at: [x + noise(), y + noise()] as const, label: outer ? -1 : 1 };
	});
})();

/** Neuron after neuron, the weights and then the bias. */
const start: readonly number[] = (() => {
	const random = uniform(2);
	const numbers: number[] = [];
	for (let layer = 1; layer < sizes.length; layer++) {
		for (let neuron = 0; neuron < sizes[layer]!; neuron++) {
			for (let input = 0; input < sizes[layer - 1]!; input++) numbers.push(2 * random() - 1);
			numbers.push(0);
		}
	}
	return numbers;
})();

/** Multiplications, additions and relus of one forward pass, and the loss. */
const operations = (() => {
	let count = 0;
	for (let layer = 1; layer < sizes.length; layer++) {
		const active = layer < sizes.length - 1 ? 1 : 0;
		count += sizes[layer]! * (2 * sizes[layer - 1]! + active);
	}
	return points * (count + 3) + points; // per point label · score, 1 - ·, relu; then the sum and the division
})();

/** The parameters of one neuron, and of all neurons layer by layer. */
interface Neuron<Parameter> {
	readonly weights: readonly Parameter[];
	readonly bias: Parameter;
}
type Network<Parameter> = readonly (readonly Neuron<Parameter>[])[];

function network<Parameter>(parameters: readonly Parameter[]): Network<Parameter> {
	let next = 0;
	return sizes.slice(1).map((size, layer) =>
		Array.from({ length: size }, () => {
			const weights = parameters.slice(next, next + sizes[layer]!);
			next += weights.length + 1;
			return { weights, bias: parameters[next - 1]! };
		}),
	);
}

/** The sum of a neuron: written out, operation by operation, or by `weightedSum`, which records the same nodes. */
type NeuronSum = (neuron: Neuron<Scalar>, values: readonly (Scalar | number)[]) => Scalar;

const writtenOut: NeuronSum = ({ weights, bias }, values) => {
	let total = bias;
	for (let input = 0; input < weights.length; input++) total = total.add(weights[input]!.mul(values[input]!));
	return total;
};

const atOnce: NeuronSum = ({ weights, bias }, values) => weightedSum(weights, values as readonly Scalar[], bias);

function ours(sum: NeuronSum): Contender {
	const parameters = start.map((value) => scalar(value));
	const layers = network(parameters);

	function score(at: readonly number[]): Scalar {
		let values: readonly (Scalar | number)[] = sum === atOnce ? at.map((value) => fixed(value)) : at;
		for (const [index, layer] of layers.entries()) {
			const next: Scalar[] = [];
			for (const neuron of layer)
				next.push(index < layers.length - 1 ? relu(sum(neuron, values)) : sum(neuron, values));
			values = next;
		}
		return values[0] as Scalar;
	}

	function step(): number {
		let total: Scalar | undefined;
		for (const { at, label } of moons) {
			const loss = score(at).mul(-label).add(1).relu();
			total = total === undefined ? loss : total.add(loss);
		}
		const loss = total!.mul(1 / points);
		for (const parameter of parameters) parameter.zeroGrad();
		loss.backward();
		for (const parameter of parameters) parameter.assign(parameter.value - rate * (parameter.grad ?? 0));
		return loss.value;
	}

	return () => {
		for (const [index, parameter] of parameters.entries()) parameter.assign(start[index]!);
		const losses = Array.from({ length: steps }, step);
		return [...losses, ...parameters.map((parameter) => parameter.value)];
	};
}

function closures(): Contender {
	const parameters = start.map((value) => new Value(value));
	const layers = network(parameters);

	function score(at: readonly (Value | number)[]): Value {
		let values = at;
		for (const [index, layer] of layers.entries()) {
			const next: Value[] = [];
			for (const { weights, bias } of layer) {
				let total = bias;
				for (let input = 0; input < weights.length; input++) total = total.add(weights[input]!.mul(values[input]!));
				next.push(index < layers.length - 1 ? total.relu() : total);
			}
			values = next;
		}
		return values[0] as Value;
	}

	function step(): number {
		let total: Value | undefined;
		for (const { at, label } of moons) {
			const loss = score(at).mul(-label).add(1).relu();
			total = total === undefined ? loss : total.add(loss);
		}
		const loss = total!.mul(1 / points);
		for (const parameter of parameters) parameter.grad = 0;
		loss.backward();
		for (const parameter of parameters) parameter.data -= rate * parameter.grad;
		return loss.data;
	}

	return () => {
		for (const [index, parameter] of parameters.entries()) parameter.data = start[index]!;
		const losses = Array.from({ length: steps }, step);
		return [...losses, ...parameters.map((parameter) => parameter.data)];
	};
}

/** z = W x + b, row after row: the weights and then the bias. */
function affine(p: Float64Array, at: number, x: Float64Array, z: Float64Array): void {
	for (let row = 0; row < z.length; row++) {
		let total = 0;
		for (let column = 0; column < x.length; column++) total += p[at + column]! * x[column]!;
		z[row] = total + p[at + x.length]!;
		at += x.length + 1;
	}
}

/** Adds gz xᵀ to the gradient, and writes Wᵀ gz to gx where it is asked for. */
function affinePull(
	p: Float64Array,
	g: Float64Array,
	at: number,
	x: Float64Array,
	gz: Float64Array,
	gx: Float64Array,
): void {
	gx.fill(0);
	for (let row = 0; row < gz.length; row++) {
		const scale = gz[row]!;
		if (scale !== 0) {
			for (let column = 0; column < x.length; column++) {
				g[at + column]! += scale * x[column]!;
				gx[column]! += scale * p[at + column]!;
			}
			g[at + x.length]! += scale;
		}
		at += x.length + 1;
	}
}

function byHand(): Contender {
	const p = new Float64Array(start.length);
	const g = new Float64Array(start.length);
	const [x, first, second, last] = sizes.map((size) => new Float64Array(size)) as [
		Float64Array,
		Float64Array,
		Float64Array,
		Float64Array,
	];
	const [gx, gFirst, gSecond, gLast] = sizes.map((size) => new Float64Array(size)) as [
		Float64Array,
		Float64Array,
		Float64Array,
		Float64Array,
	];
	const atSecond = first.length * (x.length + 1);
	const atLast = atSecond + second.length * (first.length + 1);

	function step(): number {
		let loss = 0;
		g.fill(0);
		for (const { at, label } of moons) {
			x[0] = at[0];
			x[1] = at[1];
			affine(p, 0, x, first);
			for (let index = 0; index < first.length; index++) if (!(first[index]! > 0)) first[index] = 0;
			affine(p, atSecond, first, second);
			for (let index = 0; index < second.length; index++) if (!(second[index]! > 0)) second[index] = 0;
			affine(p, atLast, second, last);
			const margin = 1 - label * last[0]!;
			if (!(margin > 0)) continue;
			loss += margin;
			gLast[0] = -label / points;
			affinePull(p, g, atLast, second, gLast, gSecond);
			for (let index = 0; index < second.length; index++) if (second[index] === 0) gSecond[index] = 0;
			affinePull(p, g, atSecond, first, gSecond, gFirst);
			for (let index = 0; index < first.length; index++) if (first[index] === 0) gFirst[index] = 0;
			affinePull(p, g, 0, x, gFirst, gx);
		}
		for (let index = 0; index < p.length; index++) p[index]! -= rate * g[index]!;
		return loss / points;
	}

	return () => {
		p.set(start);
		const losses = Array.from({ length: steps }, step);
		return [...losses, ...p];
	};
}

/** S1. */
export const mlp: Workload = {
	name: "S1",
	says: `scalar MLP ${sizes.join("-")}, ${points} moons, a full step: ${operations} operations forward, backward, update of ${start.length} parameters`,
	cases: [
		{
			name: "S1 written out",
			make: { ours: () => ours(writtenOut), closures, byHand },
			units: steps,
			unit: "step",
			target: 1e6,
		},
		{
			name: "S1 weightedSum",
			make: { ours: () => ours(atOnce), closures, byHand },
			units: steps,
			unit: "step",
			target: 1e6,
		},
	],
};
