/**
 * Convolutions and their transposes against loops that follow the definition.
 */
import {
	add,
	checkGradients,
	Generator,
	grad,
	gradients,
	mul,
	permute,
	randn,
	slice,
	sum,
	type Tensor,
	tensor,
	vmap,
	zeros,
} from "chainrule";
import { conv, conv1d, conv2d, convTranspose, convTranspose1d, convTranspose2d, convWeight } from "chainrule/nn";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../verdicts.js";

const random = new Generator("convolution");
const whole = (shape: readonly number[], dtype: "float64" | "float32" | "int32" = "float64"): Tensor =>
	tensor(
		Float64Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.integer(9) - 4),
		{ shape, dtype },
	);
const numbers = (x: Tensor): number[] => Array.from(x.data, (value) => value + 0); // -0 is 0
const inner = (x: Tensor, y: Tensor): number => sum(mul(x, y)).item();

interface Sizes {
	readonly stride: readonly number[];
	readonly padding: readonly number[];
	readonly dilation: readonly number[];
	readonly groups: number;
}

/** Visits every product of the definition in two dimensions: places in x, w and z. */
function everyProduct(
	[samples, channels, height, width]: readonly number[],
	[filters, perGroup, rows, columns]: readonly number[],
	[down, across]: readonly number[],
	{ stride, padding, dilation, groups }: Sizes,
	visit: (x: number, w: number, z: number) => void,
): void {
	const at = (list: readonly number[], axis: number): number => list[axis] as number;
	for (let n = 0; n < (samples as number); n++)
		for (let o = 0; o < (filters as number); o++)
			for (let c = 0; c < (perGroup as number); c++)
				for (let p = 0; p < (down as number); p++)
					for (let q = 0; q < (across as number); q++)
						for (let i = 0; i < (rows as number); i++)
							for (let j = 0; j < (columns as number); j++) {
								const y = p * at(stride, 0) + i * at(dilation, 0) - at(padding, 0);
								const x = q * at(stride, 1) + j * at(dilation, 1) - at(padding, 1);
								if (y < 0 || x < 0 || y >= (height as number) || x >= (width as number)) continue;
								const group = Math.floor(o / ((filters as number) / groups));
								const channel = group * (perGroup as number) + c;
								visit(
									((n * (channels as number) + channel) * (height as number) + y) * (width as number) + x,
									((o * (perGroup as number) + c) * (rows as number) + i) * (columns as number) + j,
									((n * (filters as number) + o) * (down as number) + p) * (across as number) + q,
								);
							}
}

/** The convolution by its definition. */
function defined(x: Tensor, w: Tensor, z: readonly number[], options: Partial<Sizes> = {}): number[] {
	const [a, b] = [x.data, w.data];
	const total = zeros(z).data;
	const one = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, ...options };
	everyProduct(x.shape, w.shape, z.slice(2), one, (i, j, k) => {
		total[k] = (total[k] as number) + (a[i] as number) * (b[j] as number);
	});
	return Array.from(total);
}

/** A convolution that exists: sizes of everything. */
const sizes = fc
	.record({
		samples: fc.integer({ min: 0, max: 2 }),
		groups: fc.integer({ min: 1, max: 3 }),
		channels: fc.integer({ min: 1, max: 2 }),
		filters: fc.integer({ min: 1, max: 2 }),
		axes: fc.array(
			fc.record({
				kernel: fc.integer({ min: 1, max: 3 }),
				stride: fc.integer({ min: 1, max: 3 }),
				dilation: fc.integer({ min: 1, max: 3 }),
				padding: fc.integer({ min: 0, max: 3 }),
				more: fc.integer({ min: 0, max: 4 }),
			}),
			{ minLength: 2, maxLength: 2 },
		),
	})
	.map(({ samples, groups, channels, filters, axes }) => {
		const image = axes.map(
			({ kernel, dilation, padding, more }) => Math.max(1, dilation * (kernel - 1) + 1 - 2 * padding) + more,
		);
		const kernel = axes.map((axis) => axis.kernel);
		const options = {
			stride: axes.map(({ stride }) => stride),
			padding: axes.map(({ padding }) => padding),
			dilation: axes.map(({ dilation }) => dilation),
			groups,
		};
		const count = axes.map(
			({ stride, dilation, padding }, at) =>
				Math.floor(((image[at] as number) + 2 * padding - dilation * ((kernel[at] as number) - 1) - 1) / stride) + 1,
		);
		return {
			x: [samples, groups * channels, ...image],
			w: [groups * filters, channels, ...kernel],
			z: [samples, groups * filters, ...count],
			options,
		};
	});

const options2 = { seed: 7, numRuns: 60 };

describe("of all strides, paddings, dilations and groups", () => {
	test("conv is the sum of its definition", () => {
		fc.assert(
			fc.property(sizes, ({ x, w, z, options }) => {
				const [a, b] = [whole(x), whole(w)];
				const found = conv2d(a, b, options);
				expect(found.shape).toEqual(z);
				expect(numbers(found)).toEqual(defined(a, b, z, options));
			}),
			options2,
		);
	});

	test("⟨conv(x, w), z⟩ = ⟨x, convTranspose(z, w)⟩ = ⟨w, convWeight(x, z)⟩", () => {
		fc.assert(
			fc.property(sizes, ({ x, w, z, options }) => {
				const [image, filters, values] = [whole(x), whole(w), whole(z)];
				const total = inner(conv(image, filters, options), values);
				// The size that a stride leaves open.
				const outputPadding = x.slice(2).map((size, at) => {
					const reach = (options.dilation[at] as number) * ((w[at + 2] as number) - 1) + 1;
					return (
						size -
						(((z[at + 2] as number) - 1) * (options.stride[at] as number) + reach - 2 * (options.padding[at] as number))
					);
				});
				const back = convTranspose2d(values, filters, { ...options, outputPadding });
				expect(back.shape).toEqual(x);
				expect(inner(image, back)).toBe(total);
				const weights = convWeight(image, values, w.slice(2), options);
				expect(weights.shape).toEqual(w);
				expect(inner(filters, weights)).toBe(total);
			}),
			options2,
		);
	});

	test("the gradients are the transposes, in float32 as in float64", () => {
		fc.assert(
			fc.property(sizes, fc.constantFrom("float32", "float64"), ({ x, w, z, options }, dtype) => {
				const image = tensor(whole(x), { requiresGrad: true, dtype });
				const filters = tensor(whole(w), { requiresGrad: true, dtype });
				const values = whole(z, dtype);
				const [gx, gw] = gradients(conv2d(image, filters, options), [image, filters], { cotangent: values }) as [
					Tensor,
					Tensor,
				];
				expect([gx.dtype, gw.dtype]).toEqual([dtype, dtype]);
				const [a, b, c] = [image.data, filters.data, values.data];
				const [left, right] = [zeros(x).data, zeros(w).data];
				everyProduct(x, w, z.slice(2), options, (i, j, k) => {
					left[i] = (left[i] as number) + (c[k] as number) * (b[j] as number);
					right[j] = (right[j] as number) + (c[k] as number) * (a[i] as number);
				});
				expect(numbers(gx)).toEqual(Array.from(left));
				expect(numbers(gw)).toEqual(Array.from(right));
			}),
			options2,
		);
	});
});

describe("derivatives", () => {
	test("of conv2d with bias, stride, padding, dilation and groups agree to second order", () => {
		const options = { stride: 2, padding: [1, 2], dilation: [2, 1], groups: 2 };
		const f = (x: Tensor, w: Tensor, bias: Tensor): Tensor => conv2d(x, w, { ...options, bias });
		const report = checkGradients(f, [randn([2, 2, 5, 4]), randn([4, 1, 2, 3]), randn([4])], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("of convTranspose1d and of convWeight agree to second order, where both operands are the same variable", () => {
		const generator = new Generator(3);
		const once = checkGradients(
			(x: Tensor) => convTranspose1d(x, permute(x, [1, 0, 2]), { stride: 2, outputPadding: 1, padding: 1 }),
			[randn([3, 3, 3], { generator })],
			{ order: 2 },
		);
		expect(verdictOf(once)).toBe("agrees");
		const weights = checkGradients((x: Tensor) => convWeight(x, mul(x, x), 1), [randn([2, 3, 4], { generator })], {
			order: 2,
		});
		expect(verdictOf(weights)).toBe("agrees");
	});

	test("of a network of two convolutions agree to third order", () => {
		const generator = new Generator(4);
		const f = (x: Tensor, w: Tensor): Tensor => conv1d(mul(conv1d(x, w, { padding: "same" }), x), w);
		const report = checkGradients(f, [randn([1, 2, 4], { generator }), randn([2, 2, 3], { generator })], {
			order: 3,
			directions: 1,
			tolerance: 1e-5,
		});
		expect(verdictOf(report)).toBe("agrees");
	});
});

describe("vmap", () => {
	test("of no examples has no results and no gradients, and leaves what comes after it alone", () => {
		const [x, w] = [zeros([0, 1, 2, 6]), zeros([0, 3, 2, 3])];
		expect(vmap((image: Tensor, filters: Tensor) => conv1d(image, filters))(x, w).shape).toEqual([0, 1, 3, 4]);
		const gradient = vmap(grad((filters: Tensor) => sum(conv1d(zeros([1, 2, 6]), filters))));
		expect(gradient(w).shape).toEqual([0, 3, 2, 3]);
		expect(sum(conv1d(whole([1, 2, 6]), whole([2, 2, 3]))).item()).not.toBeNaN();
	});

	test("gives the gradient of every example, of each of the three products", () => {
		const [x, w] = [whole([3, 2, 4, 5, 4]), whole([6, 2, 3, 2])];
		const options = { stride: [2, 1], padding: 1, groups: 2 };
		const perExample = vmap(
			grad((filters: Tensor, image: Tensor) =>
				sum(mul(conv2d(image, filters, options), conv2d(image, filters, options))),
			),
			{ axes: [null, 0] },
		)(w, x) as unknown as Tensor;
		expect(perExample.shape).toEqual([3, 6, 2, 3, 2]);
		for (let example = 0; example < 3; example++) {
			const image = slice(x, [example]);
			const alone = grad((filters: Tensor) =>
				sum(mul(conv2d(image, filters, options), conv2d(image, filters, options))),
			)(w);
			expect(numbers(slice(perExample, [example]))).toEqual(numbers(alone));
		}
		const spread = vmap((image: Tensor, filters: Tensor) => convTranspose1d(image, filters, { stride: 2 }));
		const [images, filters] = [whole([3, 2, 2, 4]), whole([3, 2, 1, 3])];
		const found = spread(images, filters);
		for (let example = 0; example < 3; example++) {
			const alone = convTranspose1d(slice(images, [example]), slice(filters, [example]), { stride: 2 });
			expect(numbers(slice(found, [example]))).toEqual(numbers(alone));
		}
	});
});

describe("values", () => {
	test("a signal with a filter, by hand", () => {
		const x = tensor([[[1, 2, 3, 4]]]);
		const w = tensor([[[1, 10]]]);
		expect(conv1d(x, w).toArray()).toEqual([[[21, 32, 43]]]);
		expect(conv1d(x, w, { padding: 1, stride: 2, bias: tensor([0.5]) }).toArray()).toEqual([[[10.5, 32.5, 4.5]]]);
		expect(convTranspose1d(tensor([[[1, 2]]]), w, { stride: 2, bias: tensor([0.5]) }).toArray()).toEqual([
			[[1.5, 10.5, 2.5, 20.5]],
		]);
	});

	test('"same" keeps the size, with the odd zero at the end, and "valid" pads nothing', () => {
		const x = tensor([[[1, 2, 3]]]);
		expect(conv1d(x, tensor([[[1, 10]]]), { padding: "same" }).toArray()).toEqual([[[21, 32, 3]]]);
		expect(conv1d(x, tensor([[[1, 10, 100, 1000]]]), { padding: "same" }).toArray()).toEqual([[[3210, 321, 32]]]);
		expect(conv1d(x, tensor([[[1, 10]]]), { padding: "valid" }).shape).toEqual([1, 1, 2]);
		expect(conv2d(zeros([1, 1, 5, 6]), zeros([1, 1, 3, 2]), { padding: "same", dilation: 2 }).shape).toEqual([
			1, 1, 5, 6,
		]);
	});

	test("a window of one element is a product of matrices", () => {
		const [x, w] = [whole([2, 3, 2, 2]), whole([4, 3, 1, 1])];
		expect(numbers(conv2d(x, w))).toEqual(defined(x, w, [2, 4, 2, 2]));
		expect(numbers(conv2d(permute(x, [0, 1, 3, 2]), w))).toEqual(numbers(permute(conv2d(x, w), [0, 1, 3, 2])));
	});

	test("three axes work as two, and an image without the axis of samples as a batch of one", () => {
		const [x, w] = [whole([1, 2, 3, 4, 5]), whole([2, 2, 2, 1, 3])];
		const z = conv(x, w, { padding: [1, 0, 0], stride: [1, 2, 1] });
		expect(z.shape).toEqual([1, 2, 4, 2, 3]);
		expect(inner(x, convTranspose(z, w, { padding: [1, 0, 0], stride: [1, 2, 1], outputPadding: [0, 1, 0] }))).toBe(
			inner(z, z),
		);
		const single = conv1d(whole([2, 5]), whole([3, 2, 2]));
		expect(single.shape).toEqual([3, 4]);
		expect(convTranspose2d(whole([2, 3, 3]), whole([2, 1, 2, 2])).shape).toEqual([1, 4, 4]);
	});

	test("integers stay integers, and an empty batch stays empty", () => {
		const z = conv1d(whole([1, 2, 4], "int32"), whole([1, 2, 2], "int32"));
		expect(z.dtype).toBe("int32");
		expect(conv2d(zeros([0, 2, 5, 5]), zeros([3, 2, 3, 3])).shape).toEqual([0, 3, 3, 3]);
		const w = tensor(zeros([3, 2, 3, 3]), { requiresGrad: true });
		const [gw] = gradients(sum(conv2d(zeros([0, 2, 5, 5]), w)), [w]);
		expect(gw?.shape).toEqual([3, 2, 3, 3]);
	});

	test("a large one agrees with the definition in both dtypes", () => {
		const generator = new Generator(5);
		const [x, w] = [randn([2, 8, 20, 20], { generator }), randn([16, 8, 3, 3], { generator })];
		const expected = defined(x, w, [2, 16, 20, 20], { padding: [1, 1] });
		const worst = (z: Tensor): number =>
			Math.max(...numbers(z).map((value, at) => Math.abs(value - (expected[at] as number))));
		expect(worst(conv2d(x, w, { padding: 1 }))).toBeLessThan(1e-12);
		const narrow = (y: Tensor): Tensor => tensor(y, { dtype: "float32" });
		expect(worst(conv2d(narrow(x), narrow(w), { padding: 1 }))).toBeLessThan(2e-5);
	});
});

test("a convolution of a sum is the sum of convolutions", () => {
	const [x, y, w] = [whole([1, 2, 6]), whole([1, 2, 6]), whole([2, 2, 3])];
	expect(numbers(conv1d(add(x, y), w))).toEqual(numbers(add(conv1d(x, w), conv1d(y, w))));
});
