/** A loss of one's own, checked before it is trusted. */
import { checkGradients, log1p, mean, scope, type Tensor, tensor } from "chainrule";

/** Cauchy loss: ln(1 + (p - t)²). Large errors count less than with the square. */
const cauchy = (prediction: Tensor, target: Tensor) =>
	scope("cauchy", () => mean(log1p(prediction.sub(target).square())));

const prediction = tensor([0.5, 2, -1], { requiresGrad: true, name: "prediction" });
const target = tensor([0, 2, 9]);

export const loss: Tensor = cauchy(prediction, target);
loss.backward();
console.log(loss.item().toFixed(4));
console.log(prediction.grad?.toArray());

const report = checkGradients((p: Tensor) => cauchy(p, target), [prediction], { order: 2 });
console.log(report.ok);

// 1.6128
// [ 0.26666666666666666, 0, -0.066006600660066 ]
// true
