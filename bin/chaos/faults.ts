import { FAILPOINTS } from "./mutations/failpoints.ts";

/** What runs in a process of its own, and how many of each. */
export const PROCESSES = {
	gateway: 1,
	users: 1,
	notifications: 1,
	webhooks: 1,
	orders: 2,
	products: 2,
	payments: 2,
	provider: 1,
} as const;

export type ProcessKind = keyof typeof PROCESSES;

/** The servers that the processes stand on. */
export const UPSTREAMS = ["postgres", "redis", "broker"] as const;
export type Upstream = (typeof UPSTREAMS)[number];

/** One thing that goes wrong. */
export type Fault =
	/** The process ends without any chance to finish. */
	| { readonly kind: "kill"; readonly victim: ProcessKind; readonly index: number }
	/** The process is asked to stop in the middle of its work. */
	| { readonly kind: "sigterm"; readonly victim: ProcessKind; readonly index: number }
	/** An orders node stands still for longer than its leases, and goes on as if nothing had happened. */
	| { readonly kind: "stall"; readonly victim: ProcessKind; readonly index: number; readonly forMs: number }
	/** PostgreSQL is stopped with `-m immediate`, and has to recover. */
	| { readonly kind: "postgres-crash"; readonly downMs: number }
	/** RabbitMQ or NATS is killed. */
	| { readonly kind: "broker-kill"; readonly downMs: number }
	| { readonly kind: "redis-pause"; readonly forMs: number }
	| { readonly kind: "redis-kill"; readonly downMs: number }
	/** Every connection to a server is cut. */
	| { readonly kind: "reset"; readonly upstream: Upstream }
	/** Nothing gets through to a server, and no connection breaks. */
	| { readonly kind: "black-hole"; readonly upstream: Upstream; readonly forMs: number }
	| { readonly kind: "latency"; readonly upstream: Upstream; readonly forMs: number; readonly delayMs: number }
	/** The next process to reach the place dies there; of this kind, when one is named. */
	| { readonly kind: "failpoint"; readonly point: string; readonly victim?: ProcessKind };

export type FaultKind = Fault["kind"];

export interface Planned {
	/** After the start of the load. */
	readonly atMs: number;
	readonly fault: Fault;
}

/** What a fault is counted as: each failpoint is a kind of its own. */
export const nameOf = (fault: Fault): string => (fault.kind === "failpoint" ? fault.point : fault.kind);

export function describeFault(fault: Fault): string {
	switch (fault.kind) {
		case "kill":
		case "sigterm":
			return `${fault.kind} ${fault.victim}-${fault.index + 1}`;
		case "stall":
			return `stall ${fault.victim}-${fault.index + 1} for ${fault.forMs} ms`;
		case "postgres-crash":
		case "broker-kill":
		case "redis-kill":
			return `${fault.kind}, back after ${fault.downMs} ms`;
		case "redis-pause":
			return `redis-pause for ${fault.forMs} ms`;
		case "reset":
			return `reset ${fault.upstream}`;
		case "black-hole":
		case "latency":
			return `${fault.kind} ${fault.upstream} for ${fault.forMs} ms`;
		case "failpoint":
			return `failpoint: ${fault.point}`;
	}
}

/** Every name a complete run has to have hit. */
export const NAMES: readonly string[] = [
	...["kill", "sigterm", "stall", "postgres-crash", "broker-kill", "redis-pause", "redis-kill"],
	...["reset", "black-hole", "latency"],
	...FAILPOINTS.map(({ name }) => name),
];
