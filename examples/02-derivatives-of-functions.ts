/** Derivatives of any order, of functions, with plain numbers in and out. */
import { add, grad, hessian, jvp, mul, sin, type Tensor, tensor } from "chainrule";

const cube = (x: Parameters<typeof sin>[0]) => mul(x, mul(x, x));

console.log(grad(sin)(0), Math.abs(grad(grad(sin))(0)));
console.log(grad((x) => cube(x))(2), grad(grad((x) => cube(x)))(2), grad(grad(grad((x) => cube(x))))(2));

// A derivative inside a derivative: d/dx of x · d/dy (x + y) is 1, for every x.
console.log(grad((x) => mul(x, grad((y) => add(x, y))(1)))(5));

// Along a direction, in one forward pass.
const [value, tangent] = jvp((x: Tensor) => x.square().sum(), [tensor([3, 4])], [tensor([1, 0])]);
console.log(value.item(), tangent.item());

console.log(JSON.stringify(hessian((x: Tensor) => x.square().mul(x).sum())(tensor([1, 2]))));

// 1 0
// 12 12 6
// 1
// 25 6
// [[6,0],[0,12]]
