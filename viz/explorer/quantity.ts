/** Values for the explorer's page: numbers as they are, tensors in short. */
import { Scalar } from "../../src/core/tape.js";
import { forEachElement, type Node } from "../../src/core/tensor.js";
import { numeralOf, type Quantity } from "./model.js";

/** Tensors of up to this many elements are told number by number. */
const fullyTold = 36;
const parts = 12;

/** The value of `x`. */
export function quantityOf(x: Node): Quantity {
	if (x instanceof Scalar) return numeralOf(x.value);
	const elements: number[] = [];
	forEachElement(x, (element) => elements.push(element));
	const finite = elements.filter(Number.isFinite);
	let [low, high, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
	for (const element of finite) {
		if (element < low) low = element;
		if (element > high) high = element;
		total += element;
	}
	const counts = new Array<number>(finite.length > 1 && high > low ? parts : 0).fill(0);
	if (counts.length > 0) {
		for (const element of finite) {
			const part = Math.min(parts - 1, Math.floor(((element - low) / (high - low)) * parts));
			counts[part] = (counts[part] ?? 0) + 1;
		}
	}
	return {
		shape: x.shape,
		dtype: x.dtype,
		...(elements.length <= fullyTold && { elements: elements.map(numeralOf) }),
		...(finite.length > 0 && { low, high, mean: total / finite.length }),
		counts,
		broken: elements.length - finite.length,
	};
}
