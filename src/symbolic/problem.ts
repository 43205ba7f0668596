/**
 * Derivations, judged line by line.
 *
 * A problem says what is given; a claim is a chain of equalities about it. Every
 * `=` gets one of four verdicts, and a wrong one a counterexample, the condition
 * under which it holds, and what was probably meant. A verdict that is wrong
 * would be worse than none: what cannot be settled stays undecided.
 */
import { failure } from "../core/errors.js";
import { callsIn, type Formula, formulaText, namesIn, type Span } from "../core/formula.js";
import { Scalar } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";
import { namesOf } from "./latexnames.js";
import { type Claim, claimOf, complaint, type Notation, readClaim, readProblem } from "./notation.js";
import { conditionsFor } from "./prove/assume.js";
import { Budget } from "./prove/budget.js";
import { type Counterexample, counterexampleOf } from "./prove/counterexample.js";
import { domainOf } from "./prove/domain.js";
import { Mismatch, OutOfRange, type Sizes } from "./prove/instantiate.js";
import { type Equality, type Judgement, judge, type Recorded } from "./prove/judge.js";
import { Recording } from "./prove/recording.js";
import { leftRepairsOf, repairsOf } from "./prove/repair.js";
import { roundsFor, sizesText } from "./prove/sizes.js";
import { lengthsNeeded } from "./prove/sums.js";
import { Workspace } from "./prove/workspace.js";
import { parseLatexChains } from "./readlatex.js";
import { report } from "./report.js";

export type { Counterexample, Shown } from "./prove/counterexample.js";

/** What is said of an equality: proven, refuted, refuted but true under a condition, or neither. */
export type Verdict = "PROVEN" | "REFUTED" | "HOLDS ONLY IF" | "UNDECIDED";

/** One `=` of a chain. */
export interface Step {
	/** 1 for the first `=`. */
	readonly number: number;
	readonly verdict: Verdict;
	/** The texts of the two sides, and the place of the right one in the claim. */
	readonly left: string;
	readonly right: string;
	readonly span: Span;
	/** Values for which the sides differ. */
	readonly counterexample?: Counterexample;
	/** Conditions under which the equality was proven. */
	readonly holdsIf?: readonly string[];
	/** Right sides that were proven instead; a whole equation where the left side was to blame. */
	readonly repair?: readonly string[];
	/** Where both sides are defined, as far as that is not everywhere. */
	readonly domain?: readonly string[];
	/** True where a proof leaves out the points at which a choice jumps. */
	readonly almostEverywhere?: boolean;
	/** The probability that a proof was fooled by chance is below this. */
	readonly bound?: number;
	/** Lengths for which it was proven: `n = 2, m = 3`, or `all n` where those that were tried stand for all. */
	readonly sizes?: readonly string[];
	/** Points at which both sides agreed, where nothing was proven. */
	readonly samples?: number;
	/** Why it is undecided, or which shapes differ. */
	readonly note?: string;
	/** What is said of this side against the first one, where a step before was not proven. */
	readonly againstFirst?: Verdict;
}

/** The judgement on a whole chain. */
export interface Verification {
	readonly claim: string;
	readonly steps: readonly Step[];
	/** The number of the first step that does not hold, counted from 1; `undefined` where none was found. */
	readonly firstWrong: number | undefined;
	/** True where every step is proven. */
	readonly proven: boolean;
	/** As it is printed: a line per step; of the first wrong one, everything that was found out. */
	toString(): string;
}

/** How long a step may take. */
export interface VerifyOptions {
	/** Milliseconds per step, after which it is undecided; 2000 when left out. */
	readonly timeLimit?: number;
	/** False to skip the search for conditions and repairs. On by default. */
	readonly explain?: boolean;
}

/** A side of a chain: written, or recorded. */
interface Sided {
	readonly side: Formula | Recorded;
	readonly text: string;
	readonly span: Span;
}

/** A claim with its sides, and lengths that a recorded side fixes. */
interface Chain {
	readonly claim: Claim;
	readonly sides: readonly Sided[];
	readonly fixed: Sizes | undefined;
}

/** How LaTeX is read, and how long a step may take. */
export interface VerifyLatexOptions extends VerifyOptions {
	/** What letters of the text stand for: `{ "J_{total}": "J", "w_{j,i}^{(2)}": "W2[j,i]", "\\sum_x": "i" }`. */
	readonly spelling?: Readonly<Record<string, string>>;
}

type Given = string | TemplateStringsArray;

/** A problem: what is declared and defined. */
export class Problem {
	/** The problem as it was written. */
	readonly source: string;
	private readonly notation: Notation;
	private workspaces = new Map<string, Workspace>();

	/** @throws at the first statement that cannot be understood, with its place. */
	constructor(source: string) {
		this.source = source;
		this.notation = readProblem(source);
		this.define();
	}

	/** Spells all definitions out once, so that what is wrong with them is said here. */
	private define(): void {
		const { definitions, source } = this.notation;
		const [workspace] = this.at(new Map(), new Budget(2000));
		for (const { name, parameters, span } of definitions.values()) {
			if (parameters) continue;
			try {
				(workspace as Workspace).engine.named(name);
			} catch (error) {
				if (error instanceof Mismatch) {
					throw complaint(source, error.span, `shapes do not go together: ${error.message}`, "shapes that broadcast");
				}
				if (error instanceof OutOfRange)
					throw complaint(source, error.span, error.message, "an index within its range");
				throw complaint(source, span, `"${name}" is too large to be written out`, "fewer elements or terms");
			}
		}
	}

	/** Workspaces for all rounds of sizes, with some lengths fixed. */
	private at(fixed: Sizes, budget: Budget): Workspace[] {
		const rounds = roundsFor(this.notation).map((sizes) => new Map([...sizes, ...fixed]));
		return rounds.map((sizes) => {
			const key = sizesText(sizes);
			const found = this.workspaces.get(key);
			if (found?.renew(budget)) return found;
			const made = new Workspace(this.notation, sizes, budget);
			this.workspaces.set(key, made);
			return made;
		});
	}

	/**
	 * Judges a chain `e0 = e1 = e2`, every `=` by itself. Written as a template,
	 * as a call with a text, or as a call with a node of the tape, which is the
	 * first side: where a leaf of it has the name of a variable, it is that
	 * variable, and lengths are those of the node. A node is judged as it was
	 * recorded: where a rule of the backward pass chose by a sign, as that of relu
	 * does, the tape knows only the branch that was taken.
	 *
	 * @throws where the claim cannot be understood, with its place, and where a node and the problem speak of different things.
	 *
	 * @example
	 * ```ts
	 * import { gradients, mul, scalar, square } from "chainrule";
	 * import { problem } from "chainrule/symbolic";
	 * const x = scalar(3, "x");
	 * const [slope] = gradients(mul(square(x), x), [x], { createGraph: true });
	 * console.log(problem("x : scalar").verify(slope, "3*x^2").proven); // true
	 * ```
	 */
	verify(node: Node, claim: string, options?: VerifyOptions): Verification;
	verify(claim: string, options?: VerifyOptions): Verification;
	verify(claim: TemplateStringsArray, ...values: readonly unknown[]): Verification;
	verify(given: Given | Node, ...more: readonly unknown[]): Verification {
		if (given instanceof Scalar || given instanceof Tensor) {
			const [text, options = {}] = more as [string, VerifyOptions?];
			return this.judged(readClaim(text, this.notation), options, given);
		}
		const options = typeof given === "string" ? (more[0] as VerifyOptions | undefined) : undefined;
		const text = typeof given === "string" ? given : String.raw(given, ...more);
		const claim = readClaim(text, this.notation);
		if (claim.sides.length < 2) {
			throw failure({ what: "verify: nothing is claimed", expected: "sides with = between them", actual: text.trim() });
		}
		return this.judged(claim, options ?? {});
	}

	/**
	 * Judges the chains in the LaTeX of a display, in their order: several lines
	 * may hold several. What an arrow assigns to is not claimed; a chain of one
	 * side claims nothing and is left out.
	 *
	 * @throws where the LaTeX cannot be understood, or can be understood in two ways, with line and column.
	 *
	 * @example
	 * ```ts
	 * import { problem } from "chainrule/symbolic";
	 * const p = problem("w, x, b, y : scalar; z = w*x + b; a = sigma(z); C = (y - a)^2/2");
	 * const [found] = p.verifyLatex("\\frac{\\partial C}{\\partial b} &= (a - y)\\sigma'(z) \\\\ &= a\\sigma'(z)");
	 * console.log(found?.steps.map(({ verdict }) => verdict)); // [ 'PROVEN', 'HOLDS ONLY IF' ]
	 * console.log(found?.steps[1]?.right); // a\sigma'(z)
	 * ```
	 */
	verifyLatex(latex: string, { spelling, ...options }: VerifyLatexOptions = {}): Verification[] {
		const chains = parseLatexChains(latex, namesOf(this.notation, spelling));
		return chains
			.filter(({ sides }) => sides.length > 1)
			.map(({ sides }) => this.judged(claimOf(sides, latex, this.notation), options));
	}

	private judged(claim: Claim, { timeLimit = 2000, explain = true }: VerifyOptions, node?: Node): Verification {
		const steps: Step[] = [];
		const used = this.usedBy(claim.sides.map(({ formula }) => formula));
		const recorded = node && new Recording(node, this.notation, used);
		const sides: Sided[] = claim.sides.map(({ formula, text, span }) => ({ side: formula, text, span }));
		if (recorded) sides.unshift({ side: recorded.side, text: recorded.text, span: { start: 0, end: 0 } });
		const chain: Chain = { claim, sides, fixed: recorded?.sizes };
		for (let number = 1; number < sides.length; number++) {
			steps.push(this.step(chain, number, steps, timeLimit, explain));
		}
		const wrong = steps.find(({ verdict }) => verdict === "REFUTED" || verdict === "HOLDS ONLY IF");
		const verification = {
			claim: claim.source,
			steps,
			firstWrong: wrong?.number,
			proven: steps.every(({ verdict }) => verdict === "PROVEN"),
			toString: () => report(verification),
		};
		return verification;
	}

	private step(chain: Chain, number: number, before: readonly Step[], timeLimit: number, explain: boolean): Step {
		const [first, left, right] = [chain.sides[0], chain.sides[number - 1], chain.sides[number]] as [
			Sided,
			Sided,
			Sided,
		];
		const budget = new Budget(timeLimit);
		const equality: Equality = { left: left.side, right: right.side as Formula, free: chain.claim.free };
		const result = this.carefully(chain, equality, budget);
		const sound = before.every(({ verdict }) => verdict === "PROVEN");
		const plain = { number, left: left.text, right: right.text, span: right.span };
		const against =
			sound || number < 2
				? {}
				: { againstFirst: verdictOf(this.carefully(chain, { ...equality, left: first.side }, budget)) };
		const base = { ...plain, ...against };
		switch (result.verdict) {
			case "PROVEN": {
				const domain = domainOf(result.pairs.flat());
				const named = this.lengthsProven(equality, result.sizes, chain.fixed);
				return {
					...base,
					verdict: "PROVEN",
					...(domain.length > 0 && { domain }),
					...(result.cells > 1 && { almostEverywhere: true }),
					...(named.length > 0 && { sizes: named }),
					bound: result.bound,
					...(typeof left.side === "function" && { note: asRecorded }),
				};
			}
			case "UNDECIDED":
				return { ...base, verdict: "UNDECIDED", samples: result.agreeing, note: result.why };
			default:
				return { ...base, ...this.wrong(chain, equality, result, before, explain ? budget : undefined) };
		}
	}

	private carefully({ claim, fixed }: Chain, equality: Equality, budget: Budget): Judgement {
		try {
			const workspaces = this.at(fixed ?? new Map(), budget);
			const one = fixed !== undefined || this.lengthsIn(equality).length === 0;
			return judge(equality, one ? workspaces.slice(0, 1) : workspaces, budget);
		} catch (error) {
			if (error instanceof OutOfRange)
				throw complaint(claim.source, error.span, error.message, "an index within its range");
			throw error;
		}
	}

	/** All there is to say about a step that does not hold. */
	private wrong(
		chain: Chain,
		equality: Equality,
		result: Judgement & { verdict: "REFUTED" | "SHAPES" },
		before: readonly Step[],
		budget: Budget | undefined,
	): Pick<Step, "verdict" | "counterexample" | "holdsIf" | "repair" | "note"> {
		const shapes = result.verdict === "SHAPES";
		const counterexample: Counterexample = shapes
			? { values: {}, left: result.left, right: result.right }
			: counterexampleOf(result.refutation, result.workspace, result.shape, equality.free);
		const note = shapes ? { note: `shapes: ${result.message}` } : {};
		if (!budget) return { verdict: "REFUTED", counterexample, ...note };
		const formulas = [equality.left, equality.right].flatMap((side) => (typeof side === "function" ? [] : side));
		const used = typeof equality.left === "function" ? new Set(this.notation.variables.keys()) : this.usedBy(formulas);
		const workspaces = this.at(chain.fixed ?? new Map(), budget).slice(0, chain.fixed ? 1 : undefined);
		const under = (fixed: Sizes): readonly Workspace[] => (chain.fixed ? workspaces : this.at(fixed, budget));
		const conditions = shapes ? [] : conditionsFor(equality, this.notation, under, used, budget.share(0.5));
		let repair = repairsOf(equality, workspaces, this.notation, budget.share(0.7));
		if (repair.length === 0) repair = lastSound(chain, before);
		if (repair.length === 0) repair = leftRepairsOf(equality, workspaces, this.notation, budget);
		return {
			verdict: conditions.length > 0 ? "HOLDS ONLY IF" : "REFUTED",
			counterexample,
			...(conditions.length > 0 && { holdsIf: conditions }),
			...(repair.length > 0 && { repair }),
			...note,
		};
	}

	/** The lengths of a proof, and where a few stand for all, all. */
	private lengthsProven(equality: Equality, sizes: readonly Sizes[], fixed: Sizes | undefined): string[] {
		const { left, right } = equality;
		if (fixed || typeof left === "function") return [sizesText(fixed ?? new Map())].filter((text) => text !== "");
		const named = this.lengthsIn(equality);
		const all = named.filter((name) => {
			const needed = lengthsNeeded([left, right], name, this.notation);
			return needed === 1 || (needed === 2 && named.length === 1 && sizes.length > 1);
		});
		const rounds = sizes.map((round) => new Map(named.flatMap((name) => [[name, round.get(name) as number]])));
		const texts = rounds.map((round) =>
			[...all.map((name) => `all ${name}`), sizesText(new Map([...round].filter(([name]) => !all.includes(name))))]
				.filter((text) => text !== "")
				.join(", "),
		);
		return [...new Set(texts)].filter((text) => text !== "");
	}

	/** Lengths with a name that matter to an equality. */
	private lengthsIn({ left, right, free }: Equality): string[] {
		const { dimensions, variables, indices } = this.notation;
		const used = this.usedBy([left, right].flatMap((side) => (typeof side === "function" ? [] : side)));
		const extents = [...used, ...free].flatMap((name) => [
			name,
			...(variables.get(name)?.shape ?? []),
			indices.get(name) ?? [],
		]);
		return dimensions.filter((name) => extents.includes(name));
	}

	/** Names that formulas use, themselves or through definitions. */
	private usedBy(formulas: readonly Formula[]): Set<string> {
		const used = new Set<string>();
		const open = formulas.flatMap((f) => [...namesIn(f), ...callsIn(f)]);
		for (let name = open.pop(); name !== undefined; name = open.pop()) {
			if (used.has(name)) continue;
			used.add(name);
			const definition = this.notation.definitions.get(name);
			if (definition) open.push(...namesIn(definition.body), ...callsIn(definition.body), ...definition.indices);
		}
		return used;
	}
}

/** What is said of every proof about a node. */
const asRecorded = "as recorded: where a rule chose by a sign, the branch that was taken";

/** The side before, where it was proven and is more than what was to be worked out. */
function lastSound({ sides }: Chain, before: readonly Step[]): string[] {
	const side = sides[before.length]?.side;
	const sound = before.length > 0 && before.every(({ verdict }) => verdict === "PROVEN");
	return sound && side && typeof side !== "function" ? [formulaText(side)] : [];
}

function verdictOf(result: Judgement): Verdict {
	return result.verdict === "SHAPES" ? "REFUTED" : result.verdict;
}

/**
 * A problem about which claims can be made: declarations, and definitions that
 * use what stands above them. Written as a template or given as a text.
 *
 * @throws at the first statement that cannot be understood, with its place.
 *
 * @example
 * ```ts
 * import { problem } from "chainrule/symbolic";
 * const p = problem`
 *   w, x, b, y : scalar
 *   z = w*x + b;  a = sigma(z);  C = (y - a)^2 / 2`;
 * const r = p.verify`dC/dw = (a - y)*sigma'(z)*x = a*sigma'(z)`;
 * console.log(r.steps[0]?.verdict); // PROVEN
 * console.log(r.firstWrong); // 2
 * console.log(r.steps[1]?.holdsIf); // [ 'x = 1, y = 0' ]
 * ```
 */
export function problem(source: Given, ...more: readonly unknown[]): Problem {
	return new Problem(typeof source === "string" ? source : String.raw(source, ...more));
}
