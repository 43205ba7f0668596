/**
 * T3: products of matrices, float32, in every transposition and in batches.
 *
 * A transposed operand is a view, as `transpose` gives it: nobody copies it
 * before the clock starts.
 */
import { matmul, tensor } from "chainrule";
import { addProduct, addProductNT, addProductTN, addProductTT } from "./arrays.js";
import { type Case, type Contender, once, singles, type Workload } from "./workload.js";

type Kind = "NN" | "NT" | "TN" | "TT" | "batched";

const byHandOf = { NN: addProduct, NT: addProductNT, TN: addProductTN, TT: addProductTT, batched: addProduct };

/** Some elements of every matrix of the product: all of them would take longer to hand over than to compute. */
function some(z: Float32Array, size: number): readonly number[] {
	return Array.from({ length: 64 }, (_, i) => z[(i * 7919 * size + i * 31) % z.length]!);
}

function multiplying(kind: Kind, size: number): Case {
	const batch = kind === "batched" ? 8 : 1;
	const count = batch * size * size;
	const factors = once(() => [singles(count, 1), singles(count, 2)] as const);

	function ours(): Contender {
		const shape = kind === "batched" ? [batch, size, size] : [size, size];
		const [x, y] = factors();
		const a = tensor(x, { shape });
		const b = tensor(y, { shape });
		const left = kind[0] === "T" ? a.transpose() : a;
		const right = kind[1] === "T" ? b.transpose() : b;
		return () => some(matmul(left, right).storage as Float32Array, size);
	}

	function byHand(): Contender {
		const multiply = byHandOf[kind];
		const [x, y] = factors();
		const z = new Float32Array(count);
		return () => {
			z.fill(0);
			for (let at = 0; at < count; at += size * size) {
				const end = at + size * size;
				multiply(x.subarray(at, end), y.subarray(at, end), z.subarray(at, end), size, size, size);
			}
			return some(z, size);
		};
	}

	return {
		name: `T3 ${kind} ${size}`,
		make: { ours, byHand },
		units: batch,
		unit: "product",
		work: 2 * size ** 3,
		target: (2 * size ** 3) / 55,
		tolerance: 1e-3,
		data: () => {
			const [x, y] = factors();
			return { x, y, size, batch, left: kind[0] === "T", right: kind[1] === "T" };
		},
	};
}

const kinds: readonly Kind[] = ["NN", "NT", "TN", "TT", "batched"];

/** T3. */
export const products: Workload = {
	name: "T3",
	says: "products of square matrices, float32: x y, x yᵀ, xᵀ y, xᵀ yᵀ, and 8 at once",
	cases: [256, 512, 1024].flatMap((size) => kinds.map((kind) => multiplying(kind, size))),
};
