/**
 * One example in, a batch out: `vmap` runs a function for a single example on
 * all examples at once.
 *
 * The function is traced on the first example; then the trace is carried out
 * again with a leading axis that the function knows nothing of. It is one more
 * interpreter of the families: pointwise operations broadcast as they are,
 * structural ones say with `batched` how the axis passes through, and what says
 * nothing runs example by example. Every step is an ordinary recorded
 * operation, so `vmap` nests with the derivatives: `vmap(grad(f))` gives a
 * gradient per example.
 */
import { failure } from "../core/errors.js";
import { ancestors, orderOf, originOf } from "../core/graph.js";
import type { AnyOp, Custom, Structural } from "../core/op.js";
import { normalizeAxis, shapeText } from "../core/shape.js";
import { noGrad, withTracing } from "../core/tape.js";
import { type Node, record, Tensor, tensorsAmong } from "../core/tensor.js";
import { zeros } from "../ops/create.js";
import { facts } from "../ops/define.js";
import { asTensor, broadcastTo, concat, permute, reshape, slice } from "../ops/movement.js";
import { mapNest, mapNodes, type Nest } from "./nest.js";

/** Where the examples lie. */
export interface VmapOptions {
	/** The axis of the examples in each argument, `null` for one that all examples share; one number serves all. 0 when left out. */
	readonly axes?: number | readonly (number | null)[];
	/** The axis of the examples in the results; 0 when left out. */
	readonly outAxis?: number;
}

/** What an example stands for, and in which call. */
interface Examples {
	readonly batch: Tensor;
	readonly call: symbol;
}

/** What a traced argument was computed by: nothing, but the trace must know where it begins. */
const argument: Custom<Examples> = {
	...facts("argument", 0, { says: "an argument of a traced function" }),
	family: "custom",
	shape: () => [],
	forward: ([x]) => x as Tensor,
	pull: () => [],
	call: ([x]) => x as Tensor,
	samples: [],
};

/**
 * `f`, written for one example, as a function of a batch of them.
 *
 * Arguments may be nests of tensors; each has the examples along its entry of
 * `axes`. The results, a tensor or a nest of tensors, have them along
 * `outAxis`. Results that do not depend on an example are repeated.
 *
 * @throws where the numbers of examples differ, where no argument has any, and where `f` reads elements: control flow must not depend on values.
 *
 * @example
 * ```ts
 * import { grad, sum, type Tensor, tensor, vmap } from "chainrule";
 * const w = tensor([1, 2]);
 * const loss = (p: Tensor, x: Tensor) => sum(p.mul(x)).square();
 * const perExample = vmap(grad(loss), { axes: [null, 0] });
 * console.log(perExample(w, tensor([[1, 0], [0, 1]])).toArray()); // [ [ 2, 0 ], [ 0, 4 ] ]
 * ```
 */
export function vmap<Arguments extends unknown[], Result>(
	f: (...given: Arguments) => Result,
	{ axes = 0, outAxis = 0 }: VmapOptions = {},
): (...given: Arguments) => Result {
	return (...given) => {
		const call = Symbol("vmap");
		const { examples, size } = split(given as readonly Nest[], axes, call);
		const result = withTracing(true, () => f(...(examples as Arguments)));
		return mapNodes(result, (output) => {
			const z = again(output, call, size);
			return moveFront(z ?? spread(asTensor(output), size), outAxis);
		}) as Result;
	};
}

/** One example of every argument, and how many there are. */
function split(
	given: readonly Nest[],
	axes: NonNullable<VmapOptions["axes"]>,
	call: symbol,
): { examples: unknown[]; size: number } {
	let size: number | undefined;
	const examples = given.map((nest, index) => {
		const axis = typeof axes === "number" ? axes : (axes[index] ?? null);
		if (axis === null) return nest;
		return mapNest(
			nest,
			(x, path) => {
				const where = `argument ${index + 1}${path === "" ? "" : ` at ${path}`}`;
				if (!(x instanceof Tensor) || x.rank === 0) {
					throw failure({
						what: "vmap: nothing to map over",
						expected: "a tensor with the examples along an axis",
						actual: `${where} is ${x instanceof Tensor ? "a tensor of rank 0" : "a single number"}`,
						fix: "write null for it in axes: [...]",
					});
				}
				const at = normalizeAxis("vmap", axis, x.rank);
				const count = x.shape[at] as number;
				size ??= count;
				if (count !== size) {
					throw failure({
						what: "vmap: numbers of examples differ",
						expected: `${size} along the mapped axis, as in the arguments before`,
						actual: `${count} in ${where}, shape ${shapeText(x.shape)}`,
					});
				}
				const front = permute(x, [at, ...x.shape.map((_, other) => other).filter((other) => other !== at)]);
				return firstOf(front, call);
			},
			"vmap",
		);
	});
	if (size !== undefined) return { examples, size };
	throw failure({
		what: "vmap: nothing to map over",
		expected: "an axis for at least one argument",
		actual: `axes: ${JSON.stringify(axes)} for ${given.length} arguments`,
	});
}

/** The first example, or zeros where there is none, as the beginning of a trace. */
function firstOf(x: Tensor, call: symbol): Tensor {
	const first = withTracing(false, () =>
		noGrad(() => (x.shape[0] === 0 ? zeros(x.shape.slice(1), { dtype: x.dtype }) : slice(x, [0]).detach())),
	);
	const z = record(first.detach(), argument as unknown as AnyOp, [], { batch: x, call } satisfies Examples);
	z.requiresGrad = false;
	return z;
}

/** What a call has computed for all examples so far, by the order numbers of the nodes of one. */
type Batches = ReadonlyMap<number, Tensor>;

/** What `output` is for all examples; `undefined` where it does not depend on them. */
function again(output: Node, call: symbol, size: number): Tensor | undefined {
	const known = new Map<number, Tensor>();
	for (const node of ancestors([output], ({ attributes }) => tensorsAmong(attributes))) {
		const value = step(node, known, call, size);
		if (value !== undefined) known.set(orderOf(node), value);
	}
	return known.get(orderOf(output));
}

/** The node for all examples; `undefined` where it does not depend on them. */
function step(node: Node, known: Batches, call: symbol, size: number): Tensor | undefined {
	const origin = originOf(node);
	if (origin === undefined) return undefined;
	const { op, inputs, attributes } = origin;
	const stop = (z: Tensor): Tensor => ((node as Tensor).detached ? z.detach() : z);
	if (op === (argument as unknown as AnyOp)) {
		const { batch, call: caller } = attributes as Examples;
		return caller === call ? stop(batch) : undefined;
	}
	const chosen = tensorsAmong(attributes).some((x) => known.has(orderOf(x)));
	if (!chosen && !inputs.some((x) => known.has(orderOf(x)))) return undefined;
	if (op.family === "pointwise") return stop(op.call(...inputs.map((x) => known.get(orderOf(x)) ?? x)) as Tensor);
	const whole = inputs.map((x) => known.get(orderOf(x)) ?? spread(asTensor(x), size));
	const rule = op as Structural<unknown>;
	if (rule.batched && !chosen) return stop(rule.batched(whole, attributes, size));
	return stop(oneByOne(rule, inputs, whole, attributes, known, size));
}

/** Example by example: right for every operation, also where attributes hold tensors of the examples. */
function oneByOne(
	op: Structural<unknown>,
	inputs: readonly Node[],
	whole: readonly Tensor[],
	attributes: unknown,
	known: Batches,
	size: number,
): Tensor {
	if (size === 0) {
		const shapes = inputs.map((x) => x.shape);
		return zeros([0, ...op.shape(shapes, attributes)]);
	}
	return concat(
		Array.from({ length: size }, (_, example) => {
			const one = whole.map((x) => slice(x, [example]));
			const z = asTensor(op.call(one, exampleOf(attributes, known, example)));
			return reshape(z, [1, ...z.shape]);
		}),
	);
}

/** Attributes with the tensors of all examples replaced by those of one. */
function exampleOf(attributes: unknown, known: Batches, example: number): unknown {
	if (attributes === null || typeof attributes !== "object") return attributes;
	return Object.fromEntries(
		Object.entries(attributes).map(([key, value]: [string, unknown]) => {
			const batch = value instanceof Tensor ? known.get(orderOf(value)) : undefined;
			return [key, batch === undefined ? value : slice(batch, [example])];
		}),
	);
}

/** The same for every example: a view with the axis of the examples in front. */
function spread(x: Tensor, size: number): Tensor {
	return broadcastTo(reshape(x, [1, ...x.shape]), [size, ...x.shape]);
}

function moveFront(x: Tensor, axis: number): Tensor {
	const to = normalizeAxis("vmap", axis, x.rank);
	const order = x.shape.map((_, at) => at).slice(1);
	order.splice(to, 0, 0);
	return permute(x, order);
}
