/**
 * From computations to what the page is told.
 */
import { lineOf } from "../../src/core/graph.js";
import { Scalar } from "../../src/core/tape.js";
import type { Node } from "../../src/core/tensor.js";
import { widthOf } from "../label.js";
import type { Subject } from "../picture.js";
import { type Graph, graphOf, isLiteral, type Vertex } from "./graph.js";
import { alone, matched, type Union } from "./match.js";
import { treeOfFormula, treeOfTemplate } from "./math.js";
import type { ExplorerData, NodeData, Operation, Quantity, RunData, ScopeData, StepData, Tree } from "./model.js";
import { quantityOf } from "./quantity.js";
import { backwardOf } from "./steps.js";
import { numberText, shortText } from "./text.js";
import { firstOpen } from "./view.js";

/** At most so many things are seen at first. */
const mostAtFirst = 60;

/** A list whose entries have numbers and come once. */
class Table<Entry> {
	readonly entries: Entry[] = [];
	readonly #numbers = new Map<unknown, number>();

	/** The number of the entry for `key`. */
	place(key: unknown, make: () => Entry): number {
		const known = this.#numbers.get(key);
		if (known !== undefined) return known;
		this.#numbers.set(key, this.entries.length);
		return this.entries.push(make()) - 1;
	}
}

/** What the page is told, but for the layout. One subject is explored, two are compared. */
export function dataOf(
	subjects: readonly Subject[],
	title: string,
	runNames: readonly string[],
): Omit<ExplorerData, "layout"> {
	const graphs = subjects.map(graphOf);
	const [first, second] = graphs as [Graph, Graph?];
	const union = second === undefined ? alone(first) : matched(first, second);
	const passes = graphs.map(backwardOf);
	const operations = new Table<Operation>();
	const formulas = new Table<Tree>();
	const places = (run: number): readonly number[] => union.places[run] as readonly number[];

	const inverse = graphs.map((graph, run) => {
		const back = new Map<number, number>();
		for (const index of graph.vertices.keys()) back.set(places(run)[index] as number, index);
		return back;
	});
	const labels = labelsOf(union);
	const nodes = union.pairs.map((pair, place): NodeData => {
		const vertex = pair.find((one) => one !== undefined) as Vertex;
		const op = vertex.origin?.op;
		const perRun = <Found>(read: (vertex: Vertex, run: number, index: number) => Found): (Found | null)[] =>
			graphs.map((_, run) => {
				const index = inverse[run]?.get(place);
				return index === undefined ? null : read(pair[run] as Vertex, run, index);
			});
		const label = labels[place] as string;
		const line = lineOf(vertex.node);
		const values = perRun(({ node }) => quantityOf(node));
		const gradients = perRun((_, run, index) => quantityOrNull(passes[run]?.gradients[index]));
		const symbol = op?.symbol ?? "";
		return {
			kind: vertex.kind,
			label,
			named: vertex.name !== undefined,
			op: op === undefined ? -1 : operations.place(op, () => operationOf(op)),
			scope: union.scopes[place] as number,
			inputs: perRun(({ inputs }, run) => inputs.map((input) => places(run)[input] as number)),
			values,
			gradients,
			exact: perRun((_, run, index) => passes[run]?.exact[index] ?? true).map((exact) => exact ?? true),
			output: vertex.output,
			...(line !== undefined && { line }),
			...boxSize(isLiteral(vertex), label, symbol, values, gradients),
		};
	});
	const runs = passes.map(({ steps }, run): RunData => {
		const { vertices } = graphs[run] as Graph;
		const place = (index: number): number => (index < 0 ? -1 : (places(run)[index] as number));
		return {
			name: runNames[run] ?? `run ${run + 1}`,
			steps: steps.map(({ from, operand, to, local, contribution, total, turn, turns }): StepData => {
				const op = vertices[from]?.origin?.op;
				const partial = op?.family === "pointwise" ? op.partials[operand] : undefined;
				return {
					from: place(from),
					operand,
					to: place(to),
					local: quantityOrNull(local),
					formula: partial === undefined ? -1 : formulas.place(partial, () => treeOfFormula(partial)),
					contribution: quantityOf(contribution),
					total: quantityOf(total),
					turn,
					turns,
				};
			}),
		};
	});
	const counts = union.parts.map(() => 0);
	for (const scope of union.scopes)
		for (let at = scope; at >= 0; at = union.parts[at]?.parent ?? -1) counts[at] = (counts[at] ?? 0) + 1;
	const scopes = union.parts.map(({ name, parent }, index): ScopeData => {
		const wide = Math.max(widthOf(name) * 13, widthOf(`${counts[index]} nodes inside`) * 11);
		return { name, parent, width: Math.ceil(wide) + 34, height: 46 };
	});
	const outputs = nodes.filter(({ output }) => output);
	return {
		title,
		target: outputs.length === 1 && outputs[0]?.named ? outputs[0].label : "L",
		nodes,
		scopes,
		operations: operations.entries,
		formulas: formulas.entries,
		runs,
		open: firstOpen({ nodes, scopes }, mostAtFirst),
	};
}

function quantityOrNull(x: Node | undefined): Quantity | null {
	return x === undefined ? null : quantityOf(x);
}

function operationOf({ name, symbol, says, tex }: NonNullable<Vertex["origin"]>["op"]): Operation {
	return { name, symbol, says, formula: treeOfTemplate(tex) };
}

/** What every node is called: a number by itself, and without a name v₁, v₂, ... in the order of the program. */
function labelsOf({ pairs }: Union): string[] {
	let count = 0;
	return pairs.map((pair) => {
		const vertex = pair.find((one) => one !== undefined) as Vertex;
		if (vertex.name !== undefined) return vertex.name;
		if (isLiteral(vertex)) {
			const { node } = vertex;
			return numberText(node instanceof Scalar ? node.value : (node.storage[node.offset] as number));
		}
		return `v${subscript(++count)}`;
	});
}

function subscript(count: number): string {
	return Array.from(String(count), (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
}

/** A box has room for its name and symbol, its value, and a gradient that is still to come. */
function boxSize(
	literal: boolean,
	label: string,
	symbol: string,
	values: readonly (Quantity | null)[],
	gradients: readonly (Quantity | null)[],
): { width: number; height: number } {
	const heading = widthOf(shortened(label)) * 13 * 1.08 + (symbol === "" ? 0 : widthOf(symbol) * 13 + 12);
	if (literal) return { width: Math.ceil(Math.max(heading, 12)) + 16, height: 24 };
	const value = widthOf(values.map((quantity) => (quantity === null ? "–" : shortText(quantity))).join(" | ")) * 12;
	const grads = gradients.map((quantity) => (quantity === null ? 0 : widthOf(shortText(quantity)) * 12 + 16));
	// While contributions arrive the sum may be longer than the gradient in the end.
	const flows = gradients.some((quantity) => quantity !== null);
	const width = Math.max(heading, value, flows ? 84 : 0, ...grads);
	return { width: Math.ceil(width) + 20, height: flows ? 60 : 42 };
}

/** A name as boxes show it: at most 28 characters. */
function shortened(name: string): string {
	const characters = Array.from(name);
	return characters.length > 28 ? `${characters.slice(0, 27).join("")}…` : name;
}
