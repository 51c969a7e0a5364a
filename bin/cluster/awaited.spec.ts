import { expect, it } from "@jest/globals";
import { awaited } from "./awaited.ts";

const refuse = () => Promise.reject(new Error("connect ECONNREFUSED"));

it("says nothing of a server that is there", async () => {
	const lines: string[] = [];
	await awaited("Redis", () => Promise.resolve(), { forMs: 1_000, log: (line) => lines.push(line) });

	expect(lines).toEqual([]);
});

it("says what it waits for and why, and when that is over", async () => {
	const lines: string[] = [];
	let asked = 0;
	const probe = () => (++asked < 2 ? refuse() : Promise.resolve());
	await awaited("Redis at redis:6379", probe, { forMs: 5_000, log: (line) => lines.push(line) });

	expect(lines).toEqual(["Waiting for Redis at redis:6379: connect ECONNREFUSED.", "Ready: Redis at redis:6379."]);
});

it("gives up when its patience is over, with the reason", async () => {
	const waited = awaited("Redis", refuse, { forMs: 0, log: () => undefined });

	await expect(waited).rejects.toThrow("Waited 0 s for Redis in vain: connect ECONNREFUSED.");
});
