/**
 * The backward pass over a chunk of scalars: one generated switch.
 *
 * The text of the switch is written from the registry, one case per opcode, its
 * contributions taken from the partials as formulas. Where a content-security
 * policy forbids generated code, the same formulas run as closures.
 */
import { callsIn, type Environment, type Formula, namesIn, scaledCode, scaledFunction } from "../core/formula.js";
import { constants, functionNamed, functionNames, opcodeCount, operations, type Pointwise } from "../core/op.js";
import { type Chunk, firstOpcode, opcodes, resolve, slotBits, slotMask } from "../core/tape.js";
import { generatesCode } from "../kernels/loops.js";

/** Handles a slot that reads a tensor or runs a user's pull. */
export type Cross = (chunk: Chunk, slot: number, g: number) => void;
/** Walks the slots `from` (included) to `to` (excluded) downward and adds every contribution to the adjoints of the operands. */
export type Sweep = (chunk: Chunk, from: number, to: number, cross: Cross) => void;

const operands = ["x", "y", "w"] as const;

let generated: { readonly count: number; readonly code: boolean; readonly sweep: Sweep } | undefined;

/** The sweep for the operations known at this moment. */
export function currentSweep(): Sweep {
	const code = generatesCode();
	if (generated === undefined || generated.count !== opcodeCount() || generated.code !== code) {
		generated = { count: opcodeCount(), code, sweep: code ? compileSweep() : plainSweep() };
	}
	return generated.sweep;
}

/** The environment in which rules are evaluated on plain numbers: every registered function. */
export function numericEnvironment(): Environment {
	const functions = new Map(functionNames().map((name) => [name, (functionNamed(name) as Pointwise).value]));
	return { functions, constants };
}

/** The text of a rule as JavaScript: functions become parameters `f_name`, constants literals. */
export const ruleCode = {
	name: (name: string): string => {
		const constant = constants.get(name);
		return constant === undefined ? name : String(constant);
	},
	call: (name: string, _primes: number, given: readonly string[]): string => `f_${name}(${given.join(", ")})`,
};

/** Names and values of the functions that `partials` call, as parameters for generated code. */
export function functionsIn(partials: readonly Formula[]): { readonly names: string[]; readonly values: unknown[] } {
	const called = [...new Set(partials.flatMap(callsIn))];
	return {
		names: called.map((name) => `f_${name}`),
		values: called.map((name) => (functionNamed(name) as Pointwise).value),
	};
}

function variantsOf(op: Pointwise): number {
	return op.arity === 2 ? 3 : 1;
}

/** Whether variant `variant` of an operation sends something to operand `operand`: not where it is known to be a constant. */
function contributes(op: Pointwise, operand: number, variant: number): boolean {
	return op.partials[operand] !== undefined && !(variant === 1 && operand === 1) && !(variant === 2 && operand === 0);
}

function everyVariant(): { op: Pointwise; code: number; variant: number }[] {
	// By the registry, not by counting: a definition that failed leaves a gap in the opcodes.
	return operations()
		.filter((op): op is Pointwise => op.family === "pointwise")
		.flatMap((op) =>
			Array.from({ length: variantsOf(op) }, (_, variant) => ({ op, code: op.opcode + variant, variant })),
		);
}

const columns = { x: ["a", "A", "X"], y: ["b", "B", "Y"], w: ["c", "C", "W"] } as const;

function caseText({ op, code, variant }: { op: Pointwise; code: number; variant: number }): string {
	const lines: string[] = [];
	const find = (operand: "y" | "w", source: string): void => {
		const [slot, adjoints, values] = columns[operand];
		lines.push(`let ${slot} = ${source}, ${adjoints} = adjoints, ${values} = values;`);
		lines.push(
			`if (${slot} > ${slotMask}) { const s = sources[${slot} >>> ${slotBits}]; ${slot} &= ${slotMask}; ${adjoints} = s.adjoints; ${values} = s.values; }`,
		);
	};
	if (op.arity > 1) find("y", "right[i]");
	if (op.arity > 2) find("w", "left[i - 1]");
	const sent = operands
		.slice(0, op.arity)
		.flatMap((operand, index) =>
			contributes(op, index, variant) ? [{ operand, partial: op.partials[index] as Formula }] : [],
		);
	const used = new Set(sent.flatMap(({ partial }) => namesIn(partial)));
	for (const operand of operands) {
		const [slot, , values] = columns[operand];
		if (used.has(operand)) lines.push(`const ${operand} = ${values}[${slot}];`);
	}
	if (used.has("z")) lines.push("const z = values[i];");
	for (const { operand, partial } of sent) {
		const [slot, adjoints] = columns[operand];
		lines.push(`${adjoints}[${slot}] += ${scaledCode(partial, "g", ruleCode)} + 0;`);
	}
	return `case ${code}: { // ${op.name}${["", ", y constant", ", x constant"][variant] ?? ""}\n${lines.join("\n")}\nbreak; }`;
}

/** The text of the generated sweep. */
function sweepText(): string {
	return `return function sweep(chunk, from, to, cross) {
const { ops, left, right, values, adjoints, sources } = chunk;
for (let i = to - 1; i >= from; i--) {
const g = adjoints[i];
if (g === 0) { if (1 / g > 0) touch(chunk, i, cross); continue; }
const code = ops[i];
if (code <= ${opcodes.argument}) continue;
if (code < ${firstOpcode}) { cross(chunk, i, g); continue; }
let a = left[i], A = adjoints, X = values;
if (a > ${slotMask}) { const s = sources[a >>> ${slotBits}]; a &= ${slotMask}; A = s.adjoints; X = s.values; }
switch (code) {
${everyVariant().map(caseText).join("\n")}
}
}
}`;
}

function compileSweep(): Sweep {
	const { names, values } = functionsIn(everyVariant().flatMap(({ op }) => op.partials.filter((p) => p !== undefined)));
	return new Function("touch", ...names, sweepText())(touchWith(reachTable()), ...values) as Sweep;
}

/** By opcode: bit k is set where a gradient flows to operand k, bit 3 where the slot leaves the columns. */
function reachTable(): Uint8Array {
	const table = new Uint8Array(opcodeCount());
	table[opcodes.pick] = table[opcodes.custom] = 8;
	for (const { op, code, variant } of everyVariant()) {
		table[code] = op.partials.reduce(
			(bits, _, operand) => bits | (Number(contributes(op, operand, variant)) << operand),
			0,
		);
	}
	return table;
}

/**
 * What a cotangent of +0 does: it passes nothing on, but tells the operands
 * that they were reached; see Note [minus zero means no gradient]. Half of the
 * slots of a relu network come by here.
 */
function touchWith(reach: Uint8Array): (chunk: Chunk, slot: number, cross: Cross) => void {
	const arrive = (chunk: Chunk, operand: number): void => {
		const column = operand > slotMask ? (chunk.sources[operand >>> slotBits] as Chunk).adjoints : chunk.adjoints;
		column[operand & slotMask] = (column[operand & slotMask] as number) + 0;
	};
	return (chunk, slot, cross) => {
		const bits = reach[chunk.ops[slot] as number] as number;
		if (bits & 1) arrive(chunk, chunk.left[slot] as number);
		if (bits & 2) arrive(chunk, chunk.right[slot] as number);
		if (bits & 4) arrive(chunk, chunk.left[slot - 1] as number);
		if (bits & 8) cross(chunk, slot, 0);
	};
}

function plainSweep(): Sweep {
	const environment = numericEnvironment();
	const touch = touchWith(reachTable());
	const table: ((chunk: Chunk, slot: number, g: number) => void)[] = [];
	for (const { op, code, variant } of everyVariant()) {
		const rules = op.partials.map((partial, operand) =>
			partial !== undefined && contributes(op, operand, variant)
				? scaledFunction(partial, [...operands.slice(0, op.arity), "z"], environment)
				: undefined,
		);
		table[code] = (chunk, slot, g) => {
			const references = [chunk.left[slot] as number, chunk.right[slot] as number, chunk.left[slot - 1] as number];
			const inputs = references.slice(0, op.arity).map((reference) => resolve(chunk, reference));
			const numbers = [...inputs.map((x) => x.value), chunk.values[slot] as number];
			for (const [operand, { chunk: source, index }] of inputs.entries()) {
				const rule = rules[operand];
				if (rule) source.adjoints[index] = (source.adjoints[index] as number) + (rule(g, ...numbers) + 0);
			}
		};
	}
	return (chunk, from, to, cross) => {
		for (let slot = to - 1; slot >= from; slot--) {
			const g = chunk.adjoints[slot] as number;
			const code = chunk.ops[slot] as number;
			if (g === 0) {
				if (1 / g > 0) touch(chunk, slot, cross);
			} else if (code >= firstOpcode) table[code]?.(chunk, slot, g);
			else if (code > opcodes.argument) cross(chunk, slot, g);
		}
	};
}
