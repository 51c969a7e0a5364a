import { describe, expect, it } from "@jest/globals";
import { DELIVERED } from "./delivery-report.ts";
import { blamesAnother, mailFate } from "./mail-report.ts";

const told = (action: string, status: string) => mailFate([{ action, status }]);

describe("what a mail server tells of a mail", () => {
	it("makes it delivered", () => {
		expect(told("delivered", "2.1.5")).toBe(DELIVERED);
	});

	it.each(["relayed", "expanded", "delayed", "lost", ""])("changes nothing while it is %j", (action) => {
		expect(told(action, "5.1.1")).toBeUndefined();
	});

	it("changes nothing when it is of nobody", () => {
		expect(mailFate([])).toBeUndefined();
	});

	it.each(["5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.2.2"])("bounces by %s, and suppresses the address", (status) => {
		expect(told("failed", status)).toMatchObject({ status: "bounced", reason: `DSN_${status}`, isSuppressing: true });
	});

	it.each([
		["a rule of the server", "5.7.1"],
		["a rule of the server", "5.7.26"],
		["the sender", "5.1.8"],
		["the system", "5.3.4"],
		["the way", "5.4.4"],
		["the conversation", "5.5.2"],
		["one mail that is too long", "5.2.3"],
		["the text", "5.6.1"],
		["nothing", "5.0.0"],
	])("bounces at what blames %s (%s), and leaves the address alone", (_whom, status) => {
		expect(told("failed", status)).toMatchObject({ status: "bounced", isSuppressing: false });
	});

	it.each(["4.4.7", "4.2.2"])("fails by %s when the server gives up, as when all tries are used up", (status) => {
		const exhausted = { status: "failed", reason: "RETRIES_EXHAUSTED", isSuppressing: false };
		expect(told("failed", status)).toMatchObject({ ...exhausted, detail: expect.stringContaining(status) });
	});

	it.each(["", "2.0.0"])("fails without a code that fits (%j)", (status) => {
		expect(told("failed", status)).toMatchObject({ status: "failed", reason: "DSN_FAILED", isSuppressing: false });
	});

	it("counts as delivered when one of several has got it, else as the first that has not", () => {
		const [lost, full, got] = [
			{ action: "failed", status: "5.7.1" },
			{ action: "failed", status: "5.2.2" },
			{ action: "delivered", status: "2.0.0" },
		];
		expect(mailFate([lost, got])).toBe(DELIVERED);
		expect(mailFate([{ action: "relayed", status: "" }, lost, full])).toMatchObject({ reason: "DSN_5.7.1" });
	});
});

describe("the words of a server", () => {
	it.each([
		["550 5.1.1 no such user", false],
		["550 no such user", false],
		["550 5.7.1 relaying denied", true],
		["550 5.1.8 <shop@stoa.local>: Sender address rejected: Domain not found", true],
	])("%s", (text, isAnother) => expect(blamesAnother(text)).toBe(isAnother));
});
