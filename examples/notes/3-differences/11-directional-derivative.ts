/**
 * The directional derivative (방향 미분) of x0² + x1² needs a function, a point and a
 * direction; the gradient (기울기) holds all of them, as dot products (내적).
 */
import { div, dot, grad, jvp, norm, parseFormula, pow, type Tensor, tensor } from "chainrule";

const f = (x: Tensor) => x.square().sum();
const at = tensor([2, 1]);
const gradient = grad(f)(at);
const along = (direction: Tensor): number => jvp(f, [at], [direction])[1].item();
const row = (x: Tensor): string => `(${Array.from(x.data).join(", ")})`;

// The note printed f(x, y) = x0^ + x1^: the squares are lost, and the variables are x0 and x1.
try {
	parseFormula("x0^ + x1^");
} catch (error) {
	console.log(`as printed: ${(error as Error).message.split("\n")[0]}`);
}
console.log(`∇f at ${row(at)} = ${row(gradient)}`);
for (const axis of [tensor([1, 0]), tensor([0, 1])])
	console.log(`partial derivative (편미분) along ${row(axis)}: ${along(axis)}`);

// The note printed (4, 2) · (1, 1) = 6. As arithmetic it is right; the slope is asked per unit of length, and (1, 1) is √2 long.
const v = tensor([1, 1]);
const unit = div(v, norm(v));
console.log(
	`along ${row(v)}: ${along(v)} = ∇f · v ${dot(gradient, v).item()}; per unit of length ${along(unit).toFixed(6)}`,
);
const steepest = div(gradient, norm(gradient));
console.log(`most along ∇f: ${along(steepest).toFixed(6)} = |∇f| ${norm(gradient).item().toFixed(6)}`);

// The other use of the gradient: the tangent plane (접평면) f(x) + ∇f · (z - x).
const near = tensor([2.1, 1.05]);
const plane = f(at).item() + dot(gradient, near.sub(at)).item();
console.log(`at ${row(near)}: f ${f(near).item().toFixed(4)}, tangent plane ${plane.toFixed(4)}`);

// The note printed that all directional derivatives are dot products with ∇f. For that f has to be differentiable. This
// one has a slope along every line through 0, and they do not fit together.
const odd = (x: Tensor): number => div(pow(x.at(0), 3), f(x)).item(); // 0 at 0
const quotient = (direction: Tensor): number => odd(direction.mul(1e-6)) / 1e-6;
const slopes = tensor([quotient(tensor([1, 0])), quotient(tensor([0, 1]))]);
console.log(`x0³/(x0² + x1²) at 0: slopes along the axes ${row(slopes)}`);
console.log(`  along ${row(v)}: ${quotient(v)}, dot product ${dot(slopes, v).item()}`);

// as printed: formula: unexpected "+"
// ∇f at (2, 1) = (4, 2)
// partial derivative (편미분) along (1, 0): 4
// partial derivative (편미분) along (0, 1): 2
// along (1, 1): 6 = ∇f · v 6; per unit of length 4.242641
// most along ∇f: 4.472136 = |∇f| 4.472136
// at (2.1, 1.05): f 5.5125, tangent plane 5.5000
// x0³/(x0² + x1²) at 0: slopes along the axes (1, 0)
//   along (1, 1): 0.5, dot product 1
