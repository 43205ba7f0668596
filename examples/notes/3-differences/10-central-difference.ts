/** The central difference (중심 차분) tends to f′: the proof line by line, how fast it does, and where there is no f′. */
import { abs, evaluate, exp, grad, parseFormula, relu } from "chainrule";
import { problem } from "chainrule/symbolic";

const any = problem("x, h : scalar\nf/1"); // of a function f nothing is known
const judged = (claim: string): string => any.verify(claim).steps.at(-1)!.verdict;
const quotient = "(f(x + h) - f(x - h))/(2*h)";
const right = "1/2*((f(x + h) - f(x))/h) + 1/2*((f(x) - f(x - h))/h)";
const printed = "1/2*((f(x + h) - f(x))/h) + 1/2*((f(x) - f(x - h))/(-h))";
console.log(`${judged(`${quotient} = ${right}`)}: ${quotient} = ${right}`);
// The note printed -h below the second difference. Then the halves cancel, and the limit is 0.
console.log(`${judged(`${quotient} = ${printed}`)}: ${quotient} = ${printed}`);

const at = (formula: string, x: number, h: number): number =>
	Number(evaluate(parseFormula(formula.replaceAll("f(", "exp(")), new Map(Object.entries({ x, h }))));
for (const h of [1e-1, 1e-3, 1e-5]) {
	console.log(`e^x at 1, h = ${h}: right ${at(right, 1, h).toFixed(6)}, as printed ${at(printed, 1, h).toFixed(6)}`);
}

// The note set the quotient equal to f′. For any f that is wrong; for one of degree 2 it is right, whatever h is.
console.log(`any f: f'(x) = ${quotient} ${judged(`f'(x) = ${quotient}`)}`);
const parabola = problem("x, h, p, q, r : scalar\nf(t) = p*t^2 + q*t + r");
console.log(`f(t) = p t² + q t + r: ${parabola.verify(`f'(x) = ${quotient}`).steps[0]!.verdict}`);

// The rest of the Taylor series: the error is h² f‴/6 and smaller terms, that of the forward difference h f″/2.
const [second, third] = [grad(grad(exp)), grad(grad(grad(exp)))];
const slope = grad(exp)(1);
for (const h of [1e-1, 1e-2, 1e-3]) {
	const forward = (at("(f(x + h) - f(x))/h", 1, h) - slope) / h;
	const central = (at(quotient, 1, h) - slope) / h ** 2;
	console.log(`h = ${h}: forward error / h ${forward.toFixed(5)}, central error / h² ${central.toFixed(5)}`);
}
console.log(`f″/2 = ${(second(1) / 2).toFixed(5)}, f‴/6 = ${(third(1) / 6).toFixed(5)}`);

// The note printed that the two limits are equal. They are where f has a derivative; the central one may exist without.
for (const [name, f] of Object.entries({ "|x|": abs, ReLU: relu })) {
	const [left, middle, ahead] = [-1e-3, 1e-3, 1e-3].map((h, side) =>
		side === 1 ? (f(h).value - f(-h).value) / (2 * h) : (f(h).value - f(0).value) / h,
	);
	console.log(
		`${name} at 0: from the left ${left}, central ${middle}, from the right ${ahead}; by convention ${grad(f)(0)}`,
	);
}

// PROVEN: (f(x + h) - f(x - h))/(2*h) = 1/2*((f(x + h) - f(x))/h) + 1/2*((f(x) - f(x - h))/h)
// REFUTED: (f(x + h) - f(x - h))/(2*h) = 1/2*((f(x + h) - f(x))/h) + 1/2*((f(x) - f(x - h))/(-h))
// e^x at 1, h = 0.1: right 2.722815, as printed 0.136027
// e^x at 1, h = 0.001: right 2.718282, as printed 0.001359
// e^x at 1, h = 0.00001: right 2.718282, as printed 0.000014
// any f: f'(x) = (f(x + h) - f(x - h))/(2*h) REFUTED
// f(t) = p t² + q t + r: PROVEN
// h = 0.1: forward error / h 1.40560, central error / h² 0.45327
// h = 0.01: forward error / h 1.36368, central error / h² 0.45305
// h = 0.001: forward error / h 1.35959, central error / h² 0.45305
// f″/2 = 1.35914, f‴/6 = 0.45305
// |x| at 0: from the left -1, central 0, from the right 1; by convention 0
// ReLU at 0: from the left 0, central 0.5, from the right 1; by convention 0
