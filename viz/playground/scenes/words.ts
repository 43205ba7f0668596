/** What the scenes say. */
import { composed, type Word } from "../words.js";

export const words = {
	intro: {
		en: "The experiments of five lecture notes, ready to run. Every link opens its experiment on the bench where it can be changed; Compare trains all variants here and draws their losses over one another.",
		ko: "다섯 강의 노트에 나오는 실험을 바로 해 볼 수 있습니다. 링크를 누르면 값을 바꿔 볼 수 있는 실험대에서 열리고, 비교를 누르면 모든 경우를 여기에서 학습해 손실을 한 그림에 그립니다.",
	},
	contents: { en: "The notes", ko: "강의 노트" },
	compare: { en: "Compare", ko: "비교" },
	comparing: { en: "Training …", ko: "학습 중 …" },
	hide: { en: "Hide the comparison", ko: "비교 닫기" },
	variant: { en: "Variant", ko: "경우" },
	step: { en: "step", ko: "단계" },
	loss: { en: "loss", ko: "손실" },
	failed: { en: "This could not be trained:", ko: "학습하지 못했습니다:" },
	unknown: { en: "There is no such scene.", ko: "주소에 적힌 실험을 찾을 수 없습니다." },
} as const;

/** `after 300 steps`. */
export function afterSteps(steps: number): Word {
	return { en: `after ${steps} steps`, ko: `${steps}단계 뒤` };
}

/** The link to a variant that is trained already. */
export function openAfter(name: Word, steps: number): Word {
	return composed((language) =>
		language === "ko" ? `${name.ko}: ${steps}단계를 학습한 상태로 열기` : `${name.en}: open after ${steps} steps`,
	);
}

/** What the picture of a comparison shows. */
export function chartWord(title: Word, names: readonly Word[]): Word {
	return composed((language) => {
		const list = names.map((name) => name[language]).join(", ");
		return language === "ko"
			? `${title.ko}: 단계에 따른 손실 (${list})`
			: `${title.en}: loss against step, for ${list}`;
	});
}

export const noteNames = {
	S0: { en: "Costs and the learning speed", ko: "비용 함수와 학습 속도" },
	S1: { en: "Perceptrons and back-propagation", ko: "퍼셉트론과 역전파" },
	S2: { en: "Losses and gradient descent", ko: "손실 함수와 경사 하강법" },
	S3: { en: "Weight updates and first weights", ko: "가중치 갱신과 초기화" },
	S4: { en: "Whole layers at once", ko: "층 단위의 계산" },
} as const satisfies Record<string, Word> as Readonly<Record<"S0" | "S1" | "S2" | "S3" | "S4", Word>>;

export const measureNames = {
	output: { en: "output a", ko: "출력 a" },
	loss: { en: "loss", ko: "손실" },
	accuracy: { en: "right", ko: "정확도" },
	firstGradient: { en: "first layer's gradient at the start", ko: "시작할 때 첫 층의 기울기" },
	arriving: { en: "first layer's ÷ last layer's gradient", ko: "첫 층 기울기 ÷ 마지막 층 기울기" },
	differing: { en: "hidden units that differ", ko: "서로 다른 은닉 유닛" },
	moved: { en: "numbers that left 0", ko: "0에서 벗어난 값" },
} as const;

/** Titles, and what to look for. */
export const sceneWords = {
	slowdown: {
		title: { en: "Learning slowdown", ko: "학습이 느려지는 까닭" },
		text: {
			en: "One sigmoid neuron learns that 1 should become 0. With the quadratic cost the worse start, (2, 2), hardly moves for 150 epochs, because its slope contains σ′, which is 0.018 there. With the cross-entropy σ′ cancels, and both starts arrive together.",
			ko: "시그모이드 뉴런 하나가 입력 1을 0으로 바꾸는 법을 배웁니다. 제곱 오차를 쓰면 정답에서 더 먼 시작점 (2, 2)가 150에포크 동안 거의 움직이지 않습니다. 기울기에 곱해지는 σ′이 그곳에서 0.018밖에 되지 않기 때문입니다. 교차 엔트로피를 쓰면 σ′이 약분되어 두 시작점이 함께 도착합니다.",
		},
	},
	slope: {
		title: { en: "Both slopes on paper", ko: "두 손실의 기울기 유도" },
		text: {
			en: "The same neuron as formulas. The slope of the quadratic cost is (a − y)σ′(z)x, that of the cross-entropy only (a − y)x. The shorter aσ′(z) is right for x = 1 and y = 0, and for nothing else.",
			ko: "같은 뉴런을 수식으로 봅니다. 제곱 오차의 기울기는 (a − y)σ′(z)x이고, 교차 엔트로피의 기울기는 (a − y)x뿐입니다. 더 짧은 aσ′(z)는 x = 1, y = 0일 때만 맞습니다.",
		},
	},
	sigmoid: {
		title: { en: "The derivative of σ, with slips", ko: "σ의 도함수와 유도 실수" },
		text: {
			en: "Ways to go wrong between σ and σ(1 − σ): a sign lost in the exponent, a square instead of a product, w where x belongs. One wrong step has the right value all the same, because σ′ is even: it is proven, and still it is no derivation.",
			ko: "σ에서 σ(1 − σ)로 가는 길에 저지르기 쉬운 실수들입니다. 지수의 부호를 빠뜨리거나, 곱을 제곱으로 바꾸거나, x 자리에 w를 씁니다. σ′이 짝함수라서 과정은 틀렸는데 값은 맞는 경우도 하나 있습니다. 등식은 증명되지만 유도라고 할 수는 없습니다.",
		},
	},
	inverter: {
		title: { en: "Both halves of the inverter", ko: "인버터 전체 학습" },
		text: {
			en: "Now 0 should become 1 as well. After 300 epochs both outputs lie on the right side, at 0.65 and 0.27, and after 3,000 they are at 0.90 and 0.08: the weight has to grow further and further. The cross-entropy is ahead all the way.",
			ko: "이제 입력 0도 1로 바꿔야 합니다. 300에포크 뒤 두 출력은 0.65와 0.27로 올바른 쪽에 있고, 3,000에포크 뒤에는 0.90과 0.08이 됩니다. 가중치가 계속 커져야 하기 때문입니다. 교차 엔트로피는 처음부터 끝까지 앞서갑니다.",
		},
	},
	optimizers: {
		title: { en: "Five rules of descent", ko: "다섯 가지 최적화 방법" },
		text: {
			en: "The slow start once more, with one learning rate and five optimizers. Momentum builds up speed on the flat part; the rules that divide by the size of the gradient hardly notice that it is flat.",
			ko: "느린 시작점에서 학습률은 그대로 두고 최적화 방법만 다섯 가지로 바꿉니다. 모멘텀은 평평한 곳에서 속도를 붙여 가고, 기울기의 크기로 나누는 방법들은 평평하다는 것을 거의 느끼지 못합니다.",
		},
	},
	gates: {
		title: { en: "AND and OR with one unit", ko: "유닛 하나로 배우는 AND와 OR" },
		text: {
			en: "A single sigmoid unit draws one straight line through the plane. For AND and for OR one line is enough, and all four points come out right.",
			ko: "시그모이드 유닛 하나는 평면에 직선 하나를 긋습니다. AND와 OR은 직선 하나로 나눌 수 있어 네 점을 모두 맞힙니다.",
		},
	},
	xor: {
		title: { en: "XOR needs a hidden layer", ko: "은닉층이 필요한 XOR" },
		text: {
			en: "No straight line parts the points of XOR: one unit ends where every output is ½ and the loss is ln 2 = 0.693. Four hidden tanh units solve it. Four linear ones do not: lines of lines are lines.",
			ko: "직선 하나로는 XOR의 점들을 나눌 수 없습니다. 유닛 하나는 모든 출력이 ½이고 손실이 ln 2 = 0.693인 곳에서 멈춥니다. tanh 은닉 유닛 네 개면 풀 수 있지만, 선형 유닛은 네 개라도 소용없습니다. 선형 함수를 겹쳐도 선형 함수이기 때문입니다.",
		},
	},
	deltas: {
		title: { en: "Back through a 2-2-2 network", ko: "2-2-2 신경망의 역전파" },
		text: {
			en: "Two slopes of a small network, and two slips on the way to them: brackets left out around (o₁ − y₁), and a minus where the errors of both outputs are added.",
			ko: "작은 신경망의 두 기울기와, 그 유도에서 나온 실수 두 가지입니다. (o₁ − y₁)의 괄호를 빠뜨린 경우와, 두 출력의 오차를 더해야 할 곳에서 뺀 경우입니다.",
		},
	},
	vanishing: {
		title: { en: "Vanishing gradients", ko: "기울기 소실" },
		text: {
			en: "Six hidden layers. On the way back every sigmoid layer multiplies by σ′ ≤ ¼, so that the first layer gets less than a thousandth of what the last one gets, and nothing is learnt. tanh and ReLU pass on far more of it. A link opens after the first step: the histograms show it layer by layer.",
			ko: "은닉층이 여섯 개입니다. 역전파에서 시그모이드 층을 지날 때마다 ¼ 이하인 σ′이 곱해져, 첫 층에는 마지막 층 기울기의 1,000분의 1도 남지 않아 학습이 되지 않습니다. tanh와 ReLU는 기울기를 훨씬 많이 전달합니다. 링크를 열면 첫 단계를 마친 상태이니 히스토그램에서 층마다 확인해 보세요.",
		},
	},
	descent: {
		title: { en: "Descent on x₀² + x₁²", ko: "x₀² + x₁²에서의 경사 하강법" },
		text: {
			en: "Every step multiplies both numbers by 1 − 2η. From (2, 1) the path walks down for η = 0.1, swings from side to side for 0.9, jumps between two points for 1, and for 1.1 every step ends higher than it began. The arrows stand upright on the contour lines.",
			ko: "단계마다 두 값에 1 − 2η가 곱해집니다. (2, 1)에서 출발하면 η = 0.1일 때는 곧장 내려가고, 0.9에서는 좌우로 흔들리며 내려가고, 1에서는 두 점 사이를 오가고, 1.1에서는 단계마다 더 높은 곳으로 갑니다. 화살표는 늘 등고선에 수직입니다.",
		},
	},
	valley: {
		title: { en: "A narrow valley", ko: "좁은 골짜기" },
		text: {
			en: "Where one direction is steep and the other flat, no learning rate suits both: a large one swings across the valley, a small one creeps along it. In the bent valley of Rosenbrock's function the way along it takes thousands of steps.",
			ko: "한 방향은 가파르고 다른 방향은 완만하면 둘 다에 맞는 학습률이 없습니다. 크면 골짜기를 가로질러 흔들리고, 작으면 골짜기를 따라 더디게 나아갑니다. 로젠브록 함수의 휘어진 골짜기에서는 수천 단계가 걸립니다.",
		},
	},
	limits: {
		title: { en: "Where descent ends", ko: "경사 하강법의 한계" },
		text: {
			en: "Descent stops where the gradient is 0, and that need not be the lowest point. From exactly on the ridge it walks into the saddle, a hundredth beside it finds the way down. Which of two valleys it ends in depends on the start, and on a plateau it hardly begins.",
			ko: "경사 하강법은 기울기가 0인 곳에서 멈추지만 그곳이 가장 낮은 곳이라는 보장은 없습니다. 능선 위에서 출발하면 안장점에 갇히고, 0.01만 비켜서도 내려가는 길을 찾습니다. 두 골짜기 중 어디에 이를지는 시작점에 달려 있고, 평평한 고원에서는 좀처럼 나아가지 못합니다.",
		},
	},
	rates: {
		title: { en: "The learning rate of a network", ko: "신경망의 학습률" },
		text: {
			en: "Two moons and eight tanh units, every step with all points. With η = 0.03 the loss is still falling after 300 steps, with 3 it is almost done, and with 100 it jumps about far above where it began.",
			ko: "두 개의 반달을 tanh 유닛 여덟 개로 학습하고, 단계마다 모든 점을 씁니다. η = 0.03이면 300단계 뒤에도 손실이 내려가는 중이고, 3이면 거의 끝나며, 100이면 처음보다 훨씬 높은 곳에서 이리저리 뜁니다.",
		},
	},
	output: {
		title: { en: "Two layers, two slips", ko: "출력층과 은닉층의 유도 실수" },
		text: {
			en: "For E = (t − o)² the slope of an output weight has a factor 2, which is easily lost. For a hidden weight every output error has to be multiplied by its o(1 − o) before it is sent back; without that even the sign may be wrong.",
			ko: "E = (t − o)²이면 출력층 가중치의 기울기에는 2가 곱해지는데, 이를 빠뜨리기 쉽습니다. 은닉층으로 돌려보내는 오차에는 출력마다 o(1 − o)를 곱해야 합니다. 그러지 않으면 부호까지 틀릴 수 있습니다.",
		},
	},
	saturation: {
		title: { en: "Saturation", ko: "포화" },
		text: {
			en: "Three starts of the neuron, each more certain of the wrong answer. At z = 4 the slope is a seventh of that at z = 1.5, at z = 10 it is 0.000045 and nothing moves in 300 epochs: a saturated unit does not learn from its largest error.",
			ko: "뉴런이 틀린 답을 점점 더 확신하는 세 시작점입니다. z = 4의 기울기는 z = 1.5일 때의 7분의 1이고, z = 10에서는 0.000045라서 300에포크 동안 꿈쩍도 하지 않습니다. 포화된 유닛은 오차가 가장 클 때 배우지 못합니다.",
		},
	},
	start: {
		title: { en: "The size of the first weights", ko: "초기 가중치의 크기" },
		text: {
			en: "Six layers of tanh units with first weights that are too small, right and too large. Too small, and the gradient is lost on the way (10⁻¹³); too large, and units are saturated from the start. In between, with a range made for the number of connections, it learns.",
			ko: "tanh 층 여섯 개를 너무 작은, 알맞은, 너무 큰 초기 가중치로 학습합니다. 너무 작으면 기울기가 10⁻¹³까지 줄어 사라지고, 너무 크면 유닛이 처음부터 포화됩니다. 연결 수에 맞춘 범위에서만 잘 배웁니다.",
		},
	},
	alike: {
		title: { en: "Equal weights stay equal", ko: "같은 가중치는 계속 같다" },
		text: {
			en: "Four hidden units that start with equal weights get equal gradients, and remain one unit, four times: XOR stays out of reach. With random first weights all four go ways of their own.",
			ko: "같은 가중치로 시작한 은닉 유닛 네 개는 기울기도 똑같이 받아 결국 유닛 하나와 다름없습니다. 그래서 XOR을 풀지 못합니다. 무작위로 시작하면 네 유닛이 저마다 다른 길을 갑니다.",
		},
	},
	playground: {
		title: { en: "The Playground's settings", ko: "플레이그라운드 설정" },
		text: {
			en: "The settings that the notes use in TensorFlow Playground: η = 0.03, ReLU, no regularisation, 500 points in two classes. Beside it the same with tanh, which is what the Playground begins with: here it takes about three times as long.",
			ko: "강의 노트가 텐서플로 플레이그라운드에서 쓰는 설정입니다. η = 0.03, ReLU, 규제 없음, 두 클래스의 점 500개입니다. 플레이그라운드의 기본값인 tanh와 견주어 보면, 이 데이터에서는 tanh가 세 배쯤 오래 걸립니다.",
		},
	},
	zero: {
		title: { en: "Weights that start at zero", ko: "0에서 시작한 가중치" },
		text: {
			en: "From zero all hidden units stay the same. With tanh they give 0 and get no gradient either: only the bias of the output moves. Sigmoid units give ½, so that the output weights move, all alike. Small random numbers are enough to part them.",
			ko: "0에서 시작하면 은닉 유닛이 모두 똑같습니다. tanh 유닛은 출력도 0이고 기울기도 0이라 출력층의 편향만 움직입니다. 시그모이드 유닛은 ½을 내므로 출력층 가중치도 움직이지만 모두 똑같이 움직입니다. 작은 무작위 값이면 충분히 달라집니다.",
		},
	},
	logit: {
		title: { en: "dz = a − y, and for which cost", ko: "dz = a − y가 맞는 손실" },
		text: {
			en: "The first line of back-propagation in matrices, dZ = A − Y, belongs to the cross-entropy with a sigmoid. For the quadratic cost it lacks the factor a(1 − a).",
			ko: "행렬로 쓴 역전파의 첫 줄 dZ = A − Y는 시그모이드와 교차 엔트로피를 쓸 때 맞습니다. 제곱 오차이라면 a(1 − a)를 곱해야 합니다.",
		},
	},
} as const;

/** What variants are called. */
export const variantNames = {
	quadratic: { en: "quadratic cost", ko: "제곱 오차" },
	entropy: { en: "cross-entropy", ko: "교차 엔트로피" },
	quadraticNear: { en: "quadratic from (0.6, 0.9)", ko: "제곱 오차, (0.6, 0.9)에서" },
	quadraticFar: { en: "quadratic from (2, 2)", ko: "제곱 오차, (2, 2)에서" },
	entropyNear: { en: "cross-entropy from (0.6, 0.9)", ko: "교차 엔트로피, (0.6, 0.9)에서" },
	entropyFar: { en: "cross-entropy from (2, 2)", ko: "교차 엔트로피, (2, 2)에서" },
	shortened: { en: "shortened", ko: "줄여 쓴 식" },
	everyStep: { en: "every step", ko: "모든 단계" },
	lostSign: { en: "a sign lost in the exponent", ko: "지수의 부호를 빠뜨림" },
	luckyStep: { en: "a wrong step with the right value", ko: "틀린 과정, 맞는 값" },
	wrongEnd: { en: "(1 − σ)² at the end", ko: "(1 − σ)²으로 끝남" },
	wrongInner: { en: "w for x", ko: "x 대신 w" },
	sgd: { en: "SGD", ko: "SGD" },
	momentum: { en: "momentum", ko: "모멘텀" },
	adagrad: { en: "AdaGrad", ko: "AdaGrad" },
	rmsprop: { en: "RMSProp", ko: "RMSProp" },
	adam: { en: "Adam", ko: "Adam" },
	oneUnit: { en: "one unit", ko: "유닛 하나" },
	linearUnits: { en: "four linear hidden units", ko: "선형 은닉 유닛 네 개" },
	tanhUnits: { en: "four hidden tanh units", ko: "tanh 은닉 유닛 네 개" },
	rightWayBack: { en: "as it should be", ko: "올바른 유도" },
	lostBrackets: { en: "without brackets", ko: "괄호를 빠뜨림" },
	wrongSign: { en: "minus for plus", ko: "더하기 대신 빼기" },
	sigmoid: { en: "sigmoid", ko: "시그모이드" },
	tanh: { en: "tanh", ko: "tanh" },
	relu: { en: "ReLU", ko: "ReLU" },
	rateSmall: { en: "η = 0.1", ko: "η = 0.1" },
	rateSwinging: { en: "η = 0.9", ko: "η = 0.9" },
	rateLimit: { en: "η = 1", ko: "η = 1" },
	rateLarge: { en: "η = 1.1", ko: "η = 1.1" },
	valleyFast: { en: "large steps", ko: "큰 학습률" },
	valleySlow: { en: "small steps", ko: "작은 학습률" },
	banana: { en: "a bent valley", ko: "휘어진 골짜기" },
	onRidge: { en: "on the ridge", ko: "능선 위에서" },
	besideRidge: { en: "beside the ridge", ko: "능선 옆에서" },
	higherValley: { en: "the higher valley", ko: "높은 골짜기" },
	lowerValley: { en: "the lower valley", ko: "낮은 골짜기" },
	plateau: { en: "a plateau", ko: "고원" },
	outputRight: { en: "output weight", ko: "출력층 가중치" },
	lostFactor: { en: "output weight without the 2", ko: "출력층 가중치, 2를 빠뜨림" },
	hiddenRight: { en: "hidden weight", ko: "은닉층 가중치" },
	recombined: { en: "hidden weight without o(1 − o)", ko: "은닉층 가중치, o(1 − o)를 빠뜨림" },
	atOne: { en: "from z = 1.5", ko: "z = 1.5에서" },
	atFour: { en: "from z = 4", ko: "z = 4에서" },
	atTen: { en: "from z = 10", ko: "z = 10에서" },
	startSmall: { en: "0.01 · normal", ko: "정규분포 × 0.01" },
	startRight: { en: "Xavier", ko: "Xavier" },
	startLarge: { en: "5 · normal", ko: "정규분포 × 5" },
	equal: { en: "all weights 0.5", ko: "모든 가중치 0.5" },
	random: { en: "random, ±1/√n", ko: "무작위, ±1/√n" },
	zeroTanh: { en: "zero, tanh units", ko: "0, tanh 유닛" },
	zeroSigmoid: { en: "zero, sigmoid units", ko: "0, 시그모이드 유닛" },
	smallTanh: { en: "0.01 · normal, tanh units", ko: "정규분포 × 0.01, tanh 유닛" },
	quadraticRight: { en: "quadratic cost, with a(1 − a)", ko: "제곱 오차, a(1 − a) 포함" },
} as const;
