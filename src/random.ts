/** `chainrule/random`: distributions beyond the uniform and the normal. Public surface and nothing else. */
import "./index.js";

export {
	bernoulli,
	beta,
	type CategoricalOptions,
	type ChanceOptions,
	type ChoiceOptions,
	categorical,
	choice,
	dirichlet,
	type GumbelSoftmaxOptions,
	gamma,
	gumbel,
	gumbelSoftmax,
	logGammaSample,
	logGammaScore,
	logGammaSlope,
	normal,
	permutation,
	type SampleOptions,
	uniform,
} from "./ops/distributions.js";
