/**
 * Learning slowdown: does the gradient vanish though the prediction is wrong?
 *
 * It is taken with respect to what is trained, the logits. The quadratic cost of
 * a sigmoid has a σ'(z) in its gradient, which dies where the sigmoid saturates,
 * on the wrong side as well; for the cross-entropy that factor cancels.
 */
import { argMax, mul, oneHot, sigmoid, tensor } from "../../index.js";
import type { Check, Verdict } from "./check.js";
import { batchText, freeSlope, numbersOf, numberText, samplesOf, wrongBy } from "./subject.js";

/** Of the largest gradient: less than this is standing still. */
const still = 0.05;
const depths: readonly number[] = Array.from({ length: 100 }, (_, k) => 0.1 * (k + 1));

export const slowdown: Check = {
	name: "slowdown",
	run(subject, { facts }): Verdict {
		const { given, labels, meaning, scale } = subject;
		const probable = meaning === "logits" || meaning === "probabilities" || meaning === "logProbabilities";
		if (!probable || labels === "other" || labels === "values") return { says: "not looked at: no logits" };
		// Of soft targets the most probable class: nobody is confidently wrong about a spread one.
		const t = labels === "distributions" ? oneHot(argMax(given.t, { axis: -1 }), given.t.shape.at(-1)) : given.t;
		const direction = wrongBy(subject, { x: given.x, t }, 1);
		const slopes = depths.map((depth) => {
			const gradient = freeSlope(subject, { x: mul(depth, direction), t });
			return gradient === undefined ? [] : numbersOf(gradient).map(Math.abs);
		});
		const count = slopes[0]?.length ?? 0;
		for (let place = 0; place < count; place++) {
			const along = slopes.map((at) => at[place] as number);
			const largest = Math.max(...along);
			const last = along.at(-1) as number;
			if (!(largest > 0) || last >= still * largest) continue;
			const peak = depths[along.indexOf(largest)] as number;
			const deep = depths.at(-1) as number;
			const each = count / subject.samples;
			const shown = samplesOf(subject, { x: scale.made(mul(deep, direction)), t }, [Math.floor(place / each)]);
			const at = numbersOf(sigmoid(tensor([peak])))[0] as number;
			const says = `stalls: at a logit ${deep} on the wrong side the gradient is ${numberText(last / largest)} of its largest`;
			const stalling: Verdict = { says, facts: { stalls: true } };
			const trained = meaning === "logits" || subject.trainsLogits;
			if (!trained || facts.multipleOf.some(({ standard }) => standard.stalls === true)) return stalling;
			return {
				...stalling,
				findings: [
					{
						says: "learning slowdown: the gradient vanishes though the prediction is wrong",
						predictions: shown.x,
						targets: shown.t,
						input: batchText(shown),
						expected: `a gradient that grows with the error, or stays; its largest is ${numberText(largest)}, at a logit ${numberText(peak)} on the wrong side, where the output is off by ${numberText(Number(at.toFixed(2)))}`,
						actual: `${numberText(last)} at a logit ${deep} on the wrong side`,
						fix: "use the cross-entropy of logits (bceWithLogits, crossEntropy), where the slope of the squashing function cancels",
					},
				],
			};
		}
		return { says: "the gradient stays as long as logits are wrong", facts: { stalls: false } };
	},
};
