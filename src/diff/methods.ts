/** `loss.backward()`: reverse mode as a method, in the same way as the operations. */
import { Scalar } from "../core/tape.js";
import { type Node, Tensor, type Value } from "../core/tensor.js";
import { backward } from "./reverse.js";

interface Backward {
	/** Fills `.grad` of every tracked leaf this was computed from; see the function of the same name. */
	backward(options?: { readonly cotangent?: Value }): void;
}

declare module "../core/tape.js" {
	interface Scalar extends Backward {}
}

declare module "../core/tensor.js" {
	interface Tensor extends Backward {}
}

function method(this: Node, options?: { readonly cotangent?: Value }): void {
	backward(this, options);
}

for (const { prototype } of [Scalar, Tensor])
	Object.defineProperty(prototype, "backward", { value: method, writable: true, configurable: true });
