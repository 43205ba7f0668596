/**
 * The derivative of an expression, by the rules of the book.
 *
 * It knows nothing of the engine and the engine nothing of it: what the tape
 * computes and what this computes must agree before anything is proven.
 */
import { type Expression, type Expressions, nodesOf } from "./expression.js";
import { plus, rational } from "./rational.js";

/** The derivative of `root` by a variable. */
export function derivativeOf(make: Expressions, root: Expression, by: Expression): Expression {
	const slopes = new Map<number, Expression>();
	const slope = (x: Expression): Expression => slopes.get(x.id) as Expression;
	for (const x of nodesOf([root])) slopes.set(x.id, x === by ? make.number(1) : rule(make, x, slope));
	return slope(root);
}

/** Every variable is a constant for the others. */
function rule(make: Expressions, x: Expression, slope: (part: Expression) => Expression): Expression {
	switch (x.kind) {
		case "number":
		case "pi":
		case "variable":
		case "positive":
		case "vanishes":
			return make.number(0);
		case "add":
			return make.add(slope(x.parts[0]), slope(x.parts[1]));
		case "multiply": {
			const [a, b] = x.parts;
			return make.add(make.multiply(slope(a), b), make.multiply(a, slope(b)));
		}
		case "power": {
			const outer = make.multiply(make.number(x.exponent), make.power(x.parts[0], plus(x.exponent, rational(-1))));
			return make.multiply(outer, slope(x.parts[0]));
		}
		case "choice": {
			const [condition, then, otherwise] = x.parts;
			return make.choose(condition, slope(then), slope(otherwise));
		}
		case "unknown": {
			let sum = make.number(0);
			for (const [at, part] of x.parts.entries()) {
				const orders = x.orders.map((order, other) => order + (other === at ? 1 : 0));
				sum = make.add(sum, make.multiply(make.unknown(x.name, orders, x.parts), slope(part)));
			}
			return sum;
		}
		default:
			return make.multiply(outerSlope(make, x.kind, x, x.parts[0]), slope(x.parts[0]));
	}
}

function outerSlope(
	make: Expressions,
	kind: "exp" | "log" | "sin" | "cos" | "atan" | "erf",
	z: Expression,
	x: Expression,
): Expression {
	const square = make.power(x, rational(2));
	switch (kind) {
		case "exp":
			return z;
		case "log":
			return make.power(x, rational(-1));
		case "sin":
			return make.primitive("cos", x);
		case "cos":
			return make.negate(make.primitive("sin", x));
		case "atan":
			return make.power(make.add(make.number(1), square), rational(-1));
		case "erf": {
			const factor = make.multiply(make.number(2), make.power(make.pi, rational(-1, 2)));
			return make.multiply(factor, make.primitive("exp", make.negate(square)));
		}
	}
}
