/**
 * Derivatives, sums and products in LaTeX.
 *
 * How far they reach is what readers most often have to guess; here a guess is
 * an error. A sum reaches to the next + or -, a derivative in front of something
 * only over the one factor that follows.
 */
import { type Formula, formulaText, type Span } from "../core/formula.js";
import { LatexLetters, placed } from "./latexletters.js";
import { isStem, type LatexNames, type Letter, rankOf } from "./latexnames.js";
import type { LatexToken } from "./latextokens.js";

/** Signs between factors. */
export const productSigns: ReadonlySet<string> = new Set(["cdot", "times", "odot", "circ", "ast"]);

/** Reads what calculus adds to letters; factors and terms are read by who knows how. */
export abstract class LatexCalculus extends LatexLetters {
	protected abstract term(): Formula;
	protected abstract factor(): Formula;
	protected abstract primary(): Formula;
	protected abstract group(): Formula;
	protected abstract beginsFactor(): boolean;

	protected root(): Formula {
		const { start } = this.take().span;
		const order = this.isSign("[") ? this.group() : undefined;
		const f = this.argument();
		const span = this.since(start);
		if (!order) return { kind: "call", name: "sqrt", primes: 0, arguments: [f], span };
		const one: Formula = { kind: "number", text: "1", value: 1, span };
		return {
			kind: "binary",
			operator: "^",
			left: f,
			right: { kind: "binary", operator: "/", left: one, right: order, span },
			span,
		};
	}

	protected fraction(): Formula {
		const { start } = this.take().span;
		const digits = this.next;
		// \frac12 is one half: TeX takes one token for each argument, and a digit is one.
		if (digits.kind === "number" && /^\d\d$/.test(digits.text)) {
			this.take();
			const [above, below] = Array.from(digits.text, (digit): Formula => {
				return { kind: "number", text: digit, value: Number(digit), span: digits.span };
			}) as [Formula, Formula];
			return { kind: "binary", operator: "/", left: above, right: below, span: this.since(start) };
		}
		const derivative = this.derivative(start);
		if (derivative) return derivative;
		const left = this.argument();
		const right = this.argument();
		return { kind: "binary", operator: "/", left, right, span: this.since(start) };
	}

	/** The sign of a differential at a place: ∂, d, or δ where it is no name of the problem. */
	protected differential(at: number): string | undefined {
		const token = this.tokens[at];
		if (this.isCommand("partial", token)) return "partial";
		const upright = token?.kind === "word" && token.text === "d";
		const next = this.tokens[at + 1];
		if (upright || (token?.kind === "letter" && token.text === "d" && !this.isSign("_", next))) return "d";
		if (this.isCommand("delta", token) && !this.isSign("_", next) && !this.isSign("^", next)) return "delta";
		return undefined;
	}

	/** A fraction of differentials, or `undefined` if this one is none. */
	protected derivative(start: number): Formula | undefined {
		const below = this.behind(this.position);
		if (below === undefined || !this.isSign("{", this.tokens[below])) return undefined;
		const sign = this.differential(this.position + 1);
		if (sign === undefined || this.differential(below + 1) !== sign) return undefined;
		const { span } = this.tokens[this.position + 1] as LatexToken;
		const taken = sign === "partial" ? false : this.closed && isStem(sign, this.exactly(sign), this.spellings);
		if (taken) {
			const what = `${sign === "d" ? "d" : "\\delta"} is a name of the problem`;
			throw this.refuse(span, what, "\\frac{\\partial C}{\\partial w} for a derivative");
		}
		this.position += 2;
		const order = this.order();
		const function_ = this.isSign("}") ? undefined : this.expression();
		this.mustClose();
		this.take();
		const variables = this.denominator(sign);
		if (order !== variables.length) {
			const what = `a derivative of order ${order} along ${variables.length}`;
			throw this.refuse(this.since(start), what, "as many variables as the order says");
		}
		return this.differentiated(function_ ?? this.operand(start), variables, start);
	}

	/** The problem's names as far as they are `sign` itself: d3 does not make d a name. */
	protected exactly(sign: string): LatexNames {
		const rank = this.names.values.get(sign);
		return { values: new Map(rank === undefined ? [] : [[sign, rank]]), functions: new Set(), indices: new Map() };
	}

	/** The n of ∂^n. */
	protected order(): number {
		if (!this.skip("^")) return 1;
		const braces = this.skip("{");
		const { kind, text, span } = this.take();
		if (kind !== "number" || !/^[1-4]$/.test(text)) {
			throw this.refuse(span, "the order of a derivative", "a number from 1 to 4");
		}
		if (braces) this.mustClose();
		return Number(text);
	}

	protected denominator(sign: string): Formula[] {
		const variables: Formula[] = [];
		while (!this.isSign("}")) {
			if (this.differential(this.position) !== sign) {
				throw this.unexpected(`${sign === "d" ? "d" : `\\${sign}`} and a name`);
			}
			this.take();
			// d and x are one word for the eye only: what follows the d is a name of its own.
			const f = this.factor();
			const power = f.kind === "binary" && f.operator === "^" && f.right.kind === "number" ? f : undefined;
			const variable = power?.left ?? f;
			if (variable.kind !== "name" && !(variable.kind === "index" && variable.operand.kind === "name")) {
				throw this.refuse(variable.span, "nothing to differentiate by", "a name, or an element of one");
			}
			const times = power?.right.kind === "number" ? power.right.value : 1;
			for (let time = 0; time < Math.min(times, 5); time++) variables.push(variable);
		}
		this.take();
		return variables;
	}

	/** What an operator such as d/dx in front applies to: the one factor that follows. */
	protected operand(start: number): Formula {
		if (!this.beginsFactor()) throw this.unexpected("what is differentiated");
		const f = this.isCommand("sum") || this.isCommand("prod") ? this.primary() : this.factor();
		const sign = this.at("command") && productSigns.has(this.next.text);
		if (this.beginsFactor() || sign || this.isSign("*") || this.isSign("/")) {
			const what = "how far the derivative reaches is not clear";
			throw this.refuse(this.since(start), what, "parentheses around the derivative, or around what it applies to");
		}
		return f;
	}

	protected differentiated(f: Formula, variables: readonly Formula[], start: number): Formula {
		const span = this.since(start);
		return { kind: "call", name: "d", primes: 0, arguments: [f, ...variables], span };
	}

	/** \nabla_w C is the derivative of C by w. */
	protected nabla(): Formula {
		const { span } = this.take();
		if (!this.isSign("_")) {
			throw this.refuse(span, "\\nabla without a name below it", "\\nabla_w C, or \\frac{\\partial C}{\\partial w}");
		}
		this.take();
		const variable = this.argument();
		return this.differentiated(this.operand(span.start), [variable], span.start);
	}

	/** d/dz g(z), written with a stroke. */
	protected slashed(start: number): Formula | undefined {
		const [d, stroke, below, variable] = [0, 1, 2, 3].map((offset) => this.tokens[this.position + offset]);
		const isD = (token: LatexToken | undefined): boolean => token?.kind === "letter" && token.text === "d";
		if (!isD(d) || !this.isSign("/", stroke) || !isD(below) || !variable?.glued || variable.kind !== "letter")
			return undefined;
		if (this.names.values.has("d")) return undefined;
		this.position += 3;
		const by = this.named(
			{ stems: [this.take().text], layer: undefined, below: [] },
			[],
			{ primes: 0 },
			variable.span.start,
		);
		return this.differentiated(this.operand(start), [by], start);
	}

	protected big(name: "sum" | "prod"): Formula {
		const { span } = this.take();
		const below: { index: Formula; excluded: Formula | undefined }[] = [];
		let upper: Span | undefined;
		while (this.isSign("_") || this.isSign("^")) {
			if (this.skip("_")) below.push(...this.underSum(name, span));
			else {
				this.take();
				const { start } = this.next.span;
				const bound = this.argument();
				upper = this.since(start);
				this.checkUpper(bound, upper, below.at(-1)?.index);
			}
		}
		if (upper && below.length === 0)
			throw this.refuse(span, `\\${name} with an end and no index`, `\\${name}_{i=1}^{n}`);
		const body = this.nested(() => this.term());
		const whole = this.since(span.start);
		if (below.length === 0 && rankOf(body, this.names) === 0) {
			const what = `\\${name} without an index`;
			throw this.refuse(span, what, `an index below it, \\${name}_i, or an array behind it`);
		}
		const zero: Formula = {
			kind: "number",
			text: name === "sum" ? "0" : "1",
			value: name === "sum" ? 0 : 1,
			span: whole,
		};
		const inner = below.reduce<Formula>((f, { index, excluded }) => {
			if (!excluded) return f;
			const condition: Formula = { kind: "compare", operator: "==", left: index, right: excluded, span: whole };
			// biome-ignore lint/suspicious/noThenProperty: the parts of if(c, a, b) are called so in the one grammar
			return { kind: "if", condition, then: zero, otherwise: f, span: whole };
		}, body);
		const indices = below.map(({ index }) => index);
		return { kind: "call", name, primes: 0, arguments: [...indices, inner], span: whole };
	}

	/** What stands below a sum: indices, perhaps with where they begin. */
	protected underSum(name: string, sum: Span): { index: Formula; excluded: Formula | undefined }[] {
		const braces = this.skip("{");
		const found: { index: Formula; excluded: Formula | undefined }[] = [];
		do {
			const { start } = this.next.span;
			if (!this.isLetterLike()) throw this.unexpected(`an index below \\${name}`);
			// \\sum_{ij} is over i and j, unless ij is an index.
			const run = this.run();
			const apart = run.length > 1 && !this.names.indices.has(run.join(""));
			const letter = this.letter(braces && !apart ? undefined : 1);
			const index = this.summed(letter, name, this.since(start), sum);
			let excluded: Formula | undefined;
			if (braces && this.skip("=")) this.checkLower(index);
			else if (braces && (this.isCommand("ne") || this.isCommand("neq"))) {
				this.take();
				excluded = this.expression();
			}
			found.push({ index, excluded });
			if (!braces) return found;
			// \sum_{ij} runs over both.
		} while (this.skip(",") || this.isLetterLike());
		if (!this.skip("}")) throw this.unexpected(`an index, i=1 or i \\ne j below \\${name}`);
		return found;
	}

	/** The index that a letter below a sum is. */
	protected summed(letter: Letter, name: string, span: Span, sum: Span): Formula {
		const written = [...letter.stems.slice(0, 1), ...letter.below].join("_");
		const spelled = this.spellings.find(
			(known) =>
				known.summed && known.letter.stems[0] === letter.stems[0] && known.letter.below.join() === letter.below.join(),
		);
		if (spelled) return placed(spelled.formula, span);
		const plain = letter.below.length === 0 && letter.layer === undefined;
		const [stem = ""] = letter.stems;
		if (plain && (!this.closed || this.names.indices.has(stem))) return { kind: "name", name: stem, span };
		const what = `"${written}" below \\${name} is no index of the problem`;
		const known = [...this.names.indices.keys()].join(", ");
		const standing = `say what it stands for: \\${name}_{${written}} for an index`;
		const fix = this.names.values.has(stem) ? standing : `declare it, ${stem} in 1..n, or ${standing}`;
		throw this.refuse(
			{ ...span, start: Math.max(span.start, sum.start) },
			what,
			known === "" ? "a declared index" : `one of ${known}`,
			fix,
		);
	}

	protected checkLower(index: Formula): void {
		const { start } = this.next.span;
		const lower = this.expression();
		if (lower.kind === "number" && lower.value === 1) return;
		const what = `a sum that begins at ${formulaText(lower)}`;
		throw this.refuse(
			{ start, end: start },
			what,
			`${formulaText(index)}=1: an index runs over all of its range, from 1`,
		);
	}

	protected checkUpper(bound: Formula, span: Span, index: Formula | undefined): void {
		const declared = index?.kind === "name" ? this.names.indices.get(index.name) : undefined;
		if (!this.closed || declared === undefined || declared === "" || formulaText(bound) === declared) return;
		const what = `a sum that ends at ${formulaText(bound)}`;
		throw this.refuse(span, what, `${declared}, where ${formulaText(index as Formula)} was declared to end`);
	}
}
