/**
 * The memory of cotangents in a plain pass.
 *
 * Memory that was never touched costs as much as the arithmetic on it, and most
 * cotangents are read once. So the memory that a pass makes is leased, and a
 * lease counts the cotangents that lie in it: the only one may be written into,
 * and when the last one has been read the memory serves the next of its size.
 *
 * What somebody else made is without a lease, and never written into: a seed,
 * what a user's rule returns. What a hook or such a rule has seen is out of
 * reach as well, for it may have been kept.
 */
import { type DType, dtypeOf, type Storage } from "../core/dtype.js";
import { isContiguous } from "../core/shape.js";
import { allocate, type Lease, type Node, Tensor, wrap } from "../core/tensor.js";

/** Memory that nobody holds any more. More would only wait for the end of the pass. */
const spare: Storage[] = [];
const mostSpare = 8;

/** Ends a pass: what is spare goes. */
export function dropSpare(): void {
	if (spare.length > 0) spare.length = 0;
}

/** Gives `x` a cotangent in memory of the pass, of any elements. */
export function lend(x: Tensor): Tensor {
	const found = takeSpare(x.dtype, x.size);
	const { storage, offset } = found === undefined ? allocate(x.dtype, x.size) : { storage: found, offset: 0 };
	const g = wrap(storage, x.shape, offset, x.dtype);
	hold(x, g, { holders: 1, storage: storage.length === x.size ? storage : undefined });
	return g;
}

function takeSpare(dtype: DType, size: number): Storage | undefined {
	for (let at = spare.length - 1; at >= 0; at--) {
		const storage = spare[at] as Storage;
		if (storage.length === size && dtypeOf(storage) === dtype) return spare.splice(at, 1)[0];
	}
	return undefined;
}

/** Makes `g` the cotangent of `x`, who takes over one place in `lease`. */
export function hold(x: Tensor, g: Tensor | undefined, lease: Lease | undefined): void {
	x.cotangent = g;
	x.lease = lease;
}

/** `lease`, with one more place in it. */
export function shared(lease: Lease | undefined): Lease | undefined {
	if (lease !== undefined) lease.holders++;
	return lease;
}

/** Gives up one place in `lease`. */
export function release(lease: Lease | undefined): void {
	if (lease === undefined || --lease.holders > 0 || lease.storage === undefined) return;
	if (spare.length === mostSpare) spare.shift();
	spare.push(lease.storage);
}

/** Takes the cotangent of `z`, which has been read, away from it. */
export function consume(z: Tensor): void {
	release(z.lease);
	z.cotangent = undefined;
	z.lease = undefined;
}

/** Says that others have seen the cotangent of `z`: its memory is never written again. */
export function expose(z: Tensor): void {
	if (z.lease !== undefined) z.lease.holders = Number.POSITIVE_INFINITY;
}

/** True where `g` is the only one in `lease` and has its elements in a row: then it may be written into. */
export function isWritable(g: Tensor, lease: Lease | undefined): boolean {
	return lease !== undefined && lease.holders === 1 && isContiguous(g.shape, g.strides);
}

/**
 * The leases of what a rule made of `gz`. It is linear in `gz`, so each result
 * lies in the memory of `gz` or in new one; that is leased where a single result
 * fills it.
 */
export function leasesOf(
	gradients: readonly (Node | undefined)[],
	gz: Tensor,
	lease: Lease | undefined,
): (Lease | undefined)[] {
	return gradients.map((g) => {
		if (!(g instanceof Tensor)) return undefined;
		const { storage } = g;
		if (storage === gz.storage) return shared(lease);
		const fills = g.size === storage.length && isContiguous(g.shape, g.strides);
		const alone =
			fills && gradients.filter((other) => other instanceof Tensor && other.storage === storage).length === 1;
		return alone ? { holders: 1, storage } : undefined;
	});
}
