/** What the contour plot says. */
import { numberText } from "../../explorer/text.js";
import { composed, type Word } from "../words.js";
import { type Course, length, type Stop } from "./contourlines.js";

/** The length of the gradient, in one piece. */
export const absolute = "|\u2060∇\u2060|";

export const words = {
	across: { en: "Across", ko: "가로축" },
	upwards: { en: "Up", ko: "세로축" },
	rate: { en: "Learning rate η", ko: "학습률 η" },
	exactRate: { en: "η =", ko: "η =" },
	steps: { en: "Steps", ko: "단계 수" },
	play: { en: "Play", ko: "재생" },
	pause: { en: "Pause", ko: "일시 정지" },
	closer: { en: "Zoom in", ko: "확대" },
	wider: { en: "Zoom out", ko: "축소" },
	fit: { en: "Whole path", ko: "경로 전체" },
	saveSvg: { en: "Save SVG", ko: "SVG로 저장" },
	savePng: { en: "Save PNG", ko: "PNG로 저장" },
	failed: { en: "The picture could not be saved.", ko: "그림을 저장하지 못했습니다." },
	step: { en: "Step", ko: "단계" },
	numbers: { en: "The path in numbers", ko: "경로의 값" },
	few: {
		en: "A contour plot needs two free names to lie on its axes.",
		ko: "등고선을 그리려면 변수가 두 개 이상 있어야 합니다.",
	},
	empty: {
		en: "The result has no value anywhere in this part of the plane.",
		ko: "이 영역에는 결과가 값을 갖는 점이 없습니다.",
	},
	hint: {
		en: "Drag or click to choose the start, or move it with the arrow keys.",
		ko: "끌거나 눌러서 시작점을 고르세요. 화살표 키로도 움직일 수 있습니다.",
	},
} as const;

/** `(2, 1)`. */
export function placeText([x, y]: readonly [number, number]): string {
	return `(${numberText(x)}, ${numberText(y)})`;
}

/** What the picture shows, for those who do not see it. */
export function pictureWord(result: string, [x, y]: readonly [string, string], levels: readonly number[]): Word {
	const list = levels.map((level) => numberText(level)).join(", ");
	return {
		en: `Contour lines of ${result} over ${x} and ${y}${list === "" ? "" : `, at ${list}`}, and the path of gradient descent.`,
		ko: `${x}, ${y} 평면에 그린 ${result}의 등고선${list === "" ? "" : `(${list})`}과 경사 하강법의 경로입니다.`,
	};
}

/** The handle of the start. */
export function startWord([x, y]: readonly [string, string]): Word {
	return {
		en: `Start: arrow keys change ${x} and ${y}, with Shift in small steps`,
		ko: `시작점: 화살표 키로 ${x}, ${y} 값을 바꾸고, Shift를 함께 누르면 조금씩 바꿉니다`,
	};
}

/** Where the path leads, and how it goes. */
export function pathWord(result: string, rate: number, stops: readonly Stop[], course: Course): Word {
	const [first, last] = [stops[0] as Stop, stops.at(-1) as Stop];
	const steps = stops.length - 1;
	const [began, ends] = [numberText(length(first.gradient), 3), numberText(length(last.gradient), 3)];
	const value = numberText(last.value);
	const led: Word = {
		en: `With η = ${numberText(rate)}, ${steps === 1 ? "one step leads" : `${steps} steps lead`} from ${placeText(first.place)} to ${placeText(last.place)}, where ${result} = ${value}.`,
		ko: `η = ${numberText(rate)}일 때 ${placeText(first.place)}에서 ${steps}단계 뒤에 ${placeText(last.place)}에 이르고, 그곳에서 ${result} = ${value}입니다.`,
	};
	const said: Readonly<Record<Course, Word>> = {
		still: {
			en: `At ${placeText(first.place)} the gradient is 0: no step leads away, whatever the learning rate.`,
			ko: `${placeText(first.place)}에서는 기울기가 0이라 학습률과 상관없이 움직이지 않습니다.`,
		},
		broken: {
			en: `Step ${steps} ends where ${result} or its gradient is no number: descent stops there.`,
			ko: `${steps}단계째에 ${result}의 값이나 기울기를 계산할 수 없는 곳에 이르러 멈춥니다.`,
		},
		growing: {
			en: `Each step is further away: ${absolute} grows from ${began} to ${ends}. The learning rate is too large here.`,
			ko: `단계마다 더 멀어집니다. ${absolute}가 커집니다(${began} → ${ends}). 이곳에서는 학습률이 너무 큽니다.`,
		},
		bouncing: {
			en: "Every step jumps across the valley and lands as high as before: the learning rate is at its limit.",
			ko: "단계마다 골짜기를 건너뛰어 같은 높이에 떨어집니다. 학습률이 한계에 이르렀습니다.",
		},
		swinging: {
			en: `Every step jumps across the valley, and still ${absolute} falls from ${began} to ${ends}.`,
			ko: `단계마다 골짜기를 건너뛰지만 ${absolute}는 줄어듭니다(${began} → ${ends}).`,
		},
		arrived: {
			en: `${absolute} has fallen from ${began} to ${ends}: the steps become short.`,
			ko: `${absolute}가 줄어(${began} → ${ends}) 보폭이 짧아집니다.`,
		},
		slow: {
			en: `${absolute} hardly changes (${ends}): the path has a long way to go.`,
			ko: `${absolute}가 거의 그대로입니다(${ends}). 아직 갈 길이 멉니다.`,
		},
		going: {
			en: `${absolute} was ${began} and is ${ends} now.`,
			ko: `${absolute}는 처음에 ${began}, 지금은 ${ends}입니다.`,
		},
	};
	return course === "still" || course === "broken"
		? said[course]
		: composed((language) => `${led[language]} ${said[course][language]}`);
}
