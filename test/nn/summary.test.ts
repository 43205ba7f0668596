/** The table of a network, as it reads. */
import { inspect } from "node:util";
import { Generator, ones, relu, type Tensor, tensor } from "chainrule";
import {
	BatchNorm,
	Conv2d,
	Dropout,
	Flatten,
	Linear,
	LSTM,
	MaxPool2d,
	MLP,
	Module,
	Residual,
	Sequential,
	summary,
} from "chainrule/nn";
import { describe, expect, it } from "vitest";

describe("a summary", () => {
	it("lists modules, kinds, shapes and parameters, and what is frozen", () => {
		const model = new Sequential(
			new Conv2d(1, 8, 3, { padding: "same" }),
			new BatchNorm(8),
			relu,
			new MaxPool2d(2),
			new Residual(new Sequential(new Conv2d(8, 8, 3, { padding: "same" }), relu)),
			new Flatten(),
			new Dropout(0.2),
			new Linear(8 * 14 * 14, 10),
		);
		model.freeze((path) => path.startsWith("layers.0.") || path === "layers.7.bias");
		const table = summary(model, ones([32, 1, 28, 28]));
		expect(String(table)).toMatchInlineSnapshot(`
			"module                  kind        output           parameters
			                        Sequential  [32, 10]                  0
			layers.0                Conv2d      [32, 8, 28, 28]          80  frozen
			layers.1                BatchNorm   [32, 8, 28, 28]          16
			layers.3                MaxPool2d   [32, 8, 14, 14]           0
			layers.4                Residual    [32, 8, 14, 14]           0
			layers.4.body           Sequential  [32, 8, 14, 14]           0
			layers.4.body.layers.0  Conv2d      [32, 8, 14, 14]         584
			layers.5                Flatten     [32, 1568]                0
			layers.6                Dropout     [32, 1568]                0
			layers.7                Linear      [32, 10]             15,690  10 frozen
			16,370 parameters: 16,280 trained, 90 frozen"
		`);
		expect(inspect(table)).toBe(String(table));
		expect([table.parameters, table.trainable, table.frozen]).toEqual([16_370, 16_280, 90]);
		expect(table.rows.reduce((total, { parameters }) => total + parameters, 0)).toBe(model.parameterCount());
		expect(table.rows[1]).toEqual({
			path: "layers.0",
			kind: "Conv2d",
			output: "[32, 8, 28, 28]",
			parameters: 80,
			trainable: 0,
		});
	});

	it("tells results of several tensors, numbers of the tape, and what was not called", () => {
		class Reader extends Module<Tensor, Tensor> {
			readonly lstm = new LSTM(3, 4, { generator: new Generator(1) });
			readonly spare = new Linear(4, 1);
			override forward(x: Tensor): Tensor {
				return this.lstm.call(x).state.hidden;
			}
		}
		expect(String(summary(new Reader(), ones([2, 5, 3])))).toMatchInlineSnapshot(`
			"module                 kind      output                                                    parameters
			                       Reader    [1, 2, 4]                                                          0
			lstm                   LSTM      output [2, 5, 4], state hidden [1, 2, 4], cell [1, 2, 4]           0
			lstm.layers.0.forward  LSTMCell  hidden [2, 4], cell [2, 4]                                       144
			spare                  Linear    not called                                                         5
			149 parameters: 149 trained, 0 frozen"
		`);
		expect(String(summary(new MLP(2, [2, 1]), [1, 2]))).toMatchInlineSnapshot(`
			"module              kind    output     parameters
			                    MLP     1 number            0
			layers.0            Layer   2 numbers           0
			layers.0.neurons.0  Neuron  []                  3
			layers.0.neurons.1  Neuron  []                  3
			layers.1            Layer   1 number            0
			layers.1.neurons.0  Neuron  []                  3
			9 parameters: 9 trained, 0 frozen"
		`);
	});

	it("leaves no trace: no training, no record, no statistics, no random numbers", () => {
		const [norm, dropout] = [new BatchNorm(2), new Dropout(0.5, { generator: new Generator(1) })];
		const model = new Sequential(norm, dropout);
		dropout.eval();
		const { state } = dropout.generator as Generator;
		summary(model, tensor([[1, 2]]));
		expect([model.training, norm.training, dropout.training]).toEqual([true, true, false]);
		expect(norm.runningMean?.toArray()).toEqual([0, 0]);
		expect(dropout.generator?.state).toEqual(state);
		expect(() => summary(model, ones([2, 3]))).toThrow("number of channels differs");
		expect([model.training, norm.training, dropout.training]).toEqual([true, true, false]);
	});
});
