/** What the expression bench says. */
import { type Language, language, type Word } from "../words.js";

export const words = {
	expression: { en: "Expression", ko: "수식" },
	example: { en: "begin with", ko: "예제" },
	ownExpression: { en: "your own", ko: "직접 입력" },
	definitions: { en: "Definitions and the result, one on a line", ko: "한 줄에 하나씩 적은 정의와 결과" },
	formulas: { en: "The expression typeset, with its values", ko: "조판한 수식과 값" },
	values: { en: "Values", ko: "변수 값" },
	noLeaves: {
		en: "The expression has no free names: everything in it is a constant.",
		ko: "값을 정할 변수가 없습니다. 모두 상수입니다.",
	},
	reset: { en: "Back to where it began", ko: "처음 값으로" },
	typedValue: { en: "value", ko: "값" },
	notNumber: { en: "a number such as 0.6, 1e-3 or pi/2", ko: "0.6, 1e-3, pi/2 같은 수를 입력하세요" },
	graph: { en: "Computation and backward pass", ko: "계산 그래프와 역전파" },
	picture: {
		en: "Computation graph: arrow up and down go from node to node, left and right through the backward pass",
		ko: "계산 그래프: 위아래 화살표로 노드 이동, 좌우 화살표로 역전파 단계 이동",
	},
	explorer: { en: "Open in the explorer", ko: "탐색기에서 열기" },
	svg: { en: "Save as SVG", ko: "SVG로 저장" },
	png: { en: "Save as PNG", ko: "PNG로 저장" },
	dot: { en: "Save as DOT", ko: "DOT로 저장" },
	blocked: {
		en: "The browser blocks new windows: the explorer was saved as a file instead.",
		ko: "브라우저가 새 창을 막아 탐색기를 파일로 저장했습니다.",
	},
	zoomIn: { en: "Zoom in", ko: "확대" },
	zoomOut: { en: "Zoom out", ko: "축소" },
	fit: { en: "Show everything", ko: "전체 보기" },
	wide: { en: "Wide", ko: "넓게" },
	wideSays: { en: "The picture across the whole page", ko: "그림을 화면 전체 너비로" },
	fitShort: { en: "Fit", ko: "맞춤" },
	transport: { en: "Backward pass", ko: "역전파" },
	first: { en: "To the beginning", ko: "처음으로" },
	back: { en: "One step back", ko: "한 단계 뒤로" },
	play: { en: "Play", ko: "재생" },
	pause: { en: "Pause", ko: "일시 정지" },
	forth: { en: "One step forward", ko: "한 단계 앞으로" },
	last: { en: "To the end", ko: "끝으로" },
	step: { en: "Step", ko: "단계" },
	none: { en: "none", ko: "없음" },
	notYet: { en: "not yet", ko: "아직 없음" },
	before: {
		en: "The forward pass is done: every box shows its value. Step through the backward pass from here.",
		ko: "순전파가 끝나 모든 상자에 값이 있습니다. 이제 역전파를 한 단계씩 진행해 보세요.",
	},
	noFlow: {
		en: "No gradient flows: the result was computed from constants only.",
		ko: "상수만으로 계산한 결과라서 흐르는 기울기가 없습니다.",
	},
	incoming: { en: "arrives", ko: "들어온 기울기" },
	local: { en: "local derivative", ko: "국소 미분" },
	contribution: { en: "contribution", ko: "기여" },
	derivation: { en: "Derivative, line by line", ko: "도함수 유도" },
	of: { en: "derivative", ko: "도함수" },
	withNumbers: { en: "with numbers", ko: "수를 대입해 보기" },
	nothingToDerive: {
		en: "The result depends on no name: there is nothing to differentiate.",
		ko: "결과가 어떤 변수에도 의존하지 않아 미분할 것이 없습니다.",
	},
	unnamed: {
		en: "This value has no name. Define it on a line of its own to see its derivative here.",
		ko: "이름이 없는 값입니다. 한 줄에 따로 정의하면 여기에서 도함수를 볼 수 있습니다.",
	},
	lateDerivation: {
		en: "This derivation takes too long to be written out here.",
		ko: "유도 과정이 너무 길어 여기에서는 보여 드릴 수 없습니다.",
	},
	claim: { en: "Your own derivation", ko: "직접 유도해 보기" },
	claimSays: {
		en: "Equalities such as dC/dw = …, judged as you type; LaTeX will do, too.",
		ko: "dC/dw = … 같은 등식을 입력하면 바로 판정합니다. LaTeX도 됩니다.",
	},
	claimField: { en: "Your derivation", ko: "유도 과정" },
	tryThis: { en: "try", ko: "예시" },
	lateJudging: { en: "This takes too long to be judged here.", ko: "판정이 너무 오래 걸려 중단했습니다." },
	nothingClaimed: {
		en: "Nothing is claimed yet: write sides with = between them.",
		ko: "아직 판정할 등식이 없습니다. 등호로 이은 식을 입력하세요.",
	},
	where: { en: "where", ko: "반례" },
	because: { en: "because", ko: "이유" },
	holdsIf: { en: "holds if", ko: "성립 조건" },
	perhaps: { en: "perhaps", ko: "제안" },
	contours: { en: "The landscape and a descent", ko: "등고선과 경사 하강법" },
} as const;

/** The verdicts, as they stand beside an equality. */
export const verdictWords: Readonly<Record<string, Word>> = {
	PROVEN: { en: "PROVEN", ko: "증명됨" },
	REFUTED: { en: "REFUTED", ko: "틀림" },
	"HOLDS ONLY IF": { en: "HOLDS ONLY IF", ko: "조건부로만 성립" },
	UNDECIDED: { en: "UNDECIDED", ko: "판정 불가" },
};

/** The laws by which the library goes from line to line, in its own words; what is not here is said as it is. */
export const reasonWords: ReadonlyMap<string, Word> = new Map([
	["chain rule", { en: "chain rule", ko: "연쇄 법칙" }],
	["local derivatives", { en: "local derivatives", ko: "국소 미분" }],
	["simplified", { en: "simplified", ko: "정리" }],
	["cancelled", { en: "cancelled", ko: "약분" }],
	["multiplied out", { en: "multiplied out", ko: "전개" }],
]);

/** A Korean word with the particle that its last sound asks for: `C는`, `L은`. */
export function withParticle(word: string, closed: string, open: string): string {
	const last = Array.from(word.normalize("NFC")).at(-1) ?? "";
	const code = (last.codePointAt(0) ?? 0) - 0xac00;
	const isClosed = code >= 0 && code < 11_172 ? code % 28 > 0 : /[lmnr013678₀₁₃₆₇₈]/i.test(last);
	return word + (isClosed ? closed : open);
}

/** A text by language. */
export function said(texts: Readonly<Record<Language, () => string>>): string {
	return texts[language()]();
}
