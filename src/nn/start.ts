/** How layers get their first parameters: by an initializer each, from one generator, in one dtype. */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { type Shape, sameShape, shapeText } from "../core/shape.js";
import { parameter, Tensor } from "../index.js";
import { type Initializer, type InitOptions, uniform } from "./init.js";

/** How the parameters of a layer with a weight and a bias start. */
export interface LayerOptions extends InitOptions {
	/** How the weight starts. */
	readonly weight?: Initializer | undefined;
	/** False for a layer without a bias; or how it starts. */
	readonly bias?: boolean | Initializer | undefined;
}

/** A parameter `what` of the layer `name`, as `initializer` makes it. */
export function start(
	name: string,
	what: string,
	shape: Shape,
	initializer: Initializer,
	{ dtype = "float64", generator }: InitOptions,
): Tensor {
	const first: unknown = typeof initializer === "function" ? initializer(shape, { dtype, generator }) : initializer;
	if (first instanceof Tensor && sameShape(first.shape, shape)) return parameter(first, { dtype });
	throw failure({
		what: `${name}: the initializer of ${what} gave something else`,
		expected: `a function, such as init.xavierUniform(), that gives a tensor ${shapeText(shape)}`,
		actual: first instanceof Tensor ? `a tensor ${shapeText(first.shape)}` : said(first),
	});
}

/** The bias that the options ask for, if any; it starts as `usual` unless they say how. */
export function startBias(
	name: string,
	shape: Shape,
	usual: Initializer,
	{ bias = true, ...options }: LayerOptions,
): Tensor | undefined {
	if (bias === false) return undefined;
	return start(name, "bias", shape, bias === true ? usual : bias, options);
}

/** Uniform between ±1/√`count`. */
export function within(count: number): Initializer {
	const bound = 1 / Math.sqrt(count);
	return uniform(-bound, bound);
}
