/**
 * Rules of descent: the library's optimizers by the names of the setup, with
 * their usual settings but for the two that the setup has, and the rule of a
 * step as formulas to be read.
 */
import type { Tensor } from "chainrule";
import { parseFormula } from "chainrule";
import {
	Adadelta,
	Adagrad,
	Adam,
	Adamax,
	AdamW,
	type FormulaOptimizer,
	Lion,
	NAdam,
	type OptimizerOptions,
	RAdam,
	RMSprop,
	SGD,
} from "chainrule/optim";
import { formulaLatex, nameLatex } from "../../../src/symbolic/latex.js";
import type { OptimizerName, Setup } from "../setup.js";
import type { RuleLine } from "./protocol.js";

/** What the setup says of every rule. */
interface DescentOptions extends OptimizerOptions {
	readonly weightDecay?: number | undefined;
}

/** An optimizer of the page. */
export type Descent = FormulaOptimizer<DescentOptions>;

type Parameters = readonly Tensor[];

const makers: Readonly<Record<OptimizerName, (parameters: Parameters, options: DescentOptions) => Descent>> = {
	sgd: (parameters, options) => new SGD(parameters, options),
	momentum: (parameters, options) => new SGD(parameters, { ...options, momentum: 0.9 }),
	nesterov: (parameters, options) => new SGD(parameters, { ...options, momentum: 0.9, nesterov: true }),
	adagrad: (parameters, options) => new Adagrad(parameters, options),
	rmsprop: (parameters, options) => new RMSprop(parameters, options),
	adadelta: (parameters, options) => new Adadelta(parameters, options),
	adam: (parameters, options) => new Adam(parameters, options),
	adamw: (parameters, options) => new AdamW(parameters, options),
	adamax: (parameters, options) => new Adamax(parameters, options),
	nadam: (parameters, options) => new NAdam(parameters, options),
	radam: (parameters, options) => new RAdam(parameters, options),
	lion: (parameters, options) => new Lion(parameters, options),
};

/** The optimizer of a setup, with nothing in its memory. */
export function descentOf({ optimizer, learningRate, weightDecay }: Setup, parameters: Parameters): Descent {
	return makers[optimizer](parameters, { learningRate, weightDecay });
}

/** Has another rate and decay hold from the next step on, and keeps the memory. */
export function changeRates(descent: Descent, { learningRate, weightDecay }: Setup): void {
	for (const group of descent.groups) group.change({ learningRate, weightDecay });
}

/** The rule as it will be in the next step. */
export function ruleOf(descent: Descent): {
	readonly rule: readonly RuleLine[];
	readonly derived: readonly RuleLine[];
	readonly numbers: Readonly<Record<string, number>>;
} {
	const { lines, derived, numbers } = descent.rule();
	return {
		rule: lines.map((line) => lineOf(line, "\\leftarrow")),
		derived: derived.map((line) => lineOf(line, "=")),
		numbers,
	};
}

/** A line, with what stands between its sides in LaTeX. */
function lineOf(line: string, sign: string): RuleLine {
	const [name = "", formula = ""] = line.split(/\s*=\s*(.*)/s);
	return { name, formula, latex: `${nameLatex(name)} ${sign} ${formulaLatex(parseFormula(formula))}` };
}
