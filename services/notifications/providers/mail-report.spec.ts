import { describe, expect, it } from "@jest/globals";
import { bounceOf, signatureOf } from "./mail-report.fixture.ts";
import { envelopeIdOf, isSigned, mailReportOf } from "./mail-report.ts";

const ID = "0197c5b0-0000-7000-8000-000000000001";
const SECRET = "s".repeat(32);
const ENVELOPE = envelopeIdOf(ID, SECRET);
const FAILED = { action: "failed", status: "5.1.1" };
const read = (text: string) => mailReportOf(Buffer.from(text), SECRET);

describe("a delivery status notification", () => {
	it("names the mail, and what became of it at each recipient", async () => {
		const delivered = { action: "delivered", status: "2.0.0" };
		expect(await read(bounceOf(ENVELOPE, [FAILED, delivered]))).toEqual({
			notificationId: ID,
			recipients: [FAILED, delivered],
		});
	});

	it("is read however its lines end, its fields are written and its parts encoded", async () => {
		const unix = bounceOf(ENVELOPE, [{ action: "Failed (mailbox\n unknown)", status: "5.1.1 (no\n\tsuch user)" }]);
		const odd = unix.replace("Original-Envelope-Id: ", "ORIGINAL-ENVELOPE-ID:\n ").replaceAll("\n", "\r\n");
		for (const text of [unix, odd, unix.replace("message/delivery", "message/global-delivery")])
			expect(await read(text)).toEqual({ notificationId: ID, recipients: [FAILED] });

		const [head = "", status = "", rest = ""] = unix.split(
			/(?<=delivery-status\n)\n|(?<=\n)\n(?=--4D2.1[^\n]*\n[^\n]*Message)/,
		);
		const encoded = Buffer.from(status).toString("base64");
		const text = `${head}Content-Transfer-Encoding: base64\n\n${encoded}\n${rest}`;
		expect(await read(text)).toEqual({ notificationId: ID, recipients: [FAILED] });
	});

	it("is of the same mail when a server wrote its envelope in capitals", async () => {
		expect(await read(bounceOf(ENVELOPE.toUpperCase(), [FAILED]))).toMatchObject({ notificationId: ID });
	});

	it.each([
		...[undefined, "", "QQ314159", ID, `${ID}.`, `${ENVELOPE}0`, ENVELOPE.slice(0, -1), `x-${ENVELOPE}`],
		...[envelopeIdOf(ID, "t".repeat(32)), ENVELOPE.replace("0001.", "0002.")],
	])("of envelope %s is of no mail of this shop", async (id) => {
		expect(await read(bounceOf(id, [FAILED]))).toEqual({ notificationId: undefined, recipients: [FAILED] });
	});

	it("may lack what it should have", async () => {
		const report = await read(bounceOf(ENVELOPE, [{ action: "failed", status: "many" }, { action: "" }]));
		expect(report?.recipients).toEqual([
			{ action: "failed", status: "" },
			{ action: "", status: "" },
		]);
	});
});

describe("no delivery status notification", () => {
	const REPORT = bounceOf(ENVELOPE, [FAILED]);

	it.each([
		["nothing", ""],
		["a form", "MessageStatus=delivered"],
		[
			"an answer by a machine",
			"From: ada@example.com\nSubject: I am away\nContent-Type: text/plain\n\nAction: failed\n",
		],
		["a mail that quotes one", `Content-Type: text/plain\n\n${REPORT}`],
		[
			"a mail with one attached",
			`Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n${REPORT}\n--a--\n`,
		],
		["a report on reading", REPORT.replace("message/delivery-status", "message/disposition-notification")],
		["parts that are a thousand deep", nested(1_000)],
	])("is %s", async (_what, text) => expect(await read(text)).toBeUndefined());

	it("is one inside the mail that a report on reading is of", async () => {
		const [, ...inner] = REPORT.replaceAll("4D2", "5E3").split("\n");
		const outer = REPORT.replace("message/delivery-status", "message/disposition-notification");
		const text = outer
			.replace("text/rfc822-headers", "message/rfc822")
			.replace("From: Stoa", `${inner.join("\n")}\nFrom: Stoa`);
		expect(await read(text)).toBeUndefined();
	});
});

function nested(depth: number): string {
	const parts = Array.from(
		{ length: depth },
		(_none, at) => `Content-Type: multipart/report; boundary=b${at}\n\n--b${at}\n`,
	);
	return `${parts.join("")}Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nAction: failed\n`;
}

describe("the signature", () => {
	const isSealed = (header: string, text = "report") => isSigned(Buffer.from(text), header, SECRET);

	it("is the HMAC of the bytes in hex", () => {
		expect(isSealed(signatureOf("report", SECRET))).toBe(true);
		expect(isSealed(`sha256=${signatureOf("report", SECRET).slice(7).toUpperCase()}`)).toBe(true);
	});

	it.each([
		["of other bytes", signatureOf("report\n", SECRET)],
		["by another secret", signatureOf("report", "t".repeat(32))],
		["missing", ""],
		["empty", "sha256="],
		["too short", "sha256=00"],
		["of another kind", signatureOf("report", SECRET).replace("sha256", "sha1")],
		["with something behind it", `${signatureOf("report", SECRET)}0`],
	])("is wrong when it is %s", (_what, header) => expect(isSealed(header)).toBe(false));
});
