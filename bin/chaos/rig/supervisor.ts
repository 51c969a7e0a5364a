import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../../laptop/home.ts";
import { freePorts } from "../../postgres/port.ts";
import { PROCESSES } from "../faults.ts";
import type { ProcessKind } from "../faults.ts";

const RESTART_AFTER_MS = 300;
const READY_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 250;
const ASK_FOR_MS = 2_000;
const STOP_WITHIN_MS = 25_000;
const REGISTER = `${ROOT}/bin/chaos/mutations/register.ts`;

export interface SupervisorOptions {
	/** For the logs. */
	readonly folder: string;
	/** Of every process; `own` adds what one kind needs, e.g. its port. */
	readonly env: Readonly<Record<string, string>>;
	readonly own: (kind: ProcessKind, port: number) => { readonly args: readonly string[]; readonly env: object };
	/** Told of each process that ended by itself. */
	readonly onDeath: (name: string, how: string) => void;
}

interface Slot {
	readonly name: string;
	readonly kind: ProcessKind;
	readonly port: number;
	child: ChildProcess | undefined;
	generation: number;
	/** Resolves when the process that runs now serves. One question for all who wait: asking is load, too. */
	ready: Promise<void>;
	/** Its end was asked for by a fault, so it is no news. */
	isExpected: boolean;
}

/** Starts every process, and starts again whatever ends. It kills by process id, never by name. */
export class Supervisor {
	readonly #options: SupervisorOptions;
	readonly #slots: Slot[];
	#isStopping = false;

	private constructor(options: SupervisorOptions, slots: Slot[]) {
		this.#options = options;
		this.#slots = slots;
	}

	static async create(options: SupervisorOptions): Promise<Supervisor> {
		mkdirSync(options.folder, { recursive: true });
		const kinds = Object.entries(PROCESSES) as [ProcessKind, number][];
		const named = kinds.flatMap(([kind, count]) =>
			Array.from({ length: count }, (_, index) => ({ kind, name: count === 1 ? kind : `${kind}-${index + 1}` })),
		);
		const ports = await freePorts(named.length);
		const slots = named.map((each, index) => ({
			...each,
			port: ports[index] ?? 0,
			child: undefined,
			generation: 0,
			ready: Promise.resolve(),
			isExpected: false,
		}));
		return new Supervisor(options, slots);
	}

	/** Where the first process of a kind serves. */
	urlOf(kind: ProcessKind): string {
		return `http://127.0.0.1:${this.#slot(kind, 0).port}`;
	}

	/** Starts these kinds and waits until they are ready. */
	async start(kinds: readonly ProcessKind[] = Object.keys(PROCESSES) as ProcessKind[]): Promise<void> {
		const slots = this.#slots.filter(({ kind }) => kinds.includes(kind));
		for (const slot of slots) this.#spawn(slot);
		await Promise.all(slots.map(({ ready }) => ready));
	}

	/** Ends a process without warning. Resolves when its successor is ready. */
	async kill(kind: ProcessKind, index: number): Promise<void> {
		await this.#end(this.#slot(kind, index), "SIGKILL");
	}

	/** Asks a process to stop. Resolves when its successor is ready. */
	async terminate(kind: ProcessKind, index: number): Promise<void> {
		await this.#end(this.#slot(kind, index), "SIGTERM");
	}

	/** Lets a process stand still for a while. */
	async stall(kind: ProcessKind, index: number, forMs: number): Promise<void> {
		const { child } = this.#slot(kind, index);
		child?.kill("SIGSTOP");
		await wait(forMs);
		child?.kill("SIGCONT");
	}

	/** Resolves when every process serves. */
	async allReady(): Promise<void> {
		await Promise.all(this.#slots.map((slot) => this.#running(slot)));
	}

	/** Stops everything, the gateway first. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		const order: readonly ProcessKind[] = [
			"gateway",
			"orders",
			"notifications",
			"webhooks",
			"products",
			"payments",
			"users",
			"provider",
		];
		for (const kind of order) {
			await Promise.all(this.#slots.filter((slot) => slot.kind === kind).map((slot) => stopChild(slot)));
		}
	}

	#slot(kind: ProcessKind, index: number): Slot {
		const slot = this.#slots.filter((each) => each.kind === kind)[index];
		if (slot === undefined) throw new Error(`There is no ${kind} number ${index + 1}.`);
		return slot;
	}

	#spawn(slot: Slot): void {
		const { folder, env, own } = this.#options;
		const { args, env: ownEnv } = own(slot.kind, slot.port);
		const name = `${slot.name}.${++slot.generation}`;
		const program = ["--disable-warning=ExperimentalWarning", "--import", REGISTER, `${ROOT}/bin/stoa.ts`, ...args];
		const child = spawn(process.execPath, program, {
			// PGOPTIONS says whose statement it is: the witness of sagas reads it in the database.
			env: { ...env, ...ownEnv, STOA_CHAOS_KIND: slot.kind, PGOPTIONS: `-c chaos.process=${name}` },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const log = createWriteStream(`${folder}/${slot.name}.log`, { flags: "a" });
		log.write(`--- ${name}, process ${child.pid}, ${new Date().toISOString()}\n`);
		child.stdout.pipe(log, { end: false });
		child.stderr.pipe(log, { end: false });
		child.once("exit", (code, signal) => void this.#replace(slot, child, signal ?? `exit code ${code}`));
		slot.child = child;
		slot.ready = this.#serving(slot, slot.generation);
		slot.ready.catch(() => undefined);
	}

	async #replace(slot: Slot, child: ChildProcess, how: string): Promise<void> {
		if (slot.child === child) slot.child = undefined;
		if (this.#isStopping) return;
		if (!slot.isExpected) this.#options.onDeath(slot.name, how);
		slot.isExpected = false;
		await wait(RESTART_AFTER_MS);
		if (!this.#hasToStop()) this.#spawn(slot);
	}

	#hasToStop(): boolean {
		return this.#isStopping;
	}

	async #end(slot: Slot, signal: NodeJS.Signals): Promise<void> {
		const { child, generation } = slot;
		if (child !== undefined) {
			slot.isExpected = true;
			// A stalled process would not hear of it.
			if (signal === "SIGTERM") child.kill("SIGCONT");
			child.kill(signal);
		}
		await this.#until(() => child === undefined || slot.generation > generation, `${slot.name} to end`);
		await this.#running(slot);
	}

	/** A process that dies meanwhile is waited for in its successor. */
	async #running(slot: Slot): Promise<void> {
		await this.#until(() => slot.child !== undefined, `${slot.name} to come back`);
		const { generation } = slot;
		await slot.ready;
		if (slot.generation !== generation) await this.#running(slot);
	}

	async #serving(slot: Slot, generation: number): Promise<void> {
		const path = slot.kind === "provider" ? "/health" : "/health/ready";
		const url = `http://127.0.0.1:${slot.port}${path}`;
		await this.#until(async () => slot.generation !== generation || (await serves(url)), `${slot.name} to be ready`);
	}

	async #until(question: () => boolean | Promise<boolean>, what: string): Promise<void> {
		const endMs = Date.now() + READY_WITHIN_MS;
		while (!this.#isStopping && !(await question())) {
			if (Date.now() > endMs)
				throw new Error(`Waited ${READY_WITHIN_MS} ms for ${what} in vain. Its log is in ${this.#options.folder}.`);
			await wait(ASK_EVERY_MS);
		}
	}
}

async function serves(url: string): Promise<boolean> {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(ASK_FOR_MS) })).ok;
	} catch {
		return false;
	}
}

async function stopChild({ child }: Slot): Promise<void> {
	if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, "exit");
	child.kill("SIGCONT");
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
	await ended;
	clearTimeout(timer);
}
