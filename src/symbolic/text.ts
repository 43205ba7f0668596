/**
 * Graphs as lines of text, and back: `a : scalar = sigmoid(z)`.
 *
 * A line says everything that a graph holds, and nothing else, so reading a text
 * gives an equal graph.
 */

import type { ChainruleError } from "../core/errors.js";
import { failure } from "../core/errors.js";
import type { Graph, GraphValue } from "./graph.js";

/** Names that need no quotes. */
const plain = /^[\p{L}_][\p{L}\p{M}\p{N}_.₀-₉⁽⁾⁰-⁹¹²³]*$/u;

function spelt(name: string): string {
	return plain.test(name) && name !== "return" ? name : JSON.stringify(name);
}

/** The graph in lines; {@link parseGraph} reads them. */
export function text({ values, outputs }: Graph): string {
	return [...values.map(lineOf), `return ${outputs.map(spelt).join(", ")}`].join("\n");
}

function lineOf({ name, type, shape, op, operands, attributes, elements }: GraphValue): string {
	const head = `${spelt(name)} : ${type === "scalar" ? type : `${type}[${shape.join(", ")}]`}`;
	if (elements !== undefined) return `${head} = [${elements.map(numberText).join(", ")}]`;
	if (operands.length === 0 && isLeaf(op)) return `${head} ${op}`;
	const told = Object.entries(attributes).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
	return `${head} = ${op}(${operands.map(spelt).join(", ")}${told.length === 0 ? "" : `; ${told.join("; ")}`})`;
}

const isLeaf = (op: string): boolean => op === "variable" || op === "constant";

/** Every double has a text of its own; JSON has none for the infinite ones. */
function numberText(value: number): string {
	return Object.is(value, -0) ? "-0" : String(value);
}

/**
 * Reads what {@link text} wrote.
 *
 * @throws where a line cannot be read, a name comes twice, or an operand is not defined above.
 *
 * @example
 * ```ts
 * import { parseGraph, text } from "chainrule/symbolic";
 *
 * const lines = ["z : scalar variable", "a : scalar = sigmoid(z)", "return a"].join("\n");
 * console.log(parseGraph(lines).values[1]?.operands); // [ 'z' ]
 * console.log(text(parseGraph(lines)) === lines); // true
 * ```
 */
export function parseGraph(source: string): Graph {
	const values: GraphValue[] = [];
	const known = new Set<string>();
	let outputs: readonly string[] | undefined;
	for (const [index, line] of source.split("\n").entries()) {
		if (line.trim() === "") continue;
		const reader = new LineReader(line, index + 1);
		if (outputs !== undefined) throw reader.refused("nothing behind return");
		if (reader.skip("return ")) {
			outputs = reader.list("");
			for (const name of outputs) if (!known.has(name)) throw undefinedName(name, known, index + 1);
			continue;
		}
		const value = reader.value();
		if (known.has(value.name)) {
			throw failure({
				what: `parseGraph: ${value.name} is defined twice`,
				expected: "one line for a name",
				actual: `line ${index + 1}`,
			});
		}
		for (const name of value.operands) if (!known.has(name)) throw undefinedName(name, known, index + 1);
		known.add(value.name);
		values.push(value);
	}
	if (outputs === undefined) {
		throw failure({
			what: "parseGraph: no results",
			expected: "return and the names of the results, as the last line",
			actual: "no such line",
		});
	}
	return { values, outputs };
}

function undefinedName(name: string, known: ReadonlySet<string>, line: number): ChainruleError {
	return failure({
		what: `parseGraph: ${name} is not defined above`,
		expected: known.size === 0 ? "a leaf first" : `one of ${[...known].slice(0, 10).join(", ")}`,
		actual: `line ${line}`,
	});
}

/** One line, read from the left. */
class LineReader {
	private readonly line: string;
	private readonly number: number;
	private at = 0;

	constructor(line: string, number: number) {
		this.line = line.trim();
		this.number = number;
	}

	refused(expected: string): ChainruleError {
		return failure({
			what: `parseGraph: line ${this.number} cannot be read`,
			expected,
			actual: `${this.line}\n${" ".repeat(Array.from(this.line.slice(0, this.at)).length)}^`,
		});
	}

	skip(text: string): boolean {
		if (!this.line.startsWith(text, this.at)) return false;
		this.at += text.length;
		return true;
	}

	private expect(text: string, expected = text): void {
		if (!this.skip(text)) throw this.refused(expected);
	}

	/** What `pattern`, sticky, finds here. */
	private take(pattern: RegExp, expected: string): string {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.line)?.[0];
		if (found === undefined) throw this.refused(expected);
		this.at += found.length;
		return found;
	}

	private name(): string {
		if (this.line[this.at] !== '"') return this.take(/[\p{L}_][\p{L}\p{M}\p{N}_.₀-₉⁽⁾⁰-⁹¹²³]*/uy, "a name");
		return this.json() as string;
	}

	/** A JSON value: up to the first place where it is complete. */
	private json(): unknown {
		let end = this.line.length;
		for (let at = this.at + 1; at <= this.line.length; at++) {
			const next = this.line[at];
			if (next !== undefined && !";,) :".includes(next)) continue;
			try {
				const value: unknown = JSON.parse(this.line.slice(this.at, at));
				this.at = at;
				return value;
			} catch {
				end = at;
			}
		}
		this.at = Math.min(this.at, end);
		throw this.refused("a value as JSON writes it");
	}

	/** Names with commas between them, up to `closing`. */
	list(closing: string): string[] {
		const names: string[] = [];
		if (closing !== "" && this.line.startsWith(closing, this.at)) return names;
		do names.push(this.name());
		while (this.skip(", "));
		if (closing === "" && this.at < this.line.length) throw this.refused("a comma or the end");
		return names;
	}

	value(): GraphValue {
		const name = this.name();
		this.expect(" : ", '" : " and a type');
		const type = this.take(/scalar|float64|float32|int32|bool/y, "scalar, float64, float32, int32 or bool");
		const shape =
			type === "scalar"
				? []
				: (this.take(/\[[\d, ]*\]/y, "a shape, [2, 3]")
						.match(/\d+/g)
						?.map(Number) ?? []);
		const leaf = { name, type, shape, operands: [], attributes: {}, elements: undefined };
		if (this.skip(" variable")) return this.ended({ ...leaf, op: "variable" });
		if (this.skip(" constant")) return this.ended({ ...leaf, op: "constant" });
		this.expect(" = ", '"variable", "constant" or " = "');
		if (this.skip("[")) {
			const body = this.take(/[^\]]*/y, "numbers");
			this.expect("]");
			const elements = body.trim() === "" ? [] : body.split(",").map(Number);
			return this.ended({ ...leaf, op: "constant", elements });
		}
		const op = this.take(/[\p{L}_][\p{L}\p{N}_.-]*/uy, "an operation");
		this.expect("(");
		const operands = this.line.startsWith(";", this.at) ? [] : this.list(")");
		const attributes: Record<string, unknown> = {};
		while (this.skip("; ")) {
			const key = this.take(/[^\s=]+/y, "the name of an attribute");
			this.expect(" = ");
			attributes[key] = this.json();
		}
		this.expect(")", '", ", "; " or ")"');
		return this.ended({ ...leaf, op, operands, attributes });
	}

	private ended(value: GraphValue): GraphValue {
		if (this.at < this.line.length) throw this.refused("the end of the line");
		return value;
	}
}
