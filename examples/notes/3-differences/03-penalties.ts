/** The note's table of three digits holds penalties (패널티) and no predictions: every row adds up to almost 0. */
import { log, sqrt, tensor } from "chainrule";
import { nll } from "chainrule/nn";

const table = tensor([
	[
		2.674465e-8, 8.348746e-10, 2.266922e-7, 3.987741e-7, 3.715802e-10, 1.425458e-8, 5.154645e-12, 3.159027e-4,
		2.970141e-9, 2.592679e-7,
	],
	[
		1.941332e-7, 4.433875e-8, 3.790284e-5, 5.743777e-7, 2.287596e-11, 2.679803e-7, 1.105205e-6, 5.101235e-11,
		5.163788e-8, 1.921318e-12,
	],
	[
		3.5381e-12, 3.378045e-5, 1.465168e-7, 6.090937e-8, 4.499648e-9, 2.593922e-8, 1.601663e-8, 7.753581e-8, 4.228212e-8,
		2.961923e-9,
	],
]);
const labels = [7, 2, 1];

// The note printed these numbers as the predictions y. Probabilities would add up to 1; read so, the network that looks
// so sure of three right answers would have a large cross-entropy.
const sums = table.sum({ axis: 1 });
const entropies = nll(log(table), labels, { reduction: "none" });
labels.forEach((label, row) => {
	console.log(
		`label ${label}: Σ ${sums.at(row).item().toExponential(1)}; read as probabilities, cross-entropy ${entropies.at(row).item().toFixed(2)}`,
	);
});

// They fit as squares (y - t)², element by element. The y behind them are ten outputs that are sure of the answer; they
// need not add up to 1, so they came from sigmoids and not from a softmax.
labels.forEach((label, row) => {
	const miss = sqrt(table.at(row));
	const answer = 1 - miss.at(label).item();
	const others = miss.sum().item() - miss.at(label).item();
	console.log(
		`label ${label}: y = ${answer.toFixed(5)} for it, ${others.toFixed(5)} for the others, together ${(answer + others).toFixed(4)}`,
	);
});
const means = table.sum({ axis: 1 }).mul(0.5);
console.log(
	`½ Σ (y - t)² of each: ${Array.from(means.data, (e) => e.toExponential(3)).join(", ")}; mean ${means.mean().item().toExponential(3)}`,
);

// label 7: Σ 3.2e-4; read as probabilities, cross-entropy 8.06
// label 2: Σ 4.0e-5; read as probabilities, cross-entropy 10.18
// label 1: Σ 3.4e-5; read as probabilities, cross-entropy 10.30
// label 7: y = 0.98223 for it, 0.00200 for the others, together 0.9842
// label 2: y = 0.99384 for it, 0.00322 for the others, together 0.9971
// label 1: y = 0.99419 for it, 0.00152 for the others, together 0.9957
// ½ Σ (y - t)² of each: 1.584e-4, 2.007e-5, 1.708e-5; mean 6.519e-5
