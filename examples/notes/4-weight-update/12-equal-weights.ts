/** Equal initial weights (같은 값) never part: nodes that receive the same signals say the same and learn the same. */
import { abs, Generator, max, type Tensor, tanh } from "chainrule";
import { xor } from "chainrule/data";
import { bceWithLogits, init, Linear, Sequential } from "chainrule/nn";
import { Adam } from "chainrule/optim";

const { x, y } = xor({ samples: 4, shuffle: false });

/** How far the hidden nodes are from saying what the first one says. */
const spread = (hidden: Tensor): string =>
	max(abs(hidden.sub(hidden.slice([null, [0, 1]]))))
		.item()
		.toFixed(4);

for (const [name, weight] of Object.entries({ "all 0.5": init.constant(0.5), "±1/√n": init.fanInUniform() })) {
	const generator = new Generator(1);
	const hidden = new Linear(2, 4, { weight, bias: init.zeros, generator });
	const model = new Sequential(hidden, tanh, new Linear(4, 1, { weight, bias: init.zeros, generator }));
	const optimizer = new Adam(model.parameters(), { learningRate: 0.05 });
	console.log(`${name}: nodes differ by ${spread(tanh(hidden.call(x)))} at first`);
	for (let step = 0; step < 500; step++) {
		optimizer.zeroGrad();
		bceWithLogits(model.call(x).reshape([4]), y).backward();
		optimizer.step();
	}
	const logits = model.call(x).reshape([4]);
	const right = Array.from(logits.data).filter((z, at) => z > 0 === (y.at(at).item() === 1)).length;
	console.log(
		`  after 500 steps by ${spread(tanh(hidden.call(x)))}; cost ${bceWithLogits(logits, y).item().toFixed(4)}, ${right} of 4 right`,
	);
}

// all 0.5: nodes differ by 0.0000 at first
//   after 500 steps by 0.0000; cost 0.4781, 3 of 4 right
// ±1/√n: nodes differ by 1.0522 at first
//   after 500 steps by 1.9999; cost 0.0013, 4 of 4 right
