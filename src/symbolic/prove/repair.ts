/**
 * What the writer may have meant: the smallest change that makes it true.
 *
 * A missing factor is looked for first, then every single edit of the claim:
 * a sign, a factor or a term dropped or inserted, f for f', a transpose, a product
 * the other way round, another name, index or number, an exponent one more or
 * less. Numbers sort out nearly all of them; what is suggested is proven.
 */

import { ChainruleError } from "../../core/errors.js";
import {
	type Formula,
	fold,
	formulaText,
	namesIn,
	nodesOf,
	partsOf,
	sameFormula,
	withParts,
} from "../../core/formula.js";
import { constants } from "../../core/op.js";
import { type Notation, readClaim } from "../notation.js";
import { type Budget, Exhausted } from "./budget.js";
import { Mismatch, OutOfRange } from "./instantiate.js";
import { type Equality, judge } from "./judge.js";
import type { Pair } from "./proof.js";
import { rationalText } from "./rational.js";
import { Unreadable } from "./reader.js";
import { compare } from "./refutation.js";
import type { Workspace } from "./workspace.js";

const nowhere = { start: 0, end: 0 };

function name(text: string): Formula {
	return { kind: "name", name: text, span: nowhere };
}

function number(text: string): Formula {
	return { kind: "number", text, value: Number(text), span: nowhere };
}

function binary(operator: (Formula & { kind: "binary" })["operator"], left: Formula, right: Formula): Formula {
	return { kind: "binary", operator, left, right, span: nowhere };
}

function negate(operand: Formula): Formula {
	return operand.kind === "negate" ? operand.operand : { kind: "negate", operand, span: nowhere };
}

/** Right sides that differ from the claimed one by one edit and are equal to the left one, as texts. */
export function repairsOf(
	equality: Equality,
	workspaces: readonly Workspace[],
	problem: Notation,
	budget: Budget,
): string[] {
	const [first] = workspaces;
	const tried = new Set<string>();
	try {
		const value = first && constantOf(equality, first);
		if (value !== undefined) return [value];
		for (const edited of first ? changed(equality.right, problem) : []) {
			budget.check();
			const text = formulaText(edited);
			if (tried.has(text)) continue;
			tried.add(text);
			const repaired = { ...equality, right: legal(text, equality, problem) };
			if (!repaired.right || !plausible(repaired as Equality, first as Workspace, budget)) continue;
			if (judge(repaired as Equality, workspaces, budget).verdict === "PROVEN") return [text];
		}
	} catch (error) {
		if (!(error instanceof Exhausted)) throw error;
	}
	return [];
}

/** The number that the left side is, where it is one. */
function constantOf({ left, right, free }: Equality, workspace: Workspace): string | undefined {
	if (typeof left === "function" || (right.kind !== "number" && right.kind !== "negate")) return undefined;
	try {
		const [value, ...others] = workspace.quick(left, free).at;
		return value?.kind === "number" && others.length === 0 ? rationalText(value.value) : undefined;
	} catch (error) {
		if (error instanceof Mismatch || error instanceof Unreadable) return undefined;
		throw error;
	}
}

function* changed(f: Formula, problem: Notation): Generator<Formula> {
	yield* factors(f, problem);
	yield* edits(f, problem);
}

/** The formula of a text, read like any claim: what is shown is what is proven. */
function legal(text: string, { free }: Equality, problem: Notation): Formula | undefined {
	try {
		const { sides, free: own } = readClaim(text, problem);
		return own.every((index) => free.includes(index)) ? sides[0]?.formula : undefined;
	} catch (error) {
		if (error instanceof ChainruleError) return undefined;
		throw error;
	}
}

/** Whole equations that differ from the claimed one by one edit of the left side, as texts. */
export function leftRepairsOf(
	equality: Equality,
	workspaces: readonly Workspace[],
	problem: Notation,
	budget: Budget,
): string[] {
	if (typeof equality.left === "function") return [];
	const turned = { ...equality, left: equality.right, right: equality.left };
	return repairsOf(turned, workspaces, problem, budget).map((left) => `${left} = ${formulaText(equality.right)}`);
}

function plausible({ left, right, free }: Equality, workspace: Workspace, budget: Budget): boolean {
	try {
		const x =
			typeof left === "function" ? { ...left(workspace), at: left(workspace).engine } : workspace.quick(left, free);
		const y = workspace.quick(right, free);
		if (x.shape.join() !== y.shape.join()) return false;
		const pairs = x.at.map((a, at): Pair => [a, y.at[at] as Pair[1]]);
		const { refutation, agreeing } = compare(pairs, budget, 5);
		return refutation === undefined && agreeing > 0;
	} catch (error) {
		if (error instanceof Mismatch || error instanceof OutOfRange || error instanceof Unreadable) return false;
		throw error;
	}
}

/** `claim` with a factor in front, within its first sign and quotient: `-2*x/y`. */
function times(factor: Formula, claim: Formula): Formula {
	if (claim.kind === "binary" && (claim.operator === "*" || claim.operator === "/")) {
		return binary(claim.operator, times(factor, claim.left), claim.right);
	}
	return claim.kind === "negate" ? binary("*", negate(factor), claim.operand) : binary("*", factor, claim);
}

/** The claim times one factor: a number, a length, a scalar. */
function* factors(claim: Formula, problem: Notation): Generator<Formula> {
	for (const text of ["2", "3", "4"]) yield times(number(text), claim);
	for (const text of ["2", "3", "4"]) yield times(binary("/", number("1"), number(text)), claim);
	yield negate(claim);
	for (const length of problem.dimensions) {
		yield times(binary("/", number("1"), name(length)), claim);
		yield times(name(length), claim);
	}
	const scalars = [...problem.variables.values()].filter(({ shape }) => shape.length === 0);
	for (const { name: scalar } of scalars) {
		yield binary("*", claim, name(scalar));
		yield binary("/", claim, name(scalar));
	}
}

/** Every formula one edit away. */
function* edits(root: Formula, problem: Notation): Generator<Formula> {
	const known = namesIn(root).filter((text) => !constants.has(text));
	const candidates = [...new Set([...known, ...problem.variables.keys(), ...problem.definitions.keys()])].filter(
		(text) => !problem.definitions.get(text)?.parameters,
	);
	const numbers = new Set<string>(["1", "2", "0"]);
	for (const { body } of problem.definitions.values()) {
		for (const node of nodesOf(body)) if (node.kind === "number") numbers.add(node.text);
	}
	const differentiated = new Set(
		[...nodesOf(root)].flatMap((node) =>
			node.kind === "call" && node.name === "d" ? [...nodesOf(node)].slice(1) : [],
		),
	);
	for (const node of nodesOf(root)) {
		// In a derivative, only what it is by and of may be mistaken.
		if (differentiated.has(node) && node.kind !== "name") continue;
		for (const other of changesOf(node, candidates, numbers, problem)) {
			if (differentiated.has(node) && other.kind !== "name") continue;
			if (!sameFormula(other, node)) yield replaced(root, node, other);
		}
	}
}

/** The formula with one node, told by identity, replaced. */
function replaced(root: Formula, node: Formula, changed: Formula): Formula {
	return fold<Formula>(root, (at, parts) => {
		if (at === node) return changed;
		return partsOf(at).every((part, index) => part === parts[index]) ? at : withParts(at, parts);
	});
}

function* changesOf(
	node: Formula,
	names: readonly string[],
	numbers: ReadonlySet<string>,
	problem: Notation,
): Generator<Formula> {
	switch (node.kind) {
		case "number":
			for (const text of numbers) yield number(text);
			yield negate(node);
			break;
		case "name": {
			const indices = [...problem.indices.keys()];
			const alike = indices.includes(node.name) ? indices : names;
			for (const text of alike) if (text !== node.name) yield name(text);
			yield negate(node);
			if (indices.includes(node.name)) break;
			for (const text of names) {
				yield binary("*", node, name(text));
				yield binary("@", node, name(text));
				yield binary("@", name(text), node);
				yield binary("-", node, name(text));
				yield binary("+", node, name(text));
			}
			yield { kind: "transpose", operand: node, span: nowhere };
			break;
		}
		case "negate":
			yield node.operand;
			break;
		case "binary": {
			const { operator, left, right } = node;
			yield left;
			yield right;
			if (operator === "+") yield binary("-", left, right);
			if (operator === "-") {
				yield binary("+", left, right);
				yield binary("-", right, left);
			}
			if (operator === "*") yield binary("/", left, right);
			if (operator === "/") yield binary("*", left, right);
			if (operator === "*" || operator === "/") yield negate(node);
			if (operator === "@") {
				yield binary("@", right, left);
				yield { kind: "transpose", operand: node, span: nowhere };
			}
			if (operator === "^") {
				yield binary("^", left, binary("+", right, number("1")));
				yield binary("^", left, binary("-", right, number("1")));
			}
			break;
		}
		case "call":
			if (node.primes > 0) yield { ...node, primes: node.primes - 1 };
			if (node.arguments.length === 1) yield { ...node, primes: node.primes + 1 };
			yield negate(node);
			break;
		case "transpose":
			yield node.operand;
			break;
		case "index":
			for (const text of names)
				if (node.operand.kind === "name" && text !== node.operand.name) yield { ...node, operand: name(text) };
			if (node.indices.length === 2) yield { ...node, indices: node.indices.toReversed() };
			yield negate(node);
			break;
		case "compare":
			yield { ...node, left: node.right, right: node.left };
			break;
		case "if":
			yield withParts(node, [node.condition, node.otherwise, node.then]);
			break;
	}
}
