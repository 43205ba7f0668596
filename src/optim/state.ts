/**
 * What an optimizer remembers, in the form that files hold: a plain object and
 * a flat map of named tensors.
 */
import type { DType } from "../core/dtype.js";
import { type ChainruleError, failure } from "../core/errors.js";
import { type Shape, shapeText } from "../core/shape.js";
import { wrap } from "../core/tensor.js";
import { Tensor, type Value } from "../index.js";
import type { Parameter } from "../nn/module.js";
import type { Setting } from "./settings.js";

/** One group in a state. */
export interface GroupState {
	/** The parameters of the group, counted over all groups. */
	readonly parameters: readonly number[];
	readonly settings: { readonly [name: string]: Setting };
}

/** Everything an optimizer goes on from. All of it but `tensors` survives JSON unchanged. */
export interface OptimizerState {
	/** The name of the optimizer. */
	readonly algorithm: string;
	readonly groups: readonly GroupState[];
	/** What is remembered per parameter, such as `0.m`: the number of the parameter, then the name. */
	readonly tensors: ReadonlyMap<string, Tensor>;
}

/** What is remembered about one parameter: tensors of its shape, or single numbers. */
export interface Memory {
	[name: string]: Tensor;
}

/** Shape and dtype that a remembered tensor must have. */
export interface Form {
	readonly shape: Shape;
	readonly dtype: DType;
}

/** The form of what is remembered per element. */
export function formOf(parameter: Parameter): Form {
	return { shape: parameter.shape, dtype: parameter instanceof Tensor ? parameter.dtype : "float64" };
}

/** The form of what is remembered once per parameter. */
export const single: Form = { shape: [], dtype: "float64" };

/** A copy that nothing else can reach. */
export function copyOf(x: Tensor): Tensor {
	return wrap(x.data, x.shape);
}

/** True where a tensor has the form, element type and all. */
export function fits(x: Tensor, { shape, dtype }: Form): boolean {
	return x.dtype === dtype && shapeText(x.shape) === shapeText(shape);
}

/** A form in words. */
export function formText({ shape, dtype }: Form): string {
	return `${dtype} ${shapeText(shape)}`;
}

/** A state that belongs to something else. */
export function misfit(name: string, expected: string, actual: string): ChainruleError {
	return failure({
		what: `${name}: the state does not fit, nothing was loaded`,
		expected,
		actual,
		fix: "load what stateDict() of the same optimizer over the same parameters returned",
	});
}

/** A value of either kind as a tensor, whose elements may be read and not written. */
export function elementsOf(value: Value): Tensor {
	return value instanceof Tensor ? value : wrap(Float64Array.of(Number(value)), []);
}
