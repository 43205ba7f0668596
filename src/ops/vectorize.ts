/**
 * Formulas as vector loops: what `toCode` is for one number at a time, on
 * large arrays.
 *
 * A formula is folded into code for a vector. An operation that it calls is a
 * function of the kernels, or its own formula put in its place; where neither
 * is known, there is no vector loop, and the loop in JavaScript does the work.
 */
import { type DType, isFloating } from "../core/dtype.js";
import { cotangent, type Formula, fold, namesIn, scaledFormula } from "../core/formula.js";
import { constants, functionNamed, type Pointwise } from "../core/op.js";
import type { Tensor } from "../core/tensor.js";
import { type VectorLoop, vectorises, vectorLoop } from "../kernels/vectors.js";
import { type Code, type Floats, v128 } from "../kernels/wasm/assembler.js";
import { float32, float64, type Keep, type Kind } from "../kernels/wasm/lanes.js";

/** Code of a formula: of numbers, or of a mask where it is a comparison. */
interface Piece {
	readonly code: Code;
	readonly mask: boolean;
}

type Names = ReadonlyMap<string, Code>;

/** The code of a part of a formula that is known beforehand; asked about every part, the smallest first. */
export type Read = (part: Formula) => Code | undefined;

function readNames(names: Names): Read {
	return (part) => (part.kind === "name" ? names.get(part.name) : undefined);
}

const infix = { "+": "add", "-": "sub", "*": "mul", "/": "div", "@": undefined } as const;
const comparison = { "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq" } as const;

/** The code of `formula`, or undefined where it has none. */
export function codeOf(formula: Formula, read: Read, kind: Kind, keep: Keep): Code | undefined {
	const { lanes } = kind;
	const numbers = ({ code, mask }: Piece): Code => (mask ? v128.and(code, lanes.const(1)) : code);

	const nodeCode = (node: Formula, parts: readonly Piece[]): Code | undefined => {
		const operands = parts.map(numbers);
		const [first, second, third] = operands as [Code, Code, Code];
		switch (node.kind) {
			case "number":
				return numberOf(node.value, kind);
			case "name": {
				const constant = constants.get(node.name);
				return constant === undefined ? undefined : lanes.const(constant);
			}
			case "negate":
				return lanes.neg(first);
			case "if": {
				const { code, mask } = parts[0] as Piece;
				return v128.bitselect(second, third, mask ? code : lanes.ne(code, lanes.const(0)));
			}
			case "binary": {
				if (node.operator === "^") return powerOf(first, node.right, lanes, keep);
				const name = infix[node.operator];
				return name && lanes[name](first, second);
			}
			case "call":
				return node.primes === 0 ? called(node.name, operands, kind, keep) : undefined;
			default:
				return undefined;
		}
	};

	const root = fold<Piece | undefined>(formula, (node, parts) => {
		const given = read(node);
		if (given !== undefined) return { code: given, mask: false };
		if (parts.includes(undefined)) return undefined;
		const known = parts as readonly Piece[];
		if (node.kind === "compare") {
			const [left, right] = known.map(numbers) as [Code, Code];
			return { code: lanes[comparison[node.operator]](left, right), mask: true };
		}
		const code = nodeCode(node, known);
		return code && { code, mask: false };
	});
	return root && numbers(root);
}

/** A number that the type has, if not to the last digit; what it has no number near to is left to JavaScript. */
function numberOf(value: number, { lanes, storage }: Kind): Code | undefined {
	const [rounded] = storage.of(value) as unknown as [number];
	return Number.isFinite(rounded) && (rounded !== 0 || value === 0) ? lanes.const(value) : undefined;
}

/** The powers that need no logarithm, those of `toCode`. */
function powerOf(base: Code, exponent: Formula, lanes: Floats, keep: Keep): Code | undefined {
	const size = exponent.kind === "negate" ? exponent.operand : exponent;
	if (size.kind !== "number" || ![0.5, 1, 2, 3, 4].includes(size.value)) return undefined;
	const x = keep(base);
	let power = size.value === 0.5 ? lanes.sqrt(x) : x;
	for (let factor = 1; factor < size.value; factor++) power = lanes.mul(power, x);
	return exponent === size ? power : lanes.div(lanes.const(1), power);
}

/** A function of the kernels, or the formula of an operation. */
function called(name: string, operands: readonly Code[], kind: Kind, keep: Keep): Code | undefined {
	const op = functionNamed(name);
	if (op?.arity !== operands.length) return undefined;
	const vector = kind.functions.get(op.name);
	if (vector) return vector(keep, ...(operands as [Code, Code]));
	if (!op.formula) return undefined;
	const names = operands.map((operand, at) => [["x", "y", "w"][at] as string, keep(operand)] as const);
	return codeOf(op.formula, readNames(new Map(names)), kind, keep);
}

/** Computes `z`, or adds to what it holds; false, with nothing done, where a loop in JavaScript is to do it. Not worth a call below `fewest` elements. */
type Attempt = (operands: readonly Tensor[], z: Tensor, add: boolean) => boolean;

/** The vector loops of the value of `op`, one for each type, made when they are first wanted. */
export function vectorValue(op: Pointwise): Attempt {
	return attempt(["x", "y", "w"].slice(0, op.arity), (names, kind, keep) =>
		called(op.name, [...names.values()], kind, keep),
	);
}

/** The vector loops of g times a partial; the operands are g, those of the operation, and z. A cotangent of 0 annihilates. */
export function vectorPull(op: Pointwise, partial: Formula): Attempt {
	const product = scaledFormula(partial);
	const used = [cotangent, ...namesIn(product)];
	const names = [cotangent, ...["x", "y", "w"].slice(0, op.arity), "z"];
	return attempt(
		names.map((name) => (used.includes(name) ? name : undefined)),
		(operands, kind, keep) => {
			const { eq, const: number } = kind.lanes;
			const value = codeOf(product, readNames(operands), kind, keep);
			return value && v128.andnot(value, eq(operands.get(cotangent) as Code, number(0)));
		},
	);
}

/** A loop over the operands that have a name; the others are not read. */
function attempt(
	names: readonly (string | undefined)[],
	write: (operands: Names, kind: Kind, keep: Keep) => Code | undefined,
): Attempt {
	const used = names.filter((name) => name !== undefined);
	const loopFor = (kind: Kind): VectorLoop | undefined =>
		vectorLoop(kind, used.length, (keep, codes) =>
			write(new Map(used.map((name, at) => [name, codes[at] as Code])), kind, keep),
		);
	const loops: { [Type in DType]?: VectorLoop | false } = {};
	return (operands, z, add) => {
		const { dtype } = z;
		if (!isFloating(dtype) || !vectorises()) return false;
		const read = operands.filter((_, at) => names[at] !== undefined);
		if (!read.every((x) => x.dtype === dtype || x.dtype === "bool")) return false;
		loops[dtype] ??= loopFor(dtype === "float32" ? float32 : float64) ?? false;
		const loop = loops[dtype];
		return loop !== false && loop(read, z.size, z.storage, z.offset, add);
	};
}
