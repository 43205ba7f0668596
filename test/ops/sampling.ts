/**
 * Points at which an operation is looked at, chosen from its record alone.
 *
 * A point lies inside the domain, away from its open ends, from excepted points
 * and from kinks. A kink of two operands is a line through the point that the
 * record names, so operands also keep a distance from each other.
 */
import { Generator, type Tensor, tensor } from "chainrule";
import type { AnyOp, Domain, Pointwise, Structural } from "../../src/core/op.js";
import { type Shape, sizeOf } from "../../src/core/shape.js";

const distance = 0.15;

/** The part of a domain that is sampled. */
function interval({ low, high, sampled }: Domain): readonly [low: number, high: number] {
	if (sampled) return sampled;
	if (Number.isFinite(low) && Number.isFinite(high)) return [low + 0.15 * (high - low), high - 0.15 * (high - low)];
	if (Number.isFinite(low)) return [low + 0.2, low + 2.7];
	if (Number.isFinite(high)) return [high - 2.7, high - 0.2];
	return [-2.5, 2.5];
}

/** One point of the domain of `op`, rounded to float32 so that both floating dtypes hold it. */
export function point(op: Pointwise, random: Generator): number[] {
	for (;;) {
		const operands = op.domain.map((domain) => {
			const [low, high] = interval(domain);
			return Math.fround(low + (high - low) * random.uniform());
		});
		const clear = operands.every((x, at) => {
			const avoided = [0, ...(op.domain[at]?.except ?? []), ...op.kinks.flatMap((kink) => kink.at[at] ?? [])];
			const others = operands.filter((_, other) => other !== at);
			return [...avoided, ...others].every((y) => Math.abs(x - y) > distance);
		});
		if (clear) return operands;
	}
}

/** Points of `op` as one tensor of `shape` per operand. */
export function tensorsAt(op: Pointwise, shape: Shape, random: Generator): Tensor[] {
	const points = Array.from({ length: sizeOf(shape) }, () => point(op, random));
	return op.domain.map((_, operand) =>
		tensor(
			Float64Array.from(points, (operands) => operands[operand] as number),
			{ shape },
		),
	);
}

/** A tensor whose elements are multiples of 1/8, no two nearer than 1/2: exact in sums, and without ties. */
export function distinct(shape: Shape, random: Generator): Tensor {
	const size = sizeOf(shape);
	const elements = Float64Array.from({ length: size }, (_, index) => (index - size / 2) * 0.5);
	for (let last = size - 1; last > 0; last--) {
		const other = random.integer(last + 1);
		[elements[last], elements[other]] = [elements[other] as number, elements[last] as number];
	}
	return tensor(elements, { shape });
}

/** A tensor of whole numbers from -4 to 4: sums and products are exact. */
export function whole(shape: Shape, random: Generator): Tensor {
	return tensor(
		Float64Array.from({ length: sizeOf(shape) }, () => random.integer(9) - 4),
		{ shape },
	);
}

/** True for the pointwise family. */
export function isPointwise(op: AnyOp): op is Pointwise {
	return op.family === "pointwise";
}

/** The structural operations, with attributes that a test may only pass on. */
export function isStructural(op: AnyOp): boolean {
	return op.family !== "pointwise";
}

/** `op` as one whose attributes are those of its samples. */
export function structural(op: AnyOp): Structural<unknown> {
	return op as unknown as Structural<unknown>;
}

/** Units in the last place between two numbers; 0 for equal ones and for two NaN. */
export function ulps(x: number, y: number): number {
	if (Object.is(x, y) || x === y) return 0;
	if (Number.isNaN(x) && Number.isNaN(y)) return 0;
	const place = (value: number): bigint => {
		const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] as bigint;
		return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
	};
	const difference = place(x) - place(y);
	return Number(difference < 0n ? -difference : difference);
}

/** The elements as plain numbers. */
export function numbers(x: Tensor): number[] {
	return Array.from(x.data);
}

/** A generator that belongs to `name`: its numbers do not change when another test is added. */
export function randomFor(name: string): Generator {
	return new Generator(name);
}
