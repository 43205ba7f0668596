/**
 * T7: the Hessian of a loss times a vector, float32.
 *
 * A network 2-64-64-1 with tanh, mean squared distance on 256 points; the
 * product with one direction in the space of all parameters.
 */
import { hvp, matmul, mean, square, type Tensor, tanh, tensor } from "chainrule";
import { addProduct, addProductNT, addProductTN, addRows, fillRows } from "./arrays.js";
import { type Contender, singles, type Workload } from "./workload.js";

const sizes = [2, 64, 64, 1];
const layers = sizes.length - 1;
const batch = 256;
const x = singles(batch * 2, 1);
const y = Float32Array.from({ length: batch }, (_, i) => Math.sin(3 * x[2 * i]!) * x[2 * i + 1]!);
/** Weights [in, out] and biases, layer after layer; and the direction, of the same form. */
const start = parametersFrom(10, (inputs) => Math.sqrt(3 / inputs));
const direction = parametersFrom(20, () => 1);

function parametersFrom(seed: number, size: (inputs: number) => number): readonly Float32Array[] {
	return sizes.slice(1).flatMap((outputs, layer) => {
		const inputs = sizes[layer]!;
		return [singles(inputs * outputs, seed + layer, size(inputs)), singles(outputs, seed + 5 + layer, 0.1)];
	});
}

/** Some elements of every part of the product. */
function results(parts: readonly ArrayLike<number>[]): readonly number[] {
	return parts.flatMap((part) => Array.from({ length: Math.min(part.length, 16) }, (_, i) => part[i]!));
}

function ours(): Contender {
	const given = (arrays: readonly Float32Array[]): Tensor[] =>
		arrays.map((values, index) => {
			const layer = index >> 1;
			return tensor(values, { shape: index % 2 === 0 ? [sizes[layer]!, sizes[layer + 1]!] : [sizes[layer + 1]!] });
		});
	const points = tensor(x, { shape: [batch, 2] });
	const targets = tensor(y, { shape: [batch, 1] });
	const at = given(start);
	const along = given(direction);
	const loss = ([w1, b1, w2, b2, w3, b3]: Tensor[]): Tensor => {
		const first = tanh(matmul(points, w1!).add(b1!));
		const second = tanh(matmul(first, w2!).add(b2!));
		return mean(square(matmul(second, w3!).add(b3!).sub(targets)));
	};
	return () => results((hvp(loss, at, along) as Tensor[]).map((part) => part.data));
}

/**
 * Every quantity q has its change dq along the direction; the backward pass is
 * differentiated in the same way (Pearlmutter, "Fast exact multiplication by
 * the Hessian", 1994).
 */
function byHand(): Contender {
	const arrays = (): Float32Array[] => sizes.map((size) => new Float32Array(batch * size));
	const [a, da, g, dg] = [arrays(), arrays(), arrays(), arrays()];
	a[0]!.set(x);
	const parts = start.map((part) => new Float32Array(part.length));
	return () => {
		for (let layer = 0; layer < layers; layer++) {
			const [n, m] = [sizes[layer]!, sizes[layer + 1]!];
			const [w, b, dw, db] = [
				start[2 * layer]!,
				start[2 * layer + 1]!,
				direction[2 * layer]!,
				direction[2 * layer + 1]!,
			];
			const [z, dz] = [a[layer + 1]!, da[layer + 1]!];
			fillRows(z, b);
			fillRows(dz, db);
			addProduct(a[layer]!, w, z, batch, n, m);
			addProduct(a[layer]!, dw, dz, batch, n, m);
			if (layer > 0) addProduct(da[layer]!, w, dz, batch, n, m);
			if (layer === layers - 1) continue;
			for (let i = 0; i < z.length; i++) {
				const t = Math.tanh(z[i]!);
				z[i] = t;
				dz[i]! *= 1 - t * t;
			}
		}
		for (let i = 0; i < batch; i++) {
			g[layers]![i] = (2 * (a[layers]![i]! - y[i]!)) / batch;
			dg[layers]![i] = (2 * da[layers]![i]!) / batch;
		}
		for (let layer = layers - 1; layer >= 0; layer--) {
			const [n, m] = [sizes[layer]!, sizes[layer + 1]!];
			const [w, dw] = [start[2 * layer]!, direction[2 * layer]!];
			const [gz, dgz] = [g[layer + 1]!, dg[layer + 1]!];
			const [hw, hb] = [parts[2 * layer]!.fill(0), parts[2 * layer + 1]!.fill(0)];
			addProductTN(a[layer]!, dgz, hw, n, batch, m);
			if (layer > 0) addProductTN(da[layer]!, gz, hw, n, batch, m);
			addRows(hb, dgz);
			if (layer === 0) break;
			const [ga, dga] = [g[layer]!.fill(0), dg[layer]!.fill(0)];
			addProductNT(gz, w, ga, batch, m, n);
			addProductNT(dgz, w, dga, batch, m, n);
			addProductNT(gz, dw, dga, batch, m, n);
			// gz = ga (1 - t²), and its change with dt.
			for (let i = 0; i < ga.length; i++) {
				const t = a[layer]![i]!;
				dga[i] = dga[i]! * (1 - t * t) - 2 * ga[i]! * t * da[layer]![i]!;
				ga[i]! *= 1 - t * t;
			}
		}
		return results(parts);
	};
}

/** T7. */
export const curvature: Workload = {
	name: "T7",
	says: `Hessian-vector product of a network ${sizes.join("-")} with tanh, batch ${batch}, float32`,
	cases: [
		{
			name: "T7",
			make: { ours, byHand },
			units: 1,
			unit: "product",
			target: 3e6,
			tolerance: 1e-3,
			data: () => ({
				x,
				y,
				batch,
				...Object.fromEntries(start.map((part, i) => [`p${i}`, part])),
				...Object.fromEntries(direction.map((part, i) => [`v${i}`, part])),
			}),
		},
	],
};
