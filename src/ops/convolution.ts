/**
 * Convolutions, along any number of axes.
 *
 * One sum of products, Σ x[n, c, p·stride + k·dilation - padding] w[o, c, k]
 * z[n, o, p], joins an image x, filters w and windows z. Leaving out one of the
 * three gives a function of the other two: `conv`, `convTranspose` and
 * `convWeight`. So each is the transpose of the others, and every order of
 * derivative stays among the three.
 *
 * As everywhere in machine learning, filters are not mirrored.
 */
import { promote } from "../core/dtype.js";
import { failure } from "../core/errors.js";
import type { Bilinear } from "../core/op.js";
import { scope } from "../core/scope.js";
import { type Shape, sameShape, shapeText, sizeOf, stridesOf } from "../core/shape.js";
import { allocate, Tensor, type Value } from "../core/tensor.js";
import { convolve, convolveImage, convolveWeight, type Windows } from "../kernels/convolve.js";
import { add } from "./arithmetic.js";
import { zeros } from "./create.js";
import { bilinear, type Facts } from "./define.js";
import { asTensor, contiguous, reshape, transpose } from "./movement.js";
import { type PerAxis, perAxis, type WindowOptions, windowsOn } from "./windows.js";

interface Convolution {
	readonly windows: Windows;
	readonly groups: number;
}

type Product = Bilinear<Convolution>;

/** One of the three products. Operands are images, except for the weights, if any, that come second. */
function product(
	name: string,
	given: Facts,
	kernel: typeof convolve,
	shape: (x: Shape, y: Shape, attributes: Convolution) => Shape,
	samples: readonly (readonly [x: Shape, y: Shape])[],
	transposes: Product["transposes"],
): Product {
	const ofWeights = name !== "convWeight";
	const op: Product = bilinear<Convolution>(name, {
		...given,
		shape: ([x, y], attributes) => shape(x as Shape, y as Shape, attributes),
		forward: ([x, y], { windows, groups }, sizes) => {
			const a = contiguous(x as Tensor);
			const b = contiguous(y as Tensor);
			const common = promote(a.dtype, b.dtype);
			const dtype = common === "bool" ? "int32" : common;
			const { storage, offset } = allocate(dtype, sizeOf(sizes));
			kernel(a, b, windows, groups, storage, offset);
			return new Tensor(storage, offset, sizes, stridesOf(sizes), dtype);
		},
		transposes,
		// Examples are further groups: their channels lie side by side. Without any there is no channel to cut.
		batched: ([x, y], { windows, groups }, size) => {
			if (size === 0) return noExamples(op, [x as Tensor, y as Tensor], { windows, groups });
			const operands = [sideBySide(x as Tensor), ofWeights ? joined(y as Tensor) : sideBySide(y as Tensor)];
			const z = op.call(operands, { windows, groups: groups * size }) as Tensor;
			const cut = (axis: number): Tensor =>
				reshape(z, z.shape.toSpliced(axis, 1, size, (z.shape[axis] as number) / size));
			return ofWeights ? transpose(cut(1), 0, 1) : cut(0);
		},
		samples: samples.map((shapes, at) => ({ shapes, attributes: sampled[at] as Convolution })),
	});
	return op;
}

/** The result for a batch of nothing. */
function noExamples(op: Product, inputs: readonly Tensor[], attributes: Convolution): Tensor {
	const shapes = inputs.map(({ shape }) => shape.slice(1));
	return zeros([0, ...op.shape(shapes, attributes)], { dtype: inputs.map(({ dtype }) => dtype).reduce(promote) });
}

/** Filters of all examples one after the other. */
function joined(w: Tensor): Tensor {
	const [size = 0, filters = 0, ...rest] = w.shape;
	return reshape(w, [size * filters, ...rest]);
}

/** Channels of all examples side by side. */
function sideBySide(x: Tensor): Tensor {
	const [size = 0, samples = 0, channels = 0, ...image] = x.shape;
	return reshape(transpose(x, 0, 1), [samples, size * channels, ...image]);
}

const sampled: readonly Convolution[] = [
	{ windows: windowsOn("conv", [5], 2, {}), groups: 1 },
	{ windows: windowsOn("conv", [4, 3], [3, 2], { stride: [2, 1], padding: 1, dilation: [1, 2] }), groups: 2 },
];

const convolving: Product = product(
	"conv",
	{ says: "windows of an image times filters", symbol: "∗", tex: "#1 \\star #2" },
	convolve,
	(x, w, { windows }) => [x[0] as number, w[0] as number, ...windows.count],
	[
		[
			[2, 1, 5],
			[2, 1, 2],
		],
		[
			[1, 2, 4, 3],
			[2, 1, 3, 2],
		],
	],
	[
		(gz, w, attributes) => spreading.call([gz, w], attributes) as Tensor,
		(gz, x, attributes) => weighing.call([x, gz], attributes) as Tensor,
	],
);

const spreading: Product = product(
	"convTranspose",
	{ says: "windows filled with filters and added up to an image", symbol: "∗ᵀ", tex: "#1 \\star^{\\top} #2" },
	convolveImage,
	(z, w, { windows, groups }) => [z[0] as number, (w[1] as number) * groups, ...windows.image],
	[
		[
			[2, 2, 4],
			[2, 1, 2],
		],
		[
			[1, 2, 2, 3],
			[2, 1, 3, 2],
		],
	],
	[
		(gx, w, attributes) => convolving.call([gx, w], attributes) as Tensor,
		(gx, z, attributes) => weighing.call([gx, z], attributes) as Tensor,
	],
);

const weighing: Product = product(
	"convWeight",
	{ says: "windows of an image times their values, summed: the filters they ask for", symbol: "∗ʷ" },
	convolveWeight,
	(x, z, { windows, groups }) => [z[1] as number, (x[1] as number) / groups, ...windows.kernel],
	[
		[
			[2, 1, 5],
			[2, 2, 4],
		],
		[
			[1, 2, 4, 3],
			[1, 2, 2, 3],
		],
	],
	[
		(gw, z, attributes) => spreading.call([z, gw], attributes) as Tensor,
		(gw, x, attributes) => convolving.call([x, gw], attributes) as Tensor,
	],
);

/** How a convolution is taken. */
export interface ConvOptions extends Omit<WindowOptions, "padding"> {
	/** Zeros on each side of the image; 0 or `"valid"` is none, `"same"` as many as keep its size, where the stride is 1. */
	readonly padding?: PerAxis | "same" | "valid" | undefined;
	/** Into how many groups the channels are cut, each with filters of its own; 1 when left out. */
	readonly groups?: number | undefined;
	/** One number per filter, added to its results. */
	readonly bias?: Value | undefined;
}

/** How a transposed convolution is taken: as the convolution that it transposes. */
export interface ConvTransposeOptions extends WindowOptions {
	/** Elements that the image is larger at its end: below the stride or the dilation. A stride leaves its size open. */
	readonly outputPadding?: PerAxis | undefined;
	/** Into how many groups the channels are cut, each with filters of its own; 1 when left out. */
	readonly groups?: number | undefined;
	/** One number per channel of the result. */
	readonly bias?: Value | undefined;
}

/** An image as a batch, and how a result leaves it again: without the axis of samples where the image had none. */
function batched(name: string, x: Value, axes: number, wanted = axes): [x: Tensor, leave: (z: Tensor) => Tensor] {
	const from = asTensor(x);
	const extra = from.rank - axes;
	if (axes < 1 || axes !== wanted || extra < 1 || extra > 2) {
		const image = ["...image", "length", "height, width"][wanted] ?? "...image";
		throw failure({
			what: `${name}: axes do not fit`,
			expected: `x [samples, channels, ${image}] or [channels, ${image}], weight [filters, channels / groups, ...kernel]`,
			actual: `x ${shapeText(from.shape)}, weight of ${axes + 2} axes`,
		});
	}
	return extra === 2 ? [from, (z) => z] : [reshape(from, [1, ...from.shape]), (z) => reshape(z, z.shape.slice(1))];
}

/** Refuses an image of other than `wanted` channels, and groups that do not divide. */
function checkChannels(name: string, x: Shape, wanted: number, w: Shape, groups: number): void {
	if (x[1] === wanted && Number.isInteger(groups) && groups > 0 && (w[0] as number) % groups === 0) return;
	throw failure({
		what: `${name}: channels do not fit`,
		expected: `weight [filters, channels / groups, ...kernel] for x [samples, ${name.includes("Transpose") ? "filters" : "channels"}, ...], filters divisible by the groups`,
		actual: `x ${shapeText(x)}, weight ${shapeText(w)}, groups ${groups}`,
	});
}

/** `z` with one number per channel added. */
function biased(name: string, z: Tensor, bias: Value | undefined): Tensor {
	if (bias === undefined) return z;
	const given = asTensor(bias);
	const [, channels = 0, ...rest] = z.shape;
	if (!sameShape(given.shape, [channels])) {
		throw failure({
			what: `${name}: bias does not fit`,
			expected: `shape ${shapeText([channels])}`,
			actual: shapeText(given.shape),
		});
	}
	return add(z, reshape(given, [channels, ...rest.map(() => 1)]));
}

function convolution(name: string, x: Value, weight: Value, options: ConvOptions, wanted?: number): Tensor {
	return scope(name, () => {
		const w = asTensor(weight);
		const [image, leave] = batched(name, x, w.rank - 2, wanted);
		const { groups = 1, bias } = options;
		const [, channels = 0, ...kernel] = w.shape;
		checkChannels(name, image.shape, channels * groups, w.shape, groups);
		const windows = windowsOn(name, image.shape.slice(2), kernel, options);
		return leave(biased(name, convolving.call([image, w], { windows, groups }) as Tensor, bias));
	});
}

function transposed(name: string, x: Value, weight: Value, options: ConvTransposeOptions, wanted?: number): Tensor {
	return scope(name, () => {
		const w = asTensor(weight);
		const axes = w.rank - 2;
		const [z, leave] = batched(name, x, axes, wanted);
		const { groups = 1, bias } = options;
		const [filters = 0, , ...kernel] = w.shape;
		checkChannels(name, z.shape, filters, w.shape, groups);
		const stride = perAxis(name, "stride", options.stride ?? 1, axes, 1);
		const dilation = perAxis(name, "dilation", options.dilation ?? 1, axes, 1);
		const before = perAxis(name, "padding", options.padding ?? 0, axes, 0);
		const more = perAxis(name, "outputPadding", options.outputPadding ?? 0, axes, 0);
		const count = z.shape.slice(2);
		const image = count.map((size, axis) => {
			const step = stride[axis] as number;
			const gap = dilation[axis] as number;
			const extra = more[axis] as number;
			const length =
				(size - 1) * step - 2 * (before[axis] as number) + gap * ((kernel[axis] as number) - 1) + 1 + extra;
			if (length >= 1 && extra < Math.max(step, gap)) return length;
			throw failure({
				what: `${name}: no image has these windows`,
				expected: "an image of one element or more, and outputPadding below the stride or the dilation",
				actual: `${length} elements, outputPadding ${extra}      (axis ${axis - axes} of x ${shapeText(z.shape)})`,
			});
		});
		const windows = { kernel, stride, dilation, before, image, count };
		return leave(biased(name, spreading.call([z, w], { windows, groups }) as Tensor, bias));
	});
}

/**
 * Convolution of images of any number of axes: `x` [N, C, ...image] with
 * `weight` [O, C / groups, ...kernel] gives [N, O, ...windows]; without the
 * axis of samples, too. A window p begins at p · stride - padding, and its
 * elements are `dilation` apart, as in PyTorch.
 *
 * @throws where channels, groups or sizes do not fit.
 */
export function conv(x: Value, weight: Value, options: ConvOptions = {}): Tensor {
	return convolution("conv", x, weight, options);
}

/** Convolution of signals: `x` [N, C, L] with `weight` [O, C / groups, K]; see {@link conv}. */
export function conv1d(x: Value, weight: Value, options: ConvOptions = {}): Tensor {
	return convolution("conv1d", x, weight, options, 1);
}

/**
 * Convolution of images: `x` [N, C, H, W] with `weight` [O, C / groups, K, K]; see {@link conv}.
 *
 * @example
 * ```ts
 * import { ones } from "chainrule";
 * import { conv2d } from "chainrule/nn";
 * console.log(conv2d(ones([8, 3, 32, 32]), ones([16, 3, 3, 3]), { padding: "same" }).shape.join(" × ")); // 8 × 16 × 32 × 32
 * ```
 */
export function conv2d(x: Value, weight: Value, options: ConvOptions = {}): Tensor {
	return convolution("conv2d", x, weight, options, 2);
}

/**
 * The transpose of {@link conv} in its image: `x` [N, O, ...windows] with
 * `weight` [O, C / groups, ...kernel] gives [N, C, ...image]. Each value fills
 * its window with its filter, times itself; where windows overlap they add up.
 *
 * @throws where channels, groups or sizes do not fit.
 */
export function convTranspose(x: Value, weight: Value, options: ConvTransposeOptions = {}): Tensor {
	return transposed("convTranspose", x, weight, options);
}

/** The transpose of {@link conv1d}: `x` [N, O, P] with `weight` [O, C / groups, K]; see {@link convTranspose}. */
export function convTranspose1d(x: Value, weight: Value, options: ConvTransposeOptions = {}): Tensor {
	return transposed("convTranspose1d", x, weight, options, 1);
}

/** The transpose of {@link conv2d}: `x` [N, O, P, Q] with `weight` [O, C / groups, K, K]; see {@link convTranspose}. */
export function convTranspose2d(x: Value, weight: Value, options: ConvTransposeOptions = {}): Tensor {
	return transposed("convTranspose2d", x, weight, options, 2);
}

/**
 * The transpose of {@link conv} in its weight: the gradient of ⟨conv(x, w), z⟩
 * with respect to w, for `x` [N, C, ...image], `z` [N, O, ...windows] and the
 * sizes of a kernel. PyTorch's `conv2d_weight`.
 *
 * @throws where channels, groups or sizes do not fit.
 */
export function convWeight(x: Value, z: Value, kernel: PerAxis, options: Omit<ConvOptions, "bias"> = {}): Tensor {
	return scope("convWeight", () => {
		const image = asTensor(x);
		const values = asTensor(z);
		const { groups = 1 } = options;
		const windows = windowsOn("convWeight", image.shape.slice(2), kernel, options);
		const [samples, filters = 0, ...count] = values.shape;
		const fits = (image.shape[1] as number) % groups === 0 && filters % groups === 0;
		if (image.rank < 3 || samples !== image.shape[0] || !fits || !sameShape(count, windows.count)) {
			throw failure({
				what: "convWeight: image and windows do not fit",
				expected: `x [samples, channels, ...image] and z [samples, filters, ${windows.count.join(", ")}], channels and filters divisible by the groups`,
				actual: `x ${shapeText(image.shape)}, z ${shapeText(values.shape)}, groups ${groups}`,
			});
		}
		return weighing.call([image, values], { windows, groups }) as Tensor;
	});
}
