/** What the network bench says. */
import type { ActivationName, DataSet, Initialization, LossName, OptimizerName, OutputName, Setup } from "../setup.js";
import type { Opened, Points } from "../training/protocol.js";
import type { Word } from "../words.js";

const word = (en: string, ko: string): Word => ({ en, ko });

/** Everything that is said in fixed words. */
export const words = {
	// transport
	transport: { en: "Training", ko: "학습 진행" },
	train_: { en: "Train", ko: "학습" },
	pause: { en: "Pause", ko: "멈춤" },
	trainSays: { en: "Train (space bar)", ko: "학습 시작 (스페이스바)" },
	pauseSays: { en: "Pause (space bar)", ko: "학습 멈춤 (스페이스바)" },
	toStart: { en: "To the start", ko: "처음으로" },
	oneStep: { en: "One step", ko: "한 단계" },
	oneEpoch: { en: "One epoch", ko: "한 에포크" },
	pace: { en: "Pace", ko: "진행 속도" },
	paceSecond: { en: "1 step a second", ko: "1초에 1단계" },
	paceSlow: { en: "10 steps a second", ko: "1초에 10단계" },
	paceFrame: { en: "1 step a frame", ko: "프레임마다 1단계" },
	paceTen: { en: "10 steps a frame", ko: "프레임마다 10단계" },
	paceEpoch: { en: "1 epoch a frame", ko: "프레임마다 1에포크" },
	paceFull: { en: "as fast as possible", ko: "최대 속도" },
	timeline: { en: "Step: back to any earlier state", ko: "단계: 이전 상태로 되돌리기" },
	brokenAtStart: {
		en: "The loss is no finite number before the first step. Choose another loss, other first weights, or scale the inputs.",
		ko: "첫 단계 전부터 손실이 유한한 수가 아닙니다. 손실이나 가중치 초기화를 바꾸거나 입력의 크기를 맞춰 보세요.",
	},
	newSeed: { en: "New seed", ko: "새 시드" },
	step: { en: "step", ko: "단계" },
	epoch: { en: "epoch", ko: "에포크" },
	trainLoss: { en: "train loss", ko: "학습 손실" },
	testLoss: { en: "test loss", ko: "시험 손실" },
	trainAccuracy: { en: "train accuracy", ko: "학습 정확도" },
	testAccuracy: { en: "test accuracy", ko: "시험 정확도" },
	speed: { en: "steps/s", ko: "초당 단계" },
	// data
	data: { en: "Data", ko: "데이터" },
	dataSet: { en: "Data set", ko: "데이터 종류" },
	samples: { en: "points", ko: "점 개수" },
	noise: { en: "noise", ko: "잡음" },
	classes: { en: "classes", ko: "클래스 수" },
	testPart: { en: "for testing", ko: "시험용 비율" },
	dataSeed: { en: "seed of the data", ko: "데이터 시드" },
	scaled: { en: "scale inputs to mean 0, deviation 1", ko: "입력을 평균 0, 표준편차 1로 맞추기" },
	target: { en: "Function of x1 and x2", ko: "x1, x2의 함수" },
	table: { en: "Your points as CSV", ko: "내 데이터 (CSV)" },
	tablePlaceholder: { en: "x1,x2,class\n0.5,-1.2,A\n-0.3,0.8,B", ko: "x1,x2,클래스\n0.5,-1.2,A\n-0.3,0.8,B" },
	ownSays: {
		en: "Paste, drop or choose a table: a heading, inputs, and the class or value in the last column. Or draw points into the plane.",
		ko: "표를 붙여 넣거나, 끌어다 놓거나, 파일로 여세요. 첫 줄은 제목, 마지막 열은 클래스 또는 값입니다. 평면에 점을 찍어도 됩니다.",
	},
	chooseFile: { en: "Choose a file", ko: "파일 선택" },
	fileTooLarge: { en: "That file is larger than 4 MB.", ko: "4 MB보다 큰 파일은 열 수 없습니다." },
	fileUnreadable: { en: "That file could not be read.", ko: "파일을 읽지 못했습니다." },
	takePoints: { en: "Take these points as my own", ko: "이 점들을 내 데이터로 쓰기" },
	tooLong: {
		en: "The table is too long for the address: a link would lead to other points. Export them as CSV to keep them.",
		ko: "표가 너무 길어 주소에 담지 못했습니다. 링크로는 이 점들이 열리지 않으니 CSV로 내보내 두세요.",
	},
	// features
	features: { en: "Features", ko: "특징" },
	addFeature: { en: "Add a formula", ko: "수식 추가" },
	featureExample: { en: "x1^3 …", ko: "x1^3 …" },
	featureThere: { en: "This feature is there already.", ko: "이미 있는 특징입니다." },
	featuresFull: { en: "A network has room for 24 features.", ko: "특징은 24개까지 쓸 수 있습니다." },
	lastFeature: { en: "A network needs at least one feature.", ko: "특징은 적어도 하나 있어야 합니다." },
	// diagram
	network: { en: "Network", ko: "신경망" },
	units: { en: "Units", ko: "유닛" },
	linksShow: { en: "What links show", ko: "연결선 표시" },
	weights: { en: "Weights", ko: "가중치" },
	gradients: { en: "Gradients", ko: "기울기" },
	removeLayer: { en: "Remove the last hidden layer", ko: "마지막 은닉층 제거" },
	addLayer: { en: "Add a hidden layer", ko: "은닉층 추가" },
	outputLayer: { en: "Output", ko: "출력층" },
	outputActivation: { en: "Activation of the output", ko: "출력층 활성화 함수" },
	unitsOfLayer: (layer: number): Word => ({ en: `Units of hidden layer ${layer}`, ko: `은닉층 ${layer}의 유닛 수` }),
	removeUnit: (layer: number): Word => ({
		en: `A unit less in hidden layer ${layer}`,
		ko: `은닉층 ${layer}에서 유닛 하나 제거`,
	}),
	addUnit: (layer: number): Word => ({
		en: `A unit more in hidden layer ${layer}`,
		ko: `은닉층 ${layer}에 유닛 하나 추가`,
	}),
	activationOfLayer: (layer: number): Word => ({
		en: `Activation of hidden layer ${layer}`,
		ko: `은닉층 ${layer}의 활성화 함수`,
	}),
	weightLegend: {
		en: "Thickness: |w|. Blue: positive, orange: negative. The dot at a corner: the bias. Point at a unit or a link.",
		ko: "굵기는 |w|, 파란색은 양수, 주황색은 음수, 모서리의 점은 편향입니다. 유닛이나 연결선을 가리켜 보세요.",
	},
	gradientLegend: {
		en: "Thickness: |∂C/∂w| from LOW to HIGH, by powers of ten. Blue: positive, orange: negative. Dashed: exactly 0.",
		ko: "굵기는 |∂C/∂w|의 로그 눈금(LOW~HIGH), 파란색은 양수, 주황색은 음수, 점선은 정확히 0입니다.",
	},
	// surface
	surface: { en: "Surface", ko: "결정 경계" },
	output: { en: "Output", ko: "출력" },
	planeSays: {
		en: "The plane of the inputs. Arrow keys move the crosshair.",
		ko: "입력 평면. 화살표 키로 십자선을 움직입니다.",
	},
	showClasses: { en: "as classes", ko: "클래스로 보기" },
	forTesting: { en: "for testing", ko: "시험용" },
	missed: { en: "wrong", ko: "오분류" },
	hover: { en: "Point at a place to read the output there.", ko: "평면을 가리키면 그 자리의 출력이 보입니다." },
	clickToAdd: {
		en: "Click to set a point; Shift-click or a long press removes one.",
		ko: "클릭하면 점을 찍고, Shift+클릭이나 길게 누르기로 지웁니다.",
	},
	clickToRemove: { en: "Click a point to remove it.", ko: "지울 점을 클릭하세요." },
	drawPoints: { en: "Draw points", ko: "점 찍기" },
	drawSays: { en: "The run begins anew with every point.", ko: "점을 찍을 때마다 학습이 처음부터 시작됩니다." },
	mendFirst: {
		en: "The table cannot be read: mend it before setting points.",
		ko: "표를 읽을 수 없습니다. 점을 찍기 전에 표를 고치세요.",
	},
	moreClasses: {
		en: "Set points of at least two classes: then it can be trained.",
		ko: "두 클래스 이상의 점을 찍으면 학습할 수 있습니다.",
	},
	classOfPoint: { en: "Class of the next point", ko: "다음 점의 클래스" },
	newClass: { en: "A class more", ko: "클래스 추가" },
	valueOfPoint: { en: "value", ko: "값" },
	remove: { en: "Remove", ko: "지우기" },
	clearPoints: { en: "Clear all", ko: "모두 지우기" },
	// curves
	losses: { en: "Losses", ko: "손실 곡선" },
	train: { en: "train", ko: "학습" },
	test: { en: "test", ko: "시험" },
	logarithmic: { en: "log", ko: "로그" },
	pin: { en: "Pin", ko: "고정" },
	unpin: { en: "Clear pins", ko: "고정 해제" },
	clickCurve: { en: "Click the curve to go back to a step.", ko: "곡선을 클릭하면 그 단계로 되돌아갑니다." },
	// histograms
	histograms: { en: "Gradients by layer", ko: "층별 기울기" },
	histogramLegend: {
		en: "How many weights have which |gradient|, by powers of ten; 0 stands on the left. The line and the number: √mean(g²).",
		ko: "|기울기|의 분포(10의 거듭제곱 눈금)이며 0은 왼쪽 끝에 있습니다. 세로줄과 숫자는 √mean(g²)입니다.",
	},
	// learning
	loss: { en: "Loss", ko: "손실" },
	ownLoss: { en: "Formula in a, z and y", ko: "a, z, y의 수식" },
	checkLoss: { en: "Check this loss", ko: "이 손실 검사" },
	checking: { en: "Checking …", ko: "검사 중 …" },
	nothingFound: { en: "No defect was found.", ko: "발견된 결함이 없습니다." },
	wholeReport: { en: "The whole report", ko: "전체 보고서" },
	descent: { en: "Descent", ko: "최적화" },
	optimizer: { en: "optimizer", ko: "최적화 방법" },
	learningRate: { en: "learning rate", ko: "학습률" },
	smallerRate: { en: "A smaller learning rate", ko: "학습률 줄이기" },
	largerRate: { en: "A larger learning rate", ko: "학습률 키우기" },
	weightDecay: { en: "weight decay", ko: "가중치 감쇠" },
	batch: { en: "batch", ko: "배치 크기" },
	batchSays: { en: "0 takes all points in every step.", ko: "0이면 매 단계에 모든 점을 씁니다." },
	start: { en: "First weights", ko: "가중치 초기화" },
	initialization: { en: "method", ko: "방법" },
	scale: { en: "factor", ko: "배율" },
	seed: { en: "seed", ko: "시드" },
	givenWeights: {
		en: "Numbers, layer by layer: weight rows, then biases",
		ko: "층마다 가중치 행, 편향 순서로 적은 수",
	},
	weightsPlaceholder: { en: "0.6, 0.9", ko: "0.6, 0.9" },
	rule: { en: "Update rule", ko: "갱신 규칙" },
	withNumbers: { en: "with numbers", ko: "숫자로 보기" },
	ruleSays: {
		en: "p: a weight, g: its gradient, γ: the learning rate, t: the count of steps. Every line runs for every weight.",
		ko: "p는 가중치, g는 그 기울기, γ는 학습률, t는 단계 수입니다. 모든 가중치에 대해 위에서부터 차례로 계산합니다.",
	},
	// what can be taken away
	exports: { en: "Export", ko: "내보내기" },
	asSvg: { en: "Save as SVG", ko: "SVG로 저장" },
	asPng: { en: "Save as PNG", ko: "PNG로 저장" },
	typescript: { en: "Model as TypeScript", ko: "모델: TypeScript" },
	json: { en: "Model as JSON", ko: "모델: JSON" },
	safetensors: { en: "Model as safetensors", ko: "모델: safetensors" },
	csv: { en: "Points as CSV", ko: "점: CSV" },
	graph: { en: "Batch graph", ko: "배치 그래프" },
	graphOpen: { en: "Open in the explorer", ko: "탐색기에서 열기" },
	graphFile: { en: "Save the explorer file", ko: "탐색기 파일 저장" },
	graphSvg: { en: "Save as SVG", ko: "SVG로 저장" },
	graphPng: { en: "Save as PNG", ko: "PNG로 저장" },
	blocked: { en: "The browser did not let a window open.", ko: "브라우저가 새 창을 막았습니다." },
	openNow: { en: "Open it now", ko: "지금 열기" },
	saveFile: { en: "Save the file", ko: "파일로 저장" },
	dismiss: { en: "Dismiss", ko: "닫기" },
	settings: { en: "Settings", ko: "설정" },
	failed: {
		en: "The Worker that trains could not be started. Load the page again.",
		ko: "학습을 맡은 워커를 시작하지 못했습니다. 페이지를 다시 불러오세요.",
	},
} as const;

/** Names of the sets. */
export const dataWords: Readonly<Record<DataSet, Word>> = {
	moons: word("moons", "반달"),
	circles: word("circles", "동심원"),
	spirals: word("spirals", "나선"),
	xor: word("XOR", "XOR"),
	blobs: word("blobs", "덩어리"),
	function: word("function", "함수"),
	own: word("own", "내 데이터"),
};

const plain = (name: string): Word => word(name, name);

/** Names of activations, in the order of menus. */
export const activationWords: readonly (readonly [ActivationName, Word])[] = [
	["tanh", plain("tanh")],
	["sigmoid", plain("sigmoid")],
	["relu", plain("ReLU")],
	["leakyRelu", plain("leaky ReLU")],
	["elu", plain("ELU")],
	["softplus", plain("softplus")],
	["gelu", plain("GELU")],
	["silu", plain("SiLU")],
	["sin", plain("sin")],
	["step", word("step", "계단")],
	["linear", word("linear", "선형")],
];

/** Names of outputs. */
export const outputWords: Readonly<Record<OutputName, Word>> = {
	auto: word("auto", "자동"),
	sigmoid: plain("sigmoid"),
	tanh: plain("tanh"),
	linear: word("linear", "선형"),
	softmax: plain("softmax"),
};

/** Names of first weights. */
export const initializationWords: Readonly<Record<Initialization, Word>> = {
	xavier: plain("Xavier"),
	he: plain("He"),
	fanIn: word("uniform ±1/√n", "균등 ±1/√n"),
	normal: word("normal", "정규분포"),
	small: word("small: 0.01 × normal", "작게: 0.01 × 정규분포"),
	large: word("large: 5 × normal", "크게: 5 × 정규분포"),
	playground: word("uniform ±0.5, bias 0.1", "균등 ±0.5, 편향 0.1"),
	equal: word("all equal", "모두 같게"),
	zero: word("all 0", "모두 0"),
	given: word("given numbers", "직접 입력"),
};

/** Names of losses. */
export const lossWords: Readonly<Record<LossName, Word>> = {
	quadratic: word("quadratic", "제곱 오차"),
	crossEntropy: word("cross-entropy", "교차 엔트로피"),
	own: word("own formula", "직접 입력"),
};

/** Names of rules of descent. */
export const optimizerWords: Readonly<Record<OptimizerName, Word>> = {
	sgd: word("gradient descent", "경사 하강법"),
	momentum: word("momentum", "모멘텀"),
	nesterov: plain("Nesterov"),
	adagrad: plain("AdaGrad"),
	rmsprop: plain("RMSProp"),
	adadelta: plain("AdaDelta"),
	adam: plain("Adam"),
	adamw: plain("AdamW"),
	adamax: plain("Adamax"),
	nadam: plain("NAdam"),
	radam: plain("RAdam"),
	lion: plain("Lion"),
};

/** `2 hidden layers`. */
export function layerWord(count: number): Word {
	return word(
		count === 0 ? "no hidden layer" : count === 1 ? "1 hidden layer" : `${count} hidden layers`,
		count === 0 ? "은닉층 없음" : `은닉층 ${count}개`,
	);
}

/** What a run is called beside others: what it differs in most often. */
export function runWord({ optimizer, learningRate, layers, loss }: Setup): Word {
	const nameOf = new Map(activationWords);
	const said = (language: keyof Word): string => {
		const shape = layers.map(({ units, activation }) => `${units} ${nameOf.get(activation)?.[language] ?? activation}`);
		return [
			optimizerWords[optimizer][language],
			String(learningRate),
			shape.length === 0 ? layerWord(0)[language] : shape.join(", "),
			lossWords[loss][language],
		].join(" · ");
	};
	return word(said("en"), said("ko"));
}

/** That training cannot go on. */
export function brokenWord(step: number): Word {
	return word(
		`Stopped before step ${step + 1}: the loss is no finite number any more. Go back and try a smaller learning rate.`,
		`${step + 1}번째 단계 앞에서 멈췄습니다. 손실이 더 이상 유한한 수가 아닙니다. 되돌아가서 학습률을 줄여 보세요.`,
	);
}

/** A unit: what a feature is called, or layer and number. */
export function unitWord(
	{ layer, unit }: { readonly layer: number; readonly unit: number },
	opened: Opened | undefined,
	features: readonly string[] = [],
): Word {
	if (layer === 0)
		return features[unit] === undefined ? word(`feature ${unit + 1}`, `특징 ${unit + 1}`) : plain(features[unit]);
	const last = (opened?.sizes.length ?? 0) - 1;
	if (layer === last) {
		const classes = opened?.points.classes ?? 0;
		if (classes > 2 && opened !== undefined) {
			const name = classWord(unit, opened.points);
			return word(`output for ${name.en}`, `출력: ${name.ko}`);
		}
		return word("output unit", "출력 유닛");
	}
	return word(`layer ${layer}, unit ${unit + 1}`, `은닉층 ${layer}, 유닛 ${unit + 1}`);
}

/** A layer of weights, in a row of histograms. */
export function layerOfWeights(at: number, count: number): Word {
	return at === count - 1 ? word("output", "출력층") : word(`layer ${at + 1}`, `은닉층 ${at + 1}`);
}

/** A link between two units. */
export function linkWord(from: Word, to: Word): Word {
	return word(`${from.en} → ${to.en}`, `${from.ko} → ${to.ko}`);
}

/** That not all links are drawn. */
export function thinnedWord(most: number): Word {
	return word(
		`Of more than ${most} links between two layers the strongest are drawn.`,
		`두 층 사이 연결이 ${most}개를 넘으면 강한 것만 그립니다.`,
	);
}

/** A class by its number. */
export function classWord(index: number, { labels }: Points): Word {
	return labels?.[index] === undefined ? word(`class ${index}`, `클래스 ${index}`) : classNamed(labels[index]);
}

/** A class by its name, which may be anything. */
export function classNamed(name: string): Word {
	const short = name.length > 24 ? `${name.slice(0, 23)}…` : name;
	return /^[A-H]$/.test(short) ? word(`class ${short}`, `클래스 ${short}`) : plain(short);
}

/** The menu of a picture. */
export function ofPicture(what: Word): Word {
	return word(`Save the picture: ${what.en}`, `그림 저장: ${what.ko}`);
}
