/**
 * T6: a pre-norm attention block, forward and backward, float32.
 *
 * y = x + attention(norm(x)) with four heads, batch 8, 64 positions, width 64,
 * made of basic operations; the loss is the mean square of y, the gradients
 * those of x and of all parameters.
 */
import { matmul, mean, parameter, permute, reshape, slice, softmax, square, type Tensor, transpose } from "chainrule";
import { addProduct, addProductNT, addProductTN, addRows, fillRows } from "./arrays.js";
import { type Contender, singles, type Workload } from "./workload.js";

const [batch, length, width, heads] = [8, 64, 64, 4];
const rows = batch * length;
const share = width / heads;
const scale = 1 / Math.sqrt(share);
const epsilon = 1e-5;

const start = {
	x: singles(rows * width, 1),
	gain: singles(width, 2).map((value) => 1 + value / 10),
	shift: singles(width, 3, 0.1),
	inner: singles(width * 3 * width, 4, 1 / 4),
	innerBias: singles(3 * width, 5, 0.1),
	outer: singles(width * width, 6, 1 / 8),
	outerBias: singles(width, 7, 0.1),
};
type Name = keyof typeof start;
const names = Object.keys(start) as readonly Name[];
const shapes: { readonly [N in Name]: readonly number[] } = {
	x: [batch, length, width],
	gain: [width],
	shift: [width],
	inner: [width, 3 * width],
	innerBias: [3 * width],
	outer: [width, width],
	outerBias: [width],
};

/** The loss, and some elements of every gradient. */
function results(loss: number, gradientOf: (name: Name) => ArrayLike<number>): readonly number[] {
	const samples = names.flatMap((name) => {
		const g = gradientOf(name);
		return Array.from({ length: 8 }, (_, i) => 100 * g[7 * i]!);
	});
	return [loss, ...samples];
}

function ours(): Contender {
	const p = Object.fromEntries(names.map((name) => [name, parameter(start[name], { shape: shapes[name] })])) as {
		readonly [N in Name]: Tensor;
	};

	function normalized(x: Tensor): Tensor {
		const centred = x.sub(mean(x, { axis: -1, keepDims: true }));
		const spread = mean(square(centred), { axis: -1, keepDims: true });
		return centred.div(spread.add(epsilon).sqrt()).mul(p.gain).add(p.shift);
	}

	function attention(h: Tensor): Tensor {
		const inner = reshape(matmul(h, p.inner).add(p.innerBias), [batch, length, 3, heads, share]);
		const apart = permute(inner, [2, 0, 3, 1, 4]); // [3, batch, heads, length, share]
		const [q, k, v] = [0, 1, 2].map((part) => slice(apart, [part])) as [Tensor, Tensor, Tensor];
		const weights = softmax(matmul(q, transpose(k, -1, -2)).mul(scale));
		const mixed = reshape(permute(matmul(weights, v), [0, 2, 1, 3]), [batch, length, width]);
		return matmul(mixed, p.outer).add(p.outerBias);
	}

	return () => {
		const loss = mean(square(p.x.add(attention(normalized(p.x)))));
		for (const name of names) p[name].zeroGrad();
		loss.backward();
		return results(loss.item(), (name) => p[name].grad!.data);
	};
}

function byHand(): Contender {
	const p = start;
	const g = Object.fromEntries(names.map((name) => [name, new Float32Array(start[name].length)])) as {
		readonly [N in Name]: Float32Array;
	};
	const array = (columns: number): Float32Array => new Float32Array(rows * columns);
	const normal = array(width);
	const deviations = new Float64Array(rows);
	const h = array(width);
	const inner = array(3 * width);
	const weights = new Float32Array(batch * heads * length * length);
	const mixed = array(width);
	const y = array(width);
	const [gh, gInner, gMixed, gy] = [array(width), array(3 * width), array(width), array(width)];
	const gWeights = new Float64Array(length);

	function norm(): void {
		for (let row = 0; row < rows; row++) {
			const at = row * width;
			let middle = 0;
			let spread = 0;
			for (let j = 0; j < width; j++) middle += p.x[at + j]!;
			middle /= width;
			for (let j = 0; j < width; j++) spread += (p.x[at + j]! - middle) ** 2;
			const deviation = Math.sqrt(spread / width + epsilon);
			deviations[row] = deviation;
			for (let j = 0; j < width; j++) {
				normal[at + j] = (p.x[at + j]! - middle) / deviation;
				h[at + j] = normal[at + j]! * p.gain[j]! + p.shift[j]!;
			}
		}
	}

	/** Visits every row of queries: where its weights, its query and the first key of its head are. Values follow keys. */
	function eachQuery(visit: (weightsAt: number, query: number, key: number, out: number) => void): void {
		for (let b = 0; b < batch; b++) {
			for (let head = 0; head < heads; head++) {
				const first = b * length * 3 * width + head * share;
				for (let i = 0; i < length; i++) {
					const weightsAt = ((b * heads + head) * length + i) * length;
					visit(weightsAt, first + i * 3 * width, first + width, (b * length + i) * width + head * share);
				}
			}
		}
	}

	function attend(weightsAt: number, query: number, key: number, out: number): void {
		let most = -Infinity;
		for (let j = 0; j < length; j++) {
			let score = 0;
			for (let c = 0; c < share; c++) score += inner[query + c]! * inner[key + j * 3 * width + c]!;
			weights[weightsAt + j] = score * scale;
			most = Math.max(most, score * scale);
		}
		let total = 0;
		for (let j = 0; j < length; j++) total += weights[weightsAt + j] = Math.exp(weights[weightsAt + j]! - most);
		for (let j = 0; j < length; j++) {
			const weight = weights[weightsAt + j]! / total;
			weights[weightsAt + j] = weight;
			const value = key + width + j * 3 * width;
			for (let c = 0; c < share; c++) mixed[out + c]! += weight * inner[value + c]!;
		}
	}

	/** With weights a = softmax(s): gs = a (ga - Σ a ga). */
	function attendBack(weightsAt: number, query: number, key: number, out: number): void {
		let total = 0;
		for (let j = 0; j < length; j++) {
			const weight = weights[weightsAt + j]!;
			const value = key + width + j * 3 * width;
			let gWeight = 0;
			for (let c = 0; c < share; c++) {
				gWeight += gMixed[out + c]! * inner[value + c]!;
				gInner[value + c]! += weight * gMixed[out + c]!;
			}
			gWeights[j] = gWeight;
			total += weight * gWeight;
		}
		for (let j = 0; j < length; j++) {
			const gScore = weights[weightsAt + j]! * (gWeights[j]! - total) * scale;
			const other = key + j * 3 * width;
			for (let c = 0; c < share; c++) {
				gInner[query + c]! += gScore * inner[other + c]!;
				gInner[other + c]! += gScore * inner[query + c]!;
			}
		}
	}

	/** With n = (x - mean) / deviation: gx = (gn - mean(gn) - n mean(n gn)) / deviation, added to that of the sum. */
	function normBack(): void {
		for (let row = 0; row < rows; row++) {
			const at = row * width;
			let middle = 0;
			let along = 0;
			for (let j = 0; j < width; j++) {
				const slope = gh[at + j]! * p.gain[j]!;
				g.shift[j]! += gh[at + j]!;
				g.gain[j]! += gh[at + j]! * normal[at + j]!;
				middle += slope;
				along += slope * normal[at + j]!;
			}
			for (let j = 0; j < width; j++) {
				const slope = gh[at + j]! * p.gain[j]! - (middle + normal[at + j]! * along) / width;
				g.x[at + j] = gy[at + j]! + slope / deviations[row]!;
			}
		}
	}

	return () => {
		norm();
		fillRows(inner, p.innerBias);
		addProduct(h, p.inner, inner, rows, width, 3 * width);
		mixed.fill(0);
		eachQuery(attend);
		fillRows(y, p.outerBias);
		addProduct(mixed, p.outer, y, rows, width, width);
		let loss = 0;
		for (let i = 0; i < y.length; i++) {
			const value = y[i]! + p.x[i]!;
			loss += value * value;
			gy[i] = (2 * value) / y.length;
		}
		for (const zero of [...names.map((name) => g[name]), gMixed, gInner, gh]) zero.fill(0);
		addRows(g.outerBias, gy);
		addProductTN(mixed, gy, g.outer, width, rows, width);
		addProductNT(gy, p.outer, gMixed, rows, width, width);
		eachQuery(attendBack);
		addRows(g.innerBias, gInner);
		addProductTN(h, gInner, g.inner, width, rows, 3 * width);
		addProductNT(gInner, p.inner, gh, rows, 3 * width, width);
		normBack();
		return results(loss / y.length, (name) => g[name]);
	};
}

/** T6. */
export const attentionBlock: Workload = {
	name: "T6",
	says: `pre-norm attention block, batch ${batch}, ${length} positions, width ${width}, ${heads} heads, forward and backward, float32`,
	cases: [
		{
			name: "T6",
			make: { ours, byHand },
			units: 1,
			unit: "pass",
			target: 5e6,
			tolerance: 1e-4,
			data: () => ({ ...start, batch, length, width, heads, epsilon }),
		},
	],
};
