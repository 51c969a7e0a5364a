import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** What a client knows of one thing it wanted done. */
export interface Entry {
	readonly key: string;
	readonly kind: "order" | "payment" | "cancellation";
	/** Undefined while no definite answer has come. */
	readonly status?: number;
	readonly orderId?: string;
}

/** What the clients were told, on disk before it is believed: the judge of the whole run. */
export class History {
	readonly #file: number;
	readonly #entries = new Map<string, Entry>();

	constructor(path: string) {
		this.#file = openSync(path, "a");
	}

	write(entry: Entry): void {
		writeSync(this.#file, `${JSON.stringify(entry)}\n`);
		fsyncSync(this.#file);
		this.#entries.set(`${entry.kind} ${entry.key}`, entry);
	}

	entries(kind: Entry["kind"]): Entry[] {
		return [...this.#entries.values()].filter((entry) => entry.kind === kind);
	}

	close(): void {
		closeSync(this.#file);
	}
}
