/**
 * Convolutions with filters of their own.
 *
 * Channels stand before the axes of the image, as in PyTorch: `[N, C, L]`,
 * `[N, C, H, W]`, or without the axis of samples. What a window is, and every
 * check of it, belongs to the operations; here are only parameters.
 */
import type { Tensor } from "../index.js";
import {
	type ConvOptions,
	type ConvTransposeOptions,
	conv1d,
	conv2d,
	convTranspose1d,
	convTranspose2d,
} from "../ops/convolution.js";
import { type PerAxis, perAxis } from "../ops/windows.js";
import { fanInUniform, fansOf } from "./init.js";
import { Module } from "./module.js";
import { checkGroups, checkSize } from "./size.js";
import { type LayerOptions, start, startBias, within } from "./start.js";

/** How a convolutional layer is made. */
export interface ConvLayerOptions extends Omit<ConvOptions, "bias">, LayerOptions {}

/** How a transposed convolutional layer is made. */
export interface ConvTransposeLayerOptions extends Omit<ConvTransposeOptions, "bias">, LayerOptions {}

/** Filters, and how they are led over an image. */
abstract class Filters<Options extends { readonly groups?: number | undefined } & LayerOptions> extends Module<
	Tensor,
	Tensor
> {
	readonly weight: Tensor;
	readonly bias: Tensor | undefined;
	protected readonly options: Options;

	constructor(name: string, axes: number, inputs: number, outputs: number, kernel: PerAxis, options: Options) {
		super();
		checkSize(name, "inputs", inputs);
		checkSize(name, "outputs", outputs);
		const { groups = 1, weight = fanInUniform() } = options;
		checkGroups(name, groups, inputs, outputs);
		const transposed = name.includes("Transpose");
		const [first, second] = transposed ? [inputs, outputs / groups] : [outputs, inputs / groups];
		const shape = [first, second, ...perAxis(name, "kernel", kernel, axes, 1)];
		this.options = options;
		this.weight = start(name, "weight", shape, weight, options);
		this.bias = startBias(name, [outputs], within(fansOf(shape).fanIn), options);
	}
}

/**
 * Convolution of signals with filters of its own: from `[N, inputs, L]` to
 * `[N, outputs, M]`, M = ⌊(L + 2 padding - dilation (K - 1) - 1) / stride⌋ + 1;
 * see {@link Conv2d}.
 */
export class Conv1d extends Filters<ConvLayerOptions> {
	constructor(inputs: number, outputs: number, kernel: PerAxis, options: ConvLayerOptions = {}) {
		super("Conv1d", 1, inputs, outputs, kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return conv1d(x, this.weight, { ...this.options, bias: this.bias });
	}
}

/**
 * Convolution of images with filters of its own: from `[N, inputs, H, W]` to
 * `[N, outputs, ...windows]`.
 *
 * `weight` is `[outputs, inputs / groups, ...kernel]`, `bias` is `[outputs]`;
 * both start uniform between ±1/√fanIn, fanIn = inputs / groups · kernel, as in
 * PyTorch.
 *
 * @throws where sizes are none, and in a call where channels or sizes do not fit.
 *
 * @example
 * ```ts
 * import { ones, relu } from "chainrule";
 * import { Conv2d, Flatten, Linear, MaxPool2d, Sequential } from "chainrule/nn";
 *
 * const model = new Sequential(
 * 	new Conv2d(1, 8, 3, { padding: "same" }),
 * 	relu,
 * 	new MaxPool2d(2),
 * 	new Flatten(),
 * 	new Linear(8 * 14 * 14, 10),
 * );
 * console.log(model.call(ones([5, 1, 28, 28])).shape); // [ 5, 10 ]
 * ```
 */
export class Conv2d extends Filters<ConvLayerOptions> {
	constructor(inputs: number, outputs: number, kernel: PerAxis, options: ConvLayerOptions = {}) {
		super("Conv2d", 2, inputs, outputs, kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return conv2d(x, this.weight, { ...this.options, bias: this.bias });
	}
}

/** The transpose of a convolution of signals: from `[N, inputs, M]` to `[N, outputs, L]`; see {@link ConvTranspose2d}. */
export class ConvTranspose1d extends Filters<ConvTransposeLayerOptions> {
	constructor(inputs: number, outputs: number, kernel: PerAxis, options: ConvTransposeLayerOptions = {}) {
		super("ConvTranspose1d", 1, inputs, outputs, kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return convTranspose1d(x, this.weight, { ...this.options, bias: this.bias });
	}
}

/**
 * The transpose of a convolution of images, which makes them larger: from
 * `[N, inputs, P, Q]` to `[N, outputs, H, W]`,
 * H = (P - 1) stride - 2 padding + dilation (K - 1) + 1 + outputPadding.
 *
 * `weight` is `[inputs, outputs / groups, ...kernel]`, `bias` is `[outputs]`;
 * both start uniform between ±1/√(outputs / groups · kernel), as in PyTorch.
 *
 * @throws where sizes are none, and in a call where channels or sizes do not fit.
 */
export class ConvTranspose2d extends Filters<ConvTransposeLayerOptions> {
	constructor(inputs: number, outputs: number, kernel: PerAxis, options: ConvTransposeLayerOptions = {}) {
		super("ConvTranspose2d", 2, inputs, outputs, kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return convTranspose2d(x, this.weight, { ...this.options, bias: this.bias });
	}
}
