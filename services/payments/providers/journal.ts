import { closeSync, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** One thing the test provider did with money, or declined to do. */
export interface Effect {
	readonly at: string;
	readonly key: string;
	readonly kind: "authorized" | "declined" | "captured" | "voided" | "refunded";
	/** The hold; null when none was given. */
	readonly reference: string | null;
	readonly amountCents: number;
	/** Of a hold. */
	readonly currency?: string;
	/** Why it was declined. */
	readonly reason?: string;
}

export interface Journal {
	/** What earlier processes did, oldest first. */
	readonly effects: readonly Effect[];
	append(effect: Effect): void;
	/** Resolves when everything appended so far is on disk, which a power cut does not take. */
	synced(): Promise<void>;
	close(): void;
}

const flush = promisify(fdatasync);

/** Forgets with the process. */
export const forgetful = (): Journal => ({
	effects: [],
	append: () => undefined,
	synced: () => Promise.resolve(),
	close: () => undefined,
});

/**
 * A file with one JSON line an effect. A line is handed to the operating system at once, so it survives kill -9 of
 * the process; a power cut may take the lines that nobody waited for with `synced`.
 */
export function openJournal(file: string): Journal {
	mkdirSync(dirname(file), { recursive: true });
	const descriptor = openSync(file, "a+");
	const effects = readWhole(file, descriptor);
	return {
		effects,
		append: (effect) => void writeSync(descriptor, `${JSON.stringify(effect)}\n`),
		synced: grouped(() => flush(descriptor)),
		close: () => closeSync(descriptor),
	};
}

/** Cuts off a last line that its process did not finish: that effect was never answered. */
function readWhole(file: string, descriptor: number): Effect[] {
	const content = readFileSync(file);
	const wholeBytes = content.lastIndexOf("\n") + 1;
	if (wholeBytes < content.length) ftruncateSync(descriptor, wholeBytes);

	const lines = content.toString("utf8", 0, wholeBytes).split("\n").slice(0, -1);
	return lines.map((line) => JSON.parse(line) as Effect);
}

/**
 * Group commit: who asks while a flush is under way shares the next one. After one that failed every other fails
 * too, since nobody knows what is on disk any more.
 */
function grouped(flushed: () => Promise<void>): () => Promise<void> {
	let running = Promise.resolve();
	let next: Promise<void> | undefined;
	return () => {
		next ??= running.then(() => {
			next = undefined;
			return (running = flushed());
		});
		return next;
	};
}
