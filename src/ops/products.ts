/**
 * Products of tensors of any rank, all made of one: the batched product of
 * matrices.
 *
 * An operand is a tensor with a label on each axis. Two of them are contracted
 * by bringing shared axes that stay to the front, those that are summed to the
 * middle, and multiplying once; nothing here has a rule of its own, so every
 * gradient falls out.
 */
import { failure } from "../core/errors.js";
import { scope } from "../core/scope.js";
import { broadcastShapes, normalizeAxes, normalizeAxis, shapeText, sizeOf } from "../core/shape.js";
import type { Tensor, Value } from "../core/tensor.js";
import { mul, sub } from "./arithmetic.js";
import { matmul } from "./linalg.js";
import { type Axis, asTensor, broadcastTo, concat, permute, reshape, split, sum } from "./movement.js";
import { diagonal } from "./shape.js";

/** A tensor whose axes have names. */
interface Labelled {
	readonly x: Tensor;
	readonly labels: readonly string[];
}

/** `x` with its axes in the order of `labels`. */
function ordered({ x, labels: given }: Labelled, labels: readonly string[]): Tensor {
	return labels.every((label, axis) => label === given[axis])
		? x
		: permute(
				x,
				labels.map((label) => given.indexOf(label)),
			);
}

/** The product of two, summed over the shared labels that `stays` refuses. */
function contract(a: Labelled, b: Labelled, stays: (label: string) => boolean): Labelled {
	const shared = a.labels.filter((label) => b.labels.includes(label));
	const batch = shared.filter(stays);
	const inner = shared.filter((label) => !stays(label));
	const rows = a.labels.filter((label) => !shared.includes(label));
	const columns = b.labels.filter((label) => !shared.includes(label));
	const sizes = new Map(
		[a, b].flatMap(({ x, labels }) => labels.map((label, axis) => [label, x.shape[axis] as number])),
	);
	const sizesOf = (labels: readonly string[]): number[] => labels.map((label) => sizes.get(label) as number);
	const count = (labels: readonly string[]): number => sizeOf(sizesOf(labels));
	const labels = [...batch, ...rows, ...columns];
	const left = ordered(a, [...batch, ...rows, ...inner]);
	const right = ordered(b, [...batch, ...inner, ...columns]);
	const front = sizesOf(batch);
	if (inner.length === 0) {
		const ones = columns.map(() => 1);
		const wide = [...front, ...rows.map(() => 1), ...sizesOf(columns)];
		return { x: mul(reshape(left, [...left.shape, ...ones]), reshape(right, wide)) as Tensor, labels };
	}
	const z = matmul(
		reshape(left, [...front, count(rows), count(inner)]),
		reshape(right, [...front, count(inner), count(columns)]),
	);
	return { x: reshape(z, sizesOf(labels)), labels };
}

// ---------------------------------------------------------------- einsum

/**
 * Einstein's sum: each operand has a letter per axis, and letters that are not
 * in the output are summed over. A letter twice in one operand takes its
 * diagonal; `...` stands for any axes, which broadcast. Without `->` the output
 * is `...` and then, in alphabetical order, the letters that occur once.
 *
 * Semantics are those of NumPy and PyTorch; axes of `...` that the output leaves
 * out are summed over, as in PyTorch. More than two operands are multiplied two
 * at a time, in an order that keeps the results between small.
 *
 * @throws where subscripts and operands do not fit.
 *
 * @example
 * ```ts
 * import { einsum, tensor } from "chainrule";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(einsum("ii", a).item(), einsum("ij,j->i", a, tensor([1, 1])).toArray()); // 5 [ 3, 7 ]
 * ```
 */
export function einsum(subscripts: string, ...operands: readonly Value[]): Tensor {
	return scope("einsum", () => {
		const given = operands.map((x) => asTensor(x));
		const { terms, output } = parse(subscripts, given);
		const sizes = new Map<string, number>();
		const parts = terms.map((labels, at) => diagonals(given[at] as Tensor, labels, subscripts));
		for (const { x, labels } of parts) {
			for (const [axis, label] of labels.entries()) {
				const size = x.shape[axis] as number;
				const known = sizes.get(label) ?? 1;
				if (size !== known && size !== 1 && known !== 1) {
					throw mismatch(subscripts, `equal sizes, or 1, wherever ${label} stands`, `${known} ≠ ${size}`);
				}
				if (known === 1) sizes.set(label, size);
			}
		}
		// What an axis of size 1 repeats along, another operand has: it is left out.
		let rest = parts.map(({ x, labels }): Labelled => {
			const kept = labels.filter((label, axis) => x.shape[axis] === sizes.get(label));
			const shape = x.shape.filter((size, axis) => size === sizes.get(labels[axis] as string));
			return { x: reshape(x, shape), labels: kept };
		});
		const needed = (label: string, ...among: readonly Labelled[]): boolean =>
			output.includes(label) || rest.some((part) => !among.includes(part) && part.labels.includes(label));
		rest = rest.map((part) => {
			const kept = part.labels.filter((label) => needed(label, part));
			const axis = part.labels.flatMap((label, at) => (kept.includes(label) ? [] : [at]));
			return axis.length === 0 ? part : { x: sum(part.x, { axis }), labels: kept };
		});
		while (rest.length > 1) {
			const [a, b] = cheapest(rest, (label, ...pair) => needed(label, ...pair), sizes);
			const z = contract(a, b, (label) => needed(label, a, b));
			rest = [...rest.filter((part) => part !== a && part !== b), z];
		}
		return ordered(rest[0] as Labelled, output);
	});
}

/** The pair whose product is smallest against what it replaces. */
function cheapest(
	parts: readonly Labelled[],
	needed: (label: string, a: Labelled, b: Labelled) => boolean,
	sizes: ReadonlyMap<string, number>,
): readonly [Labelled, Labelled] {
	let best: readonly [Labelled, Labelled] | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const [at, a] of parts.entries()) {
		for (const b of parts.slice(at + 1)) {
			const labels = [...new Set([...a.labels, ...b.labels])].filter((label) => needed(label, a, b));
			const cost = sizeOf(labels.map((label) => sizes.get(label) as number)) - a.x.size - b.x.size;
			if (best && cost >= least) continue;
			best = [a, b];
			least = cost;
		}
	}
	return best as readonly [Labelled, Labelled];
}

/** One label per axis of each operand, and the labels of the result. An axis of `...` is labelled by its distance from the last of them. */
function parse(subscripts: string, operands: readonly Tensor[]): { terms: string[][]; output: string[] } {
	const text = subscripts.replaceAll(/\s/g, "");
	const [left = "", right, more] = text.split("->");
	const given = left.split(",");
	if (more !== undefined || ![...given, right ?? ""].every((term) => /^[A-Za-z]*(\.{3})?[A-Za-z]*$/.test(term))) {
		throw failure({
			what: "einsum: not subscripts",
			expected: 'letters, commas and at most one "..." per operand, perhaps "->" and the output',
			actual: JSON.stringify(subscripts),
		});
	}
	if (given.length !== operands.length) {
		throw mismatch(subscripts, "one operand for each term", `${given.length} terms, ${operands.length} operands`);
	}
	let most = 0;
	const expand = (term: string, count: number): string[] =>
		term
			.split(/(\.{3})/)
			.flatMap((part) =>
				part === "..." ? Array.from({ length: count }, (_, at) => `...${count - at}`) : part.split(""),
			);
	const terms = given.map((term, at) => {
		const { rank, shape } = operands[at] as Tensor;
		const letters = term.replace("...", "").length;
		if (term.includes("...") ? rank < letters : rank !== letters) {
			throw mismatch(subscripts, `one axis for each letter of "${term}"`, shapeText(shape));
		}
		if (term.includes("...")) most = Math.max(most, rank - letters);
		return expand(term, rank - letters);
	});
	const all = terms.flat();
	const once = [...new Set(all)].filter((label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label));
	const output = expand(right ?? `...${once.sort().join("")}`, most);
	const wrong = output.find((label, at) => output.indexOf(label) !== at || !all.includes(label));
	if (wrong !== undefined) {
		throw mismatch(subscripts, "letters of the operands in the output, each once", `${wrong} in ${right}`);
	}
	return { terms, output };
}

function mismatch(subscripts: string, expected: string, actual: string): Error {
	return failure({ what: `einsum: operands do not fit "${subscripts}"`, expected, actual });
}

/** `x` with every label once: where one stands twice, the elements whose indices are equal. */
function diagonals(x: Tensor, labels: readonly string[], subscripts: string): Labelled {
	const again = labels.findIndex((label, axis) => labels.indexOf(label) !== axis);
	if (again < 0) return { x, labels };
	const first = labels.indexOf(labels[again] as string);
	const [n, m] = [x.shape[first] as number, x.shape[again] as number];
	if (n !== m) throw mismatch(subscripts, `equal sizes for ${labels[first]}, which stands twice`, `${n} ≠ ${m}`);
	const rest = labels.filter((_, axis) => axis !== first && axis !== again);
	return diagonals(diagonal(x, { axes: [first, again] }), [...rest, labels[first] as string], subscripts);
}

// ---------------------------------------------------------------- tensordot, dot, outer, kron, cross

/** Products over axes `over` of x and `against` of y, in pairs. */
function pairwise(name: string, x: Tensor, y: Tensor, over: readonly number[], against: readonly number[]): Tensor {
	const fits =
		over.length === against.length && over.every((axis, at) => x.shape[axis] === y.shape[against[at] as number]);
	if (!fits) {
		throw failure({
			what: `${name}: summed axes do not match`,
			expected: "as many axes of x as of y, with equal sizes",
			actual: `axes ${shapeText(over)} of x ${shapeText(x.shape)}, ${shapeText(against)} of y ${shapeText(y.shape)}`,
		});
	}
	const ofX = x.shape.map((_, axis) => `x${axis}`);
	const ofY = y.shape.map((_, axis) => (against.includes(axis) ? `x${over[against.indexOf(axis)]}` : `y${axis}`));
	return contract({ x, labels: ofX }, { x: y, labels: ofY }, () => false).x;
}

/**
 * Sum over pairs of axes: the last `axes` of x with the first of y (2 when left
 * out), or the axes of x listed first with those of y listed second.
 */
export function tensordot(
	x: Value,
	y: Value,
	{
		axes = 2,
	}: { readonly axes?: number | readonly [x: number | readonly number[], y: number | readonly number[]] } = {},
): Tensor {
	return scope("tensordot", () => {
		const [a, b] = [asTensor(x), asTensor(y)];
		const list = (of: number | readonly number[], rank: number): number[] =>
			(typeof of === "number" ? [of] : of).map((axis) => normalizeAxis("tensordot", axis, rank));
		if (typeof axes !== "number") {
			normalizeAxes("tensordot", axes[0], a.rank); // each once
			normalizeAxes("tensordot", axes[1], b.rank);
			return pairwise("tensordot", a, b, list(axes[0], a.rank), list(axes[1], b.rank));
		}
		const count = Array.from({ length: axes }, (_, at) => at);
		return pairwise(
			"tensordot",
			a,
			b,
			list(
				count.map((at) => at - axes),
				a.rank,
			),
			list(count, b.rank),
		);
	});
}

/**
 * Sum over the last axis of x and the last but one of y, or its only one, as
 * NumPy's `dot`; with a single number, the product with it. Of two vectors this
 * is their inner product.
 */
export function dot(x: Value, y: Value): Tensor {
	return scope("dot", () => {
		const [a, b] = [asTensor(x), asTensor(y)];
		if (a.rank === 0 || b.rank === 0) return mul(a, b) as Tensor;
		return pairwise("dot", a, b, [a.rank - 1], [Math.max(b.rank - 2, 0)]);
	});
}

/** Every element of x times every element of y: [n, m], axes flattened as in NumPy. */
export function outer(x: Value, y: Value): Tensor {
	return scope("outer", () => mul(reshape(x, [-1, 1]), reshape(y, [1, -1])) as Tensor);
}

/** The Kronecker product: every element of x replaced by its product with y. Ranks are made equal by leading axes of size 1. */
export function kron(x: Value, y: Value): Tensor {
	return scope("kron", () => {
		const [a, b] = [asTensor(x), asTensor(y)];
		const rank = Math.max(a.rank, b.rank);
		const [sizesA, sizesB] = [a, b].map(({ shape }) => [
			...new Array<number>(rank - shape.length).fill(1),
			...shape,
		]) as [number[], number[]];
		const spread = mul(
			reshape(
				a,
				sizesA.flatMap((size) => [size, 1]),
			),
			reshape(
				b,
				sizesB.flatMap((size) => [1, size]),
			),
		);
		return reshape(
			spread,
			sizesA.map((size, axis) => size * (sizesB[axis] as number)),
		);
	});
}

/** The vector product of vectors with three components along `axis`, the last when left out; other axes broadcast. */
export function cross(x: Value, y: Value, { axis = -1 }: Axis = {}): Tensor {
	return scope("cross", () => {
		const [a, b] = [asTensor(x), asTensor(y)];
		const shape = broadcastShapes("cross", a.shape, b.shape);
		const at = normalizeAxis("cross", axis, shape.length);
		if (shape[at] !== 3) {
			throw failure({
				what: "cross: not vectors of three components",
				expected: `size 3 on axis ${at}`,
				actual: `x ${shapeText(a.shape)}, y ${shapeText(b.shape)}`,
			});
		}
		// Component i is x[i+1] y[i+2] - x[i+2] y[i+1].
		const from = (v: Tensor, first: number): Tensor => {
			const [one, two] = split(broadcastTo(v, shape), [first, 3 - first], { axis: at }) as [Tensor, Tensor];
			return concat([two, one], { axis: at });
		};
		return sub(mul(from(a, 1), from(b, 2)), mul(from(a, 2), from(b, 1))) as Tensor;
	});
}
