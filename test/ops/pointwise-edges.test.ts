/**
 * Operations at the edges, pointwise ones and those of several numbers: tiny and
 * huge numbers, saturation, cancellation, zeros, infinities and NaN.
 *
 * The truth stands here with forty digits, for exactly the doubles that are
 * named, and was computed apart from this library with mpmath. The page
 * docs/edges.md is written from the same rows: run
 * `npx vitest run test/ops/pointwise-edges.test.ts -u` after changing them.
 */
import * as library from "chainrule";
import { checkGradients, evaluate, gradients, type Node, parseFormula, scalar, tensor, type Value } from "chainrule";
import * as linalg from "chainrule/linalg";
import * as nn from "chainrule/nn";
import * as special from "chainrule/special";
import { describe, expect, test } from "vitest";
import type { Pointwise } from "../../src/core/op.js";
import { verdictOf } from "../verdicts.js";

type Function = (...operands: Value[]) => Node;
type Edge = readonly [name: string, operands: readonly number[], truth: string, allowed?: number];
type Slope = readonly [name: string, operand: number, operands: readonly number[], truth: string, allowed?: number];
const functions = { ...linalg, ...nn, ...special, ...library } as unknown as Readonly<Record<string, Function>>;
const named = (name: string): Function => functions[name] as Function;

/**
 * The value of `name` at `operands`, and the largest error in units of the last
 * place where that is more than two: far out on a tail a rounding of the argument
 * is a hundredfold in the result, and the library does not carry a second double.
 */
const values: readonly Edge[] = [
	["softplus", [1000], "1000"],
	["softplus", [-1000], "5.075958897549456765291809479574336919306e-435"],
	["softplus", [-700], "9.859676543759770856705372947849465105116e-305"],
	["softplus", [-745], "2.822350730471937076353440082059782620824e-324"],
	["softplus", [1e-18], "0.6931471805599453099172321214581766039717"],
	["log1p", [1e-18], "1.000000000000000071042424054621924437319e-18"],
	["log1p", [-1e-18], "-1.000000000000000072042424054621924580404e-18"],
	["log1p", [-0.9999999999999999], "-36.736800569677101399113302437283358108"],
	["expm1", [1e-18], "1.000000000000000072042424054621924580237e-18"],
	["expm1", [-1e-5], "-9.999950000166667068023192207767529374836e-6"],
	["expm1", [-40], "-0.9999999999999999957516457447084110046708"],
	["tanh", [1e-18], "1.000000000000000071542424054621924508195e-18"],
	["tanh", [1e-5], "9.999999999666667484710539058509501867506e-6"],
	["tanh", [20], "0.9999999999999999915032914894168220454386"],
	["sigmoid", [-745], "2.822350730471937076353440082059782620824e-324"],
	["sigmoid", [745], "1"],
	["sigmoid", [-36.7], "1.151840949307609499523703365531045114457e-16"],
	["logSigmoid", [-1000], "-1000"],
	["logSigmoid", [40], "-4.248354255291588986304977843631582181878e-18"],
	["exp", [-745], "2.822350730471937076353440082059782620824e-324"],
	["exp2", [-1074], "4.940656458412465441765687928682213723651e-324"],
	["exp2", [0.5], "1.41421356237309504880168872420969807857"],
	["log", [5e-324], "-744.4400719213812623141072984460816341131"],
	["log2", [5e-324], "-1074"],
	["log10", [5e-324], "-323.306215343115803659555572934105510749"],
	["log2", [8], "3"],
	["log10", [1000], "3"],
	["log2", [1.0000000000000002], "3.20342650381491733033412103782929036433e-16"],
	["logAddExp", [1000, 1000], "1000.693147180559945309417232121458176568"],
	["logAddExp", [0, -700], "9.859676543759770856705372947849465105116e-305"],
	["logAddExp", [-1000, -1001], "-999.6867383124817771659510045050321443581"],
	["logAddExp", [1e308, 1e308], "1.000000000000000010979063629440455417405e+308"],
	["xlogy", [1e-300, 1e-300], "-6.907755278982137224905457356862483555689e-298"],
	["logit", [0.5000000000000009], "3.552713678800500929355621337894361795905e-15"],
	["logit", [1e-300], "-690.7755278982137051803383445701005029086"],
	["logit", [0.9999999999999999], "36.73680056967710128809099997476769790266"],
	["sqrt", [5e-324], "2.222758749485077483442713414270560096913e-162"],
	["rsqrt", [5e-324], "4.49891379454319638281053850768598185887e+161"],
	["cbrt", [5e-324], "1.703183936003260287964021486498923539299e-108"],
	["cbrt", [-27], "-3"],
	["reciprocal", [1e308], "9.999999999999999890209363705595447031349e-309"],
	["hypot", [1e200, 1e200], "1.414213562373095005997859666452875357725e+200"],
	["hypot", [3e-320, 4e-320], "4.999944335913415027066876183826400288334e-320"],
	["hypot", [1e-170, 1e-170], "1.414213562373095025248667604554480288314e-170"],
	["hypot", [1, 1e-9], "1.000000000000000000500000000000000062157"],
	["sinc", [1e-10], "0.9999999999999999999835506593315177344368"],
	["sinc", [0.5], "0.6366197723675813430755350534900574481378"],
	["sinc", [1.0000000000000002], "-2.220446049250312587809197573049191637582e-16"],
	["sinc", [1000000.25], "2.250790227695208250085935456032987448415e-7"],
	["asin", [1e-18], "1.000000000000000071542424054621924508695e-18"],
	["asin", [0.9999999999999999], "1.570796311893735425383665303776316016594"],
	["acos", [0.9999999999999999], "1.49011611938476563878634354255046159224e-8"],
	["acos", [1e-18], "1.570796326794896618231321691639751370556"],
	["atan", [1e200], "1.570796326794896619231321691639751442099"],
	["atan2", [1e-320, 1], "9.999888671826830054133752367652800576669e-321"],
	["atan2", [1e-200, -1e-200], "2.356194490192344928846982537459627163148"],
	["sinh", [1e-18], "1.000000000000000071542424054621924508695e-18"],
	["sinh", [710], "1.116997383080855515626822229058405003284e+308"],
	["cosh", [710], "1.116997383080855515626822229058405003284e+308"],
	["asinh", [1e-18], "1.000000000000000071542424054621924508361e-18"],
	["asinh", [1e200], "461.2101657793690820827486452708413792897"],
	["asinh", [-1e-5], "-9.999999999833334151371372432744455409437e-6"],
	["acosh", [1.0000000000000002], "2.107342425544701550354780375182800088393e-8"],
	["acosh", [1e200], "461.2101657793690820827486452708413792897"],
	["atanh", [1e-18], "1.000000000000000071542424054621924508861e-18"],
	["atanh", [0.9999999999999999], "18.71497387511852332650969166374185305708"],
	["fmod", [5.5, -2], "1.5"],
	["fmod", [-5.5, 2], "-1.5"],
	["fmod", [1e300, 3], "0"],
	["remainder", [5.5, -2], "-0.5"],
	["remainder", [-5.5, 2], "0.5"],
	["remainder", [-1e-20, 1], "0.9999999999999999999900000000000000005485"],
	["erf", [1e-18], "1.128379167095512654623139769869795912409e-18"],
	["erf", [1], "0.8427007929497148693412206350826092592961"],
	["erfc", [10], "2.088487583762544757000786294957788611561e-45"],
	["erfc", [26.5], "2.210907664263734275929239022915826039075e-307"],
	["erfc", [-10], "2"],
	["erfc", [0.5], "0.4795001221869534623172533461080354712635"],
	["erfinv", [1e-18], "8.862269254527580770519062510355985930168e-19"],
	["erfinv", [0.5], "0.476936276204469873381418353643130559809"],
	["erfinv", [0.9999999999999999], "5.863584748755167927207662585832784164356"],
	["erfinv", [-0.9999999999999998], "-5.805018683193453300181258270387226631164"],
	["erfinv", [0.99], "1.821386367718449455872802051270319717557"],
	["lgamma", [1e-300], "690.7755278982137051803383445701005029086"],
	["lgamma", [0.5], "0.5723649429247000870717136756765293558236"],
	["lgamma", [1.0000001], "-5.772155829918507096963801793243098998236e-8"],
	["lgamma", [3], "0.6931471805599453094172321214581765680755"],
	["lgamma", [100], "359.1342053695753987760440104602869096126"],
	["lgamma", [10000000000], "220258509288.8105814700419231234601265564"],
	["lgamma", [-0.5], "1.265512123484645396488945797134705923899"],
	["digamma", [1e-10], "-10000000000.57721530041506629895630749087"],
	["digamma", [0.5], "-1.963510026021423479440976332998755567193"],
	["digamma", [1], "-0.5772156649015328606065120900824024310422"],
	["digamma", [10], "2.251752589066721107647456163885851537212"],
	["digamma", [10000000000], "23.02585092989045684017908121351030874268"],
	["digamma", [-0.5], "0.03648997397857652055902366700124443280684"],
	["polygamma", [1, 1], "1.644934066848226436472415166646025189219"],
	["polygamma", [1, 1e-10], "99999999999999992715.20547096705989741426"],
	["polygamma", [1, 10000000000], "1.000000000050000000001666666666666666667e-10"],
	["polygamma", [2, 10], "-0.01104983497080206746210374906680372762571"],
	["polygamma", [3, -1.5], "194.5942762191876224216255178738902964349"],
	["polygamma", [5, 0.25], "491552.513767681292045863987199543855759", 8],
	["gelu", [-10], "-7.619853024160526065973343251599308363504e-23", 32],
	["gelu", [-37.5], "-1.727007378593233066435488411604086089595e-306", 512],
	["gelu", [1e-18], "5.000000000000000361701543077123949892866e-19"],
	["geluTanh", [-5], "-2.291796196629506045592755328546905026848e-7", 32],
	["geluTanh", [1], "0.8411919906082767047819957770451838608258"],
	["silu", [-700], "-6.901773580631839599693761063494625573581e-302"],
	["silu", [-30], "-2.807286890651789686151868795985495233473e-12"],
	["mish", [-30], "-2.807286890651921033813309219208534692496e-12"],
	["mish", [1], "0.8650983882673103461162334492563123868864"],
	["mish", [25], "24.99999999999999999999035625076044827478"],
	["tanhShrink", [1e-5], "3.333333333200000818035935911174399805029e-16"],
	["tanhShrink", [0.9], "0.1837021298009755905812794007128070147228"],
	["softsign", [1e300], "1"],
	["elu", [-1e-18, 1], "-1.000000000000000071042424054621924437152e-18"],
	["selu", [-50], "-1.758099340847376859939878427428682857841"],
	["celu", [-1e-18, 2], "-1.000000000000000071292424054621924472799e-18"],
	["tanh", [5e-324], "4.940656458412465441765687928682213723651e-324"],
	["tanh", [-1e-10], "-1.000000000000000036428863982164408245468e-10"],
	["expm1", [5e-324], "4.940656458412465441765687928682213723651e-324"],
	["expm1", [1e-10], "1.000000000050000036433863985807669644231e-10"],
	["add", [5e-324, 5e-324], "9.881312916824930883531375857364427447301e-324"],
	["add", [2.2e-308, 5e-324], "2.200000000000000689836738256190395907859e-308"],
	["sub", [2.2e-308, 2.1e-308], "1.000000000000001885589208702234638701746e-309"],
	["mul", [2.2e-308, 0.5], "1.100000000000000097885546207471925865645e-308"],
	["mul", [1e-200, 1e-120], "9.999999999999999607071757512061662284262e-321"],
	["mul", [5e-324, 0.5], "2.470328229206232720882843964341106861825e-324"],
	["div", [2.2e-308, 3], "7.333333333333333985903641383146172437634e-309"],
	["square", [2e-162], "3.999999999999999632704290992566214444063e-324"],
	["pow", [2e-162, 2], "3.999999999999999632704290992566214444063e-324"],
	["sqrt", [2.2e-308], "1.483239697419132655736701278377041570056e-154"],
	["exp", [5e-324], "1"],
	["exp", [-708.5], "2.00613230533130582038063685321670817112e-308"],
	["log", [2.2e-308], "-708.4077512818018004190933236094343965441"],
	["log1p", [2.2e-308], "2.20000000000000019577109241494385173129e-308"],
	["sin", [5e-324], "4.940656458412465441765687928682213723651e-324"],
	["sigmoid", [-709], "1.216780750623423065516434670348719978488e-308"],
];

/** The slope of `name` at `operands` in one of them, and the largest error where that is more than 16 units. */
const slopes: readonly Slope[] = [
	["asinh", 0, [1e200], "1.000000000000000030266877787489639256609e-200"],
	["acosh", 0, [1e200], "1.000000000000000030266877787489639256609e-200"],
	["acosh", 0, [1.0000000000000002], "47453132.81212577381037491385078430057172"],
	["asin", 0, [0.9999999999999999], "67108864.00000000186264514923095710879818"],
	["acos", 0, [-0.9999999999999999], "-67108864.00000000186264514923095710879818"],
	["atanh", 0, [0.9999999999999999], "4503599627370496.250000000000000013877788"],
	["atan2", 0, [1e200, 1e200], "5.000000000000000151334388937448196283047e-201"],
	["atan2", 1, [1e-200, 1e-200], "-5.000000000000000089498688004586203621731e+199"],
	["hypot", 0, [1e200, 1e200], "0.7071067811865475244008443621048490392848"],
	["hypot", 0, [3e-320, 4e-320], "0.6"],
	["logAddExp", 0, [-800, -100], "9.859676543759770856705372947849465105116e-305"],
	["logAddExp", 0, [1000000, 1000001], "0.2689414213699951207488407581781637256349"],
	["sinc", 0, [1e-300], "-3.289868133696452955385938021318312772884e-300"],
	["sinc", 0, [1e-10], "-3.289868133696452992769485625078191771981e-10"],
	["sinc", 0, [0.029], "-0.09532700900478267803688498451530556076158", 64],
	["sinc", 0, [0.031], "-0.101889214430845685753812859107774867967", 512],
	["sinc", 0, [0.3], "-0.9020281301388887921833387881344209650442"],
	["sinc", 0, [1000.25], "0.0007067050820926909085171154333612283671386"],
	["erfc", 0, [10], "-4.197656231354416890087119956369318027963e-44"],
	["erfinv", 0, [0.9999999999999999], "757347920544973.9802494978327350923737158", 64],
	["cbrt", 0, [1e-300], "3.333333333333333277646462588424979639116e+199"],
	["rsqrt", 0, [1e-200], "-5.000000000000000134248032006879306033348e+299"],
	["log2", 0, [1e-300], "1.4426950408889633712072971611651024171e+300"],
	["logit", 0, [0.9999999999999999], "9007199254740993.000000000000000111022302"],
	["xlogy", 0, [0, 1e-300], "-690.7755278982137051803383445701005029086"],
	["xlogy", 1, [1e-300, 1e-300], "1"],
	["lgamma", 0, [1e-10], "-10000000000.57721530041506629895630749087"],
	["digamma", 0, [-0.5], "8.934802200544679309417245499938075567657"],
	["softplus", 0, [-745], "2.822350730471937076353440082059782620824e-324"],
	["logSigmoid", 0, [700], "9.859676543759770856705372947849465105116e-305"],
	["gelu", 0, [-10], "-7.618400096464814085679300147525884151724e-22"],
	["gelu", 0, [1e200], "1"],
	["silu", 0, [-700], "-6.891913904088079828837055690546776108476e-302"],
	["mish", 0, [-30], "-2.713710660963392318358091797429839538423e-12"],
	["softsign", 0, [1e100], "9.999999999999999681942177804801646650337e-201"],
	["tanhShrink", 0, [1e-100], "1.000000000000000039983799605205767638972e-200"],
	["elu", 0, [-700, 1], "9.859676543759770856705372947849465105116e-305"],
	["remainder", 1, [2.295621231654795, 0.2550690257394217], "-8"],
	["fmod", 1, [2.295621231654795, 0.2550690257394217], "-8"],
	["softplus", 0, [1000], "1"],
	["softplus", 0, [-1000], "5.075958897549456765291809479574336919306e-435"],
	["sigmoid", 0, [-745], "2.822350730471937076353440082059782620824e-324"],
	["log1p", 0, [1e-18], "0.9999999999999999989999999999999999294576"],
	["tanh", 0, [1e-5], "0.9999999999000000000066666503056781082641"],
	["expm1", 0, [-1e-18], "0.9999999999999999989999999999999999289576"],
	["sqrt", 0, [2.2e-308], "3.370999312316210281245131131689196796942e+153"],
	["log", 0, [2.2e-308], "4.545454545454545050059726415405301011911e+307"],
	["mul", 0, [2, 5e-324], "4.940656458412465441765687928682213723651e-324"],
];

type Nest = readonly (number | Nest)[];

/** A function of tensors at tensors, and one element of its result. */
interface Case {
	readonly name: string;
	readonly on: readonly Nest[];
	readonly options?: Readonly<Record<string, number>>;
	readonly dtype?: library.DType;
	readonly element?: number;
	/** The element of the first operand whose slope is meant. */
	readonly by?: number;
}

/** The value of functions of several numbers; what is computed in float32 is counted in units of its own. */
const severalValues: readonly (Case & { readonly truth: string; readonly allowed?: number })[] = [
	{ name: "logSumExp", on: [[1000, 1000]], truth: "1000.693147180559945309417232121458176568" },
	{ name: "logSumExp", on: [[-1000, -1001]], truth: "-999.6867383124817771659510045050321443581" },
	{ name: "logSumExp", on: [[0, -800]], truth: "3.66787458417768721345549565426079821547e-348" },
	{ name: "logSumExp", on: [[-745, -745]], truth: "-744.3068528194400546905827678785418234319" },
	{ name: "logSumExp", on: [[1e308, 1e308]], truth: "1.000000000000000010979063629440455417405e+308" },
	{ name: "logCumSumExp", on: [[1000, 1000, 1000]], element: 2, truth: "1001.098612288668109691395245236922525705" },
	{ name: "softmax", on: [[1000, 1001]], truth: "0.2689414213699951207488407581781637256349" },
	{ name: "softmax", on: [[0, -745]], element: 1, truth: "2.822350730471937076353440082059782620824e-324" },
	{ name: "logSoftmax", on: [[-1000, 0]], truth: "-1000" },
	{ name: "variance", on: [[1e9, 1e9 + 1, 1e9 + 2]], truth: "0.6666666666666666666666666666666666666667" },
	{ name: "variance", on: [[1e9, 1e9 + 1, 1e9 + 2]], options: { correction: 1 }, truth: "1" },
	{ name: "std", on: [[1e9, 1e9 + 1, 1e9 + 2]], truth: "0.816496580927726032732428024901963797322" },
	{ name: "variance", on: [[1e15, 1e15 + 1, 1e15 + 2]], truth: "0.6666666666666666666666666666666666666667" },
	{
		name: "variance",
		on: [[1000000000.1, 1000000000.2, 1000000000.3]],
		truth: "0.00666666189829672677862820112042956882053",
	},
	{
		name: "variance",
		on: [[1e6, 1e6 + 1, 1e6 + 2]],
		dtype: "float32",
		truth: "0.6666666666666666666666666666666666666667",
	},
	{
		name: "variance",
		on: [[16777214, 16777215, 16777216]],
		dtype: "float32",
		truth: "0.6666666666666666666666666666666666666667",
	},
	{
		name: "variance",
		on: [[1e9, 1e9 + 64, 1e9 + 128]],
		dtype: "float32",
		truth: "2730.666666666666666666666666666666666667",
	},
	{
		name: "variance",
		on: [[1e7, 1e7 + 1, 1e7 + 3]],
		dtype: "float32",
		truth: "1.555555555555555555555555555555555555556",
	},
	{ name: "std", on: [[1e6, 1e6 + 1, 1e6 + 2]], dtype: "float32", truth: "0.816496580927726032732428024901963797322" },
	{ name: "norm", on: [[1e200, 1e200]], truth: "1.414213562373095005997859666452875357725e+200" },
	{ name: "norm", on: [[3e200, 4e200]], truth: "4.999999999999999848665611062551808297373e+200" },
	{ name: "norm", on: [[1e-170, 1e-170]], truth: "1.414213562373095025248667604554480288314e-170" },
	{ name: "norm", on: [[3e-320, 4e-320]], truth: "4.999944335913415027066876183826400288334e-320" },
	{
		name: "norm",
		on: [[1e200, 1e200]],
		options: { order: 3 },
		truth: "1.259921049894873126633334168224467422632e+200",
	},
	{ name: "norm", on: [[3e30, 4e30]], dtype: "float32", truth: "4.999999984567896089787898013948972171768e+30" },
	{ name: "norm", on: [[3e-30, 4e-30]], dtype: "float32", truth: "5.000000015855384254855256735676323769074e-30" },
	{ name: "sum", on: [[5e-324, 5e-324, 5e-324]], truth: "1.482196937523739632529706378604664117095e-323" },
	{ name: "mean", on: [[2.2e-308, 2.1e-308]], truth: "2.150000000000000101491631979832119796203e-308" },
	{ name: "prod", on: [[1e-200, 1e-120]], truth: "9.999999999999999607071757512061662284262e-321" },
	{ name: "cumSum", on: [[5e-324, 5e-324]], element: 1, truth: "9.881312916824930883531375857364427447301e-324" },
	{ name: "matmul", on: [[[5e-324, 5e-324]], [[1], [2]]], truth: "1.482196937523739632529706378604664117095e-323" },
	{
		name: "matmul",
		on: [[[1e-200, 1e-120]], [[1e-120], [1e-200]]],
		truth: "1.999999999999999921414351502412332456852e-320",
	},
	{
		name: "det",
		on: [
			[
				[1e-160, 0],
				[0, 1e-160],
			],
		],
		truth: "9.99999999999999977273295120371445056096e-321",
	},
];

const severalSlopes: readonly (Case & { readonly by: number; readonly truth: string; readonly allowed?: number })[] = [
	{ name: "logSumExp", on: [[1000, 1001]], by: 0, truth: "0.2689414213699951207488407581781637256349" },
	{ name: "logSumExp", on: [[0, -745]], by: 1, truth: "2.822350730471937076353440082059782620824e-324" },
	{ name: "variance", on: [[1e9, 1e9 + 1, 1e9 + 2]], by: 0, truth: "-0.6666666666666666666666666666666666666667" },
	{ name: "std", on: [[1e9, 1e9 + 1, 1e9 + 2]], by: 2, truth: "0.408248290463863016366214012450981898661" },
	{ name: "norm", on: [[1e200, 1e200]], by: 0, truth: "0.7071067811865475244008443621048490392848" },
	{ name: "norm", on: [[3e200, 4e200]], by: 1, truth: "0.8" },
	{ name: "norm", on: [[1e-170, 1e-170]], by: 0, truth: "0.7071067811865475244008443621048490392848" },
	{ name: "softmax", on: [[1000, 1001]], by: 0, truth: "0.1966119332414818525374247335859090256223" },
];

const infinity = Number.POSITIVE_INFINITY;

/** What IEEE 754, C and NumPy agree on; the sign of zero counts. */
const limits: readonly (readonly [name: string, operands: readonly number[], value: number])[] = [
	["pow", [0, 0], 1],
	["pow", [infinity, 0], 1],
	["pow", [Number.NaN, 0], 1],
	["exp", [-infinity], 0],
	["log", [0], -infinity],
	["log", [-1], Number.NaN],
	["log1p", [-1], -infinity],
	["expm1", [-infinity], -1],
	["exp2", [1024], infinity],
	["softplus", [infinity], infinity],
	["softplus", [-infinity], 0],
	["sigmoid", [-infinity], 0],
	["sigmoid", [infinity], 1],
	["logAddExp", [-infinity, -infinity], -infinity],
	["logAddExp", [infinity, infinity], infinity],
	["logAddExp", [infinity, -infinity], infinity],
	["logAddExp", [-infinity, 3], 3],
	["xlogy", [0, 0], 0],
	["xlogy", [0, -1], 0],
	["xlogy", [0, Number.NaN], Number.NaN],
	["logit", [0], -infinity],
	["logit", [1], infinity],
	["logit", [0.5], 0],
	["sqrt", [-0], -0],
	["rsqrt", [0], infinity],
	["reciprocal", [-0], -infinity],
	["cbrt", [-infinity], -infinity],
	["hypot", [-infinity, Number.NaN], infinity],
	["hypot", [-3, -4], 5],
	["atan2", [0, 1], 0],
	["atan2", [-0, 1], -0],
	["atan2", [0, -1], Math.PI],
	["atan2", [-0, -1], -Math.PI],
	["atan2", [infinity, -infinity], (3 * Math.PI) / 4],
	["acosh", [1], 0],
	["acosh", [0.5], Number.NaN],
	["atanh", [1], infinity],
	["asin", [1.5], Number.NaN],
	["sinc", [0], 1],
	["sinc", [1], 0],
	["sinc", [-1e15], 0],
	["sinc", [infinity], 0],
	["floor", [-0.5], -1],
	["ceil", [-0.5], -0],
	["trunc", [-1.5], -1],
	["round", [0.5], 0],
	["round", [1.5], 2],
	["round", [2.5], 2],
	["round", [-0.5], -0],
	["round", [-1.5], -2],
	["round", [-2.5], -2],
	["round", [0.49999999999999994], 0],
	["round", [4503599627370497], 4503599627370497],
	["round", [infinity], infinity],
	["frac", [-1.25], -0.25],
	["frac", [infinity], Number.NaN],
	["fmod", [5, infinity], 5],
	["fmod", [5, 0], Number.NaN],
	["remainder", [-6, 3], -0],
	["remainder", [-1, infinity], infinity],
	["clip", [5, -infinity, 1], 1],
	["clip", [0, 5, -5], -5],
	["erf", [infinity], 1],
	["erfc", [infinity], 0],
	["erfc", [-infinity], 2],
	["erfinv", [1], infinity],
	["erfinv", [-1], -infinity],
	["erfinv", [1.5], Number.NaN],
	["lgamma", [0], infinity],
	["lgamma", [-2], infinity],
	["lgamma", [1], 0],
	["lgamma", [-infinity], infinity],
	["digamma", [0], -infinity],
	["digamma", [-1], Number.NaN],
	["digamma", [infinity], infinity],
	["polygamma", [1, 0], infinity],
	["polygamma", [1, infinity], 0],
	["polygamma", [-1, 1], Number.NaN],
	["isFinite", [infinity], 0],
	["isNaN", [Number.NaN], 1],
	["logicalAnd", [Number.NaN, -0], 0],
	["logicalOr", [Number.NaN, 0], 1],
	["logicalXor", [5e-324, 2], 0],
	["logicalNot", [-0], 1],
	["gelu", [-infinity], 0],
	["geluTanh", [-1e160], 0],
	["silu", [-infinity], 0],
	["mish", [-infinity], 0],
	["mish", [infinity], infinity],
	["softsign", [-infinity], -1],
	["tanhShrink", [infinity], infinity],
	["hardSwish", [-infinity], 0],
	["relu6", [infinity], 6],
	["tanh", [-0], -0],
	["tanh", [-infinity], -1],
	["expm1", [-0], -0],
	["log1p", [-0], -0],
	["sigmoid", [-1000], 0],
	["div", [0, 0], Number.NaN],
	["div", [1, -0], -infinity],
	["sub", [infinity, infinity], Number.NaN],
	["mul", [0, infinity], Number.NaN],
	["mul", [0, Number.NaN], Number.NaN],
	["add", [Number.NaN, 1], Number.NaN],
	["maximum", [Number.NaN, 1], Number.NaN],
	["minimum", [1, Number.NaN], Number.NaN],
	["relu", [Number.NaN], Number.NaN],
	["less", [Number.NaN, 1], 0],
	["equal", [Number.NaN, Number.NaN], 0],
	["where", [1, 2, infinity], 2],
	["where", [0, Number.NaN, 3], 3],
];

/** Slopes at infinities and where a formula would meet 0 · ∞. */
const slopeLimits: readonly (readonly [name: string, operand: number, operands: readonly number[], slope: number])[] = [
	["pow", 0, [0, 0], 0],
	["pow", 1, [0, 0], 0],
	["pow", 0, [0, 1], 1],
	["xlogy", 0, [0, 0], 0],
	["hypot", 0, [0, 0], 0],
	["sqrt", 0, [0], infinity],
	["softplus", 0, [infinity], 1],
	["softplus", 0, [-infinity], 0],
	["sigmoid", 0, [-infinity], 0],
	["tanh", 0, [infinity], 0],
	["logAddExp", 0, [-infinity, -infinity], 0.5],
	["add", 0, [Number.NaN, 1], 1],
	["mul", 0, [2, Number.NaN], Number.NaN],
	["exp", 0, [Number.NaN], Number.NaN],
];

/** The same of functions of several numbers: NaN comes through every family. */
const severalLimits: readonly (Case & { readonly value: number })[] = [
	{ name: "logSumExp", on: [[infinity, 1]], value: infinity },
	{ name: "logSumExp", on: [[-infinity, -infinity]], value: -infinity },
	{ name: "logSumExp", on: [[-infinity, 3]], value: 3 },
	{ name: "logSumExp", on: [[infinity, -infinity]], value: infinity },
	{ name: "logSumExp", on: [[]], value: -infinity },
	{ name: "logSumExp", on: [[Number.NaN, 1]], value: Number.NaN },
	{ name: "softmax", on: [[-infinity, 3]], value: 0 },
	{ name: "logSoftmax", on: [[-infinity, 3]], value: -infinity },
	{ name: "norm", on: [[0, 0]], value: 0 },
	{ name: "norm", on: [[infinity, 1]], value: infinity },
	{ name: "norm", on: [[Number.NaN, 1]], value: Number.NaN },
	{ name: "variance", on: [[1e9, 1e9, 1e9]], value: 0 },
	{ name: "variance", on: [[Number.NaN, 1]], value: Number.NaN },
	{ name: "sum", on: [[]], value: 0 },
	{ name: "sum", on: [[Number.NaN, 1]], value: Number.NaN },
	{ name: "sum", on: [[infinity, -infinity]], value: Number.NaN },
	{ name: "cumSum", on: [[1, Number.NaN]], value: 1 },
	{ name: "cumSum", on: [[1, Number.NaN, 1]], element: 2, value: Number.NaN },
	{ name: "matmul", on: [[[0]], [[Number.NaN]]], value: Number.NaN },
	{ name: "matmul", on: [[[0]], [[infinity]]], value: Number.NaN },
	{ name: "conv1d", on: [[[0, Number.NaN]], [[[0, 0]]]], value: Number.NaN },
	{ name: "max", on: [[Number.NaN, 1]], value: Number.NaN },
	{ name: "min", on: [[1, Number.NaN]], value: Number.NaN },
	{ name: "cumMax", on: [[Number.NaN, 1]], element: 1, value: Number.NaN },
	{ name: "argMax", on: [[1, Number.NaN]], value: 1 },
	{ name: "sort", on: [[Number.NaN, 1]], element: 1, value: Number.NaN },
	{ name: "median", on: [[Number.NaN, 1, 2]], value: Number.NaN },
	{ name: "prod", on: [[0, Number.NaN]], value: Number.NaN },
	{
		name: "recurrence",
		on: [
			[0, 0],
			[Number.NaN, 1],
		],
		element: 1,
		value: Number.NaN,
	},
	{
		name: "det",
		on: [
			[
				[Number.NaN, 1],
				[1, 2],
			],
		],
		value: Number.NaN,
	},
	{
		name: "inv",
		on: [
			[
				[Number.NaN, 1],
				[1, 2],
			],
		],
		value: Number.NaN,
	},
	{
		name: "solve",
		on: [
			[
				[1, 0],
				[0, 1],
			],
			[Number.NaN, 1],
		],
		value: Number.NaN,
	},
	{
		name: "expm",
		on: [
			[
				[Number.NaN, 1],
				[1, 2],
			],
		],
		value: Number.NaN,
	},
];

const severalSlopeLimits: readonly (Case & { readonly by: number; readonly value: number })[] = [
	{ name: "norm", on: [[0, 0]], by: 0, value: 0 },
	{ name: "std", on: [[1e9, 1e9, 1e9]], by: 0, value: 0 },
	{ name: "logSumExp", on: [[-infinity, 3]], by: 0, value: 0 },
	{ name: "logSumExp", on: [[-infinity, -infinity]], by: 0, value: 0 },
	{ name: "logSumExp", on: [[infinity, 1]], by: 1, value: 0 },
	{ name: "logSumExp", on: [[Number.NaN, 1]], by: 1, value: Number.NaN },
	{ name: "logCumSumExp", on: [[Number.NaN, 1]], element: 1, by: 1, value: Number.NaN },
	{ name: "prod", on: [[0, 0, 3]], by: 0, value: 0 },
	{ name: "matmul", on: [[[0]], [[Number.NaN]]], by: 0, value: Number.NaN },
];

/** Where one branch is infinite or NaN, and the other one is taken. */
const branches: readonly (readonly [formula: string, x: number, value: number, slope: number])[] = [
	["if(x > 0, log(x), 0)", 0, 0, 0],
	["if(x > 0, log(x), 0)", -1, 0, 0],
	["if(x > 0, sqrt(x), 0)", 0, 0, 0],
	["if(x > 0, 1 / x, 0)", 0, 0, 0],
	["if(x > 0, x * log(x), 0)", 0, 0, 0],
	["if(x < 700, exp(x), 0)", 1000, 0, 0],
	["if(x > 30, x, log(exp(x) - 1))", 1000, 1000, 1],
	["if(x == 0, 1, sin(x) / x)", 0, 1, 0],
];

// ---------------------------------------------------------------- exact differences

/** `value` as numerator / 2^shift. */
function binary(value: number): { numerator: bigint; shift: bigint } {
	const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
	const exponent = (bits >> 52n) & 0x7ffn;
	const fraction = bits & 0xfffffffffffffn;
	const size = exponent === 0n ? fraction : fraction | (1n << 52n);
	return { numerator: bits >> 63n ? -size : size, shift: 1075n - (exponent === 0n ? 1n : exponent) };
}

/** `text` as numerator / 10^places. */
function decimal(text: string): { numerator: bigint; places: bigint } {
	const [digits = "", exponent = "0"] = text.split("e");
	const [whole = "", fraction = ""] = digits.split(".");
	return { numerator: BigInt(whole + fraction), places: BigInt(fraction.length) - BigInt(exponent) };
}

const power = (base: bigint, exponent: bigint): bigint => (exponent > 0n ? base ** exponent : 1n);

/** How far `value` is from the truth, in units in the last place of a double of that size. */
function ulpsFrom(truth: string, value: number): number {
	const t = decimal(truth);
	const v = binary(value);
	const last = binary(Number(truth)).shift; // a unit in the last place is 2^-last
	const common = power(2n, v.shift) * power(10n, t.places);
	const found = v.numerator * power(2n, -v.shift) * power(10n, t.places);
	const wanted = t.numerator * power(10n, -t.places) * power(2n, v.shift);
	const difference = found > wanted ? found - wanted : wanted - found;
	return Number((difference * 10_000n * power(2n, last)) / (common * power(2n, -last))) / 10_000;
}

/** The least of these bounds that holds: the page shall not change with a bit. */
const bounds = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const boundOf = (error: number): string => {
	const bound = bounds.find((limit) => error <= limit);
	return bound === undefined ? `${error}` : `≤ ${bound}`;
};

const valueAt = (name: string, operands: readonly number[]): number => Number(named(name)(...operands));

function slopeAt(name: string, operand: number, operands: readonly number[]): number {
	const xs = operands.map((x) => scalar(x));
	return Number(gradients(named(name)(...xs), xs, { unused: "zero" })[operand]);
}

/** The place in the result, and the slope of it where one is asked for. */
function caseAt({ name, on, options, dtype = "float64", element = 0, by }: Case): number {
	const xs = on.map((list) => tensor(list as number[], { dtype, requiresGrad: true }));
	const f = functions[name] as (...given: unknown[]) => library.Tensor;
	const z = f(...xs, ...(options === undefined ? [] : [options]));
	if (by === undefined) return z.data[element] as number;
	const [slope] = gradients(library.pick(z, element), [xs[0] as library.Tensor], { unused: "zero" });
	return slope.data[by] as number;
}

const nestText = (list: Nest): string =>
	`[${list.map((x) => (typeof x === "number" ? shown(x) : nestText(x))).join(", ")}]`;

function caseText({ on, options, dtype, element, by }: Case): string {
	const given = Object.entries(options ?? {}).map(([key, value]) => `${key} ${value}`);
	return [
		on.map(nestText).join(", "),
		...given,
		...(dtype === undefined ? [] : [dtype]),
		...(element === undefined ? [] : [`element ${element}`]),
		...(by === undefined ? [] : [`by element ${by} of x`]),
	].join("; ");
}

/** In units of the last place of the dtype that was computed in. */
const caseError = (edge: Case & { readonly truth: string }): number =>
	ulpsFrom(edge.truth, caseAt(edge)) / (edge.dtype === "float32" ? 2 ** 29 : 1);

const alongFormula = (formula: string, x: Value): Node => evaluate(parseFormula(formula), new Map([["x", x]])) as Node;

const shown = (x: number): string =>
	x === infinity ? "∞" : x === -infinity ? "-∞" : Object.is(x, -0) ? "-0" : String(x);

const at = (operands: readonly number[]): string => operands.map(shown).join(", ");

// ---------------------------------------------------------------- the tests

describe("the value at the edge", () => {
	const edges = values.map(([name, operands, truth, allowed = 2]) => ({
		title: `${name} at ${at(operands)}`,
		name,
		operands,
		truth,
		allowed,
	}));
	test.each(edges)("$title is the truth to the last places", ({ name, operands, truth, allowed }) => {
		expect(ulpsFrom(truth, valueAt(name, operands))).toBeLessThanOrEqual(allowed);
		const [spread] = (named(name)(...operands.map((x) => tensor([x]))) as library.Tensor).data;
		expect(spread).toBe(valueAt(name, operands));
	});

	test.each(limits)("%s at %j is %d", (name, operands, value) => {
		expect(valueAt(name, operands)).toBe(value);
	});

	test.each(severalValues.map((edge) => ({ title: `${edge.name} at ${caseText(edge)}`, edge })))(
		"$title is the truth to the last places",
		({ edge }) => {
			expect(caseError(edge)).toBeLessThanOrEqual(edge.allowed ?? 2);
		},
	);

	test.each(severalLimits.map((edge) => ({ title: `${edge.name} at ${caseText(edge)}`, edge })))(
		"$title is exact",
		({ edge }) => {
			expect(caseAt(edge)).toBe(edge.value);
		},
	);

	test.each(branches)("%s at %d is %d, with slope %d, on numbers and on tensors", (formula, x, value, slope) => {
		for (const given of [scalar(x), tensor([x], { requiresGrad: true })]) {
			const z = alongFormula(formula, given);
			expect(z.item()).toBe(value);
			expect(gradients(z, [given], { unused: "zero" })[0].item()).toBe(slope);
		}
	});

	test("every family carries NaN through a row of the page", () => {
		const rows = [
			...limits.filter(([, operands]) => operands.some(Number.isNaN)).map(([name]) => name),
			...severalLimits.filter(({ on }) => nestText(on).includes("NaN")).map(({ name }) => name),
		];
		const families = new Set(rows.map((name) => library.operation(name)?.family));
		for (const family of ["pointwise", "linear", "bilinear", "custom"]) expect(families).toContain(family);
	});

	test("a NaN among the operands is the result, but where the answer is known without it", () => {
		const known = new Set(["pow", "where", "hypot"]);
		const numeric = library.operations().filter((op) => op.family === "pointwise" && op.result !== "bool");
		const silent = (numeric as readonly Pointwise[]).flatMap((op) =>
			Array.from({ length: op.arity }, (_, at) => at).flatMap((at) => {
				const operands = Array.from({ length: op.arity }, (_, operand) => (operand === at ? Number.NaN : 0.5));
				return Number.isNaN(op.call(...operands).item()) ? [] : [{ op, at }];
			}),
		);
		// A parameter of the branch not taken does not reach the result either.
		const routes = (op: Pointwise): boolean => op.partials.some((partial) => partial?.kind === "if");
		const lost = silent.filter(({ op, at }) => !known.has(op.name) && !(at > 0 && routes(op)));
		expect(lost.map(({ op, at }) => `${op.name}, operand ${at + 1}`)).toEqual([]);
	});
});

describe("the slope at the edge", () => {
	const edges = slopes.map(([name, operand, operands, truth, allowed = 16]) => ({
		title: `${name} at ${at(operands)} by operand ${operand + 1}`,
		name,
		operand,
		operands,
		truth,
		allowed,
	}));
	test.each(edges)("$title is the truth to the last places", ({ name, operand, operands, truth, allowed }) => {
		expect(ulpsFrom(truth, slopeAt(name, operand, operands))).toBeLessThanOrEqual(allowed);
	});

	test.each(severalSlopes.map((edge) => ({ title: `${edge.name} at ${caseText(edge)}`, edge })))(
		"$title is the truth to the last places",
		({ edge }) => {
			expect(caseError(edge)).toBeLessThanOrEqual(edge.allowed ?? 16);
		},
	);

	test.each(slopeLimits)("%s by operand %d at %j is %d", (name, operand, operands, slope) => {
		expect(slopeAt(name, operand, operands)).toBe(slope);
	});

	test.each(severalSlopeLimits.map((edge) => ({ title: `${edge.name} at ${caseText(edge)}`, edge })))(
		"$title is exact",
		({ edge }) => {
			expect(caseAt(edge)).toBe(edge.value);
		},
	);

	test.each(["gelu", "geluTanh", "silu", "mish"])("%s is flat at -∞ and of slope 1 at ∞, to second order", (name) => {
		for (const x of [-infinity, infinity]) {
			expect(slopeAt(name, 0, [x])).toBe(x > 0 ? 1 : 0);
			const slope = library.grad(named(name) as (x: library.Scalar) => library.Scalar);
			expect(Number(library.grad(slope)(x))).toBe(0);
		}
	});

	test("sinc is smooth at 0: its second derivative is -π²/3, its fourth π⁴/5", () => {
		const second = library.grad(library.grad(library.sinc));
		expect(Number(second(0))).toBeCloseTo(-(Math.PI ** 2) / 3, 14);
		expect(Number(second(1e-200))).toBeCloseTo(-(Math.PI ** 2) / 3, 14);
		expect(Number(library.grad(library.grad(second))(0))).toBeCloseTo(Math.PI ** 4 / 5, 12);
	});

	test("the second derivative of logAddExp at a tie is 1/4", () => {
		const along = (x: library.Scalar): library.Scalar => library.logAddExp(x, 1);
		expect(Number(library.grad(library.grad(along))(1))).toBe(0.25);
	});

	test("a NaN or an infinite slope in the branch not taken does not reach the gradient", () => {
		const at = (name: string, ...operands: number[]): number => slopeAt(name, 0, operands);
		expect(at("elu", 1000, 1)).toBe(1);
		expect(at("celu", 1000, 1)).toBe(1);
		expect(at("selu", 1000)).toBe(1.0507009873554805);
		expect(at("xlogy", 0, 0)).toBe(0);
		expect(at("hypot", 0, 0)).toBe(0);
	});

	test("a branch that the samples of the registry leave out has the right slopes, too", () => {
		const shrink = (y: number) => [nn.softShrink, nn.hardShrink].map((f) => (x: library.Scalar) => f(x, y));
		for (const f of [...shrink(0.5), nn.tanhShrink, nn.relu6, nn.hardSigmoid, nn.hardSwish, nn.hardTanh]) {
			for (const x of [-7, -1.3, 0.2, 1.7, 4, 8]) {
				const report = checkGradients(f as never, [x]);
				expect(verdictOf(report)).toBe("agrees");
			}
		}
	});

	test.each([
		["polygamma", [2, -1.3]],
		["polygamma", [4, 0.7]],
		["lgamma", [-2.3]],
		["digamma", [-0.6]],
		["remainder", [-7.3, 2.1]],
		["fmod", [-7.3, 2.1]],
		["atan2", [-0.3, -0.8]],
	])("%s at %j agrees with finite differences to third order", (name, operands) => {
		const [first, ...rest] = [...operands].reverse() as [number, ...number[]];
		const f = (x: library.Scalar): Node => named(name)(...[...rest].reverse(), x);
		expect(verdictOf(checkGradients(f as never, [first], { order: 3, tolerance: 1e-4 }))).toBe("agrees");
	});
});

describe("parameters", () => {
	test("what is left out is what PyTorch takes", () => {
		expect(Number(nn.elu(-1))).toBe(Math.expm1(-1));
		expect(Number(nn.celu(-1))).toBe(Math.expm1(-1));
		expect(Number(nn.softShrink(2))).toBe(1.5);
		expect(Number(nn.hardShrink(0.4))).toBe(0);
		expect([-2, 0.5, 2].map((x) => Number(nn.hardTanh(x)))).toEqual([-1, 0.5, 1]);
	});

	test("prelu takes one weight, or one for each channel", () => {
		const x = tensor([
			[
				[-1, 1],
				[-2, 2],
				[-3, 3],
			],
		]);
		expect(nn.prelu(x, 0.5).toArray()).toEqual([
			[
				[-0.5, 1],
				[-1, 2],
				[-1.5, 3],
			],
		]);
		expect(nn.prelu(x, tensor([0.5])).toArray()).toEqual([
			[
				[-0.5, 1],
				[-1, 2],
				[-1.5, 3],
			],
		]);
		expect(nn.prelu(x, tensor([1, 10, 100])).toArray()).toEqual([
			[
				[-1, 1],
				[-20, 2],
				[-300, 3],
			],
		]);
		const report = checkGradients(nn.prelu as never, [x, tensor([0.1, 0.2, 0.3])], { order: 2 });
		expect(verdictOf(report)).toBe("agrees");
	});

	test("glu is one half times the sigmoid of the other, along any axis", () => {
		const x = tensor([
			[1, 2, 0, 0],
			[3, 4, 0, 0],
		]);
		expect(nn.glu(x).toArray()).toEqual([
			[0.5, 1],
			[1.5, 2],
		]);
		expect(nn.glu(x.T, { axis: 0 }).toArray()).toEqual([
			[0.5, 1.5],
			[1, 2],
		]);
		expect(verdictOf(checkGradients(nn.glu as never, [x.add(0.3)], { order: 2 }))).toBe("agrees");
	});

	test("clip and lerp are methods of numbers and of tensors", () => {
		expect(scalar(7).clip(0, 5).value).toBe(5);
		expect(scalar(2).lerp(4, 0.25).value).toBe(2.5);
		expect(
			tensor([-1, 0.5, 9])
				.clip(0, tensor([1, 0.25, 3]))
				.toArray(),
		).toEqual([0, 0.25, 3]);
	});

	test("integers stay integers where the result is one, and become float64 elsewhere", () => {
		const x = tensor([-7, 4], { dtype: "int32" });
		for (const z of [library.floor(x), library.remainder(x, 3), library.clip(x, -5, 2), nn.relu6(x)])
			expect(z.dtype).toBe("int32");
		expect(library.remainder(x, 3).toArray()).toEqual([2, 1]);
		expect(library.reciprocal(x).dtype).toBe("float64");
		expect(library.isFinite(x).dtype).toBe("bool");
	});
});

// ---------------------------------------------------------------- the page

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
	const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => (row[column] as string).length)));
	const line = (row: readonly string[]): string =>
		`| ${row.map((text, column) => text.padEnd(widths[column] as number)).join(" | ")} |`;
	return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}

test("docs/edges.md shows these rows", async () => {
	const page = `# Edges

<!-- Written by test/ops/pointwise-edges.test.ts: npx vitest run test/ops/pointwise-edges.test.ts -u -->

Where naive formulas lose their digits. The truth has forty digits and belongs to
exactly the double that is named: 1e-18 stands for the double next to it. An error
of half a unit in the last place (ulp) is the best there is.

## Values

${table(
	["operation", "at", "value", "truth", "error in ulp"],
	values.map(([name, operands, truth]) => {
		const value = valueAt(name, operands);
		return [`\`${name}\``, at(operands), shown(value), truth, boundOf(ulpsFrom(truth, value))];
	}),
)}

## Slopes

${table(
	["operation", "at", "by", "slope", "truth", "error in ulp"],
	slopes.map(([name, operand, operands, truth]) => {
		const slope = slopeAt(name, operand, operands);
		const by = ["x", "y", "w"][operand] as string;
		return [`\`${name}\``, at(operands), by, shown(slope), truth, boundOf(ulpsFrom(truth, slope))];
	}),
)}

## Limits

Infinities, NaN and signed zeros are exact.

${table(
	["operation", "at", "value"],
	limits.map(([name, operands]) => [`\`${name}\``, at(operands), shown(valueAt(name, operands))]),
)}

${table(
	["operation", "at", "by", "slope"],
	slopeLimits.map(([name, operand, operands]) => {
		const by = ["x", "y", "w"][operand] as string;
		return [`\`${name}\``, at(operands), by, shown(slopeAt(name, operand, operands))];
	}),
)}

## The branch not taken

A branch that is infinite or NaN reaches neither the value nor the slope.

${table(
	["formula", "x", "value", "slope"],
	branches.map(([formula, x]) => {
		const at = scalar(x);
		const z = alongFormula(formula, at);
		return [`\`${formula}\``, shown(x), shown(z.item()), shown(gradients(z, [at], { unused: "zero" })[0].value)];
	}),
)}

## Functions of several numbers

Operands are lists or matrices; the value is the first element of the result where
it has more, unless another is named. float32 has units in the last place of its own.

${table(
	["function", "at", "value", "truth", "error in ulp"],
	severalValues.map((edge) => [
		`\`${edge.name}\``,
		caseText(edge),
		shown(caseAt(edge)),
		edge.truth,
		boundOf(caseError(edge)),
	]),
)}

${table(
	["function", "at", "slope", "truth", "error in ulp"],
	severalSlopes.map((edge) => [
		`\`${edge.name}\``,
		caseText(edge),
		shown(caseAt(edge)),
		edge.truth,
		boundOf(caseError(edge)),
	]),
)}

Infinities, NaN, zeros and nothing at all are exact.

${table(
	["function", "at", "value"],
	severalLimits.map((edge) => [`\`${edge.name}\``, caseText(edge), shown(caseAt(edge))]),
)}

${table(
	["function", "at", "slope"],
	severalSlopeLimits.map((edge) => [`\`${edge.name}\``, caseText(edge), shown(caseAt(edge))]),
)}
`;
	await expect(page).toMatchFileSnapshot("../../docs/edges.md");
});
