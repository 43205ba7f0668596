/**
 * Memory for time: a computation that is forgotten and run again when its
 * gradient is asked for.
 *
 * The first run is recorded only to learn what the result depends on; then the
 * record is dropped. The backward pass runs the computation once more and goes
 * on through its record with the adjoints it already holds, so that every
 * contribution is added in the order of the plain pass, and the gradients are
 * the same bit for bit.
 */
import { failure } from "../core/errors.js";
import { orderOf, originOf, originOfSlot } from "../core/graph.js";
import type { AnyOp, Custom } from "../core/op.js";
import { Chunk, isRecording, Scalar, startLeaves } from "../core/tape.js";
import { type Node, record, Tensor } from "../core/tensor.js";
import { type Generator, type GeneratorState, watchGenerators } from "../kernels/random.js";
import { facts } from "../ops/define.js";
import { asTensor, pick } from "../ops/movement.js";
import { collect } from "./collect.js";
import { pullBack, seedOf } from "./reverse.js";

interface Again {
	readonly run: () => Node;
	/** The generators that the first run drew from, as they were before: the second must draw the same numbers. */
	readonly states: ReadonlyMap<Generator, GeneratorState>;
}

function runAgain({ run, states }: Again): Tensor {
	const now = [...states.keys()].map((generator) => [generator, generator.state] as const);
	for (const [generator, state] of states) generator.state = state;
	try {
		return asTensor(run());
	} finally {
		for (const [generator, state] of now) generator.state = state;
	}
}

const checkpointing: Custom<Again> = {
	...facts("checkpoint", 1, { says: "a computation whose record is made anew in the backward pass" }),
	family: "custom",
	shape: () => [],
	forward: ([x]) => x as Tensor,
	replay: runAgain,
	pull: (gz, inputs, _, again) => pullBack([seedOf("checkpoint", runAgain(again), gz)], inputs, isRecording()),
	call: (_, again) => runAgain(again),
	samples: [],
};

/**
 * `f` with its intermediate values forgotten after the forward pass and
 * computed again in the backward pass: the same gradients bit for bit, of any
 * order, from less memory, for one more run of `f`.
 *
 * `f` must compute the same from the same arguments; random numbers are drawn
 * again as they were. It may read variables of its surroundings: their
 * gradients flow, too.
 *
 * @throws where `f` does not return a scalar or tensor.
 *
 * @example
 * ```ts
 * import { checkpoint, exp, gradients, scalar, sin } from "chainrule";
 * const x = scalar(1);
 * const block = checkpoint((t: typeof x) => exp(sin(exp(t))));
 * const [plain] = gradients(exp(sin(exp(x))), [x]);
 * const [forgetful] = gradients(block(x), [x]);
 * console.log(plain.value === forgetful.value); // true
 * ```
 */
export function checkpoint<Arguments extends unknown[], Result extends Node>(
	f: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
	return (...given) => {
		if (!isRecording()) return f(...given);
		const floor = startLeaves();
		const { result, states }: { result: unknown; states: Again["states"] } = watchGenerators(() => f(...given));
		if (!(result instanceof Scalar || result instanceof Tensor)) {
			throw failure({
				what: "checkpoint: the function did not return a node",
				expected: "a scalar or tensor",
				actual: result === undefined ? "undefined: is a return missing?" : typeof result,
			});
		}
		const inputs = readFromOutside(result, floor);
		if (inputs.length === 0) return result as Result;
		const again: Again = { run: () => f(...given), states };
		const z = record(asTensor(result.detach()).detach(), checkpointing as unknown as AnyOp, inputs, again);
		return (result instanceof Scalar ? pick(z, 0) : z) as Result;
	};
}

/** The tracked nodes from before `floor` that `output` was computed from directly. */
function readFromOutside(output: Node, floor: number): Node[] {
	const outside = new Map<number, Node>();
	const read = (x: Node): void => {
		const { serial } = x instanceof Scalar ? x.chunk : x;
		if (x.requiresGrad && serial < floor) outside.set(orderOf(x), x);
	};
	if (output.requiresGrad) read(output);
	for (const unit of collect([output], floor).units) {
		if (unit instanceof Chunk) {
			for (let slot = unit.start; slot < unit.end; slot++)
				for (const x of originOfSlot(unit, slot)?.inputs ?? []) read(x);
		} else for (const x of originOf(unit)?.inputs ?? []) read(x);
	}
	return [...outside.values()];
}
