/**
 * Pooling as layers.
 *
 * They hold nothing but the words of the call: `(x) => maxPool2d(x, 2)` is the
 * same layer without a name in a picture.
 */
import type { Tensor } from "../index.js";
import {
	type AvgPoolOptions,
	adaptiveAvgPool1d,
	adaptiveAvgPool2d,
	avgPool1d,
	avgPool2d,
	maxPool1d,
	maxPool2d,
} from "../ops/pooling.js";
import type { PerAxis, WindowOptions } from "../ops/windows.js";
import { Module } from "./module.js";

/** A size, and how windows of this size are led over an image. */
abstract class Pool<Options> extends Module<Tensor, Tensor> {
	protected readonly size: PerAxis;
	protected readonly options: Options;

	constructor(size: PerAxis, options: Options) {
		super();
		this.size = size;
		this.options = options;
	}
}

/** The largest element of each window of signals `[N, C, L]`; the stride is the size of the window when left out. */
export class MaxPool1d extends Pool<WindowOptions> {
	constructor(kernel: PerAxis, options: WindowOptions = {}) {
		super(kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return maxPool1d(x, this.size, this.options);
	}
}

/** The largest element of each window of images `[N, C, H, W]`; the stride is the size of the window when left out. */
export class MaxPool2d extends Pool<WindowOptions> {
	constructor(kernel: PerAxis, options: WindowOptions = {}) {
		super(kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return maxPool2d(x, this.size, this.options);
	}
}

/** The mean of each window of signals `[N, C, L]`; the stride is the size of the window when left out. */
export class AvgPool1d extends Pool<AvgPoolOptions> {
	constructor(kernel: PerAxis, options: AvgPoolOptions = {}) {
		super(kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return avgPool1d(x, this.size, this.options);
	}
}

/** The mean of each window of images `[N, C, H, W]`; the stride is the size of the window when left out. */
export class AvgPool2d extends Pool<AvgPoolOptions> {
	constructor(kernel: PerAxis, options: AvgPoolOptions = {}) {
		super(kernel, options);
	}

	override forward(x: Tensor): Tensor {
		return avgPool2d(x, this.size, this.options);
	}
}

/** Means of `size` boxes that cover signals `[N, C, L]` evenly, whatever L is. */
export class AdaptiveAvgPool1d extends Pool<undefined> {
	constructor(size: PerAxis) {
		super(size, undefined);
	}

	override forward(x: Tensor): Tensor {
		return adaptiveAvgPool1d(x, this.size);
	}
}

/** Means of boxes that cover images `[N, C, H, W]` evenly: `size` per axis, whatever H and W are. */
export class AdaptiveAvgPool2d extends Pool<undefined> {
	constructor(size: PerAxis) {
		super(size, undefined);
	}

	override forward(x: Tensor): Tensor {
		return adaptiveAvgPool2d(x, this.size);
	}
}
