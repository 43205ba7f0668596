/**
 * Scaling of features: learned from the training data, applied to all.
 *
 * A scaler is a linear map per feature, (x - shift) / scale, with its inverse
 * beside it; where the two numbers come from is all that tells the kinds apart.
 */
import { failure } from "../core/errors.js";
import { shapeText } from "../core/shape.js";
import { add, div, equal, max, mean, min, mul, noGrad, std, sub, type Tensor, where } from "../index.js";

/** A linear map per feature, and its inverse; both can be differentiated. */
export interface Scaler {
	/** What is subtracted, per feature. */
	readonly shift: Tensor;
	/** What is divided by, per feature; 1 for a feature that never varies. */
	readonly scale: Tensor;
	/** (x - shift) / scale. */
	transform(x: Tensor): Tensor;
	/** z · scale + shift. */
	inverse(z: Tensor): Tensor;
}

/**
 * Scales features, the last axis, to mean 0 and standard deviation 1 over the
 * given samples, as scikit-learn's `StandardScaler` (dividing by n, not n - 1).
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { standardScaler } from "chainrule/data";
 *
 * const scaler = standardScaler(tensor([[1, 10], [3, 30]]));
 * console.log(scaler.transform(tensor([[3, 20]])).toArray()); // [ [ 1, 0 ] ]
 * ```
 */
export function standardScaler(samples: Tensor): Scaler {
	return scaler("standardScaler", samples, (x) => ({
		shift: mean(x, { axis: 0 }),
		scale: std(x, { axis: 0, correction: 0 }),
	}));
}

/** Scales features, the last axis, so that the given samples reach from 0 to 1 in each, as scikit-learn's `MinMaxScaler`. */
export function minMaxScaler(samples: Tensor): Scaler {
	return scaler("minMaxScaler", samples, (x) => {
		const shift = min(x, { axis: 0 }) as Tensor;
		return { shift, scale: sub(max(x, { axis: 0 }) as Tensor, shift) };
	});
}

function scaler(
	name: string,
	samples: Tensor,
	measure: (x: Tensor) => { readonly shift: Tensor; readonly scale: Tensor },
): Scaler {
	const features = samples.shape.at(-1);
	if (samples.rank < 2 || samples.size === 0) {
		throw failure({
			what: `${name}: no samples to learn from`,
			expected: "samples in rows and features in columns, [n, features], n at least 1",
			actual: shapeText(samples.shape),
		});
	}
	const check = (x: Tensor): Tensor => {
		if (x.shape.at(-1) === features) return x;
		throw failure({
			what: `${name}: number of features differs`,
			expected: `${features} on the last axis, as in the samples it was made from`,
			actual: shapeText(x.shape),
		});
	};
	return noGrad(() => {
		const { shift, scale } = measure(samples.reshape([-1, features as number]));
		const divisor = where(equal(scale, 0), 1, scale) as Tensor;
		return {
			shift,
			scale: divisor,
			transform: (x) => div(sub(check(x), shift), divisor),
			inverse: (z) => add(mul(check(z), divisor), shift),
		};
	});
}
