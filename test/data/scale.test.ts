import { Generator, mean, randn, std, type Tensor, tensor } from "chainrule";
import { minMaxScaler, standardScaler } from "chainrule/data";
import { describe, expect, it } from "vitest";

const numbers = (x: Tensor): number[] => [...x.data];
const rounded = (values: Iterable<number>): number[] => Array.from(values, (value) => Number(value.toFixed(10)) + 0);

describe("scalers", () => {
	const generator = new Generator(1);
	const train = randn([50, 3], { generator })
		.mul(tensor([1, 10, 100]))
		.add(tensor([0, -5, 1_000]));
	const test = randn([7, 3], { generator });

	it("bring the samples they were made from to mean 0 and deviation 1, or to 0 and 1", () => {
		const standard = standardScaler(train).transform(train);
		expect(rounded(numbers(mean(standard, { axis: 0 })))).toEqual([0, 0, 0]);
		expect(rounded(numbers(std(standard, { axis: 0 })))).toEqual([1, 1, 1]);
		const ranged = minMaxScaler(train).transform(train);
		expect(rounded(numbers(ranged.min({ axis: 0 })))).toEqual([0, 0, 0]);
		expect(rounded(numbers(ranged.max({ axis: 0 })))).toEqual([1, 1, 1]);
	});

	it.each([standardScaler, minMaxScaler])("apply the same map to other samples, and undo it", (make) => {
		const scaler = make(train);
		const shown = scaler.transform(test);
		const [shift, scale] = [scaler.shift.data, scaler.scale.data];
		expect(rounded(numbers(shown))).toEqual(
			rounded(numbers(test).map((value, i) => (value - (shift[i % 3] as number)) / (scale[i % 3] as number))),
		);
		expect(rounded(numbers(scaler.inverse(shown)))).toEqual(rounded(numbers(test)));
		expect(scaler.transform(test.at(0)).shape).toEqual([3]);
	});

	it.each([standardScaler, minMaxScaler])("leave a feature that never varies at 0", (make) => {
		for (const constant of [0.1, 1 / 3, -1e10 / 7, 0]) {
			for (const samples of [2, 3, 7, 1_000]) {
				const x = tensor(Array.from({ length: samples }, (_, i) => [constant, i]));
				const scaler = make(x);
				expect(numbers(scaler.scale)[0]).toBe(1);
				expect(Math.abs(scaler.transform(x).data[0] as number)).toBeLessThanOrEqual(1e-14 * Math.abs(constant));
			}
		}
	});

	it("read whole numbers, such as bytes", () => {
		expect(
			rounded(numbers(minMaxScaler(tensor(new Int32Array([0, 255]), { shape: [2, 1] })).transform(tensor([[51]])))),
		).toEqual([0.2]);
	});
});
