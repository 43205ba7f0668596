/**
 * The usual engine, to compare with: one object and one closure per operation.
 *
 * `Value` is micrograd written in TypeScript: an object remembers its operands
 * and a closure that adds to their gradients; `backward` sorts the objects
 * topologically through a `Set` and calls the closures in reverse. Kinder than
 * the ports in the wild in two places: operands are an array, not a `Set`, and
 * the sort keeps a stack of its own, since recursion ends at about 10^4
 * operations. `Vector` is the same with a `Float64Array` in place of a number.
 */

interface Differentiable<Self> {
	readonly operands: readonly Self[];
	readonly pull: () => void;
}

/** Every value that `output` was computed from, operands first. */
function sorted<Self extends Differentiable<Self>>(output: Self): Self[] {
	const order: Self[] = [];
	const visited = new Set<Self>([output]);
	const stack: { readonly value: Self; next: number }[] = [{ value: output, next: 0 }];
	while (stack.length > 0) {
		const top = stack[stack.length - 1]!;
		const operand = top.value.operands[top.next++];
		if (operand === undefined) {
			order.push(top.value);
			stack.pop();
		} else if (!visited.has(operand)) {
			visited.add(operand);
			stack.push({ value: operand, next: 0 });
		}
	}
	return order;
}

function nothing(): void {}

/** A number. */
export class Value {
	data: number;
	grad = 0;
	readonly operands: readonly Value[];
	pull: () => void = nothing;

	constructor(data: number, operands: readonly Value[] = []) {
		this.data = data;
		this.operands = operands;
	}

	add(other: Value | number): Value {
		const y = other instanceof Value ? other : new Value(other);
		const z = new Value(this.data + y.data, [this, y]);
		z.pull = () => {
			this.grad += z.grad;
			y.grad += z.grad;
		};
		return z;
	}

	sub(other: Value | number): Value {
		const y = other instanceof Value ? other : new Value(other);
		const z = new Value(this.data - y.data, [this, y]);
		z.pull = () => {
			this.grad += z.grad;
			y.grad -= z.grad;
		};
		return z;
	}

	mul(other: Value | number): Value {
		const y = other instanceof Value ? other : new Value(other);
		const z = new Value(this.data * y.data, [this, y]);
		z.pull = () => {
			this.grad += y.data * z.grad;
			y.grad += this.data * z.grad;
		};
		return z;
	}

	square(): Value {
		const z = new Value(this.data * this.data, [this]);
		z.pull = () => {
			this.grad += 2 * this.data * z.grad;
		};
		return z;
	}

	sin(): Value {
		const z = new Value(Math.sin(this.data), [this]);
		z.pull = () => {
			this.grad += Math.cos(this.data) * z.grad;
		};
		return z;
	}

	sigmoid(): Value {
		const z = new Value(1 / (1 + Math.exp(-this.data)), [this]);
		z.pull = () => {
			this.grad += z.data * (1 - z.data) * z.grad;
		};
		return z;
	}

	relu(): Value {
		const z = new Value(this.data > 0 ? this.data : 0, [this]);
		z.pull = () => {
			this.grad += z.data > 0 ? z.grad : 0;
		};
		return z;
	}

	backward(): void {
		const order = sorted<Value>(this);
		this.grad = 1;
		for (let index = order.length - 1; index >= 0; index--) order[index]!.pull();
	}
}

/** An array of numbers, operated on element by element. */
export class Vector {
	readonly data: Float64Array;
	readonly grad: Float64Array;
	readonly operands: readonly Vector[];
	pull: () => void = nothing;

	constructor(data: Float64Array, operands: readonly Vector[] = []) {
		this.data = data;
		this.grad = new Float64Array(data.length);
		this.operands = operands;
	}

	sin(): Vector {
		const x = this.data;
		const z = new Vector(new Float64Array(x.length), [this]);
		for (let index = 0; index < x.length; index++) z.data[index] = Math.sin(x[index]!);
		z.pull = () => {
			for (let index = 0; index < x.length; index++) this.grad[index]! += Math.cos(x[index]!) * z.grad[index]!;
		};
		return z;
	}

	mul(factor: number): Vector {
		const x = this.data;
		const z = new Vector(new Float64Array(x.length), [this]);
		for (let index = 0; index < x.length; index++) z.data[index] = x[index]! * factor;
		z.pull = () => {
			for (let index = 0; index < x.length; index++) this.grad[index]! += factor * z.grad[index]!;
		};
		return z;
	}

	add(term: number): Vector {
		const x = this.data;
		const z = new Vector(new Float64Array(x.length), [this]);
		for (let index = 0; index < x.length; index++) z.data[index] = x[index]! + term;
		z.pull = () => {
			for (let index = 0; index < x.length; index++) this.grad[index]! += z.grad[index]!;
		};
		return z;
	}

	sum(): Vector {
		const x = this.data;
		const z = new Vector(new Float64Array(1), [this]);
		for (const element of x) z.data[0]! += element;
		z.pull = () => {
			for (let index = 0; index < x.length; index++) this.grad[index]! += z.grad[0]!;
		};
		return z;
	}

	backward(): void {
		const order = sorted<Vector>(this);
		this.grad.fill(1);
		for (let index = order.length - 1; index >= 0; index--) order[index]!.pull();
	}
}
