/**
 * Expressions as functions over a finite field.
 *
 * At some dozens of random points every expression gets a value modulo a prime,
 * and where it is asked for the slope along a random direction. What is not
 * rational becomes a generator: a fresh random number that obeys the laws of
 * what it stands for. Which laws, elimination finds: an exponent that is a sum
 * of known exponents with small rational weights is a product of powers of
 * their generators, and a logarithm whose slope is such a sum is that sum. So
 * ln(ab), ln(e^x/Σ) and ln(1 - σ(z)) need no rules. Every relation used is
 * valid wherever both sides are defined; one that is overlooked can only make
 * equal things look different.
 *
 * Note [positive numbers are squares]
 * The primes p are safe (p = 2q + 1 with q prime) and leave 3 modulo 4, and
 * 2, 3, 5, ..., 31 are squares modulo p. The squares other than 0 then are a
 * group of prime order q, in which every root exists once: a model of the
 * positive reals under multiplication, where -1 is no square and small whole
 * numbers are. A root of what is no square at a point strikes out the point.
 */
import { type Expression, type Expressions, nodesOf, type Of, type Primitive } from "./expression.js";
import { isWhole, one, type Rational, rational, times } from "./rational.js";

/** Two safe primes below 2^31 as Note [positive numbers are squares] asks for. */
export const primes = [2146664519, 2146229279] as const;

/** Thrown where a field cannot go on: too few points are left. */
export class Struck extends Error {
	constructor() {
		super("too few points are left");
		this.name = "Struck";
	}
}

/** Thrown to start again with angles divided further. */
export class Divide extends Error {
	readonly id: number;
	readonly by: number;

	constructor(id: number, by: number) {
		super("an angle has to be divided");
		this.name = "Divide";
		this.id = id;
		this.by = by;
	}
}

/** One number for every point. */
type Column = Int32Array;

/** A known exponent, logarithm or angle. */
interface Generator {
	/** What it is a generator of: the values of the argument. */
	readonly argument: Expression;
	readonly value: Column;
}

/** Numerator times denominator of weights: what is larger is no relation that anyone would write. */
const largest = 2 ** 13;

/** Expressions over one prime. */
export class Field {
	readonly p: number;
	readonly size: number;
	/** What was found out about exponents, logarithms and angles; two fields must agree about it. */
	readonly relations: string[] = [];
	private readonly make: Expressions;
	private readonly values = new Map<number, Column>();
	private readonly slopes = new Map<number, Column>();
	private readonly struck: Uint8Array;
	private left: number;
	private state: number;
	private readonly divisors: ReadonlyMap<number, number>;

	constructor(
		make: Expressions,
		p: number,
		size: number,
		seed: number,
		divisors: ReadonlyMap<number, number> = new Map(),
	) {
		this.make = make;
		this.p = p;
		this.size = size;
		this.left = size;
		this.struck = new Uint8Array(size);
		this.state = (Math.imul(seed + 1, 0x9e3779b1) ^ p) | 0;
		this.divisors = divisors;
	}

	// ------------------------------------------------------------ numbers modulo p

	private random(): number {
		for (;;) {
			this.state = (this.state + 0x6d2b79f5) | 0;
			let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
			t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
			const value = (t ^ (t >>> 14)) >>> 1;
			if (value > 1 && value < this.p) return value;
		}
	}

	/** a b modulo p. The quotient is off by one at most, and the remainder fits into 32 bits. */
	private times(a: number, b: number): number {
		const { p } = this;
		const quotient = Math.floor((a * b) / p);
		const rest = (Math.imul(a, b) - Math.imul(quotient, p)) | 0;
		return rest < 0 ? rest + p : rest >= p ? rest - p : rest;
	}

	private plus(a: number, b: number): number {
		const sum = a + b;
		return sum >= this.p ? sum - this.p : sum;
	}

	private power(base: number, exponent: number): number {
		let [result, square] = [1, base];
		for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
			if (rest % 2 === 1) result = this.times(result, square);
			square = this.times(square, square);
		}
		return result;
	}

	private inverse(a: number): number {
		let [x, y, u, v] = [a, this.p, 1, 0];
		while (x > 1) {
			const quotient = Math.floor(x / y);
			[x, y] = [y, x - quotient * y];
			[u, v] = [v, u - quotient * v];
			if (y === 0 && x > 1) return 0;
		}
		return u < 0 ? u + this.p : u;
	}

	private isSquare(a: number): boolean {
		return this.power(a, (this.p - 1) / 2) === 1;
	}

	private residue({ top, bottom }: Rational): number {
		const p = BigInt(this.p);
		const modulo = (value: bigint): number => Number(((value % p) + p) % p);
		const below = modulo(bottom);
		// A denominator that p divides has no inverse: this field says nothing.
		if (below === 0) throw new Struck();
		return this.times(modulo(top), this.inverse(below));
	}

	/** The small rational number that is `a` modulo p; `undefined` where there is none. */
	private small(a: number, most = largest): Rational | undefined {
		let [r0, r1, t0, t1] = [this.p, a, 0, 1];
		// Of the fractions that are a modulo p, the steps of the Euclidean algorithm meet the smallest.
		while (r1 * Math.abs(t1) > most && r1 > 0) {
			const quotient = Math.floor(r0 / r1);
			[r0, r1] = [r1, r0 - quotient * r1];
			[t0, t1] = [t1, t0 - quotient * t1];
		}
		return t1 !== 0 && (r1 > 0 || a === 0) ? rational(r1, t1) : undefined;
	}

	// ------------------------------------------------------------ columns

	private column(of: (at: number) => number): Column {
		const column = new Int32Array(this.size);
		for (let at = 0; at < this.size; at++) if (this.struck[at] === 0) column[at] = of(at);
		return column;
	}

	private strike(at: number): number {
		if (this.struck[at] === 0) {
			this.struck[at] = 1;
			this.left--;
			if (this.left < 20) throw new Struck();
		}
		return 0;
	}

	private same(a: Column, b: Column): boolean {
		for (let at = 0; at < this.size; at++) if (this.struck[at] === 0 && a[at] !== b[at]) return false;
		return true;
	}

	/** The first points that are left. */
	private points(count: number): number[] {
		const found: number[] = [];
		for (let at = 0; at < this.size && found.length < count; at++) if (this.struck[at] === 0) found.push(at);
		return found;
	}

	/** Whether two expressions are equal at every point that is left. */
	equal(a: Expression, b: Expression): boolean {
		const [x, y] = [this.value(a), this.value(b)];
		return this.same(x, y);
	}

	isZero(a: Expression): boolean {
		return this.value(a).every((value, at) => value === 0 || this.struck[at] === 1);
	}

	/** c with a = c b, where c is a small rational number. */
	ratio(a: Expression, b: Expression): Rational | undefined {
		const [x, y] = [this.value(a), this.value(b)];
		const [first] = this.points(1);
		if (first === undefined || y[first] === 0) return undefined;
		const c = this.times(x[first] as number, this.inverse(y[first] as number));
		const scaled = this.column((at) => this.times(c, y[at] as number));
		return this.same(x, scaled) ? this.small(c, 2 ** 22) : undefined;
	}

	/** Strikes out the points at which `x` has not the sign, as far as a field knows signs. */
	keep(x: Expression, sign: 1 | -1): void {
		const value = this.value(x);
		for (let at = 0; at < this.size; at++) {
			if (this.struck[at] === 0 && this.isSquare(value[at] as number) !== sign > 0) this.strike(at);
		}
	}

	/** Weights w, each a small rational, with Σ w_k columns_k = target; `undefined` where there are none. */
	private weights(target: Column, columns: readonly Column[]): Rational[] | undefined {
		const count = columns.length;
		const rows = this.points(count + 12);
		if (rows.length < count + 6) throw new Struck();
		const system = rows.map((at) => [...columns.map((column) => column[at] as number), target[at] as number]);
		const pivots: number[] = [];
		let row = 0;
		for (let k = 0; k <= count && row < system.length; k++) {
			const pivot = system.findIndex((line, index) => index >= row && line[k] !== 0);
			if (pivot < 0) continue;
			if (k === count) return undefined; // the target is none of their sums
			[system[row], system[pivot]] = [system[pivot] as number[], system[row] as number[]];
			const line = system[row] as number[];
			const scale = this.inverse(line[k] as number);
			for (let j = k; j <= count; j++) line[j] = this.times(line[j] as number, scale);
			for (const [index, other] of system.entries()) {
				const factor = other[k] as number;
				if (index === row || factor === 0) continue;
				for (let j = k; j <= count; j++)
					other[j] = this.plus(other[j] as number, this.p - this.times(factor, line[j] as number));
			}
			pivots.push(k);
			row++;
		}
		const found = columns.map(() => rational(0));
		for (const [index, k] of pivots.entries()) {
			const weight = this.small((system[index] as number[])[count] as number);
			if (!weight) return undefined;
			found[k] = weight;
		}
		// Elimination looked at as many points as it needs and a few: here are all.
		const sum = this.column((at) => {
			let total = 0;
			for (const [k, column] of columns.entries()) {
				const weight = found[k] as Rational;
				if (weight.top !== 0n) total = this.plus(total, this.times(this.residue(weight), column[at] as number));
			}
			return total;
		});
		return this.same(sum, target) ? found : undefined;
	}

	/** column^exponent, of squares where the exponent is a fraction. */
	private raised(column: Column, exponent: Rational): Column {
		if (isWhole(exponent)) {
			const order = BigInt(this.p - 1);
			const power = Number(((exponent.top % order) + order) % order);
			return this.column((at) => {
				const x = column[at] as number;
				if (x === 0) return exponent.top > 0n ? 0 : this.strike(at);
				return this.power(x, power);
			});
		}
		const q = BigInt((this.p - 1) / 2);
		const inverse = (value: bigint): bigint => {
			let [a, b, u, v] = [((value % q) + q) % q, q, 1n, 0n];
			while (a > 1n && b !== 0n) [a, b, u, v] = [b, a % b, v, u - (a / b) * v];
			return ((u % q) + q) % q;
		};
		const power = Number((((exponent.top % q) + q) * inverse(exponent.bottom)) % q);
		return this.column((at) => {
			const x = column[at] as number;
			return x === 0 || !this.isSquare(x) ? this.strike(at) : this.power(x, power);
		});
	}

	private multiplied(a: Column, b: Column): Column {
		return this.column((at) => this.times(a[at] as number, b[at] as number));
	}

	// ------------------------------------------------------------ values

	/** The values of an expression without questions or choices. */
	value(root: Expression): Column {
		const found = this.values.get(root.id);
		if (found) return found;
		for (const x of nodesOf([root])) if (!this.values.has(x.id)) this.values.set(x.id, this.made(x));
		return this.values.get(root.id) as Column;
	}

	private part(x: Expression): Column {
		return this.values.get(x.id) ?? this.value(x);
	}

	private made(x: Expression): Column {
		switch (x.kind) {
			case "number": {
				const value = this.residue(x.value);
				return new Int32Array(this.size).fill(value);
			}
			case "pi":
				return new Int32Array(this.size).fill(this.square());
			case "variable":
				return this.column(() => this.member(x.range));
			case "add": {
				const [a, b] = x.parts.map((part) => this.part(part)) as [Column, Column];
				return this.column((at) => this.plus(a[at] as number, b[at] as number));
			}
			case "multiply": {
				const [a, b] = x.parts.map((part) => this.part(part)) as [Column, Column];
				return this.multiplied(a, b);
			}
			case "power":
				return this.raised(this.part(x.parts[0]), x.exponent);
			case "exp":
				return this.exponential(x);
			case "log":
				return this.logarithm(x);
			case "sin":
			case "cos":
				return this.onCircle(x.parts[0])[x.kind === "cos" ? 0 : 1];
			case "atan":
			case "erf":
				return this.odd(x);
			case "unknown":
				return this.lookedUp(`${x.name}'${x.orders.join("'")}`, x.parts);
			default:
				throw new Error("a question in a field");
		}
	}

	private square(): number {
		const root = this.random();
		return this.times(root, root);
	}

	private member(range: Of<"variable">["range"]): number {
		if (range === "real") return this.random();
		for (;;) {
			const x = this.square();
			if (range === "positive" || this.isSquare(this.plus(1, this.p - x))) return x;
		}
	}

	/** Random values for what is determined by the values of its arguments. */
	private readonly tables = new Map<string, { readonly given: readonly Column[]; readonly value: Column }[]>();

	private lookedUp(name: string, parts: readonly Expression[]): Column {
		const table = this.tables.get(name) ?? [];
		this.tables.set(name, table);
		const given = parts.map((part) => this.part(part));
		const found = table.find((entry) => entry.given.every((column, at) => this.same(column, given[at] as Column)));
		if (found) return found.value;
		const value = this.isConstant(given)
			? new Int32Array(this.size).fill(this.random())
			: this.column(() => this.random());
		table.push({ given, value });
		return value;
	}

	private isConstant(columns: readonly Column[]): boolean {
		const [first = 0] = this.points(1);
		return columns.every((column) => this.same(column, new Int32Array(this.size).fill(column[first] as number)));
	}

	/** atan and erf: odd functions of which nothing else is used. */
	private odd(x: Of<Primitive>): Column {
		const argument = this.part(x.parts[0]);
		const opposite = this.column((at) => (argument[at] === 0 ? 0 : this.p - (argument[at] as number)));
		const table = this.tables.get(x.kind);
		const found = table?.find(({ given }) => this.same(given[0] as Column, opposite));
		if (found) return this.column((at) => (found.value[at] === 0 ? 0 : this.p - (found.value[at] as number)));
		return this.lookedUp(x.kind, x.parts);
	}

	// ------------------------------------------------------------ exponentials and logarithms

	private readonly exponents: Generator[] = [];
	/** Logarithms: the argument is what the logarithm was taken of. */
	private readonly logarithms: Generator[] = [];

	private generator(constant: boolean): Column {
		if (!constant) return this.column(() => this.square());
		return new Int32Array(this.size).fill(this.square());
	}

	private exponential(x: Of<Primitive>): Column {
		const [u] = x.parts;
		const target = this.part(u);
		const known = [
			...this.exponents.map(({ argument }) => this.part(argument)),
			...this.logarithms.map(({ value }) => value),
		];
		const weights = this.weights(target, known);
		if (weights) {
			const bases = [
				...this.exponents.map(({ value }) => value),
				...this.logarithms.map(({ argument }) => this.part(argument)),
			];
			this.relations.push(`exp ${weights.map(text).join(" ")}`);
			return this.productOf(bases, weights);
		}
		const value = this.generator(this.isConstant([target]));
		this.exponents.push({ argument: u, value });
		return value;
	}

	private productOf(bases: readonly Column[], weights: readonly Rational[]): Column {
		let product: Column = new Int32Array(this.size).fill(1);
		for (const [k, weight] of weights.entries()) {
			if (weight.top !== 0n) product = this.multiplied(product, this.raised(bases[k] as Column, weight));
		}
		return product;
	}

	private logarithm(x: Of<Primitive>): Column {
		const [u] = x.parts;
		if (u.kind === "number") return this.logarithmOf(u);
		const target = this.growth(u);
		const moving = this.logarithms.filter(({ argument }) => argument.kind !== "number");
		const known = [
			...this.exponents.map(({ argument }) => this.slope(argument)),
			...moving.map(({ argument }) => this.growth(argument)),
		];
		const weights = this.weights(target, known);
		const shift = weights && this.shiftOf(u, moving, weights);
		if (weights && shift) {
			this.relations.push(`log ${weights.map(text).join(" ")} ${shift.name}`);
			const terms = [...this.exponents.map(({ argument }) => this.part(argument)), ...moving.map(({ value }) => value)];
			return this.column((at) => {
				let sum = shift.value[at] as number;
				for (const [k, weight] of weights.entries()) {
					if (weight.top !== 0n)
						sum = this.plus(sum, this.times(this.residue(weight), (terms[k] as Column)[at] as number));
				}
				return sum;
			});
		}
		const constant = this.isConstant([this.part(u)]);
		const value = constant ? new Int32Array(this.size).fill(this.random()) : this.column(() => this.random());
		this.logarithms.push({ argument: u, value });
		return value;
	}

	/**
	 * What a logarithm is apart from a sum that has its slope: a constant. With D
	 * the common denominator of the weights, u^D = d Π v^(D w) for a constant d; all
	 * of u and v being positive, ln u = Σ w ln v + (ln d)/D.
	 */
	private shiftOf(
		u: Expression,
		moving: readonly Generator[],
		weights: readonly Rational[],
	): { value: Column; name: string } | undefined {
		const common = weights.reduce((product, { bottom }) => (product % bottom === 0n ? product : product * bottom), 1n);
		if (common > 64n) return undefined;
		const bases = [...this.exponents.map(({ value }) => value), ...moving.map(({ argument }) => this.part(argument))];
		const powers = weights.map((weight) => times(weight, rational(common)));
		const rest = this.multiplied(
			this.raised(this.part(u), rational(common)),
			this.inverted(this.productOf(bases, powers)),
		);
		// The constant may hold powers of constants that are values of exp: ln(e x).
		const fixed = this.exponents.filter(({ argument }) => this.isConstant([this.part(argument)]));
		const factors: { readonly base?: Generator; readonly exponent: number }[] = [
			{ exponent: 0 },
			...fixed.flatMap((base) => [1, -1, 2, -2].map((exponent) => ({ base, exponent }))),
		];
		for (const { base, exponent } of factors) {
			const left = base ? this.multiplied(rest, this.raised(base.value, rational(-exponent))) : rest;
			const constant = this.constantOf(left);
			if (!constant) continue;
			const scale = this.inverse(Number(common));
			const shift = this.part(this.make.primitive("log", this.make.number(constant)));
			const more = base && this.part(base.argument);
			const value = this.column((at) => {
				const power = more ? this.times(exponent < 0 ? this.p + exponent : exponent, more[at] as number) : 0;
				return this.times(scale, this.plus(shift[at] as number, power));
			});
			return { value, name: `${text(constant)} ${exponent}` };
		}
		return undefined;
	}

	/** The logarithm of a number, from those of its prime factors. */
	private logarithmOf(u: Of<"number">): Column {
		const { top, bottom } = u.value;
		if (bottom !== 1n) {
			const [above, below] = [top, bottom].map((value) =>
				this.part(this.make.primitive("log", this.make.number(rational(value)))),
			);
			return this.column((at) =>
				this.plus((above as Column)[at] as number, this.p - ((below as Column)[at] as number)),
			);
		}
		for (let factor = 2n; factor * factor <= top && factor < 1000n; factor++) {
			if (top % factor !== 0n) continue;
			const [a, b] = [factor, top / factor].map((value) =>
				this.part(this.make.primitive("log", this.make.number(rational(value)))),
			);
			return this.column((at) => this.plus((a as Column)[at] as number, (b as Column)[at] as number));
		}
		const value: Column = new Int32Array(this.size).fill(this.random());
		this.logarithms.push({ argument: u, value });
		return value;
	}

	private inverted(column: Column): Column {
		return this.column((at) => (column[at] === 0 ? this.strike(at) : this.inverse(column[at] as number)));
	}

	/** The positive rational number that a column is everywhere. */
	private constantOf(column: Column): Rational | undefined {
		if (!this.isConstant([column])) return undefined;
		const [first = 0] = this.points(1);
		const value = this.small(column[first] as number);
		return value && value.top > 0n ? value : undefined;
	}

	/** u'/u. */
	private growth(u: Expression): Column {
		return this.multiplied(this.slope(u), this.inverted(this.part(u)));
	}

	// ------------------------------------------------------------ angles

	/** Angles, with the point of the unit circle that each stands for. */
	private readonly angles: {
		readonly argument: Expression;
		readonly share: number;
		readonly point: readonly [Column, Column];
	}[] = [];

	/** Cosine and sine. */
	private onCircle(u: Expression): readonly [Column, Column] {
		const target = this.part(u);
		const unit = this.part(this.make.multiply(this.make.number(rational(1, 12)), this.make.pi));
		const known = [unit, ...this.angles.map(({ argument, share }) => this.divided(this.part(argument), share))];
		const weights = this.weights(target, known);
		if (weights && isWhole(weights[0] as Rational)) {
			const uneven = weights.findIndex((weight) => !isWhole(weight));
			if (uneven > 0) {
				const { argument, share } = this.angles[uneven - 1] as (typeof this.angles)[number];
				const by = share * Number((weights[uneven] as Rational).bottom);
				if (by <= 64) throw new Divide(argument.id, by);
			} else {
				this.relations.push(`angle ${weights.map(text).join(" ")}`);
				const twelfth = this.twelfth();
				let point: readonly [Column, Column] = [new Int32Array(this.size).fill(1), new Int32Array(this.size)];
				for (const [k, weight] of weights.entries()) {
					const turn = k === 0 ? twelfth : (this.angles[k - 1] as (typeof this.angles)[number]).point;
					point = this.turned(point, turn, Number(weight.top));
				}
				return point;
			}
		}
		const share = this.divisors.get(u.id) ?? 1;
		const constant = this.isConstant([target]);
		const parameter = constant ? new Int32Array(this.size).fill(this.random()) : this.column(() => this.random());
		// Every point of the circle but one is ((1 - t²)/(1 + t²), 2t/(1 + t²)).
		const below = this.column((at) => {
			const sum = this.plus(1, this.times(parameter[at] as number, parameter[at] as number));
			return sum === 0 ? this.strike(at) : this.inverse(sum);
		});
		const cosine = this.column((at) => {
			const t = parameter[at] as number;
			return this.times(this.plus(1, this.p - this.times(t, t)), below[at] as number);
		});
		const sine = this.column((at) => this.times(this.times(2, parameter[at] as number), below[at] as number));
		this.angles.push({ argument: u, share, point: [cosine, sine] });
		const start: readonly [Column, Column] = [new Int32Array(this.size).fill(1), new Int32Array(this.size)];
		return this.turned(start, [cosine, sine], share);
	}

	/** The point at π/12: its coordinates are (√6 ± √2)/4. */
	private twelfth(): readonly [Column, Column] {
		const { make } = this;
		const root = (n: number): Expression => make.power(make.number(n), rational(1, 2));
		const quarter = make.number(rational(1, 4));
		const [cosine, sine] = [make.add(root(6), root(2)), make.subtract(root(6), root(2))];
		return [this.part(make.multiply(quarter, cosine)), this.part(make.multiply(quarter, sine))];
	}

	private divided(column: Column, by: number): Column {
		if (by === 1) return column;
		const factor = this.inverse(by);
		return this.column((at) => this.times(column[at] as number, factor));
	}

	/** `point` turned `count` times by the angle of `turn`. */
	private turned(
		point: readonly [Column, Column],
		turn: readonly [Column, Column],
		count: number,
	): readonly [Column, Column] {
		let [c, s] = point;
		const [a, b] = turn;
		const sign = count < 0 ? this.p - 1 : 1;
		for (let step = 0; step < Math.abs(count); step++) {
			const [x, y] = [c, s];
			c = this.column((at) => {
				const product = this.times(sign, this.times(y[at] as number, b[at] as number));
				return this.plus(this.times(x[at] as number, a[at] as number), product === 0 ? 0 : this.p - product);
			});
			s = this.column((at) => {
				const product = this.times(sign, this.times(x[at] as number, b[at] as number));
				return this.plus(this.times(y[at] as number, a[at] as number), product);
			});
		}
		return [c, s];
	}

	// ------------------------------------------------------------ slopes

	/** The slope along a direction that is random for every variable and point. */
	slope(root: Expression): Column {
		const found = this.slopes.get(root.id);
		if (found) return found;
		for (const x of nodesOf([root])) if (!this.slopes.has(x.id)) this.slopes.set(x.id, this.slopeOf(x));
		return this.slopes.get(root.id) as Column;
	}

	private slopeOf(x: Expression): Column {
		const slope = (part: Expression): Column => this.slopes.get(part.id) as Column;
		switch (x.kind) {
			case "number":
			case "pi":
				return new Int32Array(this.size);
			case "variable":
				return this.column(() => this.random());
			case "add": {
				const [a, b] = x.parts.map(slope) as [Column, Column];
				return this.column((at) => this.plus(a[at] as number, b[at] as number));
			}
			case "multiply": {
				const [a, b] = x.parts.map((part) => this.part(part)) as [Column, Column];
				const [da, db] = x.parts.map(slope) as [Column, Column];
				return this.column((at) =>
					this.plus(this.times(da[at] as number, b[at] as number), this.times(a[at] as number, db[at] as number)),
				);
			}
			case "power": {
				const factor = this.residue(x.exponent);
				const [base, value, below] = [slope(x.parts[0]), this.part(x), this.part(x.parts[0])];
				return this.column((at) => {
					if (base[at] === 0) return 0;
					const y = below[at] as number;
					if (y === 0) return this.strike(at);
					return this.times(this.times(factor, base[at] as number), this.times(value[at] as number, this.inverse(y)));
				});
			}
			case "unknown": {
				let sum: Column = new Int32Array(this.size);
				for (const [k, part] of x.parts.entries()) {
					const orders = x.orders.map((order, other) => order + (other === k ? 1 : 0));
					const term = this.multiplied(this.part(this.make.unknown(x.name, orders, x.parts)), slope(part));
					const before = sum;
					sum = this.column((at) => this.plus(before[at] as number, term[at] as number));
				}
				return sum;
			}
			case "positive":
			case "vanishes":
			case "choice":
				throw new Error("a question in a field");
			default:
				return this.multiplied(this.part(this.outer(x)), slope(x.parts[0]));
		}
	}

	private outer(x: Of<Primitive>): Expression {
		const { make } = this;
		const [u] = x.parts;
		const square = make.power(u, rational(2));
		switch (x.kind) {
			case "exp":
				return x;
			case "log":
				return make.power(u, rational(-1));
			case "sin":
				return make.primitive("cos", u);
			case "cos":
				return make.negate(make.primitive("sin", u));
			case "atan":
				return make.power(make.add(make.number(one), square), rational(-1));
			case "erf": {
				const factor = make.multiply(make.number(2), make.power(make.pi, rational(-1, 2)));
				return make.multiply(factor, make.primitive("exp", make.negate(square)));
			}
		}
	}
}

function text({ top, bottom }: Rational): string {
	return `${top}/${bottom}`;
}
