/** Training that is interrupted goes on from its checkpoint, to the same bits as if nothing had happened. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, type Tensor, tanh, zeros } from "chainrule";
import { accuracy, DataLoader, spirals, trainTestSplit } from "chainrule/data";
import { bceWithLogits, Linear, Sequential, summary } from "chainrule/nn";
import { Adam } from "chainrule/optim";
import { type EpochRecord, fit } from "chainrule/train";

const { x, y } = spirals({ samples: 400, noise: 0.05, seed: 1 });
const { train, test } = trainTestSplit({ x, y: y.reshape([-1, 1]) }, { seed: 2 });

/** A new network, trained from where the checkpoint is, and no further than epoch `last`. */
async function trained(
	last: number,
	checkpoint?: string,
): Promise<{ model: Sequential; history: readonly EpochRecord[] }> {
	const generator = new Generator(3);
	const model = new Sequential(new Linear(2, 32, { generator }), tanh, new Linear(32, 1, { generator }));
	const optimizer = new Adam(model.parameters(), { learningRate: 0.05 });
	const loader = new DataLoader(train, { batchSize: 30, shuffle: true, seed: 4 });
	const interrupt = new AbortController(); // as Ctrl-C does
	const { history } = await fit(model, bceWithLogits, optimizer, loader, {
		epochs: 40,
		validation: [test],
		metrics: { accuracy: (p: Tensor, t: Tensor) => accuracy(p, t, { threshold: 0 }) },
		onEpoch: ({ epoch }) => epoch === last && interrupt.abort(),
		signal: interrupt.signal,
		checkpoint,
		progress: "none",
	});
	return { model, history };
}

const folder = await mkdtemp(join(tmpdir(), "chainrule-"));
const checkpoint = join(folder, "spirals.safetensors");
const whole = await trained(40);
const half = await trained(15, checkpoint);
const rest = await trained(40, checkpoint);
await rm(folder, { recursive: true });

console.log(String(summary(whole.model, zeros([1, 2]))));
console.log(`epochs: ${half.history.length}, then ${rest.history.length}`);
const { accuracy: share = 0 } = rest.history.at(-1)?.validation?.metrics ?? {};
console.log(`more than 9 of 10 in the test data right: ${share > 0.9}`);
const bits = ({ model }: typeof whole): string => JSON.stringify(model.parameters());
console.log(`the same bits: ${bits(rest) === bits(whole)}`);

// module    kind        output   parameters
//           Sequential  [1, 1]            0
// layers.0  Linear      [1, 32]          96
// layers.2  Linear      [1, 1]           33
// 129 parameters: 129 trained, 0 frozen
// epochs: 15, then 40
// more than 9 of 10 in the test data right: true
// the same bits: true
