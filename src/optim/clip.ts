/** Gradients kept from growing too large, between `backward()` and `step()`. */
import { failure } from "../core/errors.js";
import { clip, mul, noGrad, Scalar, type Tensor } from "../index.js";
import type { Parameter } from "../nn/module.js";

/** How the length of the gradients is measured. */
export interface ClipGradNormOptions {
	/** Which norm: 1, 2 (when left out), any number above 0, or Infinity for the largest element. */
	readonly norm?: number | undefined;
	/** Throws where the norm is NaN or infinite, instead of passing it on; false when left out, as in PyTorch. */
	readonly errorIfNonFinite?: boolean | undefined;
}

/**
 * Scales all gradients by one factor, so that together they have at most the
 * norm `maxNorm`: g ← g min(1, maxNorm / (norm + 1e-6)). Returns the norm they
 * had. As `clip_grad_norm_` in PyTorch.
 *
 * @throws where `maxNorm` or `norm` is not above 0 and, if asked, where the norm is not finite.
 *
 * @example
 * ```ts
 * import { parameter } from "chainrule";
 * import { clipGradNorm } from "chainrule/optim";
 *
 * const w = parameter([3, 4]);
 * w.square().sum().backward(); // the gradient is [6, 8]
 * console.log(clipGradNorm([w], 1), Array.from(w.grad.data, (g) => g.toFixed(3)).join(" ")); // 10 0.600 0.800
 * ```
 */
export function clipGradNorm(
	parameters: Iterable<Parameter>,
	maxNorm: number,
	{ norm: order = 2, errorIfNonFinite = false }: ClipGradNormOptions = {},
): number {
	checkBound("clipGradNorm", maxNorm);
	if (!(order > 0)) {
		throw failure({
			what: "clipGradNorm: not a norm",
			expected: "a number above 0, or Infinity",
			actual: String(order),
		});
	}
	const moved = [...parameters].filter(({ grad }) => grad !== undefined);
	const total = normOf(moved, order);
	if (errorIfNonFinite && !Number.isFinite(total)) {
		const broken = moved.filter((parameter) => !Number.isFinite(normOf([parameter], order)));
		throw failure({
			what: "clipGradNorm: the norm of the gradients is not finite",
			expected: "finite gradients",
			actual: `${total}, from ${broken.map(({ name }) => name ?? "a parameter without a name").join(", ")}`,
			fix: "look for a loss that is NaN or infinite, or lower the learning rate",
		});
	}
	const factor = maxNorm / (total + 1e-6);
	// A norm that is NaN makes all gradients NaN, as in PyTorch: it must not pass unseen.
	if (!(factor >= 1)) for (const parameter of moved) scaleGrad(parameter, factor);
	return total;
}

/**
 * Limits every element of all gradients to the interval from `-limit` to
 * `limit`. As `clip_grad_value_` in PyTorch.
 *
 * @throws where `limit` is not above 0.
 */
export function clipGradValue(parameters: Iterable<Parameter>, limit: number): void {
	checkBound("clipGradValue", limit);
	for (const parameter of parameters) {
		const { grad } = parameter;
		if (grad === undefined) continue;
		if (parameter instanceof Scalar) setGrad(parameter, Math.min(Math.max(grad as number, -limit), limit));
		else parameter.grad = noGrad(() => clip(grad as Tensor, -limit, limit));
	}
}

function scaleGrad(parameter: Parameter, factor: number): void {
	const { grad } = parameter;
	if (parameter instanceof Scalar) setGrad(parameter, (grad as number) * factor);
	else parameter.grad = noGrad(() => mul(grad as Tensor, factor));
}

/** The gradients of scalars lie in a column of their block. */
function setGrad(parameter: Scalar, grad: number): void {
	// Adding 0 keeps a gradient of -0 from being read as none.
	(parameter.chunk.block.grads as Float64Array)[parameter.index] = grad + 0;
}

function normOf(parameters: readonly Parameter[], order: number): number {
	let total = 0;
	for (const { grad } of parameters) {
		const g = typeof grad === "number" ? [grad] : (grad as Tensor).data;
		for (let i = 0; i < g.length; i++) {
			const size = Math.abs(g[i] as number);
			if (order === Number.POSITIVE_INFINITY) total = Math.max(total, size);
			else total += order === 2 ? size * size : order === 1 ? size : size ** order;
		}
	}
	return order === Number.POSITIVE_INFINITY ? total : order === 2 ? Math.sqrt(total) : total ** (1 / order);
}

function checkBound(name: string, bound: number): void {
	if (bound > 0) return;
	throw failure({ what: `${name}: not a limit`, expected: "a number above 0", actual: String(bound) });
}
