/**
 * How the gamma distribution moves with its shape.
 *
 * ℓ = ln g, where g has the density gᵃ⁻¹e⁻ᵍ/Γ(a). Its own density is
 * q = exp(aℓ - eˡ)/Γ(a) and F is its distribution function. Derivatives in `a`
 * of any order come from one computation: everything that depends on `a` is
 * expanded in powers of ε around it, and a list holds the coefficients.
 *
 *   F(a+ε)/q = 1/a · r(ε) · Σₙ gⁿ/((a+1+ε)...(a+n+ε))           series, for the left tail
 *   F(a+ε)/q = (1 + ε/a) r(ε) ∫₋∞⁰ exp((a+ε)u - g(eᵘ - 1)) du   the same, where the series is long
 *   1 - the same integral from 0 to ∞                           for the right tail
 *
 * with r(ε) = exp(εℓ) Γ(a+1)/Γ(a+1+ε). On its own side of eᵠ, φ = ψ(a+1), the
 * first derivative of each is a sum of numbers of one sign, so no digits are
 * lost, from a = 1e-300 to 1e15. Logarithms, because g itself underflows where
 * a is small.
 */

/** B₂, B₄, ... */
const bernoulliNumbers = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];

/** Σₙ (x+n)⁻ˢ by Euler and Maclaurin, for x > 0; for s = 1, where it diverges, -ψ(x). */
function hurwitz(s: number, x: number): number {
	let total = 0;
	let y = x;
	for (; y < 12; y++) total += y ** -s;
	total += (s === 1 ? -Math.log(y) : y ** (1 - s) / (s - 1)) + y ** -s / 2;
	let term = (s * y ** (-s - 1)) / 2;
	for (const [index, number] of bernoulliNumbers.entries()) {
		const k = 2 * index + 2;
		total += number * term;
		term *= ((s + k - 1) * (s + k)) / ((k + 1) * (k + 2) * y * y);
	}
	return total;
}

/** r(ε): its first `order` + 1 coefficients. */
function ratio(alpha: number, log: number, order: number): number[] {
	const slopes = [0]; // k times the coefficients of ln r
	const r = [1];
	for (let k = 1; k <= order; k++) {
		slopes.push((k % 2 === 1 ? 1 : -1) * hurwitz(k, alpha + 1) + (k === 1 ? log : 0));
		let total = 0;
		for (let j = 1; j <= k; j++) total += (slopes[j] as number) * (r[k - j] as number);
		r.push(total / k);
	}
	return r;
}

/** (1 + ε/a) r(ε). */
function lifted(r: readonly number[], alpha: number): number[] {
	return r.map((coefficient, k) => coefficient + (k === 0 ? 0 : (r[k - 1] as number) / alpha));
}

/** Σₙ gⁿ/((a+1+ε)...(a+n+ε)). */
function series(alpha: number, g: number, order: number): number[] {
	const term = new Array<number>(order + 1).fill(0);
	term[0] = 1;
	const total = [...term];
	for (let n = 1; ; n++) {
		let moving = n < g;
		let before = 0;
		for (let k = 0; k <= order; k++) {
			before = (g * (term[k] as number) - before) / (alpha + n); // divided by a + n + ε
			term[k] = before;
			const sofar = (total[k] as number) + before;
			moving ||= sofar !== total[k];
			total[k] = sofar;
		}
		if (!moving) return total;
	}
}

/** Places and weights of a rule for ∫₀^∞ f, f falling like e⁻ˣ or faster. Source: Takahasi and Mori, 1974 (double exponential). */
const rule: readonly (readonly [x: number, weight: number])[] = Array.from({ length: 63 }, (_, index) => {
	const t = (index - 29) / 8;
	const x = Math.exp(t - Math.exp(-t));
	return [x, (x * (1 + Math.exp(-t))) / 8] as const;
});

/**
 * ∫ uᵏ/k! exp(au - g(eᵘ - 1)) du from 0 to ∞, or, where `side` is -1, from -∞ to 0.
 *
 * On the right the exponent falls twice exponentially, too fast for the rule;
 * s = eᵘ - 1 makes it once.
 */
function tail(alpha: number, g: number, side: 1 | -1, order: number): number[] {
	const total = new Array<number>(order + 1).fill(0);
	const slope = side * (g - alpha);
	const width = 2 / (slope + Math.sqrt(slope * slope + 2 * g)); // there the exponent is about -1
	for (const [x, weight] of rule) {
		const s = side * width * x;
		const u = side > 0 ? Math.log1p(s) : s;
		let part = width * weight * Math.exp(side > 0 ? (alpha - 1) * u - g * s : alpha * u - g * Math.expm1(u));
		for (let k = 0; k <= order; k++) {
			total[k] = (total[k] as number) + part;
			part *= u / (k + 1);
		}
	}
	return total;
}

function factorial(n: number): number {
	return n < 2 ? 1 : n * factorial(n - 1);
}

/** The derivative of order `order` of a product, from the coefficients of its factors. */
function derivative(a: readonly number[], b: readonly number[], order: number): number {
	const terms = a.map((coefficient, k) => coefficient * (b[order - k] as number));
	return factorial(order) * terms.reduce((total, term) => total + term, 0);
}

/** -(∂ᵏF/∂aᵏ)/q at ℓ = `log` for k = ⌊`times`⌋ ≥ 1; for k = 1 the speed dℓ/da at which a quantile moves. */
export function logGammaSlope(alpha: number, log: number, times: number): number {
	const order = Math.floor(times);
	if (!(alpha > 0)) return Number.NaN;
	const r = ratio(alpha, log, order);
	const g = Math.exp(log);
	if ((r[1] as number) > 0) return derivative(lifted(r, alpha), tail(alpha, g, 1, order), order);
	if (alpha < 20) return -derivative(r, series(alpha, g, order), order) / alpha;
	return -derivative(lifted(r, alpha), tail(alpha, g, -1, order), order);
}

/** (∂ᵏq/∂aᵏ)/q at ℓ = `log` for k = ⌊`times`⌋; for k = 1 the score ℓ - ψ(a). */
export function logGammaScore(alpha: number, log: number, times: number): number {
	const order = Math.floor(times);
	if (!(alpha > 0)) return Number.NaN;
	return order < 0 ? 0 : factorial(order) * (lifted(ratio(alpha, log, order), alpha)[order] as number);
}
