/** jax-js on its WebAssembly device, everything under `jit`. Values are counted: `.ref` keeps one for another use. */
import { defaultDevice, grad, init, jit, jvp, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

const array = (data, shape) => np.array(data).reshape(shape);

function training(data, shapes, lossOf, update) {
	const start = shapes.map((shape, index) => array(data[`p${index}`], shape));
	const zeros = () => shapes.map((shape) => np.zeros(shape));
	const step = jit((parameters, first, second, x, targets, correction1, correction2) => {
		const [loss, g] = valueAndGrad(lossOf)(
			parameters.map((p) => p.ref),
			x,
			targets,
		);
		return [loss, ...update(parameters, g, first, second, correction1, correction2)];
	});
	const x = array(data.x, [data.batch, 784]);
	const targets = array(data.targets, [data.batch, 10]);
	return () => {
		let state = [start.map((p) => p.ref), zeros(), zeros()];
		const losses = [];
		for (let i = 1; i <= data.steps; i++) {
			const corrections = [data.rate / (1 - 0.9 ** i), 1 / (1 - 0.999 ** i)].map((value) => np.array(value));
			const [loss, ...next] = step(...state, x.ref, targets.ref, ...corrections);
			losses.push(loss.dataSync()[0]);
			state = next;
		}
		for (const values of state.flat()) values.dispose();
		return losses;
	};
}

const workloads = {
	T1(data) {
		const lossOf = ([w1, b1, w2, b2], x, targets) => {
			const hidden = nn.sigmoid(np.matmul(x, w1).add(b1));
			const out = nn.sigmoid(np.matmul(hidden, w2).add(b2));
			const error = out.sub(targets);
			return np.sum(error.ref.mul(error)).mul(1 / (2 * data.batch));
		};
		const update = (parameters, g, first, second) => [
			parameters.map((p, index) => p.sub(g[index].mul(data.rate))),
			first,
			second,
		];
		return training(data, [[784, 50], [50], [50, 10], [10]], lossOf, update);
	},
	T2(data) {
		const lossOf = ([w1, b1, w2, b2, w3, b3], x, targets) => {
			const first = nn.relu(np.matmul(x, w1).add(b1));
			const second = nn.relu(np.matmul(first, w2).add(b2));
			const logits = np.matmul(second, w3).add(b3);
			return np.sum(nn.logSoftmax(logits).mul(targets)).mul(-1 / data.batch);
		};
		const update = (parameters, g, first, second, correction1, correction2) => {
			const m = first.map((m, index) => m.mul(0.9).add(g[index].ref.mul(0.1)));
			const v = second.map((v, index) => v.mul(0.999).add(g[index].ref.mul(g[index]).mul(0.001)));
			const next = parameters.map((p, index) => {
				const size = np.sqrt(v[index].ref.mul(correction2.ref)).add(1e-8);
				return p.sub(m[index].ref.mul(correction1.ref).div(size));
			});
			return [next, m, v];
		};
		return training(data, [[784, 512], [512], [512, 512], [512], [512, 10], [10]], lossOf, update);
	},
	T3({ x, y, size, batch, left, right }) {
		const shape = batch === 1 ? [size, size] : [batch, size, size];
		const a = array(x, shape);
		const b = array(y, shape);
		const multiply = jit((a, b) => np.matmul(left ? np.matrixTranspose(a) : a, right ? np.matrixTranspose(b) : b));
		return () => {
			const data = multiply(a.ref, b.ref).dataSync();
			return Array.from({ length: 64 }, (_, i) => data[(i * 7919 * size + i * 31) % data.length]);
		};
	},
	T4({ x }) {
		const leaf = np.array(x);
		const f = jit(valueAndGrad((x) => np.sum(np.tanh(x.ref.mul(2).add(1)).mul(np.exp(x.ref.mul(x).mul(-1))))));
		return () => {
			const [value, g] = f(leaf.ref);
			const data = g.dataSync();
			return [value.dataSync()[0] / x.length, ...Array.from({ length: 50 }, (_, i) => data[i * 19_997])];
		};
	},
	T7(data) {
		const shapes = [[2, 64], [64], [64, 64], [64], [64, 1], [1]];
		const x = array(data.x, [data.batch, 2]);
		const y = array(data.y, [data.batch, 1]);
		const at = shapes.map((shape, index) => array(data[`p${index}`], shape));
		const along = shapes.map((shape, index) => array(data[`v${index}`], shape));
		const lossOf = (w1, b1, w2, b2, w3, b3) => {
			const first = np.tanh(np.matmul(x.ref, w1).add(b1));
			const second = np.tanh(np.matmul(first, w2).add(b2));
			const error = np.matmul(second, w3).add(b3).sub(y.ref);
			return np.mean(error.ref.mul(error));
		};
		const slopes = grad(lossOf, { argnums: [0, 1, 2, 3, 4, 5] });
		const product = jit((at, along) => jvp(slopes, at, along)[1]);
		return () =>
			product(
				at.map((p) => p.ref),
				along.map((p) => p.ref),
			).flatMap((part) => Array.from(part.dataSync().slice(0, 16)));
	},
};

export async function contender(workload, data) {
	const make = workloads[workload];
	if (make === undefined) return undefined;
	await init("wasm");
	defaultDevice("wasm");
	return make(data);
}
