/** Ranges of inputs (입력 값) and targets in which a sigmoid learns: 0.01 to 1.0, and 0.01 to 0.99. */
import { dot, logit, parameter, scalar, sigmoid, type Tensor, tensor } from "chainrule";
import { minMaxScaler } from "chainrule/data";
import { halfSse } from "chainrule/nn";
import { SGD } from "chainrule/optim";

/** Grey values: black, dark, white. */
const grey = tensor([0, 64, 255]);
const unit = minMaxScaler(grey.reshape([3, 1]))
	.transform(grey.reshape([3, 1]))
	.reshape([3]);

// A weight learns in proportion to its input, so an input of 0 teaches it nothing; large inputs saturate the node.
// The note printed the range 0.0 to 0.1 for inputs. It is 0.0 to 1.0, which the offset of 0.01 turns into 0.01 to 1.0.
const ranges: Record<string, Tensor> = {
	"0 to 255": grey,
	"0.0 to 1.0": unit,
	"0.01 to 1.0": unit.mul(0.99).add(0.01),
	"0.0 to 0.1": unit.mul(0.1),
};
for (const [range, x] of Object.entries(ranges)) {
	const w = parameter([0.3, -0.2, 0.5]);
	halfSse(sigmoid(dot(w, x)), 0.99).backward();
	console.log(`inputs ${range}: slopes ${Array.from(w.grad!.data, (slope) => slope.toExponential(1)).join(", ")}`);
}

// The note says that no output exceeds 1 or falls below 0. Nor is it ever 0 or 1, though in float64 it is rounded to 1.
const one = Array.from({ length: 100 }, (_, z) => z).find((z) => sigmoid(z).value === 1)!;
console.log(
	`float64: 1 − σ(${one - 1}) = ${(1 - sigmoid(one - 1).value).toExponential(2)}, 1 − σ(${one}) = ${1 - sigmoid(one).value}`,
);
console.log(`σ reaches 0.01 and 0.99 at z = ${logit(0.01).value.toFixed(4)} and ${logit(0.99).value.toFixed(4)}`);

// So the target 1 drives a weight on for ever, while 0.99 lets it come to rest.
for (const target of [1, 0.99]) {
	const w = scalar(0, "w");
	const optimizer = new SGD([w], { learningRate: 10 });
	const at = [10, 100, 1000, 10000].map((steps, index, all) => {
		for (let step = all[index - 1] ?? 0; step < steps; step++) {
			optimizer.zeroGrad();
			halfSse(sigmoid(w), target).backward();
			optimizer.step();
		}
		return w.value.toFixed(4);
	});
	console.log(`target ${target}: weight after 10, 100, 1000, 10000 steps ${at.join(", ")}`);
}

// inputs 0 to 255: slopes 0.0e+0, 0.0e+0, 0.0e+0
// inputs 0.0 to 1.0: slopes 0.0e+0, -2.3e-2, -9.0e-2
// inputs 0.01 to 1.0: slopes -9.0e-4, -2.3e-2, -9.0e-2
// inputs 0.0 to 0.1: slopes 0.0e+0, -3.0e-3, -1.2e-2
// float64: 1 − σ(36) = 2.22e-16, 1 − σ(37) = 0
// σ reaches 0.01 and 0.99 at z = -4.5951 and 4.5951
// target 1: weight after 10, 100, 1000, 10000 steps 2.5153, 3.7448, 4.9320, 6.0965
// target 0.99: weight after 10, 100, 1000, 10000 steps 2.4628, 3.5884, 4.4129, 4.5951
