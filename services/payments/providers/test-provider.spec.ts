import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { forgetful, openJournal } from "./journal.ts";
import type { Effect, Journal } from "./journal.ts";
import { describeProvider } from "./provider.conformance.fixture.ts";
import { authorizing, capturing, refunding } from "./requests.fixture.ts";
import { LATE_MS, TestProvider } from "./test-provider.ts";

const waits: number[] = [];

function open(journal: Journal = forgetful(), now = () => new Date(0)): TestProvider {
	const wait = async (delayMs: number) => void waits.push(delayMs);
	return new TestProvider({ journal, now, wait });
}

const authorize = (provider: TestProvider, method = "pm_card_visa", key = "p:authorize") =>
	provider.authorize(authorizing(key, { method }));

async function held(provider: TestProvider): Promise<string> {
	const outcome = await authorize(provider);
	if (outcome.status === "declined") throw new Error(outcome.reason);
	return outcome.reference;
}

async function taken(provider: TestProvider): Promise<string> {
	const reference = await held(provider);
	await provider.capture(capturing(reference));
	return reference;
}

beforeEach(() => void waits.splice(0));

describeProvider(() => {
	const effects: Effect[] = [];
	const journal = { ...forgetful(), append: (effect: Effect) => void effects.push(effect) };
	const provider = open(journal, () => new Date());
	const of = (kind: Effect["kind"]) => effects.filter((effect) => effect.kind === kind);
	return {
		provider,
		holds: () => of("authorized").length,
		captures: () => of("captured").length,
		refundedCents: () => of("refunded").reduce((sum, { amountCents }) => sum + amountCents, 0),
	};
});

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

		expect(await provider.find("authorize", { key: "p:authorize" })).toMatchObject({ status: "authorized" });
		expect(await answer).toMatchObject({ status: "authorized" });
		expect(waits).toEqual([LATE_MS]);
	});

	it("fails pm_test_unavailable twice for each key, and has done nothing by then", async () => {
		const provider = open();
		for (const key of ["p:authorize", "q:authorize"]) {
			await expect(authorize(provider, "pm_test_unavailable", key)).rejects.toThrow("unavailable");
			await expect(authorize(provider, "pm_test_unavailable", key)).rejects.toThrow("unavailable");
			expect(await provider.find("authorize", { key })).toBeUndefined();
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
		await provider.refund(refunding(reference, 50));
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
		await next.refund(refunding(reference, 1000));

		const third = open(openJournal(file()));
		expect(await third.refund(refunding(reference, 51, "s:refund"))).toMatchObject({ status: "refused" });
	});

	it("forgets a line that was cut short, and goes on after it", async () => {
		await held(open(openJournal(file())));
		appendFileSync(file(), '{"at":"1970-01-01T0');

		const next = open(openJournal(file()));
		await authorize(next, "pm_card_visa", "q:authorize");
		expect(await open(openJournal(file())).find("authorize", { key: "q:authorize" })).toMatchObject({
			status: "authorized",
		});
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
		for (const key of answered) expect(await next.find("authorize", { key })).toMatchObject({ status: "authorized" });
	});
});
