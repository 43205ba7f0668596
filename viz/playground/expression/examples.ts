/**
 * Expressions to begin with, each with values and with claims to try on it: what
 * is right, what is right under a condition, and slips that lecture notes made.
 */
import type { Word } from "../words.js";

/** A claim to try. */
export interface ExampleClaim {
	readonly name: Word;
	readonly text: string;
}

/** An expression to begin with. */
export interface Example {
	readonly id: string;
	readonly name: Word;
	readonly text: string;
	/** A value for every free name. */
	readonly values: Readonly<Record<string, number>>;
	/** The name whose derivative is shown first. */
	readonly of: string;
	/** The names across which it is drawn as a landscape. */
	readonly plane: readonly [string, string];
	/** η and the number of steps of the descent across it; 0.1 and 20 when left out. */
	readonly rate?: number;
	readonly steps?: number;
	readonly claims: readonly ExampleClaim[];
}

const right: Word = { en: "a right one", ko: "올바른 유도" };
const slip: Word = { en: "with a slip", ko: "실수가 있는 유도" };
const sometimes: Word = { en: "right only sometimes", ko: "조건부로만 맞는 유도" };
const typesetOne: Word = { en: "in LaTeX", ko: "LaTeX으로" };

const neuron = { w: 0.6, b: 0.9, x: 1, y: 0 };

/** The first is what the bench begins with. */
export const examples: readonly [Example, ...Example[]] = [
	{
		id: "quadratic",
		name: { en: "one neuron, quadratic cost", ko: "뉴런 하나, 제곱 오차" },
		text: "z = w*x + b\na = sigma(z)\nC = (y - a)^2/2",
		values: neuron,
		of: "w",
		plane: ["w", "b"],
		rate: 0.15,
		steps: 300,
		claims: [
			{ name: right, text: "dC/dw = dC/da * da/dz * dz/dw\n      = (a - y)*sigma'(z)*x\n      = (a - y)*a*(1 - a)*x" },
			{ name: slip, text: "da/dz = 1/(1 + exp(z))" },
			{ name: sometimes, text: "dC/dw = (a - y)*sigma'(z)*x = a*sigma'(z)" },
			{
				name: typesetOne,
				text: "\\frac{\\partial C}{\\partial b} = (a - y)\\,\\sigma'(z) = (a - y)\\,a\\,(1 - a)",
			},
		],
	},
	{
		id: "cross-entropy",
		name: { en: "one neuron, cross-entropy", ko: "뉴런 하나, 교차 엔트로피" },
		text: "z = w*x + b\na = sigma(z)\nC = -(y*log(a) + (1 - y)*log(1 - a))",
		values: neuron,
		of: "w",
		plane: ["w", "b"],
		rate: 0.15,
		steps: 300,
		claims: [
			{ name: right, text: "dC/dw = ((1 - y)/(1 - a) - y/a)*sigma'(z)*x = (a - y)*x" },
			{ name: slip, text: "da/dw = sigma'(z)*dz/dw = w*a*(1 - a)" },
			{ name: sometimes, text: "dC/db = a - y = a" },
		],
	},
	{
		id: "softplus",
		name: { en: "cross-entropy from the logit", ko: "로짓에서 바로 구한 교차 엔트로피" },
		text: "z = w*x + b\nC = softplus(z) - y*z",
		values: { ...neuron, w: 2, b: 2 },
		of: "z",
		plane: ["w", "b"],
		rate: 0.15,
		steps: 300,
		claims: [
			{ name: right, text: "softplus(z) - y*z = -(y*log(sigma(z)) + (1 - y)*log(1 - sigma(z)))" },
			{ name: slip, text: "dC/dz = 1/(1 + exp(z)) - y" },
		],
	},
	{
		id: "partials",
		name: { en: "x² + xy + y²", ko: "x² + xy + y²" },
		text: "z = x^2 + x*y + y^2",
		values: { x: 2, y: -1 },
		of: "x",
		plane: ["x", "y"],
		claims: [
			{ name: right, text: "dz/dx = 2*x + y\ndz/dy = 2*y + x" },
			{ name: slip, text: "dz/dx = 2*x + x*y" },
			{ name: sometimes, text: "dz/dx = dz/dy" },
		],
	},
	{
		id: "goldstein-price",
		name: { en: "Goldstein–Price", ko: "골드스타인–프라이스 함수" },
		text: "p = 1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2)\nq = 30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2)\nf = p*q",
		values: { x: 1, y: 1 },
		of: "x",
		plane: ["x", "y"],
		rate: 5e-6,
		steps: 200,
		claims: [
			{ name: right, text: "df/dx = q*dp/dx + p*dq/dx" },
			{ name: slip, text: "df/dx = dp/dx * dq/dx" },
		],
	},
	{
		id: "rosenbrock",
		name: { en: "a curved valley (Rosenbrock)", ko: "휘어진 골짜기 (로젠브록 함수)" },
		text: "f = (1 - x)^2 + 100*(y - x^2)^2",
		values: { x: -1.2, y: 1 },
		of: "x",
		plane: ["x", "y"],
		rate: 0.001,
		steps: 500,
		claims: [
			{ name: right, text: "df/dx = -2*(1 - x) - 400*x*(y - x^2)" },
			{ name: slip, text: "df/dx = -2*(1 - x) + 400*x*(y - x^2)" },
			{ name: sometimes, text: "df/dx = -2*(1 - x)" },
		],
	},
	{
		id: "micrograd",
		name: { en: "every operation (micrograd)", ko: "여러 연산 (micrograd)" },
		text: "c1 = a + b\nd1 = a*b + b^3\nc2 = 2*c1 + 1\nc3 = 1 + 2*c2 - a\nd2 = 3*d1 + relu(b + a)\nd3 = 4*d2 + relu(b - a)\nh = c3 - d3\nf = h^2\ng = f/2 + 10/f",
		values: { a: -4, b: 2 },
		of: "a",
		plane: ["a", "b"],
		rate: 1e-4,
		claims: [
			{ name: right, text: "dg/dh = h - 20/h^3" },
			{ name: slip, text: "dg/df = 1/2 + 10/f^2" },
		],
	},
	{
		id: "network",
		name: { en: "a 2-2-2 network without biases", ko: "편향 없는 2-2-2 신경망" },
		text: "h1 = sigma(u11*x1 + u12*x2)\nh2 = sigma(u21*x1 + u22*x2)\no1 = sigma(v11*h1 + v12*h2)\no2 = sigma(v21*h1 + v22*h2)\nJ = ((o1 - y1)^2 + (o2 - y2)^2)/2",
		values: {
			u11: 0.15,
			x1: 0.05,
			u12: 0.2,
			x2: 0.1,
			u21: 0.25,
			u22: 0.3,
			v11: 0.4,
			v12: 0.45,
			v21: 0.5,
			v22: 0.55,
			y1: 0.01,
			y2: 0.99,
		},
		of: "u11",
		plane: ["v11", "v12"],
		rate: 1,
		steps: 200,
		claims: [
			{ name: right, text: "dJ/dv11 = (o1 - y1)*o1*(1 - o1)*h1" },
			{ name: slip, text: "dJ/dv11 = o1 - y1*o1*(1 - o1)*h1" },
			{
				name: { en: "a sign lost on the way back", ko: "거슬러 오다 잃어버린 부호" },
				text: "dJ/dh1 = (o1 - y1)*o1*(1 - o1)*v11 - (o2 - y2)*o2*(1 - o2)*v21",
			},
		],
	},
	{
		id: "kinks",
		name: { en: "kinks: √ and | |", ko: "꺾이는 곳: √과 절댓값" },
		text: "r = sqrt(x^2 + y^2)\nf = abs(r - 1) + sqrt(abs(x))/2",
		values: { x: 0.8, y: 0.6 },
		of: "x",
		plane: ["x", "y"],
		claims: [
			{ name: right, text: "dr/dx = x/r" },
			{ name: slip, text: "dr/dx = 1/(2*r)" },
		],
	},
];

/** The example with this text. */
export function exampleOf(text: string): Example | undefined {
	return examples.find((example) => example.text === text.trim());
}
