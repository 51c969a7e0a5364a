import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

export type Kind = "order" | "payment" | "cancellation" | "refund" | "registration" | "product";

/** What a client knows of one thing it wanted done. */
export interface Entry {
	readonly kind: Kind;
	readonly key: string;
	readonly startedMs: number;
	/** Undefined, with all that follows, while no definite answer has come. */
	readonly answeredMs?: number;
	readonly status?: number;
	/** Of the problem, when it was refused. */
	readonly code?: string | undefined;
	readonly orderId?: string | undefined;
	/** How often it was sent again because nothing definite was said. */
	readonly retries?: number;
	/** How many of its answers were the stored one of an earlier request. */
	readonly replays?: number;
	/** Two answers to the same key that differ. */
	readonly contradiction?: string | undefined;
}

export type Answered = Omit<Entry, "kind" | "key" | "startedMs" | "answeredMs">;

/** What the clients wanted and were told, on disk before it is believed: the judge of the whole run. */
export class History {
	readonly #file: number;
	readonly #entries = new Map<string, Entry>();

	constructor(path: string) {
		this.#file = openSync(path, "a");
	}

	/** Before the request is sent. */
	begin(kind: Kind, key: string): Entry {
		return this.#write({ kind, key, startedMs: Date.now() });
	}

	end(begun: Entry, answered: Answered): void {
		this.#write({ ...begun, answeredMs: Date.now(), ...answered });
	}

	entries(kind?: Kind): Entry[] {
		return [...this.#entries.values()].filter((entry) => kind === undefined || entry.kind === kind);
	}

	close(): void {
		closeSync(this.#file);
	}

	#write(entry: Entry): Entry {
		writeSync(this.#file, `${JSON.stringify(entry)}\n`);
		fsyncSync(this.#file);
		this.#entries.set(`${entry.kind} ${entry.key}`, entry);
		return entry;
	}
}
