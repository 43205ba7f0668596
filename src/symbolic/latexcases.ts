/**
 * Cases in LaTeX: choices with conditions.
 *
 * The last row has to say what holds otherwise, or the opposite of the row
 * before: conditions that leave a gap would make a value out of nothing.
 */
import { type Comparison, type Formula, formulaText, type Span } from "../core/formula.js";
import { LatexCalculus } from "./latexcalculus.js";
import { comparisons } from "./latexcursor.js";

interface Row {
	readonly value: Formula;
	readonly condition: Formula | undefined;
	readonly span: Span;
}

/** Reads cases and comparisons. */
export abstract class LatexCases extends LatexCalculus {
	protected cases(): Formula {
		const { span } = this.take();
		this.rows++;
		const rows: Row[] = [];
		for (;;) {
			while (this.at("break")) this.position++;
			if (this.at("finish")) break;
			const { start } = this.next.span;
			const value = this.expression();
			this.skip(",");
			this.skip("&");
			const condition = this.condition();
			if (this.at("sign") && /^[.,;]$/.test(this.next.text)) this.position++;
			if (!this.at("break") && !this.at("finish")) throw this.unexpected("the end of the row, or \\end{cases}");
			rows.push({ value, condition, span: this.since(start) });
		}
		this.take();
		this.rows--;
		return this.chosen(rows, this.since(span.start));
	}

	/** The condition of a row; `undefined` for "otherwise". */
	private condition(): Formula | undefined {
		for (let word = this.remark(); word !== undefined; word = this.remark()) {
			if (/^(?:otherwise|else)$/.test(word)) return undefined;
		}
		return this.comparison();
	}

	/** An expression, or two with a comparison between them. */
	protected comparison(): Formula {
		const left = this.expression();
		const operator = this.at("letter") ? undefined : comparisons.get(this.next.text);
		if (operator === undefined) return left;
		this.take();
		this.skip("=");
		const right = this.expression();
		if (!this.at("letter") && comparisons.has(this.next.text)) throw this.unexpected("one comparison at a time");
		return { kind: "compare", operator, left, right, span: { start: left.span.start, end: right.span.end } };
	}

	/** A word between value and condition, set upright or just typed. */
	private remark(): string | undefined {
		const words = /^(?:if|for|when|where|otherwise|else|)$/;
		const plain = this.next.text
			.toLowerCase()
			.replaceAll(/[\s,.:]+/g, " ")
			.trim();
		if (this.at("word") && words.test(plain)) {
			this.take();
			return plain;
		}
		const typed = this.run().join("");
		if (!words.test(typed) || typed === "") return undefined;
		this.position += typed.length;
		return typed;
	}

	private chosen(rows: readonly Row[], span: Span): Formula {
		const last = rows.at(-1);
		const before = rows.at(-2);
		if (!last || !before) throw this.refuse(span, "cases with one row", "two rows or more");
		const early = rows.slice(0, -1).find(({ condition }) => condition === undefined);
		if (early) throw this.refuse(early.span, "otherwise before the last row", "a condition");
		if (last.condition !== undefined && !complementary(before.condition as Formula, last.condition, rows.length)) {
			const what = "the conditions leave it open what holds otherwise";
			throw this.refuse(last.span, what, "\\text{otherwise} in the last row");
		}
		return rows.slice(0, -1).reduceRight<Formula>(
			(otherwise, { value, condition }) => ({
				kind: "if",
				condition: condition as Formula,
				// biome-ignore lint/suspicious/noThenProperty: the parts of if(c, a, b) are called so in the one grammar
				then: value,
				otherwise,
				span,
			}),
			last.value,
		);
	}
}

const opposite: Readonly<Record<Comparison, Comparison | undefined>> = {
	"<": ">=",
	">=": "<",
	">": "<=",
	"<=": ">",
	"==": undefined,
};

/** True if the second of two conditions holds exactly where the first does not. */
function complementary(first: Formula, second: Formula, rows: number): boolean {
	if (rows !== 2 || first.kind !== "compare" || second.kind !== "compare") return false;
	const same =
		formulaText(first.left) === formulaText(second.left) && formulaText(first.right) === formulaText(second.right);
	return same && opposite[first.operator] === second.operator;
}
