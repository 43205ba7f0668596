/**
 * The losses: of a sample the sum over its outputs, of a batch the mean over its
 * samples.
 *
 * A loss is a formula in the output a, its weighted sum z and the target y, the
 * library's as well as the reader's own; all are carried out by recorded
 * operations. Cross-entropy is computed from z, where no digit is lost, and that
 * of a softmax, whose outputs depend on each other, by the library. A target is
 * 1 where the class is meant and 0 elsewhere, for outputs of tanh 1 and -1: so
 * every loss aims at what the output can give.
 */
import { div, evaluate, type Formula, parseFormula, scope, sum, Tensor, tensor } from "chainrule";
import { crossEntropy } from "chainrule/nn";
import { namesIn, substitute } from "../../../src/core/formula.js";
import { formulaLatex } from "../../../src/symbolic/latex.js";
import type { LossName, Setup } from "../setup.js";
import { readFormula } from "./formulas.js";
import type { Output, Result } from "./network.js";
import type { Points } from "./protocol.js";
import { blaming, refusal } from "./refusal.js";

/** A loss, ready to be taken. */
export interface Loss {
	/** The mean over the samples, for targets `[n, outputs]`. */
	readonly of: (result: Result, y: Tensor) => Tensor;
	/** Of one sample, in a, z and y; with an index where there are several outputs. */
	readonly latex: string;
	/** True where it is computed from the weighted sums. */
	readonly fromSums: boolean;
}

const written: Readonly<Record<Exclude<LossName, "own">, string>> = {
	quadratic: "(y - a)^2/2",
	crossEntropy: "-(y*log(a) + (1 - y)*log(1 - a))",
};
/** The same as the cross-entropy where a = σ(z). */
const fromLogits = "softplus(z) - y*z";

/** What the network is to give: `[n, outputs]`, one row per point. */
export function targetsOf({ y, task, classes }: Points, output: Output, outputs: number): Tensor {
	const low = output === "tanh" && task === "classes" ? -1 : 0;
	const rows = Float64Array.from({ length: y.length * outputs }, (_, k) => {
		const target = y[Math.floor(k / outputs)] as number;
		if (task === "values") return target;
		const meant = outputs === 1 ? target === 1 : target === k % outputs;
		return meant ? 1 : low;
	});
	return tensor(rows, { shape: [y.length, classes > 0 ? outputs : 1] });
}

/**
 * The loss of a setup, for a network with this output.
 *
 * @throws where it cannot be taken: cross-entropy of what is no probability, or a formula that cannot be read or has no gradient.
 */
export function lossOf(setup: Setup, points: Pick<Points, "task" | "y">, output: Output, outputs: number): Loss {
	if (setup.loss === "crossEntropy") {
		checkProbabilities(points, output);
		if (output === "softmax") return entropyOfSoftmax();
		const loss = elementwise("cross entropy", parseFormula(fromLogits), outputs);
		return { ...loss, latex: `${latexOf(written.crossEntropy, outputs)} = ${loss.latex}` };
	}
	if (setup.loss === "quadratic") return elementwise("quadratic", parseFormula(written.quadratic), outputs);
	return own(setup.formula, outputs);
}

function checkProbabilities({ task, y }: Pick<Points, "task" | "y">, output: Output): void {
	const probabilities = output === "sigmoid" || output === "softmax";
	const bad = task === "values" ? y.find((target) => target < 0 || target > 1) : undefined;
	if (probabilities && bad === undefined) return;
	throw refusal("loss", {
		what: "cross-entropy of what is no probability",
		expected: probabilities ? "targets from 0 to 1" : "an output from 0 to 1: sigmoid or softmax",
		actual: probabilities ? `the target ${bad}` : `${output === "linear" ? "a linear output" : "an output of tanh"}`,
		fix:
			probabilities || task === "values"
				? "choose the quadratic loss"
				: "choose the output sigmoid, or the quadratic loss",
	});
}

function own(source: string, outputs: number): Loss {
	const what = `loss ${JSON.stringify(source)}`;
	const formula = readFormula("formula", what, source, ["a", "z", "y"]);
	const loss = elementwise("loss", formula, outputs);
	const sample = (): Tensor => tensor([[0.25]], { requiresGrad: true });
	const [a, z] = [sample(), sample()];
	const trial = blaming("formula", what, () => loss.of({ a, z }, tensor([[1]])));
	if (trial.requiresGrad) return loss;
	throw refusal("formula", {
		what: `${what}: no gradient`,
		expected: "a formula through which a gradient reaches a or z",
		actual: source,
	});
}

function elementwise(name: string, formula: Formula, outputs: number): Loss {
	const of = ({ a, z }: Result, y: Tensor): Tensor =>
		scope(name, () => {
			const losses = evaluate(
				formula,
				new Map([
					["a", a],
					["z", z],
					["y", y],
				]),
			);
			// Of a formula without names there is one number, and as many of them as there are outputs.
			const total = losses instanceof Tensor ? sum(losses) : tensor(Number(losses) * y.size);
			return div(total, y.shape[0] as number).named("C");
		});
	return { of, latex: latexOf(formula, outputs), fromSums: namesIn(formula).includes("z") };
}

function entropyOfSoftmax(): Loss {
	return {
		of: ({ z }, y) => scope("cross entropy", () => crossEntropy(z, y).named("C")),
		latex: `-\\sum_{k} y_{k} \\ln a_{k}`,
		fromSums: true,
	};
}

/** Of several outputs, the sum over them. */
function latexOf(given: string | Formula, outputs: number): string {
	const formula = typeof given === "string" ? parseFormula(given) : given;
	if (outputs === 1) return formulaLatex(formula);
	const indexed = new Map(["a", "z", "y"].map((name) => [name, parseFormula(`${name}[k]`)]));
	const summed = parseFormula("sum(k, f)");
	return formulaLatex(substitute(summed, new Map([["f", substitute(formula, indexed)]])));
}
