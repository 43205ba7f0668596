/** TensorFlow.js on its WebAssembly backend, SIMD, one thread. */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

setWasmPaths(new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).pathname);
setThreadsCount(1);

function parametersOf(data, shapes) {
	return shapes.map((shape, index) => tf.variable(tf.tensor(data[`p${index}`], shape)));
}

/** Does `steps` of `loss`, gradients and update from the same start; returns the losses. */
function training(data, shapes, lossOf, updater) {
	const parameters = parametersOf(data, shapes);
	const starts = shapes.map((shape, index) => tf.tensor(data[`p${index}`], shape));
	return () => {
		parameters.forEach((p, index) => {
			p.assign(starts[index]);
		});
		const optimizer = updater(data.rate);
		const losses = [];
		for (let step = 0; step < data.steps; step++) {
			const loss = optimizer.minimize(() => lossOf(parameters), true, parameters);
			losses.push(loss.dataSync()[0]);
			loss.dispose();
		}
		optimizer.dispose();
		return losses;
	};
}

const workloads = {
	T1(data) {
		const x = tf.tensor(data.x, [data.batch, 784]);
		const targets = tf.tensor(data.targets, [data.batch, 10]);
		const lossOf = ([w1, b1, w2, b2]) => {
			const hidden = tf.sigmoid(tf.add(tf.matMul(x, w1), b1));
			const out = tf.sigmoid(tf.add(tf.matMul(hidden, w2), b2));
			return tf.div(tf.sum(tf.square(tf.sub(out, targets))), 2 * data.batch);
		};
		return training(data, [[784, 50], [50], [50, 10], [10]], lossOf, (rate) => tf.train.sgd(rate));
	},
	T2(data) {
		const x = tf.tensor(data.x, [data.batch, 784]);
		const targets = tf.tensor(data.targets, [data.batch, 10]);
		const lossOf = ([w1, b1, w2, b2, w3, b3]) => {
			const first = tf.relu(tf.add(tf.matMul(x, w1), b1));
			const second = tf.relu(tf.add(tf.matMul(first, w2), b2));
			return tf.losses.softmaxCrossEntropy(targets, tf.add(tf.matMul(second, w3), b3));
		};
		const shapes = [[784, 512], [512], [512, 512], [512], [512, 10], [10]];
		return training(data, shapes, lossOf, (rate) => tf.train.adam(rate, 0.9, 0.999, 1e-8));
	},
	T3({ x, y, size, batch, left, right }) {
		const shape = batch === 1 ? [size, size] : [batch, size, size];
		const a = tf.tensor(x, shape);
		const b = tf.tensor(y, shape);
		return () => {
			const z = tf.matMul(a, b, left, right);
			const data = z.dataSync();
			z.dispose();
			return Array.from({ length: 64 }, (_, i) => data[(i * 7919 * size + i * 31) % data.length]);
		};
	},
	T4({ x }) {
		const leaf = tf.tensor1d(x);
		const f = tf.valueAndGrad((x) => tf.sum(tf.mul(tf.tanh(tf.add(tf.mul(x, 2), 1)), tf.exp(tf.neg(tf.square(x))))));
		return () => {
			const { value, grad } = tf.tidy(() => f(leaf));
			const g = grad.dataSync();
			const results = [value.dataSync()[0] / x.length, ...Array.from({ length: 50 }, (_, i) => g[i * 19_997])];
			value.dispose();
			grad.dispose();
			return results;
		};
	},
};

export async function contender(workload, data) {
	const make = workloads[workload];
	if (make === undefined) return undefined;
	await tf.setBackend("wasm");
	await tf.ready();
	return make(data);
}
