import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bounceOf, signatureOf } from "../../services/notifications/providers/mail-report.fixture.ts";
import type { ToldOf } from "../../services/notifications/providers/mail-report.fixture.ts";
import { envelopeIdOf } from "../../services/notifications/providers/mail-report.ts";
import type { Person } from "../support/shop.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const SECRET = "e2e ".repeat(8);
const DELIVERED = { action: "delivered", status: "2.0.0" };
const UNKNOWN_USER = { action: "failed", status: "5.1.1" };
const AWAY = "From: ada@example.com\nSubject: I am away\n\nUntil Monday.\n";

let shop: Shop;
let admin: Person;
let folder: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "stoa-mail-reports-"));
	shop = await Shop.open({ MAIL_REPORT_SECRET: SECRET });
	[admin] = await shop.people(["admin"]);
});
afterAll(async () => {
	await shop.close();
	rmSync(folder, { recursive: true });
});

const ask = async (method: string, path: string, body?: object) =>
	(await shop.send(method, path, { token: admin.token, ...(body !== undefined && { body }) })).body;
const statusOf = async (id: string) => (await ask("GET", `/notifications/deliveries/${id}`)).status;

/** A mail that was sent. */
async function sent(to: string): Promise<string> {
	const variables = { orderId: "o-1", amount: 4.25, currency: "EUR" };
	const { deliveries } = await ask("POST", "/notifications/email", { to, template: "refund", variables });
	const [id = ""] = deliveries as string[];
	await until(async () => (await statusOf(id)) !== "queued", { timeoutMs: 20_000, what: `mail ${id} to be settled` });
	return id;
}

/** What a server tells that has taken the mail. */
const reportOf = (id: string, told: ToldOf) => bounceOf(envelopeIdOf(id, SECRET), [told]);

const post = async (report: string, headers: Record<string, string>) => {
	const answer = await fetch(`${shop.gateway}/webhooks/mail`, {
		method: "POST",
		headers: { "content-type": "message/rfc822", ...headers },
		body: report,
	});
	return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};
const signed = (report: string, secret = SECRET) => ({ "x-hub-signature-256": signatureOf(report, secret) });

describe("a report of a mail server", () => {
	it("tells what became of a mail, once", async () => {
		const id = await sent("grace@example.com");
		for (const told of [DELIVERED, UNKNOWN_USER]) {
			const report = reportOf(id, told);
			expect(await post(report, signed(report))).toMatchObject({ status: 204, text: "" });
		}
		expect(await statusOf(id)).toBe("delivered");
	});

	it("keeps the next mail from an address that does not exist", async () => {
		const [id, other] = [await sent("nobody@example.com"), bounceOf("QQ314159", [UNKNOWN_USER])];
		const report = reportOf(id, UNKNOWN_USER);
		expect((await post(other, signed(other))).status).toBe(204);
		expect((await post(report, signed(report))).status).toBe(204);
		expect(await statusOf(id)).toBe("bounced");
		expect(await statusOf(await sent("Nobody@example.com"))).toBe("suppressed");
	});

	it("is refused unsigned, forged, as a form, and when it is none", async () => {
		const report = bounceOf(undefined, [UNKNOWN_USER]);
		const refused = async (text: string, headers: Record<string, string>) => {
			const { status, type, text: problem } = await post(text, headers);
			expect(type).toContain("application/problem+json");
			return [status, (JSON.parse(problem) as { code: string }).code];
		};
		expect(await refused(report, {})).toEqual([400, "REPORT_NOT_SIGNED"]);
		expect(await refused(report, signed(report, "another secret".repeat(3)))).toEqual([400, "REPORT_NOT_SIGNED"]);
		expect(await refused(report, { ...signed(report), "content-type": "text/plain" })).toEqual([
			415,
			expect.any(String),
		]);
		expect(await refused(AWAY, signed(AWAY))).toEqual([422, "NOT_A_REPORT"]);
	});
});

describe("the script for Postfix in the README", () => {
	const readme = readFileSync("services/notifications/README.md", "utf8");
	const [, written = ""] = /```sh\n(#![^]*?)```/.exec(readme) ?? [];

	/** Pipes a mail into it, as an alias does. */
	function pipe(mail: string, at = shop.gateway): Promise<number> {
		const secret = join(folder, "secret");
		writeFileSync(secret, `${SECRET}\n`);
		const script = written.replace("/etc/stoa/mail-report-secret", secret).replace("https://shop.example.com", at);
		return new Promise((resolve) => {
			const child = execFile("/bin/sh", ["-c", script], (error) => resolve(error === null ? 0 : Number(error.code)));
			child.stdin?.end(mail);
		});
	}

	it("passes a report on as it is", async () => {
		const id = await sent("hedy@example.com");
		expect(await pipe(reportOf(id, DELIVERED))).toBe(0);
		expect(await statusOf(id)).toBe("delivered");
	});

	it("drops what is no report, and has Postfix come again when the shop is away", async () => {
		expect(await pipe(AWAY)).toBe(0);
		expect(await pipe(AWAY, "http://127.0.0.1:1")).toBe(75);
	});
});
