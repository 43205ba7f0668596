/** What the browser test runs in Node, in a page, and in a page that forbids generated code. */
import {
	checkGradients,
	Generator,
	grad,
	matmul,
	mul,
	scalar,
	seed,
	sigmoid,
	softmax,
	sum,
	type Tensor,
	tanh,
	tensor,
} from "chainrule";
import { bceWithLogits, Linear, Sequential } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { toDot } from "chainrule/viz";

/** Numbers and texts that must not depend on where they were computed. */
export function program(): unknown {
	seed(7);
	const w = scalar(0.6, "w");
	const a = sigmoid(w.mul(1.5).add(0.9)).named("a");
	a.square().mul(0.5).backward();

	const generator = new Generator("browser");
	const model = new Sequential(new Linear(2, 3, { generator }), tanh, new Linear(3, 1, { generator }));
	const optimizer = new SGD(model.parameters(), { learningRate: 0.5, momentum: 0.9 });
	const [inputs, targets] = [
		tensor([
			[0, 0],
			[0, 1],
			[1, 0],
			[1, 1],
		]),
		tensor([[0], [1], [1], [0]]),
	];
	let last = 0;
	for (let epoch = 0; epoch < 20; epoch++) {
		const loss = bceWithLogits(model.call(inputs), targets);
		last = loss.item();
		loss.backward();
		optimizer.step();
		optimizer.zeroGrad();
	}
	const x = tensor([
		[0.1, 0.2],
		[0.3, -0.4],
	]);
	return {
		gradient: w.grad,
		loss: last,
		third: grad(grad(grad((t) => mul(t, mul(t, mul(t, t))))))(2),
		attention: sum(matmul(softmax(x), x)).item(),
		checked: checkGradients((y: Tensor) => softmax(matmul(y, y)), [x], { order: 2 }).ok,
		dot: toDot(a, { pass: "both" }),
	};
}
