/**
 * A run of training to be killed: everything that has a state takes part.
 *
 * The arguments are the folder for the checkpoint and the batch from which on
 * there is time to be killed in. Every batch is told on standard output, and in
 * the end scores and weights to the last digit.
 */
import { relu, seed } from "chainrule";
import { DataLoader, spirals } from "chainrule/data";
import { BatchNorm, crossEntropy, Dropout, Linear, Sequential } from "chainrule/nn";
import { Adam, cosine } from "chainrule/optim";
import { fit } from "chainrule/train";

const [folder = ".", slowFrom = "Infinity"] = process.argv.slice(2);
const never = new Int32Array(new SharedArrayBuffer(4));
let batches = 0;
seed(1);
const model = new Sequential(new Linear(2, 8), new BatchNorm(8), relu, new Dropout(0.2), new Linear(8, 3));
const data = { samples: 90, noise: 0.1 };
const loader = new DataLoader(spirals({ ...data, seed: 2 }), { batchSize: 4, shuffle: true, seed: 3 });
const validation = new DataLoader(spirals({ ...data, seed: 4 }), { batchSize: 16, shuffle: true, seed: 5 });

const { history, stopped } = await fit(model, crossEntropy, new Adam(model.parameters(), { amsgrad: true }), loader, {
	epochs: 6,
	validation,
	metrics: {
		told: () => {
			if (!model.training) return 0;
			console.log("batch");
			if (++batches >= Number(slowFrom)) Atomics.wait(never, 0, 0, 20);
			return 0;
		},
	},
	schedule: cosine({ steps: 150 }),
	scheduleEvery: "batch",
	clip: { norm: 1 },
	earlyStopping: { patience: 100 },
	checkpoint: { path: `${folder}/run.safetensors`, everyBatches: 7 },
});
const scores = history.map((record) => ({ ...record, seconds: 0 }));
const weights = [...model.stateDict()].map(([path, tensor]) => [path, [...tensor.data]]);
console.log(stopped === "epochs" ? `end ${JSON.stringify({ scores, weights })}` : stopped);
