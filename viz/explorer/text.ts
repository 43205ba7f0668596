/** Numbers and tensors as short text, the same wherever the explorer writes them. */
import { isSummary, type Numeral, numberOf, type Quantity } from "./model.js";

const signs: ReadonlyMap<number, string> = new Map([
	[Number.POSITIVE_INFINITY, "∞"],
	[Number.NEGATIVE_INFINITY, "−∞"],
]);

/** A number with at most `digits` significant digits and a true minus sign. */
export function numberText(numeral: Numeral, digits = 4): string {
	const value = numberOf(numeral);
	const text = signs.get(value) ?? String(Number(value.toPrecision(digits)) + 0);
	return text.replace(/^-/, "−").replace(/e-/, "e−");
}

/** A number with every digit that it has. */
export function exactText(numeral: Numeral): string {
	const value = numberOf(numeral);
	return (signs.get(value) ?? String(value + 0)).replace(/^-/, "−").replace(/e-/, "e−");
}

/** `4×3`. */
export function shapeText(shape: readonly number[]): string {
	return shape.length === 0 ? "number" : shape.join("×");
}

/** A quantity in one short line: tensors of up to three elements in full, larger ones by their range. */
export function shortText(quantity: Quantity): string {
	if (!isSummary(quantity)) return numberText(quantity);
	const { elements, shape, low, high, broken } = quantity;
	if (elements && shape.length === 0) return numberText(elements[0] as Numeral);
	if (elements && elements.length <= 3) return `[${elements.map((element) => numberText(element, 3)).join(", ")}]`;
	if (low === undefined || high === undefined) return broken > 0 ? `${broken}× NaN, ∞` : "empty";
	const range = low === high ? numberText(low, 3) : `${numberText(low, 3)} … ${numberText(high, 3)}`;
	return broken > 0 ? `${range}, ${broken}× NaN, ∞` : range;
}
