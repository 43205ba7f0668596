/**
 * The words in which structural operations are defined: linear, bilinear,
 * custom. Pointwise operations have a file of their own, because they lift to
 * tensors by broadcasting, which is itself one of the operations defined here.
 */
import { apply } from "../core/apply.js";
import type { Bilinear, Custom, Kink, Linear, OpRecord, Sample, Structural } from "../core/op.js";
import { register } from "../core/op.js";
import type { Node, Tensor } from "../core/tensor.js";

/** What a definition may say beyond the mathematics; everything has a sensible default. */
export interface Facts {
	readonly says?: string;
	readonly symbol?: string;
	readonly tex?: string;
	readonly text?: string;
	readonly kinks?: readonly Kink[];
	readonly noGradient?: string | undefined;
	readonly folded?: boolean;
}

/** Why an operation that finds places has no gradient. */
export const findsPlaces = { noGradient: "a place is constant until it jumps" } as const;

/** A definition with the defaults filled in. */
export function facts(name: string, arity: number, given: Facts): OpRecord {
	const operands = Array.from({ length: arity }, (_, operand) => `#${operand + 1}`).join(", ");
	return {
		name,
		says: given.says ?? name,
		symbol: given.symbol ?? name,
		tex: given.tex ?? `\\operatorname{${name}}\\left(${operands}\\right)`,
		text: given.text ?? `${name}(${operands})`,
		kinks: given.kinks ?? [],
		noGradient: given.noGradient,
		folded: given.folded ?? false,
	};
}

type Definition<Op extends Structural<Attributes>, Attributes> = Omit<
	Op,
	keyof OpRecord | "family" | "call" | "samples"
> &
	Facts & {
		/** How the operation is carried out, where inputs or result are not tensors. */
		readonly call?: Op["call"];
		/** Shapes and attributes for the tests. */
		readonly samples: readonly Sample<Attributes>[];
	};

function enter<Attributes, Op extends Structural<Attributes>>(
	make: (call: Op["call"]) => Op,
	own: Op["call"] | undefined,
): Op {
	const onTensors = (inputs: readonly Node[], attributes: Attributes): Node =>
		apply<Attributes>(op, inputs as readonly Tensor[], attributes);
	const op: Op = make(own ?? onTensors);
	register(op as unknown as Structural<never>);
	return op;
}

/** An operation that is linear in all its operands together. */
export function linear<Attributes>(
	name: string,
	definition: Definition<Linear<Attributes>, Attributes>,
): Linear<Attributes> {
	return enter<Attributes, Linear<Attributes>>(
		(call) => ({
			...definition,
			...facts(name, definition.samples[0]?.shapes.length ?? 1, definition),
			family: "linear",
			call,
		}),
		definition.call,
	);
}

/** An operation that is linear in each of its two operands. */
export function bilinear<Attributes>(
	name: string,
	definition: Definition<Bilinear<Attributes>, Attributes>,
): Bilinear<Attributes> {
	return enter<Attributes, Bilinear<Attributes>>(
		(call) => ({
			...definition,
			...facts(name, 2, definition),
			family: "bilinear",
			call,
		}),
		definition.call,
	);
}

/** An operation with a pull of its own. */
export function custom<Attributes>(
	name: string,
	definition: Definition<Custom<Attributes>, Attributes>,
): Custom<Attributes> {
	return enter<Attributes, Custom<Attributes>>(
		(call) => ({
			...definition,
			...facts(name, definition.samples[0]?.shapes.length ?? 1, definition),
			family: "custom",
			call,
		}),
		definition.call,
	);
}
