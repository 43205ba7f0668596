/** The rule by which every weight is moved, as formulas, with names or with the numbers of the next step in their place. */
import { html } from "../../explorer/page/dom.js";
import type { RuleLine } from "../training/protocol.js";
import { display, typeset } from "../typeset.js";
import { tick } from "../widgets.js";
import { text } from "../words.js";
import { short } from "./ticks.js";
import { words } from "./words.js";

/** What is known of the rule. */
interface Rule {
	readonly rule: readonly RuleLine[];
	readonly derived: readonly RuleLine[];
	readonly numbers: Readonly<Record<string, number>>;
}

/** The rule on the page. */
export interface RuleCard {
	readonly element: HTMLElement;
	readonly show: (rule: Rule) => void;
	/** The numbers of the next step: some change as it goes on. */
	readonly update: (numbers: Readonly<Record<string, number>>) => void;
}

/** Milliseconds between two changes of the numbers: nobody reads faster. */
const pause = 250;

/** Makes it. */
export function ruleCard(): RuleCard {
	let shown: Rule = { rule: [], derived: [], numbers: {} };
	let filled = false;
	let written = Number.NEGATIVE_INFINITY;
	let later: number | undefined;
	const lines = html("div", { class: "rule-lines" });
	const derived = html("div", { class: "rule-derived" });
	const numbers = html("div", { class: "rule-numbers" });
	const fill = tick(words.withNumbers, (on) => {
		filled = on;
		void draw();
	});
	const element = html(
		"section",
		{ class: "card rule" },
		html("header", {}, html("h2", {}, text(words.rule)), fill.element),
		lines,
		derived,
		numbers,
		html("p", { class: "faint small-text" }, text(words.ruleSays)),
	);

	async function draw(): Promise<void> {
		const { rule, derived: following, numbers: values } = shown;
		set(lines, filled ? await Promise.all(rule.map((line) => withNumbers(line, values))) : latexOf(rule));
		set(derived, latexOf(following));
		drawNumbers();
	}
	function set(place: HTMLElement, latex: readonly string[]): void {
		while (place.children.length > latex.length) place.lastElementChild?.remove();
		for (const [at, one] of latex.entries()) {
			const line = place.children[at];
			if (line === undefined) place.append(display(one));
			else void typeset(line, one, true);
		}
	}
	function drawNumbers(): void {
		const pairs = Object.entries(shown.numbers);
		if (
			numbers.children.length !== pairs.length ||
			[...numbers.children].some((one, at) => one.firstChild?.textContent !== lowered(pairs[at]?.[0] ?? ""))
		)
			numbers.replaceChildren(
				...pairs.map(([name]) =>
					html("span", { class: "pair" }, html("i", {}, lowered(name)), " = ", html("output", {})),
				),
			);
		for (const [at, [, value]] of pairs.entries()) {
			const place = numbers.children[at]?.lastElementChild;
			if (place) place.textContent = short(value, 5);
		}
	}
	function write(): void {
		later = undefined;
		written = performance.now();
		if (filled) void draw();
		else drawNumbers();
	}
	return {
		element,
		show: (rule) => {
			shown = rule;
			void draw();
		},
		update: (next) => {
			shown = { ...shown, numbers: next };
			// The last numbers are written, too, however soon after others they come.
			if (later === undefined) later = window.setTimeout(write, Math.max(0, written + pause - performance.now()));
		},
	};
}

function latexOf(lines: readonly RuleLine[]): string[] {
	return lines.map(({ latex }) => latex);
}

/** `β1` with its digit as an index. */
function lowered(name: string): string {
	return name.replace(/\d+$/, (digits) => Array.from(digits, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join(""));
}

/** A line with numbers in the place of their names, as LaTeX. */
async function withNumbers({ name, formula }: RuleLine, numbers: Readonly<Record<string, number>>): Promise<string> {
	const [{ parseFormula, substitute }, { formulaLatex, nameLatex }] = await Promise.all([
		import("../../../src/core/formula.js"),
		import("chainrule/symbolic"),
	]);
	const values = new Map(
		Object.entries(numbers).map(([one, value]) => [one, parseFormula(String(Number(value.toPrecision(5))))] as const),
	);
	return `${nameLatex(name)} \\leftarrow ${formulaLatex(substitute(parseFormula(formula), values))}`;
}
