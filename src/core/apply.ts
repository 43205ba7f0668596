/**
 * The door that every tensor operation passes: check shapes, compute, record.
 *
 * Recording follows the inputs: a result is a node of the tape where an input
 * is tracked, recording is on, and the result can have a gradient at all.
 */
import type { Structural } from "./op.js";
import { recordWanted, type Tensor } from "./tensor.js";

/** Computes `op` on tensors and records it where a gradient may be asked for. */
export function apply<Attributes>(
	op: Structural<Attributes>,
	inputs: readonly Tensor[],
	attributes: Attributes,
): Tensor {
	const shape = op.shape(
		inputs.map((x) => x.shape),
		attributes,
	);
	return recordWanted(op.forward(inputs, attributes, shape), op, inputs, attributes, true);
}
