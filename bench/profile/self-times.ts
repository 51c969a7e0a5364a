import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../bin/laptop/home.ts";

interface CallFrame {
	readonly functionName: string;
	readonly url: string;
	readonly lineNumber: number;
}

interface ProfileNode {
	readonly id: number;
	readonly callFrame: CallFrame;
	readonly children?: readonly number[];
}

/** What V8's profiler hands over; times in microseconds. */
export interface CpuProfile {
	readonly nodes: readonly ProfileNode[];
	readonly samples: readonly number[];
	readonly timeDeltas: readonly number[];
}

export interface SelfTime {
	readonly name: string;
	readonly selfMs: number;
	/** Of the time in which the thread was busy. */
	readonly share: number;
}

/** Time without work, and the profiler's own. */
const LEFT_OUT = ({ functionName, url }: CallFrame): boolean => functionName === "(idle)" || url === "node:inspector";
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/;

/**
 * Self time, the longest first, by package (own code: by folder) and by function. What Node and V8 do for a package is
 * charged to the package that called them.
 */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): { groups: SelfTime[]; functions: SelfTime[] } {
	const places = placesOf(nodes);
	const groups = new Map<string, number>();
	const functions = new Map<string, number>();
	for (const [index, id] of samples.entries()) {
		const place = places.get(id);
		const deltaMs = (timeDeltas[index] ?? 0) / 1_000;
		if (place === undefined) continue;
		add(groups, place.group, deltaMs);
		add(functions, place.name, deltaMs);
	}
	return { groups: ranked(groups), functions: ranked(functions) };
}

interface Place {
	readonly group: string;
	readonly name: string;
}

/** The places of the nodes that count. A profile lists parents before their children. */
function placesOf(nodes: readonly ProfileNode[]): Map<number, Place> {
	const callers = new Map<number, string>();
	const places = new Map<number, Place>();
	for (const { id, callFrame, children = [] } of nodes) {
		const own = packageOf(callFrame.url);
		const caller = own ?? callers.get(id);
		if (caller !== undefined) children.forEach((child) => callers.set(child, caller));
		if (LEFT_OUT(callFrame)) continue;
		const charged = own === undefined && caller !== undefined ? `  for ${caller}` : "";
		places.set(id, { group: caller ?? engineOf(callFrame), name: nameOf(callFrame) + charged });
	}
	return places;
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

/** `moleculer-web`, or `own: services/orders`; undefined for Node and V8. */
export function packageOf(url: string): string | undefined {
	if (!url.startsWith("file:")) return undefined;
	return PACKAGE.exec(url)?.[1] ?? `own: ${pathOf(url).split("/").slice(0, 2).join("/")}`;
}

/** Node's own work, called by no package, or V8's, such as `(garbage collector)`. */
const engineOf = ({ functionName }: CallFrame): string =>
	functionName.startsWith("(g") || functionName === "(program)" ? functionName : "node";

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
	const name = functionName || "(anonymous)";
	return url === "" ? name : `${name}  ${pathOf(url).replace(/^.*node_modules\//, "")}:${lineNumber + 1}`;
}

const pathOf = (url: string): string => (url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : url);
