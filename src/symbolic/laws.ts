/**
 * The laws of algebra, as text.
 *
 * This table is all that `simplify` knows; every line is tested on samples. A
 * law is used from left to right, and only where that makes a formula smaller,
 * so simplifying ends. A letter stands for any expression, but `m` and `n` stand
 * for whole numbers and `p` and `q` for numbers. What has to hold where a law is used stands behind it: of
 * several alternatives, one about numbers is looked up, and what cannot be
 * looked up is reported beside the result. So a domain never changes silently.
 */
import { type Formula, parseFormula } from "../core/formula.js";
import { type Expression, named } from "./expression.js";
import { fromFormula } from "./tree.js";

/** Laws that the engine looks for, the most telling first. */
export const laws = `
p*x + q*x = (p + q)*x
0*x = 0                                where x finite
x^m*x^n = x^(m + n)                    where m*n > 0 or x != 0
(x^m)^n = x^(m*n)                      where m > 0 or n > 0 or x != 0
p*(x - y) = (-p)*(y - x)               where it is no term
exp(x)*exp(y) = exp(x + y)
log(exp(x)) = x
exp(log(x)) = x                        where x > 0
log(1) = 0
exp(0) = 1
sqrt(x)^2 = x                          where x >= 0
sqrt(x^2) = abs(x)
abs(x)^2 = x^2
abs(abs(x)) = abs(x)
abs(-x) = abs(x)
cos(-x) = cos(x)
sin(x)^2 + cos(x)^2 = 1
sigmoid(x) + sigmoid(-x) = 1
relu(relu(x)) = relu(x)
max(x, x) = x
min(x, x) = x
if(c, x, x) = x
x*y + x*z = x*(y + z)
`;

/** Laws that are first used the other way, to see whether something cancels then. */
export const detours = `
x*(y + z) = x*y + x*z
x/u + y/v = (x*v + y*u)/(u*v)
`;

/** Laws that hold as soon as an expression is made. Capital letters are arrays. */
export const folded = `
x + 0 = x
x*1 = x
x^1 = x
-(-x) = x
x - y = x + (-1)*y
x/y = x*y^(-1)
x^0 = 1
(x*y)^(-1) = x^(-1)*y^(-1)
(2*x)^2 = 4*x^2
if(2 > 1, x, y) = x
if(2 < 1, x, y) = y
(A.T).T = A
(A @ B).T = B.T @ A.T
(A @ B) @ v = A @ (B @ v)
(p*A) @ B = p*(A @ B)
A @ (p*B) = p*(A @ B)
(p*A).T = p*A.T
sum(p*A) = p*sum(A)
rowsum(p*A) = p*rowsum(A)
colsum(p*A) = p*colsum(A)
`;

/** Laws that leave every bit as it is: the two sides are computed alike. */
export const exact = `
x + 0 = x
0 + x = x
x - 0 = x
x*1 = x
1*x = x
x/1 = x
x^1 = x
-(-x) = x
x + (-y) = x - y
x - (-y) = x + y
(-x)*(-y) = x*y
(-x)/(-y) = x/y
x*(-1) = -x
(-1)*x = -x
x/(-1) = -x
abs(-x) = abs(x)
abs(abs(x)) = abs(x)
relu(relu(x)) = relu(x)
max(x, x) = x
min(x, x) = x
if(c, x, x) = x
(A.T).T = A
`;

/** A law, read. */
export interface Law {
	/** `left = right`. */
	readonly text: string;
	/** `x != 0`: one of these has to hold; none where the law always does. */
	readonly alternatives: readonly string[];
	/** True where the law is not used on a term of a sum, which has its minus for nothing. */
	readonly noTerm: boolean;
	readonly left: Formula;
	readonly right: Formula;
}

const noTerm = "it is no term";

/** The laws of a table. */
export function readLaws(table: string): Law[] {
	return table
		.trim()
		.split("\n")
		.map((line) => {
			const [text = "", condition] = line.trim().split(/\s+where\s+/);
			const [left = "", right = ""] = text.trim().split(/ = /);
			return {
				text: text.trim(),
				alternatives: condition === undefined || condition === noTerm ? [] : condition.split(" or "),
				noTerm: condition === noTerm,
				left: parseFormula(left),
				right: parseFormula(right),
			};
		});
}

/** The two sides as expressions over single numbers. */
export function sidesOf({ left, right }: Law): readonly [Expression, Expression] {
	const meaning = (name: string): Expression => named(name);
	return [fromFormula(left, meaning), fromFormula(right, meaning)];
}
