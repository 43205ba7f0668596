/** Modules made of modules: one after the other, and around a detour. */
import { failure } from "../core/errors.js";
import { said } from "../core/options.js";
import { sameShape, shapeText } from "../core/shape.js";
import { add, type Tensor } from "../index.js";
import { Module } from "./module.js";

/** A step of a {@link Sequential}: a module, or a function without parameters, such as `tanh`. */
export type Stage<Signal> = Module<Signal, Signal> | ((x: Signal) => Signal);

/** What a stage makes of `x`. */
function through<Signal>(stage: Stage<Signal>, x: Signal): Signal {
	return stage instanceof Module ? stage.call(x) : stage(x);
}

/** @throws where `stage` cannot be called: a name that does not exist is `undefined`. */
function checkStage(name: string, stage: unknown, place = ""): void {
	if (stage instanceof Module || typeof stage === "function") return;
	throw failure({
		what: `${name}: neither a module nor a function`,
		expected: "modules and functions, such as new Linear(2, 3), tanh",
		actual: `${said(stage)}${place}`,
		...(Array.isArray(stage) && { fix: `new ${name}(...layers)` }),
	});
}

/**
 * Modules and functions one after the other.
 *
 * @example
 * ```ts
 * import { sigmoid, tanh } from "chainrule";
 * import { Linear, Sequential } from "chainrule/nn";
 *
 * const model = new Sequential(new Linear(3, 4), tanh, new Linear(4, 1), sigmoid);
 * console.log([...model.namedParameters().keys()].join(" "));
 * // layers.0.weight layers.0.bias layers.2.weight layers.2.bias
 * ```
 */
// What surrounds it must not decide on the signal, or one Sequential inside another would carry `unknown`.
export class Sequential<Signal = Tensor> extends Module<NoInfer<Signal>, NoInfer<Signal>> {
	readonly layers: readonly Stage<Signal>[];

	constructor(...layers: readonly Stage<NoInfer<Signal>>[]) {
		super();
		layers.forEach((layer, index) => {
			checkStage("Sequential", layer, ` at [${index}]`);
		});
		this.layers = layers;
	}

	override forward(x: NoInfer<Signal>): NoInfer<Signal> {
		let signal = x;
		for (const layer of this.layers) signal = through(layer, signal);
		return signal;
	}
}

/** What goes around the detour. */
export interface ResidualOptions {
	/** Brings x to the shape of body(x) where they differ, such as a convolution of size 1; x itself when left out. */
	readonly shortcut?: Stage<Tensor> | undefined;
}

/**
 * x + body(x), or shortcut(x) + body(x).
 *
 * K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", 2016.
 *
 * @throws where the two have different shapes: nothing broadcasts here.
 */
export class Residual extends Module<Tensor, Tensor> {
	readonly body: Stage<Tensor>;
	readonly shortcut: Stage<Tensor> | undefined;

	constructor(body: Stage<Tensor>, { shortcut }: ResidualOptions = {}) {
		super();
		checkStage("Residual", body);
		if (shortcut !== undefined) checkStage("Residual", shortcut);
		this.body = body;
		this.shortcut = shortcut;
	}

	override forward(x: Tensor): Tensor {
		const straight = this.shortcut === undefined ? x : through(this.shortcut, x);
		const around = through(this.body, x);
		if (sameShape(straight.shape, around.shape)) return add(straight, around);
		throw failure({
			what: "Residual: shapes differ",
			expected: `body(x) ${shapeText(straight.shape)}, as ${this.shortcut === undefined ? "x" : "shortcut(x)"}`,
			actual: shapeText(around.shape),
			fix: "bring x to that shape with { shortcut }",
		});
	}
}
