/** The note's cross-entropy, given the note's own one-hot label: no error, and 23.7 in place of 0.51. How that is found. */
import { arange, Generator, log, oneHot, randn, softmax, type Tensor, tensor } from "chainrule";
import { checkLoss, nll } from "chainrule/nn";

const delta = 1e-7;
const whole = { dtype: "int32" } as const;

/** As printed, but for the missing `delta`. NumPy's y[np.arange(n), t] is y.at(arange(n), t) here. */
function printed(y: Tensor, t: Tensor): Tensor {
	if (y.rank === 1) return printed(y.reshape([1, y.size]), t.reshape([1, t.size]));
	const batchSize = y.shape[0]!;
	return log(y.at(arange(0, batchSize, 1, whole), t).add(delta))
		.sum()
		.neg()
		.div(batchSize);
}

/** Right for both: what the targets are is read from their shape. */
const right = (y: Tensor, t: Tensor): Tensor => nll(log(y.add(delta)), t);

const y = tensor([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0]);
const label = tensor(2, whole);
const row = oneHot(label, 10).cast("int32");
const numbers = (loss: typeof right): string =>
	[label, row].map((t) => loss(y, t).item().toFixed(6)).join(", one-hot ");
console.log(`as printed: label ${numbers(printed)}`);
console.log(`right: label ${numbers(right)}`);
// The zeros and the one of the row are taken for columns: y0 is picked nine times, and y1 once.
console.log(`what was picked: ${Array.from(y.at(row).data).join(" ")}`);

for (const size of [10, 5]) {
	const copies = y.broadcastTo([size, 10]);
	const rows = row.broadcastTo([size, 10]);
	try {
		console.log(`batch of ${size}, one-hot: as printed ${printed(copies, rows).item().toFixed(6)}, without a word`);
	} catch (error) {
		console.log(`batch of ${size}, one-hot: ${(error as Error).message.split("\n")[0]}`);
	}
	console.log(`  right ${right(copies, rows).item().toFixed(6)}`);
}

// Nobody need think of the case: the checker of losses asks for it.
const predictions = softmax(randn([6, 10], { generator: new Generator(1) }), { axis: 1 });
for (const [name, loss] of Object.entries({ "as printed": printed, right })) {
	const { findings } = checkLoss(loss, { predictions, targets: tensor([2, 7, 0, 9, 4, 1], whole) });
	console.log(`checkLoss, ${name}: ${findings.length} findings`);
	for (const { says, expected, actual } of findings) console.log(`  ${says}: ${actual}, expected ${expected}`);
}

// as printed: label 0.510825, one-hot 23.718987
// right: label 0.510825, one-hot 0.510825
// what was picked: 0.1 0.1 0.05 0.1 0.1 0.1 0.1 0.1 0.1 0.1
// batch of 10, one-hot: as printed 23.718987, without a word
//   right 0.510825
// batch of 5, one-hot: at: shapes do not broadcast
//   right 0.510825
// checkLoss, as printed: 2 findings
//   takes one-hot rows in place of class indices without a word: 25.356794, expected 2.9658093, as for targets [10]; or an error
//   takes predictions [6, 10] with targets [6, 1] without a word: 15.91377, expected 2.7328147, as for targets [6]; or an error
// checkLoss, right: 0 findings
