/**
 * T1 and T2: networks on batches, a full step each, float32.
 *
 * T1 is the network of the first chapter of Nielsen's book, 784-50-10 with
 * sigmoids and squared distance, by gradient descent; T2 is 784-512-512-10
 * with relu and cross entropy, by Adam. A call does some steps from the same
 * start, and what is compared are the losses: each depends on all gradients
 * before it.
 */
import { matmul, parameter, relu, sigmoid, square, type Tensor, tensor } from "chainrule";
import { crossEntropy } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { addProduct, addProductNT, addProductTN, addRows, fillRows } from "./arrays.js";
import { type Contender, once, type PeerData, singles, type Workload } from "./workload.js";

interface Problem {
	readonly sizes: readonly number[];
	readonly batch: number;
	/** [batch, sizes[0]], from 0 to 1. */
	readonly x: Float32Array;
	readonly labels: Int32Array;
	/** Weights [in, out] and biases, layer after layer. */
	readonly start: readonly Float32Array[];
	readonly steps: number;
	readonly rate: number;
}

function problem(sizes: readonly number[], batch: number, steps: number, rate: number): Problem {
	const x = singles(batch * sizes[0]!, 1).map((value) => (value + 1) / 2);
	const labels = Int32Array.from({ length: batch }, (_, i) => (7 * i) % 10);
	const start = sizes.slice(1).flatMap((size, layer) => {
		const inputs = sizes[layer]!;
		return [singles(inputs * size, 2 + layer, Math.sqrt(3 / inputs)), new Float32Array(size)];
	});
	return { sizes, batch, x, labels, start, steps, rate };
}

const small = once(() => problem([784, 50, 10], 100, 10, 0.5));
const large = once(() => problem([784, 512, 512, 10], 128, 5, 1e-3));

/** 1 where the class is the label, else 0. */
function oneHot({ labels, sizes }: Problem): Float32Array {
	const classes = sizes.at(-1)!;
	const targets = new Float32Array(labels.length * classes);
	labels.forEach((label, i) => {
		targets[i * classes + label] = 1;
	});
	return targets;
}

// ---- ours --------------------------------------------------------------------

function parametersOf({ start, sizes }: Problem): Tensor[] {
	return start.map((values, index) => {
		const layer = index >> 1;
		return parameter(values, { shape: index % 2 === 0 ? [sizes[layer]!, sizes[layer + 1]!] : [sizes[layer + 1]!] });
	});
}

function oursBySGD(): Contender {
	const { x, sizes, batch, start, steps, rate } = small();
	const parameters = parametersOf(small());
	const [w1, b1, w2, b2] = parameters as [Tensor, Tensor, Tensor, Tensor];
	const images = tensor(x, { shape: [batch, sizes[0]!] });
	const targets = tensor(oneHot(small()), { shape: [batch, sizes.at(-1)!] });
	const optimizer = new SGD(parameters, { learningRate: rate });
	return () => {
		parameters.forEach((p, index) => {
			p.assign(start[index]!);
		});
		return Array.from({ length: steps }, () => {
			const hidden = sigmoid(matmul(images, w1).add(b1));
			const out = sigmoid(matmul(hidden, w2).add(b2));
			const loss = square(out.sub(targets))
				.sum()
				.div(2 * batch);
			optimizer.zeroGrad();
			loss.backward();
			optimizer.step();
			return loss.item();
		});
	};
}

const [keep1, keep2, epsilon] = [0.9, 0.999, 1e-8];

function oursByAdam(): Contender {
	const { x, labels, sizes, batch, start, steps, rate } = large();
	const parameters = parametersOf(large());
	const images = tensor(x, { shape: [batch, sizes[0]!] });
	const targets = tensor(labels);
	const optimizer = new Adam(parameters, { learningRate: rate, betas: [keep1, keep2], epsilon });
	const untouched = optimizer.stateDict();
	return () => {
		parameters.forEach((p, index) => {
			p.assign(start[index]!);
		});
		optimizer.loadStateDict(untouched);
		return Array.from({ length: steps }, () => {
			let a = images;
			for (let layer = 0; layer < parameters.length; layer += 2) {
				const z = matmul(a, parameters[layer]!).add(parameters[layer + 1]!);
				a = layer + 2 < parameters.length ? relu(z) : z;
			}
			const loss = crossEntropy(a, targets);
			optimizer.zeroGrad();
			loss.backward();
			optimizer.step();
			return loss.item();
		});
	};
}

// ---- by hand -----------------------------------------------------------------

function byHand(given: Problem, kind: "sigmoid" | "relu"): Contender {
	const { sizes, batch, start, x, labels, steps, rate } = given;
	const layers = sizes.length - 1;
	const values = sizes.map((size, layer) => (layer === 0 ? x : new Float32Array(batch * size)));
	const slopes = sizes.map((size) => new Float32Array(batch * size));
	const parameters = start.map((p) => p.slice());
	const gradients = start.map((p) => new Float32Array(p.length));
	const first = start.map((p) => new Float32Array(p.length));
	const second = start.map((p) => new Float32Array(p.length));
	const targets = oneHot(given);

	function forward(): void {
		for (let layer = 0; layer < layers; layer++) {
			const z = values[layer + 1]!;
			fillRows(z, parameters[2 * layer + 1]!);
			addProduct(values[layer]!, parameters[2 * layer]!, z, batch, sizes[layer]!, sizes[layer + 1]!);
			if (kind === "sigmoid") for (let i = 0; i < z.length; i++) z[i] = 1 / (1 + Math.exp(-z[i]!));
			else if (layer < layers - 1) for (let i = 0; i < z.length; i++) if (!(z[i]! > 0)) z[i] = 0;
		}
	}

	/** The loss, and its slope in the last values before the activation. */
	function lossOf(): number {
		const out = values[layers]!;
		const g = slopes[layers]!;
		let loss = 0;
		if (kind === "sigmoid") {
			for (let i = 0; i < out.length; i++) {
				const a = out[i]!;
				const e = a - targets[i]!;
				loss += e * e;
				g[i] = (e * a * (1 - a)) / batch;
			}
			return loss / (2 * batch);
		}
		const classes = sizes[layers]!;
		for (let row = 0; row < batch; row++) {
			const at = row * classes;
			let most = -Infinity;
			for (let j = 0; j < classes; j++) most = Math.max(most, out[at + j]!);
			let total = 0;
			for (let j = 0; j < classes; j++) total += Math.exp(out[at + j]! - most);
			loss += Math.log(total) + most - out[at + labels[row]!]!;
			for (let j = 0; j < classes; j++) {
				g[at + j] = (Math.exp(out[at + j]! - most) / total - targets[at + j]!) / batch;
			}
		}
		return loss / batch;
	}

	function backward(): void {
		for (let layer = layers - 1; layer >= 0; layer--) {
			const gz = slopes[layer + 1]!;
			const a = values[layer]!;
			for (const g of gradients.slice(2 * layer, 2 * layer + 2)) g.fill(0);
			addProductTN(a, gz, gradients[2 * layer]!, sizes[layer]!, batch, sizes[layer + 1]!);
			addRows(gradients[2 * layer + 1]!, gz);
			if (layer === 0) return;
			const ga = slopes[layer]!.fill(0);
			addProductNT(gz, parameters[2 * layer]!, ga, batch, sizes[layer + 1]!, sizes[layer]!);
			if (kind === "sigmoid") for (let i = 0; i < ga.length; i++) ga[i]! *= a[i]! * (1 - a[i]!);
			else for (let i = 0; i < ga.length; i++) if (!(a[i]! > 0)) ga[i] = 0;
		}
	}

	function update(step: number): void {
		const correction1 = rate / (1 - keep1 ** (step + 1));
		const correction2 = 1 / (1 - keep2 ** (step + 1));
		parameters.forEach((p, index) => {
			const g = gradients[index]!;
			if (kind === "sigmoid") {
				for (let i = 0; i < p.length; i++) p[i]! -= rate * g[i]!;
				return;
			}
			const m = first[index]!;
			const v = second[index]!;
			for (let i = 0; i < p.length; i++) {
				const slope = g[i]!;
				const nextM = keep1 * m[i]! + (1 - keep1) * slope;
				const nextV = keep2 * v[i]! + (1 - keep2) * slope * slope;
				m[i] = nextM;
				v[i] = nextV;
				p[i]! -= (correction1 * nextM) / (Math.sqrt(correction2 * nextV) + epsilon);
			}
		});
	}

	return () => {
		parameters.forEach((p, index) => {
			p.set(start[index]!);
			first[index]!.fill(0);
			second[index]!.fill(0);
		});
		return Array.from({ length: steps }, (_, step) => {
			forward();
			const loss = lossOf();
			backward();
			update(step);
			return loss;
		});
	};
}

function dataOf(given: Problem): PeerData {
	const { x, labels, start, batch, steps, rate } = given;
	const parameters = Object.fromEntries(start.map((p, index) => [`p${index}`, p]));
	return { x, labels, targets: oneHot(given), batch, steps, rate, ...parameters };
}

/** T1. */
export const sigmoidNetwork: Workload = {
	name: "T1",
	says: "784-50-10 with sigmoids, batch 100, a full step by SGD, float32",
	cases: [
		{
			name: "T1",
			make: { ours: oursBySGD, byHand: () => byHand(small(), "sigmoid") },
			units: 10,
			unit: "step",
			target: 1e6,
			tolerance: 1e-4,
			data: () => dataOf(small()),
		},
	],
};

/** T2. */
export const reluNetwork: Workload = {
	name: "T2",
	says: "784-512-512-10 with relu, batch 128, cross entropy, a full step by Adam, float32",
	cases: [
		{
			name: "T2",
			make: { ours: oursByAdam, byHand: () => byHand(large(), "relu") },
			units: 5,
			unit: "step",
			target: 15e6,
			tolerance: 1e-3,
			data: () => dataOf(large()),
		},
	],
};
