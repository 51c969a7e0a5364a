import { FAILPOINTS } from "./mutations/failpoints.ts";
import { PROCESSES, UPSTREAMS } from "./faults.ts";
import type { Fault, Planned, ProcessKind } from "./faults.ts";

const MINUTE_MS = 60_000;
/** Load without faults: first so that there is something to break, last so that what broke can heal. */
const CALM_START_MS = 5_000;
const CALM_END_MS = 10_000;
/** Of everything that has to happen three times, this often in five minutes. */
const TIMES_IN_FIVE_MINUTES = 3;
const KILLS_IN_FIVE_MINUTES = 10;

/** How often every fault and failpoint has to be hit by a run of this length, else it has shown nothing. */
export const requiredHits = (minutes: number): number =>
	Math.max(1, Math.min(TIMES_IN_FIVE_MINUTES, Math.floor((TIMES_IN_FIVE_MINUTES * minutes) / 5)));

/** What goes wrong and when: the same for the same seed and length. */
export function scheduleOf(minutes: number, random: () => number): Planned[] {
	const faults = shuffled(faultsOf(minutes, random), random);
	const slotMs = (minutes * MINUTE_MS - CALM_START_MS - CALM_END_MS) / faults.length;
	return faults.map((fault, index) => ({
		atMs: Math.round(CALM_START_MS + (index + random() * 0.8) * slotMs),
		fault,
	}));
}

function faultsOf(minutes: number, random: () => number): Fault[] {
	const times = Math.max(1, Math.round((TIMES_IN_FIVE_MINUTES * minutes) / 5));
	const between = (least: number, most: number) => Math.round(least + random() * (most - least));
	const each = (make: (turn: number) => Fault): Fault[] => Array.from({ length: times }, (_, turn) => make(turn));
	const upstream = (turn: number) => UPSTREAMS[turn % UPSTREAMS.length] ?? "postgres";
	const outage = () => ({ downMs: between(300, 2_000) });
	return [
		...kills(minutes, random),
		...each((turn) => ({ kind: "sigterm", ...victim(turn === 0 ? "orders" : anyone(random), random) })),
		...each(() => ({ kind: "stall", ...victim("orders", random), forMs: between(6_500, 8_000) })),
		...each(() => ({ kind: "postgres-crash", ...outage() })),
		...each(() => ({ kind: "broker-kill", ...outage() })),
		...each(() => ({ kind: "redis-pause", forMs: between(3_000, 8_000) })),
		...each(() => ({ kind: "redis-kill", ...outage() })),
		...each((turn) => ({ kind: "reset", upstream: upstream(turn) })),
		...each((turn) => ({ kind: "black-hole", upstream: upstream(turn), forMs: 5_000 })),
		...each((turn) => ({ kind: "latency", upstream: upstream(turn), forMs: 5_000, delayMs: between(20, 60) })),
		...FAILPOINTS.flatMap(({ name: point }) => each(() => ({ kind: "failpoint", point }))),
	];
}

/** Every kind of process at least once. */
function kills(minutes: number, random: () => number): Fault[] {
	const kinds = Object.keys(PROCESSES) as ProcessKind[];
	const more = Math.max(0, Math.round((KILLS_IN_FIVE_MINUTES * minutes) / 5) - kinds.length);
	const victims = [...kinds, ...Array.from({ length: more }, () => anyone(random))];
	return victims.map((each) => ({ kind: "kill", ...victim(each, random) }));
}

function anyone(random: () => number): ProcessKind {
	const kinds = Object.keys(PROCESSES) as ProcessKind[];
	return kinds[Math.floor(random() * kinds.length)] ?? "orders";
}

const victim = (kind: ProcessKind, random: () => number) => ({
	victim: kind,
	index: Math.floor(random() * PROCESSES[kind]),
});

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
	const left = [...items];
	return items.map(() => left.splice(Math.floor(random() * left.length), 1)).flat();
}
