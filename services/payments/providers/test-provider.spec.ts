import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { forgetful, openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { LATE_MS, TestProvider } from "./test-provider.ts";

const AMOUNT = { amountCents: 1050, currency: "EUR" };
const waits: number[] = [];

function open(journal: Journal = forgetful()): TestProvider {
	const wait = async (delayMs: number) => void waits.push(delayMs);
	return new TestProvider({ journal, now: () => new Date(0), wait });
}

const authorize = (provider: TestProvider, method = "pm_card_visa", key = "p:authorize") =>
	provider.authorize({ ...AMOUNT, key, method });

async function held(provider: TestProvider): Promise<string> {
	const outcome = await authorize(provider);
	if (outcome.status === "declined") throw new Error(outcome.reason);
	return outcome.reference;
}

async function taken(provider: TestProvider): Promise<string> {
	const reference = await held(provider);
	await provider.capture({ ...AMOUNT, key: "p:capture", reference });
	return reference;
}

beforeEach(() => void waits.splice(0));

describe("the test provider's methods", () => {
	it.each([
		["pm_card_visa", { status: "authorized" }],
		["pm_card_chargeDeclined", { status: "declined", reason: "card_declined" }],
		["pm_card_nobodyKnows", { status: "declined", reason: "unknown payment method" }],
	])("answers %s at once", async (method, outcome) => {
		expect(await authorize(open(), method)).toMatchObject(outcome);
		expect(waits).toEqual([]);
	});

	it("holds the money of pm_test_timeout at once and answers ten seconds later", async () => {
		const provider = open();
		const answer = authorize(provider, "pm_test_timeout");

		expect(await provider.find("authorize", "p:authorize")).toMatchObject({ status: "authorized" });
		expect(await answer).toMatchObject({ status: "authorized" });
		expect(waits).toEqual([LATE_MS]);
	});

	it("fails pm_test_unavailable twice for each key, and has done nothing by then", async () => {
		const provider = open();
		for (const key of ["p:authorize", "q:authorize"]) {
			await expect(authorize(provider, "pm_test_unavailable", key)).rejects.toThrow("unavailable");
			await expect(authorize(provider, "pm_test_unavailable", key)).rejects.toThrow("unavailable");
			expect(await provider.find("authorize", key)).toBeUndefined();
			expect(await authorize(provider, "pm_test_unavailable", key)).toMatchObject({ status: "authorized" });
		}
	});
});

describe("the test provider's keys", () => {
	it("answers a repeated authorize with the same hold, whatever it asks for", async () => {
		const provider = open();
		const first = await authorize(provider);

		expect(await authorize(provider, "pm_card_chargeDeclined")).toEqual(first);
	});

	it("holds once when the same request arrives twice at once", async () => {
		const lines: unknown[] = [];
		const provider = open({ ...forgetful(), append: (effect) => void lines.push(effect) });

		const [first, second] = await Promise.all([authorize(provider), authorize(provider)]);
		expect(second).toEqual(first);
		expect(lines).toHaveLength(1);
	});

	it("takes, voids and gives back once a key", async () => {
		const provider = open();
		const reference = await taken(provider);
		await expect(provider.capture({ ...AMOUNT, key: "p:capture", reference })).resolves.toEqual({ status: "captured" });
		const refund = { key: "r:refund", reference, amountCents: 1000 };
		await provider.refund(refund);

		await expect(provider.refund(refund)).resolves.toEqual({ status: "refunded" });
		await expect(provider.find("refund", "r:refund")).resolves.toEqual({ status: "refunded" });
	});
});

describe("the test provider's refusals", () => {
	it("refuses to capture a voided hold", async () => {
		const provider = open();
		const reference = await held(provider);
		await provider.void({ key: "p:void", reference });

		expect(await provider.capture({ ...AMOUNT, key: "p:capture", reference })).toMatchObject({ status: "refused" });
		expect(await provider.void({ key: "p:void", reference })).toEqual({ status: "voided" });
		expect(await provider.find("void", "p:void")).toEqual({ status: "voided" });
	});

	it("refuses to void a captured hold", async () => {
		const provider = open();
		const reference = await taken(provider);

		expect(await provider.void({ key: "p:void", reference })).toMatchObject({ status: "refused" });
		expect(await provider.find("void", "p:void")).toBeUndefined();
	});

	it("refuses to capture more than it holds, to capture twice, and what it does not know", async () => {
		const provider = open();
		const reference = await held(provider);
		const over = { key: "x", reference, amountCents: 1051, currency: "EUR" };
		expect(await provider.capture(over)).toMatchObject({ reason: "more than was held" });

		await provider.capture({ ...over, key: "p:capture", amountCents: 1050 });
		expect(await provider.capture({ ...over, amountCents: 1 })).toMatchObject({ reason: "the hold is captured" });
		expect(await provider.capture({ ...over, reference: "?" })).toMatchObject({ reason: "the hold is unknown" });
		expect(await provider.void({ key: "y", reference: "?" })).toMatchObject({ reason: "the hold is unknown" });
	});

	it("refuses to give back more than was captured", async () => {
		const provider = open();
		const reference = await held(provider);
		const refund = { key: "r:refund", reference, amountCents: 1 };
		expect(await provider.refund(refund)).toMatchObject({ reason: "nothing was captured" });

		await provider.capture({ ...AMOUNT, key: "p:capture", reference });
		expect(await provider.refund({ ...refund, amountCents: 1051 })).toMatchObject({ reason: "more than was captured" });
	});
});

describe("the test provider's journal", () => {
	let folder = "";
	const file = () => join(folder, "payments", "test-provider.jsonl");

	beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "stoa-journal-"))));
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it("has one line an effect", async () => {
		const journal = openJournal(file());
		const provider = open(journal);
		const reference = await taken(provider);
		await provider.refund({ key: "r:refund", reference, amountCents: 50 });
		await authorize(provider, "pm_card_chargeDeclined", "q:authorize");
		journal.close();

		const lines = readFileSync(file(), "utf8").trimEnd().split("\n");
		expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
			{ at: "1970-01-01T00:00:00.000Z", key: "p:authorize", kind: "authorized", reference, amountCents: 1050 },
			{ key: "p:capture", kind: "captured", reference, amountCents: 1050 },
			{ key: "r:refund", kind: "refunded", reference, amountCents: 50 },
			{ key: "q:authorize", kind: "declined", reference: null, amountCents: 1050, reason: "card_declined" },
		]);
	});

	it("gives the next process everything the last one did", async () => {
		const reference = await taken(open(openJournal(file())));

		const next = open(openJournal(file()));
		expect(await authorize(next)).toEqual({ status: "authorized", reference });
		expect(await next.void({ key: "p:void", reference })).toMatchObject({ reason: "the hold is captured" });
		await next.refund({ key: "r:refund", reference, amountCents: 1000 });

		const third = open(openJournal(file()));
		expect(await third.refund({ key: "s:refund", reference, amountCents: 51 })).toMatchObject({ status: "refused" });
	});

	it("forgets a line that was cut short, and goes on after it", async () => {
		await held(open(openJournal(file())));
		appendFileSync(file(), '{"at":"1970-01-01T0');

		const next = open(openJournal(file()));
		await authorize(next, "pm_card_visa", "q:authorize");
		expect(await open(openJournal(file())).find("authorize", "q:authorize")).toMatchObject({ status: "authorized" });
	});

	it("keeps every effect that was answered when the process is killed", async () => {
		const script = fileURLToPath(new URL("busy-provider.fixture.ts", import.meta.url));
		const child = spawn(process.execPath, [script, file()], { stdio: ["ignore", "pipe", "inherit"] });
		const answered: string[] = [];
		for await (const key of createInterface({ input: child.stdout })) {
			answered.push(key);
			if (answered.length === 20) child.kill("SIGKILL");
		}

		const next = open(openJournal(file()));
		expect(answered.length).toBeGreaterThanOrEqual(20);
		for (const key of answered) expect(await next.find("authorize", key)).toMatchObject({ status: "authorized" });
	});
});
