import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../bin/laptop/home.ts";

interface CallFrame {
	readonly functionName: string;
	readonly url: string;
	readonly lineNumber: number;
}

/** What V8's profiler hands over; times in microseconds. */
export interface CpuProfile {
	readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
	readonly samples: readonly number[];
	readonly timeDeltas: readonly number[];
}

export interface SelfTime {
	readonly name: string;
	readonly selfMs: number;
	/** Of the time in which the thread was busy. */
	readonly share: number;
}

const IDLE = "(idle)";
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/;

/** Self time, the longest first, by package (own code: by folder) and by function; time without work is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): { groups: SelfTime[]; functions: SelfTime[] } {
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const groups = new Map<string, number>();
	const functions = new Map<string, number>();
	for (const [index, id] of samples.entries()) {
		const frame = frames.get(id);
		const deltaMs = (timeDeltas[index] ?? 0) / 1_000;
		if (frame === undefined || frame.functionName === IDLE) continue;
		add(groups, groupOf(frame), deltaMs);
		add(functions, nameOf(frame), deltaMs);
	}
	return { groups: ranked(groups), functions: ranked(functions) };
}

function add(sums: Map<string, number>, name: string, deltaMs: number): void {
	sums.set(name, (sums.get(name) ?? 0) + deltaMs);
}

function ranked(sums: ReadonlyMap<string, number>): SelfTime[] {
	const busyMs = [...sums.values()].reduce((sum, each) => sum + each, 0);
	return [...sums]
		.map(([name, selfMs]) => ({ name, selfMs, share: selfMs / busyMs }))
		.sort((one, other) => other.selfMs - one.selfMs);
}

/** `moleculer-web`, `own: services/orders`, `node` or what V8 itself does, such as `(garbage collector)`. */
export function groupOf({ url, functionName }: CallFrame): string {
	if (url === "") return functionName.startsWith("(") ? functionName : "native";
	if (url.startsWith("node:")) return "node";
	const packageName = PACKAGE.exec(url)?.[1];
	return packageName ?? `own: ${pathOf(url).split("/").slice(0, 2).join("/")}`;
}

function nameOf(frame: CallFrame): string {
	const { functionName, url, lineNumber } = frame;
	const name = functionName || "(anonymous)";
	return url === "" ? name : `${name}  ${pathOf(url).replace(/^.*node_modules\//, "")}:${lineNumber + 1}`;
}

const pathOf = (url: string): string => (url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : url);
