/** An operation of one's own: the value, and its derivative as a formula. Everything else follows. */
import { checkGradients, defineOp, grad, type Tensor, tensor } from "chainrule";

const swish = defineOp({
	name: "swish",
	value: (x) => x / (1 + Math.exp(-x)),
	partials: ["sigmoid(x) + z * (1 - sigmoid(x))"],
	tex: "\\operatorname{swish}\\left(#1\\right)",
});

console.log(swish(tensor([-1, 0, 1])).toArray());
console.log(grad(swish)(1), grad(grad(swish))(1));
console.log(checkGradients((x: Tensor) => swish(x), [tensor([-2, 0.3, 4])], { order: 3 }).ok);

// [ -0.2689414213699951, 0, 0.7310585786300049 ]
// 0.9276705118714867 0.3023661188100153
// true
