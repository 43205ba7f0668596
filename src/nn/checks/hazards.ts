/**
 * Domain hazards: inputs within reach where the value or a gradient is infinite
 * or NaN.
 *
 * What is within reach follows from what the predictions mean: probabilities may
 * be 0 and 1, logits ±1000, a value may meet its target exactly. To say where it
 * happens, the recorded computation is read: the operation that made the first
 * infinite number, or whose operand stands at the end of its `domain`.
 */

import type { Domain } from "../../core/op.js";
import {
	add,
	ancestors,
	type DType,
	mul,
	type Node,
	originOf,
	scopeOfNode,
	scopePath,
	sub,
	Tensor,
	zerosLike,
} from "../../index.js";
import type { Check, Verdict } from "./check.js";
import {
	alternatingLike,
	attempt,
	type Batch,
	batchText,
	inDType,
	numbersOf,
	numberText,
	type Slope,
	type Subject,
	samplesOf,
	slopeAt,
	targetNumbers,
	wrongBy,
} from "./subject.js";

const dtypes: readonly DType[] = ["float64", "float32"];

/** Predictions at and near the ends of what they may be. */
function extremes(subject: Subject): readonly Batch[] {
	const { given, labels, meaning, scale } = subject;
	const { t } = given;
	const alternating = alternatingLike(given.x);
	const at = (x: Node): Batch => ({ x: x as Tensor, t });
	const compared = labels !== "other";
	const towards = compared && labels !== "values" && labels !== "vectors" ? wrongBy(subject, given, 1) : alternating;
	const pushed = (size: number): Batch[] => [
		at(mul(size, towards)),
		at(mul(-size, towards)),
		at(mul(size, alternating)),
	];
	switch (meaning) {
		case "logits":
			return [at(zerosLike(given.x)), ...pushed(100), ...pushed(1000)];
		case "probabilities":
			return [...pushed(1000)].map(({ x }) => at(scale.made(x)));
		case "logProbabilities":
			return pushed(1000).map(({ x }) => at(scale.made(x)));
		case "logValues":
			return [at(zerosLike(given.x)), ...pushed(50)];
		case "values":
			return [
				...(compared ? [at(targetNumbers(subject, given))] : []),
				at(zerosLike(given.x)),
				at(add(given.x, 1000)),
				at(sub(given.x, 1000)),
			];
		case "vectors":
			return [at(targetNumbers(subject, given)), at(zerosLike(given.x)), at(mul(1000, given.x))];
		default:
			return [at(zerosLike(given.x)), at(mul(10, given.x))];
	}
}

const isSound = ({ value, gradient }: Slope): boolean =>
	Number.isFinite(value) && (gradient === undefined || numbersOf(gradient).every(Number.isFinite));

const elementsOf = (x: Node): readonly number[] => (x instanceof Tensor ? numbersOf(x) : [x.value]);

const atTheEnd = ({ low, high, except = [] }: Domain, x: number): boolean =>
	(Number.isFinite(low) && x <= low) || (Number.isFinite(high) && x >= high) || except.includes(x);

/** Where it comes from: `log of 0, in entropy`. */
function culprit(result: Node): string | undefined {
	const nodes = ancestors([result]);
	const place = (x: Node): string => {
		const path = scopePath(scopeOfNode(x));
		return path.length === 0 ? "" : `, in ${path.join(" / ")}`;
	};
	for (const sound of [false, true]) {
		for (const z of nodes) {
			const origin = originOf(z);
			if (origin === undefined) continue;
			const { op, inputs } = origin;
			if (!sound && elementsOf(z).every(Number.isFinite)) continue;
			const operands = inputs.map(elementsOf);
			if (!sound && !operands.every((elements) => elements.every(Number.isFinite))) continue;
			if (op.family === "pointwise") {
				for (const [operand, elements] of operands.entries()) {
					const domain = op.domain[operand] as Domain;
					const end = elements.find((x) => atTheEnd(domain, x));
					if (end !== undefined) return `${op.name} of ${numberText(end)}${place(z)}`;
				}
			}
			if (!sound)
				return `${op.name} of ${operands.map((elements) => numberText(Math.max(...elements))).join(" and ")}${place(z)}`;
		}
	}
	return undefined;
}

/** The one sample of a batch that is enough to show it. */
function alone(subject: Subject, batch: Batch, dtype: DType): Batch {
	for (let sample = 0; sample < subject.samples; sample++) {
		const one = samplesOf(subject, batch, [sample]);
		const slope = attempt(() => slopeAt(subject, inDType(one, dtype)));
		if (slope !== undefined && !isSound(slope)) return one;
	}
	return batch;
}

export const hazards: Check = {
	name: "domain",
	run(subject): Verdict {
		for (const dtype of dtypes) {
			for (const batch of extremes(subject)) {
				const whole = attempt(() => slopeAt(subject, inDType(batch, dtype)));
				if (whole === undefined || isSound(whole)) continue;
				const shown = alone(subject, batch, dtype);
				const { value, gradient, result } = slopeAt(subject, inDType(shown, dtype));
				const cause = culprit(result);
				const slope =
					gradient === undefined
						? "none"
						: numbersOf(gradient)
								.map((x) => numberText(x))
								.join(", ");
				return {
					says: cause === undefined ? "not finite within reach" : `${cause} within reach`,
					findings: [
						{
							says: `is not finite within reach${cause === undefined ? "" : `: ${cause}`}`,
							predictions: shown.x,
							targets: shown.t,
							input: `${batchText(shown)}${dtype === "float64" ? "" : `, ${dtype}`}`,
							expected: "a finite loss and gradient",
							actual: `loss ${numberText(value)}, gradient ${slope}`,
							fix: remedies[subject.meaning],
						},
					],
				};
			}
		}
		return { says: "finite at the ends of the range, in float64 and float32" };
	},
};

const inLogits =
	"compose it in logits: softplus, logSigmoid, logSoftmax and logSumExp keep it finite; bceWithLogits and crossEntropy do so";
const guarded = "choose another form there with where(), whose other branch has no gradient";
const remedies: Readonly<Record<Subject["meaning"], string>> = {
	logits: inLogits,
	probabilities: `${inLogits}; or bound -ln as bce does`,
	logProbabilities: inLogits,
	values: guarded,
	logValues: guarded,
	vectors: `${guarded}; norm has gradient 0 at 0, sqrt of a sum of squares has none`,
	other: guarded,
};
