import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { httpProvider } from "../../services/payments/providers/http-provider.ts";
import { patient } from "../../services/payments/providers/patient-provider.ts";
import { authorizing, capturing, refunding } from "../../services/payments/providers/requests.fixture.ts";
import { startProvider } from "./provider-server.ts";
import type { ProviderOptions, ProviderServer } from "./provider-server.ts";

let folder = "";
let server: ProviderServer;
const faults: string[] = [];

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "stoa-provider-"))));
afterEach(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
	faults.splice(0);
});

const journal = () => join(folder, "provider.jsonl");

async function open(options: Partial<ProviderOptions> = {}) {
	server = await startProvider({ file: journal(), port: 0, ...options });
	return patient(httpProvider(server.url), { timeoutMs: 300, report: (fault) => faults.push(fault) });
}

const HOLD = authorizing();
const REFERENCE = "hold:p:authorize";

describe("the payment provider as a server", () => {
	it("does what the test provider does", async () => {
		const provider = await open();
		expect(await provider.authorize(HOLD)).toEqual({ status: "authorized", reference: REFERENCE });
		expect(await provider.capture(capturing(REFERENCE))).toEqual({ status: "captured" });
		expect(await provider.void({ key: "p:void", reference: REFERENCE })).toMatchObject({ status: "refused" });
		expect(await provider.refund(refunding(REFERENCE, 1050))).toEqual({ status: "refunded" });
		expect(await provider.find("refund", refunding(REFERENCE, 1050))).toEqual({ status: "refunded" });
		expect(await provider.find("capture", capturing("q", { key: "q:capture" }))).toBeUndefined();
		expect(faults).toEqual([]);
	});

	it("has every effect that it answered in its journal, also for many at once", async () => {
		const provider = await open();
		const keys = Array.from({ length: 50 }, (_, index) => `p${index}:authorize`);
		await Promise.all(keys.map((key) => provider.authorize({ ...HOLD, key })));

		const written = readFileSync(journal(), "utf8").trimEnd().split("\n");
		expect(written.map((line) => (JSON.parse(line) as { key: string }).key).sort()).toEqual(keys.sort());
	});

	it("remembers over a restart", async () => {
		await (await open()).authorize(HOLD);
		await server.stop();

		expect(await (await open()).find("authorize", HOLD)).toEqual({ status: "authorized", reference: REFERENCE });
	});

	it("charges once and answers too late, which its client finds out by asking", async () => {
		const provider = await open({ lateRatio: 1, lateMs: 60_000 });

		expect(await provider.authorize(HOLD)).toEqual({ status: "authorized", reference: REFERENCE });
		expect(faults).toEqual([expect.stringContaining("no answer within 300 ms")]);
		expect(readFileSync(journal(), "utf8").trimEnd().split("\n")).toHaveLength(1);
	});

	it("shows what it holds, and what was begun in a window", async () => {
		const provider = await open();
		await provider.authorize(HOLD);

		expect(await provider.look(REFERENCE)).toMatchObject({
			status: "held",
			currency: "EUR",
			begunAt: expect.any(Date),
		});
		expect(await provider.look("hold:q")).toBeUndefined();
		const today = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) };
		expect(await provider.list(today, null)).toMatchObject({ rows: [{ reference: REFERENCE }], next: null });
	});

	it("refuses a step that it does not know", async () => {
		await open();
		expect((await fetch(`${server.url}/steal/p`)).status).toBe(404);
		expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "healthy" });
	});

	it("answers what it does not understand by 500", async () => {
		await open();
		expect((await fetch(`${server.url}/authorize`, { method: "POST", body: "money!" })).status).toBe(500);
	});
});
