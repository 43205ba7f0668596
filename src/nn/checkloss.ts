/**
 * Is a loss what it should be? A dozen questions, each answered with a number,
 * and each defect with the input that shows it.
 *
 * The checks know nothing of any loss by name. They compare with the entries of
 * `standardLosses`, and what an entry is known for is a fact, while the same
 * thing in any other loss is a finding. Nothing can be proved by looking at some
 * numbers: a report without findings says that none of these defects was found.
 */
import { inspect } from "../core/inspect.js";
import { Generator, Tensor, type TensorData, tensor } from "../index.js";
import { order, repeatable, single } from "./checks/batch.js";
import type { Check, Known, LossFacts, LossFinding, Verdict } from "./checks/check.js";
import { factor, multiplesOf, reduction } from "./checks/factor.js";
import { gradient } from "./checks/gradients.js";
import { hazards } from "./checks/hazards.js";
import { broadcasting, oneHotOrIndices } from "./checks/layouts.js";
import { precision } from "./checks/precision.js";
import { proper } from "./checks/proper.js";
import { sign } from "./checks/sign.js";
import { slowdown } from "./checks/slowdown.js";
import { type AnyLoss, subjectOf, valueAt } from "./checks/subject.js";
import type { Meaning } from "./losses/standard.js";

/** In this order: what a later one asks may rest on what an earlier one found. */
const checks: readonly Check[] = [
	single,
	repeatable,
	gradient,
	sign,
	factor,
	reduction,
	order,
	proper,
	slowdown,
	hazards,
	precision,
	oneHotOrIndices,
	broadcasting,
];

/** What a loss is checked with. */
export interface LossCheckOptions {
	/** A few representative predictions, best not at a kink; 4 to 20 samples are enough. */
	readonly predictions: TensorData;
	/** Their targets. */
	readonly targets: TensorData;
	/**
	 * How the predictions are meant; read from the data when left out: between 0
	 * and 1 beside labels 0 and 1 they are probabilities, other numbers beside
	 * classes logits, and the rest values. `vectors` and `logValues` are never
	 * guessed.
	 */
	readonly meaning?: Meaning | undefined;
	/** `"logits"` where probabilities come from trained logits: the slowdown is then looked at from there. */
	readonly trained?: "logits" | undefined;
	/** False where it need not train probabilities, true where it must; by default it must, unless it is a standard loss that does not. */
	readonly proper?: boolean | undefined;
	/** The loss it is meant to be: any difference, a factor included, is a finding. */
	readonly like?: ((predictions: Tensor, targets: Tensor) => unknown) | undefined;
	/** Where random data come from; the same each time when left out. */
	readonly generator?: Generator | undefined;
}

/** What was found. `String(report)` is a table, with the findings below. */
export interface LossReport {
	/** True where nothing was found. */
	readonly ok: boolean;
	readonly findings: readonly LossFinding[];
	readonly facts: LossFacts;
	/** What every check says, by its name, in one line. */
	readonly verdicts: ReadonlyMap<string, string>;
	toString(): string;
}

/**
 * Checks a loss: sign, factor against the standard losses, reduction, whether it
 * trains probabilities, where learning slows down, where it is infinite, whether
 * it takes one-hot rows for indices or `[n]` against `[n, 1]` without a word, its
 * gradient against finite differences, float32 against float64, chance, and the
 * order of samples.
 *
 * The loss is called some hundred times with tensors: predictions of the shape
 * given, targets as a tensor, int32 for class indices, and batches of other
 * sizes where it takes them. An error that it throws on odd data counts as
 * sound. It reports, and throws only where the loss fails on the data given.
 *
 * @example
 * ```ts
 * import { mean, type Tensor } from "chainrule";
 * import { checkLoss } from "chainrule/nn";
 *
 * const quadratic = (a: Tensor, y: Tensor) => mean(a.sub(y).square()).div(2);
 * const report = checkLoss(quadratic, { predictions: [0.2, 0.7, 0.4, 0.9], targets: [0, 1, 1, 1] });
 * console.log(report.ok, report.verdicts.get("factor")); // false 0.5 × mse
 * for (const { says, actual } of report.findings) console.log(`${says}: ${actual}`);
 * // takes predictions [4] with targets [4, 1] without a word: 0.15
 * ```
 */
export function checkLoss(loss: AnyLoss, options: LossCheckOptions): LossReport {
	const { meaning, trained, generator = new Generator(0), like, proper: wanted } = options;
	const predictions = asTensor(options.predictions);
	const subject = subjectOf(loss, predictions, asTensor(options.targets), meaning, trained === "logits", generator);
	valueAt(subject, subject.given); // what is wrong with these data themselves is thrown here
	let facts: LossFacts = {
		predictions: subject.meaning,
		targets: subject.labels,
		multipleOf: multiplesOf(subject),
	};
	const findings: LossFinding[] = [];
	const verdicts = new Map<string, string>();
	for (const { name, run } of checks) {
		const known: Known = { facts, like, proper: wanted };
		const verdict = refusable(() => run(subject, known));
		verdicts.set(name, verdict.says);
		for (const finding of verdict.findings ?? []) findings.push({ check: name, ...finding });
		facts = { ...facts, ...verdict.facts };
	}
	const report = { ok: findings.length === 0, findings, facts, verdicts, toString: () => page(verdicts, findings) };
	Object.defineProperty(report, inspect, { value: report.toString, enumerable: false });
	return report;
}

/** What a check says, or why the loss did not take its data. */
function refusable(ask: () => Verdict): Verdict {
	try {
		return ask();
	} catch (error) {
		const [reason] = String(error instanceof Error ? error.message : error).split("\n");
		return { says: `not looked at: ${reason}` };
	}
}

function asTensor(data: TensorData): Tensor {
	return data instanceof Tensor ? data : tensor(data, { dtype: "float64" });
}

/** A table of the checks, then every finding in the form of an error. */
function page(verdicts: ReadonlyMap<string, string>, findings: readonly LossFinding[]): string {
	const width = Math.max(...[...verdicts.keys()].map((name) => name.length));
	const lines = [...verdicts].map(([name, says]) => {
		const alarm = findings.some(({ check }) => check === name);
		return `${alarm ? "✗" : "·"} ${name.padEnd(width)}  ${says}`;
	});
	const details = findings.map(({ check, says, input, expected, actual, fix }) =>
		[
			`${check}: ${says}`,
			`  input     ${input}`,
			`  expected  ${expected}`,
			`  actual    ${actual}`,
			`  fix       ${fix}`,
		].join("\n"),
	);
	return [lines.join("\n"), ...details].join("\n\n");
}
