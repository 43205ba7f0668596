/**
 * The chain rule, written out.
 *
 * The stations of a derivation are the named values between x and y. From each
 * to the next the derivative is a formula: pointwise rules are read from their
 * records, the pulls of arrays from what they record. What a station's
 * derivative is used for more than once, or where a layer ends, gets an equation
 * and a name of its own; everything else is put in. No operation is known here.
 *
 * Note [where a δ stands]
 * A value that goes into an activation, z in a = σ(z), is where one layer ends
 * and the next begins: its derivative is the δ of the notes. An activation is
 * known by its rule, which is written σ'(z) because it speaks of its own value
 * (a(1 - a)) or of cases, and is no mere product. With a single such value on the
 * way the derivation is one line and needs no δ.
 */
import { isFloating } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { type Formula, parseFormula, partsOf } from "../core/formula.js";
import { orderOf, originOf } from "../core/graph.js";
import { constants, type Pointwise } from "../core/op.js";
import { Scalar, variable, withRecording } from "../core/tape.js";
import type { Node, Tensor } from "../core/tensor.js";
import { pull } from "../diff/pull.js";
import { onesLike } from "../ops/create.js";
import {
	call,
	type Expression,
	folded,
	isArray,
	isNumber,
	named,
	namesOf,
	one,
	operandsOf,
	partial,
	product,
	rebuilt,
	replaced,
	scaleOf,
	sizeOfExpression,
	spread,
	sum,
} from "./expression.js";
import { lowered, nameOfParts, partsOfName, raised } from "./names.js";
import { textOf } from "./print.js";
import { checkLength, isTracked, type Reading, type ReadOptions, read } from "./read.js";
import { gathered } from "./series.js";
import { type Condition, Conditions, cancelled, expanded, type Fact, simplified, tidied } from "./simplify.js";
import { fromFormula } from "./tree.js";

/** One line: what the derivative is equal to, and why. */
export interface Line {
	readonly expression: Expression;
	readonly reason: string;
	/** The equations that were used: σ'(z) = a(1 - a). */
	readonly used: readonly (readonly [Expression, Expression])[];
	/** What has to hold for the step. */
	readonly conditions: readonly Condition[];
}

/** The lines of one derivative. */
export interface Chain {
	/** ∂of/∂by. */
	readonly of: string;
	readonly by: string;
	/** The name that stands for it from here on; for `scale` times it, where the derivative is that much. */
	readonly name: string | undefined;
	readonly lines: readonly Line[];
	/** What is divided out before the name is given: 1/m. */
	readonly scale: Expression | undefined;
}

/** A derivation before it is printed. */
export interface Chains {
	readonly reading: Reading;
	/** The name of the result. */
	readonly result: string;
	/** The chains in the order in which they are used; the last is the one asked for. */
	readonly chains: readonly Chain[];
	/** Named intermediate values that the lines mention, and what they were computed as. */
	readonly definitions: readonly { readonly name: string; readonly expression: Expression }[];
}

// ---------------------------------------------------------------- activations

function mentions(f: Formula, test: (f: Formula) => boolean): boolean {
	return test(f) || partsOf(f).some((part) => mentions(part, test));
}

const isActivation = new WeakMap<Pointwise, boolean>();

/** True where the derivative is better written f'(z); see Note [where a δ stands]. */
function hasPrime(op: Pointwise): boolean {
	const known = isActivation.get(op);
	if (known !== undefined) return known;
	const rule = op.arity === 1 ? op.partials[0] : undefined;
	const summed =
		rule !== undefined && mentions(rule, (f) => f.kind === "binary" && (f.operator === "+" || f.operator === "-"));
	const cases = rule !== undefined && mentions(rule, (f) => f.kind === "if" || f.kind === "compare");
	const own = rule !== undefined && mentions(rule, (f) => f.kind === "name" && f.name === "z");
	const prime = cases || (summed && own);
	isActivation.set(op, prime);
	return prime;
}

function activationOf(x: Node): Node | undefined {
	const origin = originOf(x);
	if (origin?.op.family !== "pointwise" || !hasPrime(origin.op)) return undefined;
	return origin.inputs[0];
}

/**
 * Names for the values around activations that have none: `z₁⁽²⁾`, unit 1 of
 * layer 2, and `a₁⁽²⁾`; a weight whose name others have, too, is called by the
 * unit that reads it, `w₁₂⁽²⁾`.
 */
function layerNames(nodes: readonly Node[]): Map<number, string> {
	const depth = new Map<number, number>();
	const layers = new Map<number, { before: Node; after: Node }[]>();
	for (const x of nodes) {
		const inputs = originOf(x)?.inputs ?? [];
		const below = Math.max(0, ...inputs.map((input) => depth.get(orderOf(input)) ?? 0));
		const before = activationOf(x);
		depth.set(orderOf(x), below + (before === undefined ? 0 : 1));
		if (before !== undefined && originOf(before) !== undefined) {
			layers.set(below + 1, [...(layers.get(below + 1) ?? []), { before, after: x }]);
		}
	}
	const names = new Map<number, string>();
	const taken = new Set(nodes.flatMap((x) => x.name ?? []));
	if (layers.size < 2 && ![...layers.values()].some((units) => units.length > 1)) return names;
	for (const [layer, units] of layers) {
		for (const [at, { before, after }] of units.entries()) {
			const unit = units.length === 1 ? "" : lowered(at + 1);
			for (const [letter, x] of [
				["z", before],
				["a", after],
			] as const) {
				const name = `${letter}${unit}⁽${raised(layer)}⁾`;
				if (x.name === undefined && !taken.has(name)) names.set(orderOf(x), name);
			}
		}
	}
	weightNames(nodes, layers, names);
	return names;
}

type Units = ReadonlyMap<number, readonly { readonly before: Node }[]>;

/** Names of leaves that share theirs, by the unit that reads them. */
function weightNames(nodes: readonly Node[], layers: Units, names: Map<number, string>): void {
	const units = new Map<number, string>();
	for (const [layer, all] of layers) {
		for (const [at, { before }] of all.entries()) {
			units.set(orderOf(before), `${all.length === 1 ? "" : lowered(at + 1)} ${raised(layer)}`);
		}
	}
	const last = ` ${raised(Math.max(...layers.keys()) + 1)}`;
	const owners = new Map<number, Set<string>>();
	for (const x of nodes.toReversed()) {
		const own = units.get(orderOf(x));
		const found = own === undefined ? (owners.get(orderOf(x)) ?? new Set([last])) : new Set([own]);
		if (activationOf(x) !== undefined) continue;
		for (const input of originOf(x)?.inputs ?? []) {
			owners.set(orderOf(input), new Set([...(owners.get(orderOf(input)) ?? []), ...found]));
		}
	}
	const met = new Set<string>();
	const shared = new Set<string>();
	for (const { name } of nodes) {
		if (name === undefined) continue;
		if (met.has(name)) shared.add(name);
		met.add(name);
	}
	// Two numbers of more than one digit need a sign between them.
	const wide = [...layers.values()].some((all) => all.length > 9);
	for (const x of nodes) {
		const [owner, ...more] = owners.get(orderOf(x)) ?? [];
		if (x.name === undefined || owner === undefined || more.length > 0 || !shared.has(x.name)) continue;
		const [unit = "", layer = ""] = owner.split(" ");
		const [, stem = "", digits = ""] = /^(.*?)(\d*)$/.exec(x.name) ?? [];
		const joint = wide && unit !== "" && digits !== "" ? "," : "";
		names.set(orderOf(x), `${stem}${unit}${joint}${lowered(digits)}⁽${layer}⁾`);
	}
}

// ---------------------------------------------------------------- local derivatives

/** The name of a cotangent while a local derivative is read; nobody can write it. */
const cotangent = "(g)";

/** ∂z/∂x for one operand of a pointwise operation. */
function slope(op: Pointwise, operand: number, operands: readonly Expression[], z: Expression): Expression | undefined {
	const rule = op.partials[operand];
	if (rule === undefined || (rule.kind === "number" && rule.value === 0)) return undefined;
	if (hasPrime(op)) return call(op, 1, operands);
	return ruleOf(rule, operands, z);
}

function ruleOf(rule: Formula, operands: readonly Expression[], z: Expression): Expression {
	const letters = new Map([["z", z], ...operands.map((e, at) => [["x", "y", "w"][at] as string, e] as const)]);
	return fromFormula(rule, (name) => letters.get(name) ?? (constants.has(name) ? named(name) : undefined));
}

/** For each station that `u` was computed from, ∂u/∂station: the contribution of a cotangent `(g)`. */
function localDerivatives(
	u: Node,
	reading: Reading,
	onPath: (x: Node) => boolean,
): Map<number, { node: Node; form: Expression }> {
	const found = new Map<number, { node: Node; form: Expression }>();
	const cotangents = new Map<number, { node: Node; g: Expression[] }>([
		[orderOf(u), { node: u, g: [named(cotangent, u.shape)] }],
	]);
	while (cotangents.size > 0) {
		// The latest first: all that reads it has been visited.
		const key = Math.max(...cotangents.keys());
		const { node, g: parts } = cotangents.get(key) as { node: Node; g: Expression[] };
		cotangents.delete(key);
		const g = spread(sum(parts), node.shape);
		if (node !== u && reading.nameOf(node) !== undefined) {
			found.set(key, { node, form: g });
			continue;
		}
		for (const [input, form] of pulled(node, g, reading)) {
			if (!onPath(input)) continue;
			const at = orderOf(input);
			const known = cotangents.get(at);
			if (known) known.g.push(form);
			else cotangents.set(at, { node: input, g: [form] });
		}
	}
	return found;
}

function pulled(node: Node, g: Expression, reading: Reading): [Node, Expression][] {
	const origin = originOf(node);
	if (origin === undefined) return [];
	const { op, inputs } = origin;
	if (op.family === "pointwise") {
		const operands = reading.operandsAt(node);
		// A name that was given here would hide what the value is.
		const z = (node.name === undefined ? reading.definitionOf(node) : undefined) ?? reading.at(node);
		return inputs.flatMap((input, at): [Node, Expression][] => {
			if (!input.requiresGrad) return [];
			const by = slope(op, at, operands, z);
			return by === undefined ? [] : [[input, spread(product([g, by]), input.shape)]];
		});
	}
	return withRecording(true, () => {
		const seed = placeholder(node);
		// Variables stand for the operands, constants included: what is done to a constant would leave no record.
		const stands = inputs.map((input) =>
			input instanceof Scalar || !isFloating(input.dtype) ? input : standIn(input),
		);
		const known = new Map([
			[orderOf(seed), g],
			...stands.map((stand, at) => [orderOf(stand), reading.at(inputs[at] as Node)] as const),
		]);
		return pull(node, { ...origin, inputs: stands }, seed).flatMap((gradient, at): [Node, Expression][] => {
			const input = inputs[at] as Node;
			return gradient === undefined || !input.requiresGrad ? [] : [[input, reading.further(gradient, known)]];
		});
	});
}

function standIn(x: Tensor): Tensor {
	const stand = x.detach();
	stand.requiresGrad = true;
	return stand;
}

/** A variable of the kind of `x`: what a rule records with it is the form of its gradient. */
function placeholder(x: Node): Node {
	if (x instanceof Scalar) return variable(1);
	const seed = onesLike(x);
	seed.requiresGrad = true;
	return seed;
}

// ---------------------------------------------------------------- the derivation

/** What is asked for. */
export interface ChainOptions extends ReadOptions {
	/** The name of the result, where it has none. */
	readonly result?: string | undefined;
	/** Equations that hold besides: `sum(y) = 1`. They are used from left to right. */
	readonly given?: readonly string[] | undefined;
}

interface Station {
	readonly node: Node;
	readonly name: string;
	/** ∂y/∂station as sums of symbols, and in full. */
	readonly symbols: Expression[];
	readonly full: Expression[];
}

/**
 * The chain rule from `y` to `x`.
 *
 * @throws where `y` was not computed from `x`, or too much lies between.
 */
export function chainsOf(y: Node, x: Node, options: ChainOptions): Chains {
	const nodes = read("derivation", [y], options).nodes;
	const names = new Map([...layerNames(nodes), ...(options.names ?? [])]);
	const taken = new Set([...nodes.flatMap((node) => node.name ?? []), ...names.values()]);
	if (y.name === undefined && !names.has(orderOf(y)))
		names.set(orderOf(y), options.result ?? freeName(["f", "C", "L", "J", "y"], taken));
	const reading = read("derivation", [y], { ...options, names });
	const onPath = pathTo(reading, x);
	for (const node of reading.nodes) {
		const definition = reading.nameOf(node) === undefined ? undefined : reading.definitionOf(node);
		if (definition !== undefined) checkLength("derivation", definition);
	}
	if (!onPath(y) || !isTracked(x)) throw unreached(reading, y, x);

	const facts = factsOf(options.given ?? [], reading);
	const result = reading.nameOf(y) as string;
	const stations = new Map<number, Station>();
	const stationOf = (node: Node): Station => {
		const known = stations.get(orderOf(node));
		if (known) return known;
		const made = { node, name: reading.nameOf(node) as string, symbols: [], full: [] };
		stations.set(orderOf(node), made);
		return made;
	};
	stationOf(y);
	const edges = edgesOf(y, x, reading, onPath);
	const before = (key: number): boolean => {
		const station = [...edges.values()].some((below) => {
			const edge = below.get(key);
			return edge !== undefined && isPrimedAt(edge.form, reading.nameOf(edge.node) as string);
		});
		return station && key !== orderOf(x);
	};
	const ends = [...edges.keys()].filter(before);
	const layered = ends.length >= 2;

	const chains: Chain[] = [];
	const symbols = new Map<string, Expression>();
	for (const key of [...edges.keys(), orderOf(x)].sort((a, b) => b - a)) {
		const station = stations.get(key);
		if (station === undefined) continue;
		let symbol = sumOf(station.symbols, station.node);
		let full = sumOf(station.full, station.node);
		const last = key === orderOf(x);
		const below = edges.get(key) ?? new Map<number, Edge>();
		const own =
			!last && station.node !== y && ((layered && before(key)) || (below.size > 1 && sizeOfExpression(full) > 4));
		if (last || own) {
			const name = own && layered && before(key) ? deltaName(station.name, taken) : undefined;
			const chain = linesOf(result, station.name, name, symbol, full, reading, facts);
			chains.push(chain);
			if (last) break;
			const meaning = (chain.lines.at(-1) as Line).expression;
			const stands = name === undefined ? undefined : named(name, station.node.shape);
			symbol =
				stands === undefined ? partial(symbolOf(result), symbolOf(station.name), meaning) : scaled(chain.scale, stands);
			full = symbol;
			if (name !== undefined) symbols.set(name, meaning);
		}
		const isResult = station.node === y;
		for (const { node, form } of below.values()) {
			const target = stationOf(node);
			const unit = spread(one, station.node.shape);
			target.full.push(replaced(form, new Map([[cotangent, isResult ? unit : full]])));
			const name = reading.nameOf(node) as string;
			if (station.node.shape.length === 0 && node.shape.length === 0) {
				const step = partial(symbolOf(station.name), symbolOf(name), replaced(form, new Map([[cotangent, unit]])));
				target.symbols.push(isResult ? step : product([symbol, step]));
				continue;
			}
			const above = own || isResult ? symbol : partial(symbolOf(result), symbolOf(station.name), full);
			target.symbols.push(replaced(form, new Map([[cotangent, isResult ? unit : above]])));
		}
	}
	return { reading, result, chains, definitions: definitionsFor(chains, reading, y) };
}

const symbolOf = (name: string): ReturnType<typeof partsOfName> => partsOfName(name, "numbers");

function scaled(scale: Expression | undefined, e: Expression): Expression {
	return scale === undefined ? e : product([scale, e]);
}

function sumOf(terms: readonly Expression[], { shape }: Node): Expression {
	return terms.length === 0 ? spread(one, shape) : gathered(spread(sum(terms.toReversed()), shape));
}

interface Edge {
	readonly node: Node;
	readonly form: Expression;
}

/** For every station above `x`, the stations it was computed from. */
function edgesOf(y: Node, x: Node, reading: Reading, onPath: (x: Node) => boolean): Map<number, Map<number, Edge>> {
	const edges = new Map<number, Map<number, Edge>>();
	const open = [y];
	for (let u = open.pop(); u !== undefined; u = open.pop()) {
		if (edges.has(orderOf(u)) || orderOf(u) === orderOf(x)) continue;
		const below = localDerivatives(u, reading, onPath);
		edges.set(orderOf(u), below);
		for (const { node } of below.values()) open.push(node);
	}
	return edges;
}

/** True for what was computed from `x`, and for `x` itself. */
function pathTo(reading: Reading, x: Node): (node: Node) => boolean {
	const reached = new Set<number>([orderOf(x)]);
	for (const node of reading.nodes) {
		if (!node.requiresGrad) continue;
		if (originOf(node)?.inputs.some((input) => reached.has(orderOf(input)))) reached.add(orderOf(node));
	}
	return (node) => reached.has(orderOf(node));
}

function unreached(reading: Reading, y: Node, x: Node): Error {
	const name = reading.nameOf(x) ?? x.name;
	const of = y.name === undefined ? "the result" : `"${y.name}"`;
	return failure({
		what: "derivation: the result does not depend on the variable",
		expected: `a value on the way to ${of}`,
		actual: `${name === undefined ? "a variable without a name" : `"${name}"`} is not reached`,
		fix: "check for detach(), noGrad() or constants on the way",
	});
}

/** True where an activation is taken of the named value itself. */
function isPrimedAt(form: Expression, name: string): boolean {
	return folded<boolean>(form, (node, operands) => {
		if (operands.some(Boolean)) return true;
		return (
			node.kind === "call" && node.primes > 0 && node.operands[0]?.kind === "name" && node.operands[0].name === name
		);
	});
}

/** `δ₁⁽²⁾` for `z₁⁽²⁾`, `dZ2` for `Z2`, `δ_net` for `net`. */
function deltaName(name: string, taken: Set<string>): string {
	const made = name.startsWith("z") ? `δ${name.slice(1)}` : /^\p{Lu}/u.test(name) ? `d${name}` : `δ_${name}`;
	const free = freeName([made, `δ_${name}`, `delta_${name}`], taken);
	taken.add(free);
	return free;
}

function freeName(wanted: readonly string[], taken: ReadonlySet<string>): string {
	const free = wanted.find((name) => !taken.has(name));
	if (free !== undefined) return free;
	let number = 1;
	while (taken.has(`${wanted[0]}${number}`)) number++;
	return `${wanted[0]}${number}`;
}

// ---------------------------------------------------------------- lines

/** Derivatives of activations written out: σ'(z) as a(1 - a). */
function primesOut(e: Expression, reading: Reading): { made: Expression; used: [Expression, Expression][] } {
	const used: [Expression, Expression][] = [];
	const made = folded<Expression>(e, (node, operands) => {
		const same = operandsOf(node).every((operand, at) => operand === operands[at]);
		const renewed = same ? node : rebuilt(node, operands);
		if (renewed.kind !== "call" || renewed.primes !== 1 || renewed.op.partials[0] === undefined) return renewed;
		const value = call(renewed.op, 0, renewed.operands);
		const z = nameOfValue(value, reading) ?? value;
		const rule = spread(ruleOf(renewed.op.partials[0], renewed.operands, z), renewed.shape);
		used.push([renewed, rule]);
		return rule;
	});
	return { made, used };
}

/** The name of a value that was computed as `e`. */
function nameOfValue(e: Expression, reading: Reading): Expression | undefined {
	for (const node of reading.nodes) {
		const name = reading.nameOf(node);
		if (name !== undefined && reading.definitionOf(node)?.key === e.key) return named(name, node.shape);
	}
	return undefined;
}

function linesOf(
	of: string,
	by: string,
	name: string | undefined,
	symbols: Expression,
	full: Expression,
	reading: Reading,
	facts: readonly Fact[],
): Chain {
	const lines: Line[] = [];
	const said = new Set<Condition>();
	const add = (expression: Expression, reason: string, conditions: Conditions, used: Line["used"] = []): void => {
		const before = lines.at(-1)?.expression;
		if (before !== undefined && (before.key === expression.key || textOf(before) === textOf(expression))) return;
		const met = conditions.list.filter((condition) => !said.has(condition));
		for (const condition of met) said.add(condition);
		lines.push({ expression, reason, used, conditions: met });
	};
	const values = valuesOf(reading);
	const none = new Conditions();
	// ∂y/∂x by one step is what is asked for, not an answer.
	const asked = symbols.kind === "partial" && nameOfParts(symbols.by) === by;
	const trivial = asked || symbols.key === full.key;
	if (!trivial) add(symbols, "chain rule", none);
	add(full, !trivial ? "local derivatives" : asked ? "" : "chain rule", none);

	let best = simplified(full, new Conditions(values));
	let start = full;
	const explicit = primesOut(full, reading);
	if (explicit.used.length > 0) {
		const other = simplified(explicit.made, new Conditions(values));
		// σ'(z) is worth a little: it stays unless much is gained.
		if (sizeOfExpression(other) * 4 < sizeOfExpression(best) * 3) {
			[best, start] = [other, explicit.made];
			add(start, "", none, explicit.used);
		}
	}
	const conditions = new Conditions(values);
	const tidy = tidied(start, conditions);
	add(tidy, "simplified", conditions);
	const whole = cancelled(tidy, conditions);
	add(whole, "cancelled", conditions);
	add(expanded(whole, conditions), "multiplied out", conditions);
	best = simplified(start, conditions);
	add(gathered(best), "simplified", conditions);
	for (const { left, right } of facts) {
		const put = simplified(exchanged(best, left, right), conditions);
		if (put.key === best.key) continue;
		best = put;
		add(gathered(best), "", conditions, [[left, right]]);
	}

	const last = (lines.at(-1) as Line).expression;
	const [factors, rest] = name !== undefined && isArray(last) ? scaleOf(last) : [[], last];
	const scale = product(factors);
	const divided = factors.length > 0 && !isNumber(scale, 1) && sizeOfExpression(rest) > 0;
	return { of, by, name, lines, scale: divided ? scale : undefined };
}

/** Named values and what they were computed as, to be recognised. */
function valuesOf(reading: Reading): Fact[] {
	const known = valuesKnown.get(reading);
	if (known) return known;
	const values = reading.nodes.flatMap((node): Fact[] => {
		const left = reading.definitionOf(node);
		const right = reading.at(node);
		// A sum is rarely met in another as it stands, and costs as much to look for.
		if (left === undefined || right.kind !== "name" || node.name === undefined || left.kind === "sum") return [];
		return [{ left, right }];
	});
	valuesKnown.set(reading, values);
	return values;
}

const valuesKnown = new WeakMap<Reading, Fact[]>();

/** `e` with one expression put for another. */
function exchanged(e: Expression, left: Expression, right: Expression): Expression {
	return folded<Expression>(e, (node, operands) => {
		const same = operandsOf(node).every((operand, at) => operand === operands[at]);
		const made = same ? node : rebuilt(node, operands);
		return made.key === left.key ? spread(right, made.shape) : made;
	});
}

function factsOf(given: readonly string[], reading: Reading): Fact[] {
	const meaning = (name: string): Expression => {
		const node = reading.withName(name);
		if (node !== undefined) return named(name, node.shape);
		throw failure({
			what: `derivation: an equation names ${name}, which is not in the computation`,
			expected: "names of recorded values",
			actual: name,
		});
	};
	return given.map((text) => {
		const [left = "", right = "", ...more] = text.split("=");
		if (right.trim() === "" || more.length > 0) {
			throw failure({
				what: "derivation: an equation cannot be read",
				expected: 'left = right, such as "sum(y) = 1"',
				actual: text,
			});
		}
		return { left: fromFormula(parseFormula(left), meaning), right: fromFormula(parseFormula(right), meaning) };
	});
}

/** What the named values in the lines were computed as, in the order of recording; y first asks for its own. */
function definitionsFor(
	chains: readonly Chain[],
	reading: Reading,
	y: Node,
): { name: string; expression: Expression }[] {
	const wanted = new Set<string>([reading.nameOf(y) as string]);
	const open = chains.flatMap(({ lines, by }) => [by, ...lines.flatMap(({ expression }) => namesOf(expression))]);
	const visit = [...open, reading.nameOf(y) as string];
	for (let name = visit.pop(); name !== undefined; name = visit.pop()) {
		const node = reading.withName(name);
		const definition = node && reading.definitionOf(node);
		if (definition === undefined) continue;
		wanted.add(name);
		for (const further of namesOf(definition)) if (!wanted.has(further)) visit.push(further);
	}
	return reading.nodes.flatMap((node) => {
		const name = reading.nameOf(node);
		const expression = reading.definitionOf(node);
		if (name === undefined || expression === undefined || !wanted.has(name)) return [];
		return [{ name, expression: gathered(expression) }];
	});
}
