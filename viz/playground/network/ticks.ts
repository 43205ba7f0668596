/** Numbers on axes: where they stand and how they are written. */
import { numberText } from "../../explorer/text.js";

/** Round numbers between two, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
	const span = high - low;
	if (!(span > 0) || !Number.isFinite(span)) return Number.isFinite(low) ? [low] : [];
	const rough = span / Math.max(1, count);
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) as number) * power;
	const first = Math.ceil(low / step - 1e-9);
	const last = Math.floor(high / step + 1e-9);
	return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** `10⁻³`. */
export function powerOfTen(exponent: number): string {
	const raised = Array.from(String(exponent), (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
	return exponent === 0 ? "1" : `10${raised.join("")}`;
}

/** A number as it stands in a picture. */
export function short(value: number, digits = 3): string {
	return Number.isNaN(value) ? "NaN" : numberText(value, digits);
}

/** A number that changes many times a second: always as many digits, so that nothing around it moves. */
export function steady(value: number): string {
	if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
	const size = Math.abs(value);
	const text =
		size !== 0 && (size < 1e-4 || size >= 1e5)
			? value.toExponential(2)
			: value.toFixed(size < 10 ? 5 : size < 1000 ? 3 : 1);
	return text.replace(/^-/, "−").replace("e-", "e−").replace("e+", "e");
}
