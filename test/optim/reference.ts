/**
 * The update rules written out on plain numbers, line by line as PyTorch's
 * documentation pages give them, hats and all. Nothing of the library is used.
 *
 * A rule is a function from options to a function that moves one number, given
 * its gradient; it keeps its state in the closure. Lion follows the paper.
 */
export type Move = (p: number, g: number) => number;
interface Options {
	readonly [name: string]: number | boolean | readonly number[] | undefined;
}

/** From options under the names of the library to a rule. */
export const reference: Readonly<Record<string, (options: Options) => Move>> = {
	SGD: (options) => {
		const { learningRate, momentum, dampening, weightDecay, nesterov } = { ...zero, learningRate: 1e-3, ...options };
		let buffer = 0;
		let t = 0;
		return (p, gradient) => {
			t++;
			let g = gradient;
			if (weightDecay !== 0) g = g + num(weightDecay) * p;
			if (momentum !== 0) {
				if (t > 1) buffer = num(momentum) * buffer + (1 - num(dampening)) * g;
				else buffer = g;
				if (nesterov) g = g + num(momentum) * buffer;
				else g = buffer;
			}
			return p - num(learningRate) * g;
		};
	},

	Adagrad: (options) => {
		const defaults = { learningRate: 1e-2, learningRateDecay: 0, weightDecay: 0, initialSum: 0, epsilon: 1e-10 };
		const { learningRate, learningRateDecay, weightDecay, initialSum, epsilon } = { ...defaults, ...options };
		let sum = num(initialSum);
		let t = 0;
		return (p, gradient) => {
			t++;
			const rate = num(learningRate) / (1 + (t - 1) * num(learningRateDecay));
			const g = gradient + num(weightDecay) * p;
			sum = sum + g ** 2;
			return p - (rate * g) / (Math.sqrt(sum) + num(epsilon));
		};
	},

	Adadelta: (options) => {
		const { learningRate, rho, weightDecay, epsilon } = {
			learningRate: 1,
			rho: 0.9,
			weightDecay: 0,
			epsilon: 1e-6,
			...options,
		};
		let v = 0;
		let u = 0;
		return (p, gradient) => {
			const g = gradient + num(weightDecay) * p;
			v = v * num(rho) + g ** 2 * (1 - num(rho));
			const delta = (Math.sqrt(u + num(epsilon)) / Math.sqrt(v + num(epsilon))) * g;
			u = u * num(rho) + delta ** 2 * (1 - num(rho));
			return p - num(learningRate) * delta;
		};
	},

	RMSprop: (options) => {
		const defaults = { learningRate: 1e-2, alpha: 0.99, epsilon: 1e-8, weightDecay: 0, momentum: 0, centered: false };
		const { learningRate, alpha, epsilon, weightDecay, momentum, centered } = { ...defaults, ...options };
		let v = 0;
		let average = 0;
		let buffer = 0;
		return (p, gradient) => {
			const g = gradient + num(weightDecay) * p;
			v = num(alpha) * v + (1 - num(alpha)) * g ** 2;
			let tilde = v;
			if (centered) {
				average = average * num(alpha) + (1 - num(alpha)) * g;
				tilde = tilde - average ** 2;
			}
			if (num(momentum) > 0) {
				buffer = num(momentum) * buffer + g / (Math.sqrt(tilde) + num(epsilon));
				return p - num(learningRate) * buffer;
			}
			return p - (num(learningRate) * g) / (Math.sqrt(tilde) + num(epsilon));
		};
	},

	Adam: (options) => {
		const { learningRate, weightDecay, epsilon, amsgrad, b1, b2 } = adam(options);
		let m = 0;
		let v = 0;
		let largest = 0;
		let t = 0;
		return (p, gradient) => {
			t++;
			const g = gradient + weightDecay * p;
			m = b1 * m + (1 - b1) * g;
			v = b2 * v + (1 - b2) * g ** 2;
			const mHat = m / (1 - b1 ** t);
			largest = Math.max(largest, v);
			const vHat = (amsgrad ? largest : v) / (1 - b2 ** t);
			return p - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
		};
	},

	AdamW: (options) => {
		const decay = options.weightDecay === undefined ? 1e-2 : num(options.weightDecay);
		const { learningRate } = adam(options);
		const rest = (reference.Adam as (options: Options) => Move)({ ...options, weightDecay: 0 });
		return (p, g) => rest(p - learningRate * decay * p, g);
	},

	NAdam: (options) => {
		const { learningRate, weightDecay, epsilon, b1, b2 } = adam({ learningRate: 2e-3, ...options });
		const psi = num(options.momentumDecay ?? 4e-3);
		let m = 0;
		let v = 0;
		const mus: number[] = [];
		return (given, gradient) => {
			const t = mus.length + 1;
			let p = given;
			let g = gradient;
			if (options.decoupledWeightDecay) p = p - learningRate * weightDecay * p;
			else g = g + weightDecay * p;
			const mu = b1 * (1 - 0.5 * 0.96 ** (t * psi));
			const next = b1 * (1 - 0.5 * 0.96 ** ((t + 1) * psi));
			mus.push(mu);
			const product = mus.reduce((all, each) => all * each, 1);
			m = b1 * m + (1 - b1) * g;
			v = b2 * v + (1 - b2) * g ** 2;
			const mHat = (next * m) / (1 - product * next) + ((1 - mu) * g) / (1 - product);
			const vHat = v / (1 - b2 ** t);
			return p - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
		};
	},

	RAdam: (options) => {
		const { learningRate, weightDecay, epsilon, b1, b2 } = adam(options);
		const rhoInfinity = 2 / (1 - b2) - 1;
		let m = 0;
		let v = 0;
		let t = 0;
		return (given, gradient) => {
			t++;
			let p = given;
			let g = gradient;
			if (options.decoupledWeightDecay) p = p - learningRate * weightDecay * p;
			else g = g + weightDecay * p;
			m = b1 * m + (1 - b1) * g;
			v = b2 * v + (1 - b2) * g ** 2;
			const mHat = m / (1 - b1 ** t);
			const rho = rhoInfinity - (2 * t * b2 ** t) / (1 - b2 ** t);
			if (rho > 5) {
				const l = Math.sqrt(1 - b2 ** t) / (Math.sqrt(v) + epsilon);
				const r = Math.sqrt(((rho - 4) * (rho - 2) * rhoInfinity) / ((rhoInfinity - 4) * (rhoInfinity - 2) * rho));
				return p - learningRate * mHat * r * l;
			}
			return p - learningRate * mHat;
		};
	},

	Adamax: (options) => {
		const { learningRate, weightDecay, epsilon, b1, b2 } = adam({ learningRate: 2e-3, ...options });
		let m = 0;
		let u = 0;
		let t = 0;
		return (p, gradient) => {
			t++;
			const g = gradient + weightDecay * p;
			m = b1 * m + (1 - b1) * g;
			u = Math.max(b2 * u, Math.abs(g) + epsilon);
			return p - (learningRate * m) / ((1 - b1 ** t) * u);
		};
	},

	Lion: (options) => {
		const { learningRate, weightDecay } = { learningRate: 1e-4, weightDecay: 0, ...options };
		const [b1, b2] = (options.betas ?? [0.9, 0.99]) as readonly [number, number];
		let m = 0;
		return (p, g) => {
			const update = b1 * m + (1 - b1) * g;
			m = b2 * m + (1 - b2) * g;
			return p - num(learningRate) * (Math.sign(update) + num(weightDecay) * p);
		};
	},
};

const zero = { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false };

function adam(options: Options): {
	learningRate: number;
	weightDecay: number;
	epsilon: number;
	amsgrad: boolean;
	b1: number;
	b2: number;
} {
	const [b1, b2] = (options.betas ?? [0.9, 0.999]) as readonly [number, number];
	const { learningRate, weightDecay, epsilon, amsgrad } = {
		learningRate: 1e-3,
		weightDecay: 0,
		epsilon: 1e-8,
		amsgrad: false,
		...options,
	};
	return {
		learningRate: num(learningRate),
		weightDecay: num(weightDecay),
		epsilon: num(epsilon),
		amsgrad: amsgrad === true,
		b1,
		b2,
	};
}

function num(value: Options[string]): number {
	return value as number;
}
