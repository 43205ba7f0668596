/**
 * Rules of descent, written as formulas and run as one loop.
 *
 * A rule is a list of lines `name = formula`, carried out in order for every
 * element: `p` is the parameter, `g` its gradient. A name that is read before
 * it is defined is remembered from step to step; one that is never defined is a
 * number of the step, such as the learning rate. So Adam is three lines, and one
 * pass over memory: all of it in float64, rounded once where it is stored.
 * Large parameters go to `vectorize.ts`, which rounds every step of float32.
 *
 * Where code may not be generated, closures run the same lines to the same bits.
 */
import type { DType } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import { type Formula, namesIn, parseFormula, toCode, toFunction } from "../core/formula.js";
import { constants } from "../core/op.js";
import { stridesOf } from "../core/shape.js";
import { allocate, Tensor } from "../core/tensor.js";
import { functionsIn, numericEnvironment, ruleCode } from "../diff/sweep.js";
import { generatesCode, type Numbers } from "../kernels/loops.js";
import { fewest } from "../kernels/vectors.js";
import { rows } from "../kernels/walk.js";
import { copyOf, type Memory } from "./state.js";
import { vectorMove } from "./vectorize.js";

/** The numbers of a step, by name. */
export interface StepNumbers {
	readonly [name: string]: number;
}

/** The names that a rule reads, but for `p` and `g`. */
export interface RuleNames {
	/** What is remembered per element. */
	readonly remembered: readonly string[];
	/** The numbers that every step must give. */
	readonly given: readonly string[];
}

/** A parsed rule. */
export interface Rule extends RuleNames {
	/** Where the elements of `p` go. What is remembered moves in place. */
	readonly move: (p: Tensor, g: Tensor, memory: Memory, numbers: StepNumbers) => Tensor;
	/** The same for one number. */
	readonly moveNumber: (p: number, g: number, memory: Memory, numbers: StepNumbers) => number;
}

/** One line. */
export interface Line {
	readonly name: string;
	readonly value: Formula;
}

/** Along a row: p and g move by their steps, the result by 1, and so does what is remembered, from `at` on. */
type Loop = (
	count: number,
	p: Numbers,
	atP: number,
	stepP: number,
	g: Numbers,
	atG: number,
	stepG: number,
	z: Numbers,
	atZ: number,
	memory: readonly Numbers[],
	at: number,
	numbers: StepNumbers,
) => void;

const known = new Map<string, Rule>();

/** The rule of these lines. */
export function ruleOf(lines: readonly string[]): Rule {
	const text = lines.join("\n");
	let rule = known.get(text);
	if (rule === undefined) {
		rule = makeRule(lines.map(parseLine));
		known.set(text, rule);
	}
	return rule;
}

/** Reads `name = formula`. */
export function parseLine(line: string): Line {
	const [, name, formula = ""] = /^\s*([\p{L}_][\p{L}\p{M}\p{Nd}_₀-₉]*)\s*=(?!=)(.*)$/u.exec(line) ?? [];
	if (name === undefined) {
		throw failure({ what: "FormulaOptimizer: not a line of a rule", expected: "name = formula", actual: line });
	}
	return { name: name.normalize("NFC"), value: parseFormula(formula) };
}

function makeRule(lines: readonly Line[]): Rule {
	const names = namesOf(lines);
	const { remembered, given } = names;
	const vectors = vectorMove(lines, names);
	const loops: { [Type in DType]?: Loop } = {};
	let generated = generatesCode();
	const loopFor = (dtype: DType): Loop => {
		if (generated !== generatesCode()) {
			generated = generatesCode();
			for (const type of Object.keys(loops) as DType[]) delete loops[type];
		}
		loops[dtype] ??= generated ? compiled(dtype, lines, remembered, given) : plain(lines, remembered, given);
		return loops[dtype];
	};
	const keptIn = (memory: Memory): Numbers[] => remembered.map((name) => (memory[name] as Tensor).storage);
	const move: Rule["move"] = (p, g, memory, numbers) => {
		const { storage, offset } = allocate(p.dtype, p.size);
		const z = new Tensor(storage, offset, p.shape, stridesOf(p.shape), p.dtype);
		const kept = keptIn(memory);
		if (p.size >= fewest && vectors(p, g, kept, numbers, z)) return z;
		// Closures are slow: a gradient that lies in another order is brought into this one for vectors, to the same bits.
		const pays = p.size >= fewest && !generatesCode() && p.dtype === "float64";
		if (pays && vectors(p, copyOf(g), kept, numbers, z)) return z;
		const loop = loopFor(p.dtype);
		// The result is contiguous, and so is what is remembered: one index serves.
		rows(p.shape, [p.strides, g.strides, z.strides], [p.offset, g.offset, 0], (count, at, step) => {
			const [atP, atG, here] = at as readonly [number, number, number];
			const [stepP, stepG] = step as readonly [number, number];
			loop(count, p.storage, atP, stepP, g.storage, atG, stepG, storage, offset + here, kept, here, numbers);
		});
		return z;
	};
	const [one, its, where] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
	const moveNumber: Rule["moveNumber"] = (p, g, memory, numbers) => {
		one[0] = p;
		its[0] = g;
		loopFor("float64")(1, one, 0, 1, its, 0, 1, where, 0, keptIn(memory), 0, numbers);
		return where[0] as number;
	};
	return { remembered, given, move, moveNumber };
}

/** Sorts the names: defined later than read are remembered, never defined are given by the step. */
function namesOf(lines: readonly Line[]): RuleNames {
	const defined = new Set(["p", "g"]);
	const early = new Set<string>();
	for (const { name, value } of lines) {
		for (const read of namesIn(value)) if (!defined.has(read) && !constants.has(read)) early.add(read);
		defined.add(name);
	}
	return {
		remembered: [...early].filter((name) => defined.has(name)),
		given: [...early].filter((name) => !defined.has(name)),
	};
}

/** A name of a formula as an identifier: letters of any script are, small digits are not. */
function identifier(name: string): string {
	return `_${name.replace(/[₀-₉]/g, (digit) => `_${digit.charCodeAt(0) - 0x2080}`)}`;
}

function compiled(dtype: DType, lines: readonly Line[], remembered: readonly string[], given: readonly string[]): Loop {
	const { names, values } = functionsIn(lines.map(({ value }) => value));
	const spelling = {
		name: (name: string): string => (constants.has(name) ? ruleCode.name(name) : identifier(name)),
		call: ruleCode.call,
	};
	const local = [...new Set(lines.map(({ name }) => name))].filter((name) => !["p", "g", ...remembered].includes(name));
	const text = `return function descend_${dtype}(count, p, atP, stepP, g, atG, stepG, z, atZ, memory, at, numbers) {
${given.map((name) => `const ${identifier(name)} = numbers[${JSON.stringify(name)}];`).join("\n")}
${remembered.map((name, index) => `const all${identifier(name)} = memory[${index}];`).join("\n")}
for (const end = at + count; at < end; at++, atP += stepP, atG += stepG, atZ++) {
let _p = p[atP], _g = g[atG];
${remembered.map((name) => `let ${identifier(name)} = all${identifier(name)}[at];`).join("\n")}
${local.map((name) => `let ${identifier(name)};`).join("\n")}
${lines.map(({ name, value }) => `${identifier(name)} = ${toCode(value, spelling)};`).join("\n")}
${remembered.map((name) => `all${identifier(name)}[at] = ${identifier(name)};`).join("\n")}
z[atZ] = _p;
}
}`;
	return new Function(...names, text)(...values) as Loop;
}

function plain(lines: readonly Line[], remembered: readonly string[], given: readonly string[]): Loop {
	const names = [...new Set(["p", "g", ...remembered, ...given, ...lines.map(({ name }) => name)])];
	const environment = numericEnvironment();
	const steps = lines.map(({ name, value }) => ({
		place: names.indexOf(name),
		value: toFunction(value, names, environment),
	}));
	return (count, p, atP, stepP, g, atG, stepG, z, atZ, memory, at, numbers) => {
		const values = names.map((name) => numbers[name] ?? Number.NaN);
		for (let i = 0; i < count; i++) {
			values[0] = p[atP + i * stepP] as number;
			values[1] = g[atG + i * stepG] as number;
			for (let k = 0; k < remembered.length; k++) values[2 + k] = (memory[k] as Numbers)[at + i] as number;
			for (const { place, value } of steps) values[place] = value(...values);
			for (let k = 0; k < remembered.length; k++) (memory[k] as Numbers)[at + i] = values[2 + k] as number;
			z[atZ + i] = values[0];
		}
	};
}
