/** The camera over the picture: zooming by wheel, pinch, keys and buttons, moving by dragging. */

/** Where the camera stands: screen = world · scale + (x, y). */
interface Pose {
	readonly x: number;
	readonly y: number;
	readonly scale: number;
}

/** What can be asked of the camera. */
export interface Camera {
	/** Shows a rectangle of the picture whole. */
	readonly fit: (width: number, height: number, smooth?: boolean) => void;
	/** Multiplies the scale, around the middle. */
	readonly zoom: (factor: number) => void;
	/** Moves by points of the screen. */
	readonly pan: (dx: number, dy: number) => void;
	/** Puts a place of the picture into the middle. */
	readonly centre: (x: number, y: number) => void;
	/** Brings a rectangle of the picture into view: nothing moves where it is inside. Until somebody zooms, text is kept readable. */
	readonly reveal: (left: number, top: number, right: number, bottom: number) => void;
}

const scales = { smallest: 0.04, largest: 4, start: 1.25, small: 0.6, readable: 0.7 } as const;

/** The scale at which text can be read: a little larger would not help, and push out of sight what was seen whole. */
function legible(scale: number): number {
	return scale < scales.small ? scales.readable : scale;
}

/**
 * A camera for `stage`, which moves `world`; `isCalm` says that nothing may glide.
 * Where `zooms` does not hold for a turn of the wheel, the page scrolls.
 */
export function cameraOf(
	stage: SVGSVGElement,
	world: SVGGElement,
	isCalm: () => boolean,
	zooms: (event: WheelEvent) => boolean = () => true,
): Camera {
	let pose: Pose = { x: 0, y: 0, scale: 1 };
	/** Where the camera is flying to. */
	let goal: Pose = pose;
	let flight = 0;
	let isChosen = false;
	let rest = 0;
	const put = (next: Pose, isOnTheWay = false): void => {
		pose = next;
		if (!isOnTheWay) goal = next;
		world.setAttribute("transform", `translate(${pose.x} ${pose.y}) scale(${pose.scale})`);
		stage.classList.toggle("far", pose.scale < 0.28);
		// While it moves, a large picture leaves out what takes long to paint.
		stage.classList.add("moving");
		clearTimeout(rest);
		rest = window.setTimeout(() => stage.classList.remove("moving"), 140);
	};
	const stay = (): void => {
		cancelAnimationFrame(flight);
		goal = pose;
	};
	const glide = (target: Pose): void => {
		stay();
		goal = target;
		if (isCalm() || document.hidden) {
			put(target);
			return;
		}
		const from = pose;
		const begun = performance.now();
		const frame = (now: number): void => {
			const t = Math.min(1, (now - begun) / 260);
			const eased = 1 - (1 - t) ** 3;
			const between = (a: number, b: number): number => a + (b - a) * eased;
			put(
				{ x: between(from.x, target.x), y: between(from.y, target.y), scale: between(from.scale, target.scale) },
				t < 1,
			);
			if (t < 1) flight = requestAnimationFrame(frame);
		};
		flight = requestAnimationFrame(frame);
	};
	const around = (px: number, py: number, factor: number): Pose => {
		const scale = Math.min(scales.largest, Math.max(scales.smallest, pose.scale * factor));
		const ratio = scale / pose.scale;
		return { scale, x: px - (px - pose.x) * ratio, y: py - (py - pose.y) * ratio };
	};
	const place = ({ clientX, clientY }: MouseEvent): readonly [number, number] => {
		const { left, top } = stage.getBoundingClientRect();
		return [clientX - left, clientY - top];
	};

	stage.addEventListener(
		"wheel",
		(event) => {
			if (!zooms(event)) return;
			event.preventDefault();
			stay();
			isChosen = true;
			// A pinch on a touchpad comes as a wheel with the control key.
			const speed = event.ctrlKey ? 0.01 : event.deltaMode === 1 ? 0.05 : 0.0016;
			put(around(...place(event), Math.exp(-event.deltaY * speed)));
		},
		{ passive: false },
	);
	const fingers = new Map<number, readonly [number, number]>();
	stage.addEventListener("pointerdown", (event) => {
		if (event.button > 0) return;
		fingers.set(event.pointerId, place(event));
	});
	stage.addEventListener("pointermove", (event) => {
		const before = fingers.get(event.pointerId);
		if (before === undefined) return;
		const now = place(event);
		const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
		const [other] = others;
		if (other === undefined) {
			// A click may tremble; only what moves is captured.
			if (!stage.hasPointerCapture(event.pointerId)) {
				if (Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
				stage.setPointerCapture(event.pointerId);
				stage.classList.add("dragged");
			}
			stay();
			put({ ...pose, x: pose.x + now[0] - before[0], y: pose.y + now[1] - before[1] });
		} else {
			const span = (at: readonly [number, number]): number => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
			put(around((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, span(now) / span(before)));
		}
		fingers.set(event.pointerId, now);
	});
	const lift = ({ pointerId }: PointerEvent): void => {
		fingers.delete(pointerId);
		stage.classList.remove("dragged");
	};
	for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) stage.addEventListener(end, lift);

	return {
		fit: (width, height, smooth = true) => {
			isChosen = false;
			const { clientWidth, clientHeight } = stage;
			// Below lie the buttons for zooming.
			const [w, h] = [clientWidth - 40, clientHeight - 84];
			const scale = Math.min(scales.start, Math.max(scales.smallest, Math.min(w / width, h / height)));
			const target = { scale, x: (clientWidth - width * scale) / 2, y: (clientHeight - 44 - height * scale) / 2 };
			if (smooth) glide(target);
			else put(target);
		},
		zoom: (factor) => {
			isChosen = true;
			glide(around(stage.clientWidth / 2, stage.clientHeight / 2, factor));
		},
		pan: (dx, dy) => glide({ ...pose, x: pose.x + dx, y: pose.y + dy }),
		centre: (x, y) => {
			const scale = legible(pose.scale);
			glide({ scale, x: stage.clientWidth / 2 - x * scale, y: stage.clientHeight / 2 - y * scale });
		},
		reveal: (left, top, right, bottom) => {
			const { clientWidth, clientHeight } = stage;
			const { x, y, scale: now } = goal;
			const scale = isChosen ? now : legible(now);
			const margin = Math.min(70, clientWidth / 9);
			/** The shift along one axis that brings the span inside, if it fits, or its middle into the middle. */
			const shifted = (from: number, to: number, offset: number, room: number): number => {
				const [a, b] = [from * scale + offset, to * scale + offset];
				if (b - a > room - 2 * margin) return room / 2 - ((from + to) / 2) * scale;
				if (a < 8) return offset + margin - a;
				return b > room - 8 ? offset + room - margin - b : offset;
			};
			// Zooming begins at the middle of what is to be seen.
			const [mx, my] = [(left + right) / 2, (top + bottom) / 2];
			const target = {
				scale,
				x: shifted(left, right, x + mx * (now - scale), clientWidth),
				y: shifted(top, bottom, y + my * (now - scale), clientHeight),
			};
			if (target.scale !== now || target.x !== x || target.y !== y) glide(target);
		},
	};
}
