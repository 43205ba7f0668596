/**
 * Why does the note's function ask for `y.ndim == 1`? Because it divides by the number
 * of rows: one sample must become a batch (배치) of one, or its classes count as samples.
 */
import { arange, Generator, log, randn, softmax, type Tensor, tensor } from "chainrule";
import { crossEntropy } from "chainrule/nn";

const delta = 1e-7; // The note never defined it.
const rows = (count: number): Tensor => arange(0, count, 1, { dtype: "int32" });
const places = (list: readonly number[] | number): Tensor => tensor(list, { dtype: "int32" });

/** The mean of -ln y[row, label], for probabilities [batch, classes] and labels [batch], or one row and one label. */
function crossEntropyError(y: Tensor, t: Tensor): Tensor {
	if (y.rank === 1) return crossEntropyError(y.reshape([1, y.size]), t.reshape([1]));
	const batchSize = y.shape[0]!;
	return log(y.at(rows(batchSize), t).add(delta))
		.sum()
		.neg()
		.div(batchSize);
}

const shape = (x: Tensor): string => `[${x.shape.join(", ")}]`;
const refusal = (ask: () => Tensor): string => {
	try {
		return `no error: [${ask().shape.join(", ")}]`;
	} catch (error) {
		return (error as Error).message.split("\n").join("; ").replace(/ +/g, " ");
	}
};

const y = tensor([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0]);
console.log(`one sample, label 2: ${crossEntropyError(y, places(2)).item().toFixed(6)}`);
console.log(
	`without the question, its ${y.shape[0]} classes would be the batch: ${refusal(() => y.at(rows(10), places(2)))}`,
);

// The note printed t.reshape(1, t.size) #1*10 under "not one-hot". Only a one-hot row has ten numbers; a label has one,
// and in Python a plain 2 has no reshape at all.
for (const [name, t] of [
	["label 2", places(2)],
	["one-hot", tensor([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])],
] as const) {
	console.log(`${name}: t.reshape(1, t.size) is ${shape(t.reshape([1, t.size]))}`);
}

// A batch of five: y[arange(5), t] takes y[0, 2], y[1, 7] and so on.
const logits = randn([5, 10], { generator: new Generator(1) });
const batch = softmax(logits, { axis: 1 });
const labels = places([2, 7, 0, 9, 4]);
const single = (row: number): number => crossEntropyError(batch.at(row), labels.at(row)).item();
const mean = [0, 1, 2, 3, 4].reduce((total, row) => total + single(row), 0) / 5;
console.log(
	`batch of 5: ${crossEntropyError(batch, labels).item().toFixed(6)}, mean of its samples ${mean.toFixed(6)}`,
);
console.log(`crossEntropy from logits: ${crossEntropy(logits, labels).item().toFixed(6)}`);

// The note printed [1, 2, 3, 4, 5] for the rows, under `if batch_size = 5`, where `==` is meant. arange(5) counts from 0.
console.log(`arange(5) = ${Array.from(rows(5).data).join(" ")}`);
console.log(`rows 1 to 5: ${refusal(() => batch.at(places([1, 2, 3, 4, 5]), labels))}`);

// one sample, label 2: 0.510825
// without the question, its 10 classes would be the batch: at: too many indices; expected at most 1 for x [10], and "..." once; actual 2
// label 2: t.reshape(1, t.size) is [1, 1]
// one-hot: t.reshape(1, t.size) is [1, 10]
// batch of 5: 3.043282, mean of its samples 3.043282
// crossEntropy from logits: 3.043285
// arange(5) = 0 1 2 3 4
// rows 1 to 5: at: index out of range; expected whole numbers from -5 to 4: axis 0 has size 5; actual 5 at index[4]
