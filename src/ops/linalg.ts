/**
 * Products of matrices.
 *
 * The record knows one case, a batch of matrices of equal batch sizes; vectors
 * and broadcasting are brought to it by the movements, so both transposes fit
 * on a line.
 */
import { promote } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import type { Bilinear } from "../core/op.js";
import { broadcastShapes, isContiguous, type Shape, shapeText, sizeOf, stridesOf } from "../core/shape.js";
import { allocate, Tensor, type Value } from "../core/tensor.js";
import { matmul as matmulKernel } from "../kernels/matmul.js";
import { bilinear } from "./define.js";
import { asTensor, broadcastTo, reshape, transpose } from "./movement.js";

const multiplying: Bilinear<undefined> = bilinear<undefined>("matmul", {
	says: "product of matrices",
	symbol: "@",
	text: "#1 @ #2",
	tex: "#1 #2",
	shape: ([x, y]) => [...(x as Shape).slice(0, -1), (y as Shape).at(-1) as number],
	forward: ([x, y], _, shape) => {
		const dtype = promote((x as Tensor).dtype, (y as Tensor).dtype);
		const kind = dtype === "bool" ? "int32" : dtype;
		const { storage, offset } = allocate(kind, sizeOf(shape));
		matmulKernel(x as Tensor, y as Tensor, storage, offset);
		return new Tensor(storage, offset, shape, stridesOf(shape), kind);
	},
	transposes: [
		(gz, y) => multiplying.call([gz, transpose(y, -1, -2)], undefined) as Tensor, // gx = gz yᵀ
		(gz, x) => multiplying.call([transpose(x, -1, -2), gz], undefined) as Tensor, // gy = xᵀ gz
	],
	factors: ["· #2ᵀ", "#1ᵀ ·"],
	batched: (inputs) => multiplying.call(inputs, undefined) as Tensor,
	samples: [
		{
			shapes: [
				[2, 3],
				[3, 4],
			],
			attributes: undefined,
		},
		{
			shapes: [
				[2, 2, 3],
				[2, 3, 1],
			],
			attributes: undefined,
		},
	],
});

/**
 * Product of matrices, as NumPy's `@`: `[n, k] @ [k, m]` gives `[n, m]`, axes
 * before the last two broadcast, a 1-D operand is a row on the left and a
 * column on the right, and its axis is dropped from the result.
 *
 * @throws where an operand is a single number, or the inner sizes differ.
 */
export function matmul(x: Value, y: Value): Tensor {
	const a = asTensor(x);
	const b = asTensor(y);
	if (a.rank === 0 || b.rank === 0) {
		throw failure({
			what: "matmul: an operand is a single number",
			expected: "operands with one axis or more",
			actual: `x ${shapeText(a.shape)}, y ${shapeText(b.shape)}`,
			fix: "use mul for products with a number",
		});
	}
	const left = a.rank === 1 ? reshape(a, [1, ...a.shape]) : a;
	const right = b.rank === 1 ? reshape(b, [...b.shape, 1]) : b;
	const inner = [left.shape.at(-1) as number, right.shape.at(-2) as number] as const;
	if (inner[0] !== inner[1]) {
		throw failure({
			what: "matmul: inner sizes differ",
			expected: `x.shape[${a.rank - 1}] = y.shape[${Math.max(b.rank - 2, 0)}]`,
			actual: `${inner[0]} ≠ ${inner[1]}      (x ${shapeText(a.shape)}, y ${shapeText(b.shape)})`,
			fix: "transpose an operand, or check which axis is summed over",
		});
	}
	const batch = broadcastShapes("matmul", left.shape.slice(0, -2), right.shape.slice(0, -2));
	const wide = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
	// A batch times one matrix is one product of more rows: so is its gradient, and not a sum over the batch.
	const rows = right.rank === 2 && isContiguous(left.shape, left.strides);
	const operands = rows
		? [reshape(left, [sizeOf(left.shape.slice(0, -1)), inner[0]]), right]
		: [wide(left), wide(right)];
	const z = multiplying.call(operands, undefined) as Tensor;
	const kept = [
		...batch,
		...(a.rank === 1 ? [] : [left.shape.at(-2) as number]),
		...(b.rank === 1 ? [] : [right.shape.at(-1) as number]),
	];
	return reshape(z, kept);
}
