/**
 * One step of the plain pass, taken out of it: what an operation sends to each
 * of its operands.
 *
 * The rules are those of the plain pass, on plain numbers and in its own loops,
 * so that contributions added in the order of the pass are the gradient bit for
 * bit. Nothing is accumulated here; for whoever explains a pass, not for passes.
 */
import { newStorage } from "../core/dtype.js";
import { originOf } from "../core/graph.js";
import { constant, Scalar, withRecording } from "../core/tape.js";
import { type Node, type Tensor, wrap } from "../core/tensor.js";
import { fewest } from "../kernels/vectors.js";
import { pullLoop, ruleOfPartial } from "./loops.js";
import { pull } from "./pull.js";

/**
 * What `z` adds to the gradient of each operand when its own gradient is `gz`;
 * `undefined` where nothing flows.
 *
 * A small loop adds to float32 gradients before it rounds: there the
 * contribution is float64, and the sum is to be rounded after each one.
 */
export function contributionsOf(z: Node, gz: Node): (Node | undefined)[] {
	const origin = originOf(z);
	if (origin === undefined) return [];
	const { op, inputs } = origin;
	if (op.family !== "pointwise") return withRecording(false, () => pull(z, origin, gz));
	return inputs.map((x, operand) => {
		const partial = op.partials[operand];
		if (partial === undefined || !x.requiresGrad) return undefined;
		if (z instanceof Scalar) {
			const numbers = [...inputs, z].map((node) => node.item());
			const g = gz.item();
			// A cotangent of 0 annihilates; see Note [minus zero means no gradient].
			return constant(g === 0 ? 0 : ruleOfPartial(op, operand)(g, ...numbers) + 0);
		}
		const { dtype, shape, size } = x as Tensor;
		if (partial.kind === "number" && partial.value === 1 && (gz as Tensor).dtype === dtype) return gz;
		const fine = dtype === "float32" && size < fewest ? "float64" : dtype;
		const gx = wrap(newStorage(fine, size), shape);
		pullLoop(op, operand, false, gz as Tensor, inputs as readonly Tensor[], z, gx);
		return gx;
	});
}
