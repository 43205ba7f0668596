/**
 * What `checkLoss` says about the loss of a setup, on predictions that are
 * neither certain nor all alike.
 *
 * A loss that is computed from the weighted sums is looked at as one of logits,
 * any other as one of what the output gives; that this comes from trained sums
 * is told, so that slow learning at confident mistakes is found. A loss that is
 * a sum over outputs is looked at for one of them, unless they share.
 */
import { type Tensor, tensor } from "chainrule";
import { checkLoss, type LossCheckOptions } from "chainrule/nn";
import { failure } from "../../../src/core/errors.js";
import { sameShape, shapeText } from "../../../src/core/shape.js";
import { activationTable } from "./activations.js";
import type { Loss } from "./loss.js";
import type { Output } from "./network.js";
import type { LossReportData, Points } from "./protocol.js";

/** Predictions and targets, as rows. */
type Rows = readonly (readonly number[])[];

/** Parts of the way from -1 to 1, and on which side the targets lie. */
const ways: Rows = [[-0.6], [0.4], [-0.2], [0.8], [0.2], [-0.3]];
const sides: readonly number[] = [-1, 1, 1, 1, -1, -1];

const shares: Rows = [
	[0.6, 0.3, 0.1],
	[0.2, 0.5, 0.3],
	[0.3, 0.3, 0.4],
	[0.7, 0.1, 0.2],
	[0.25, 0.35, 0.4],
	[0.5, 0.1, 0.4],
];
const classesOf: readonly number[] = [0, 1, 2, 1, 0, 2];

/** Something to look at: what the output gives, the sums it gives that for, and what is meant. */
interface Sample {
	readonly a: Rows;
	readonly z: Rows;
	readonly y: Rows;
	readonly meaning: "logits" | "probabilities" | "values";
}

const all = (rows: Rows, f: (x: number) => number): Rows => rows.map((row) => row.map(f));
const half = (x: number): number => (x + 1) / 2;

const samples: Readonly<Record<Output, Sample>> = {
	sigmoid: {
		a: all(ways, half),
		z: all(ways, (x) => Math.log((1 + x) / (1 - x))),
		y: sides.map((side) => [half(side)]),
		meaning: "probabilities",
	},
	softmax: {
		a: shares,
		z: all(shares, Math.log),
		y: classesOf.map((meant) => [0, 1, 2].map((k) => Number(k === meant))),
		meaning: "probabilities",
	},
	tanh: { a: ways, z: all(ways, Math.atanh), y: sides.map((side) => [side]), meaning: "values" },
	linear: { a: all(ways, (x) => 3 * x), z: all(ways, (x) => 3 * x), y: all(ways, (x) => x * x), meaning: "values" },
};

/** Looks at the loss of a network with this output. */
export function reportOn(loss: Loss, output: Output, task: Points["task"]): LossReportData {
	const { a, z, y, meaning } = samples[output];
	const activation = activationTable[output].call;
	const asked = (predictions: Tensor, targets: Tensor): Tensor => {
		checkShapes(predictions, targets);
		const result = loss.fromSums ? { z: predictions, a: activation(predictions) } : { z: predictions, a: predictions };
		return loss.of(result, targets);
	};
	const probable = meaning === "probabilities" && task === "classes";
	const options: LossCheckOptions = {
		predictions: tensor(loss.fromSums ? z : a),
		targets: tensor(y),
		meaning: probable ? (loss.fromSums ? "logits" : "probabilities") : "values",
		...(probable && { trained: "logits" }),
	};
	const report = checkLoss(asked, options);
	return {
		text: String(report),
		findings: report.findings.map(({ check, says, expected, actual, fix }) => ({
			check,
			text: `${says}. Expected ${expected}; found ${actual}. To mend it, ${fix}.`,
		})),
	};
}

/** Targets of another shape never come here: the page makes one for every output. */
function checkShapes(predictions: Tensor, targets: Tensor): void {
	if (sameShape(predictions.shape, targets.shape)) return;
	throw failure({
		what: "loss: shapes differ",
		expected: shapeText(predictions.shape),
		actual: shapeText(targets.shape),
	});
}
