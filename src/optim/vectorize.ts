/**
 * Rules of descent as vector loops, for large parameters: a block each for the
 * parameter, its gradient and what is remembered; see Note [vectors on large
 * arrays].
 *
 * What a rule computes of the numbers of the step alone, such as 1 - β2, is
 * computed in float64 and once. In float32 it would lose what matters: half of
 * the digits of 1 - 0.999.
 */
import { type DType, isFloating, type Storage } from "../core/dtype.js";
import { type Formula, namesIn, toFunction } from "../core/formula.js";
import { constants } from "../core/op.js";
import type { View } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { numericEnvironment } from "../diff/sweep.js";
import { type BlockLoop, blockLoop, vectorises } from "../kernels/vectors.js";
import type { Code } from "../kernels/wasm/assembler.js";
import { numberCode } from "../kernels/wasm/emit-loop.js";
import { float32, float64, type Kind } from "../kernels/wasm/lanes.js";
import { codeOf } from "../ops/vectorize.js";
import type { Line, RuleNames, StepNumbers } from "./rule.js";

/** Writes where `p` goes to `z` and moves `memory` in place; false, with nothing done, where a loop in JavaScript is to do it. */
export type VectorMove = (p: Tensor, g: Tensor, memory: readonly Storage[], numbers: StepNumbers, z: Tensor) => boolean;

/** A loop, and the numbers that its code reads. */
interface Made {
	readonly loop: BlockLoop;
	readonly numbers: readonly ((...given: number[]) => number)[];
}

function made(kind: Kind, lines: readonly Line[], { remembered, given }: RuleNames): Made | undefined {
	const environment = numericEnvironment();
	const numbers: ((...given: number[]) => number)[] = [];
	const isNumber = (part: Formula): boolean =>
		part.kind !== "number" && namesIn(part).every((name) => given.includes(name) || constants.has(name));
	const names = ["p", "g", ...remembered];
	const loop = blockLoop(kind, names.length, (keep, blocks) => {
		const values = new Map(names.map((name, k) => [name, blocks[k] as Code]));
		const read = (part: Formula): Code | undefined => {
			if (part.kind === "name" && values.has(part.name)) return values.get(part.name);
			return isNumber(part) ? numberCode(kind, numbers.push(toFunction(part, given, environment)) - 1) : undefined;
		};
		for (const { name, value } of lines) {
			const code = codeOf(value, read, kind, keep);
			if (code === undefined) return undefined;
			values.set(name, keep(code));
		}
		return names.map((name) => (name === "g" ? undefined : values.get(name)));
	});
	return loop && { loop, numbers };
}

/** True for a number that float32 has, if not to the last digit. */
function isSingle(value: number): boolean {
	const rounded = Math.fround(value);
	return Number.isFinite(rounded) && (rounded !== 0 || value === 0);
}

/** The vector loops of a rule, one for each type, made when they are first wanted. */
export function vectorMove(lines: readonly Line[], names: RuleNames): VectorMove {
	const loops: { [Type in DType]?: Made | false } = {};
	return (p, g, memory, given, z) => {
		const { dtype, size } = p;
		if (!isFloating(dtype) || g.dtype !== dtype || !vectorises()) return false;
		loops[dtype] ??= made(dtype === "float32" ? float32 : float64, lines, names) ?? false;
		const found = loops[dtype];
		if (found === false) return false;
		const numbers = found.numbers.map((value) => value(...names.given.map((name) => given[name] ?? Number.NaN)));
		if (dtype === "float32" && !numbers.every(isSingle)) return false;
		const row = (storage: Storage): View => ({ storage, offset: 0, shape: [size], strides: [1] });
		const kept = memory.map((storage) => ({ storage, at: 0 }));
		return found.loop(
			[p, g, ...memory.map(row)],
			size,
			[{ storage: z.storage, at: z.offset }, undefined, ...kept],
			numbers,
		);
	};
}
