import { describe, expect, it } from "@jest/globals";
import { BUILT_INS } from "./built-ins.ts";
import { contentsOf } from "./check.ts";
import { write } from "./engine.ts";
import type { Variables } from "./template.ts";

const ORDER = { orderId: "o-1", totalAmount: 10.5, currency: "EUR", units: 3 };

function written(name: string, given: Variables, firstName: string | null = "Ada") {
	const { source, sample, present } = BUILT_INS.get(name)!;
	return write(source, { ...sample, ...present(given), firstName });
}

describe("the templates that Stoa brings along", () => {
	it("are one for each occasion", () => {
		expect([...BUILT_INS.keys()].sort()).toEqual([
			...["account-exists", "email-changed", "invitation", "low-stock", "order-cancelled", "order-confirmed"],
			...["password-changed", "refund", "reset-password", "return-accepted", "verify-email", "welcome"],
		]);
	});

	it.each([...BUILT_INS.values()].map((template) => [template.name, template] as const))(
		"keep their own rules: %s",
		(_name, { source, sample }) => {
			const contents = Object.values(source).map((part) => contentsOf(part ?? ""));
			expect(contents.flatMap(({ problems }) => problems)).toEqual([]);
			expect(contents.flatMap(({ variables }) => [...variables]).filter((name) => !(name in sample))).toEqual([]);
			expect(write(source, sample).text).toMatch(/^Hello Ada,\n\n/);
		},
	);

	it("greet by the first name when there is one", () => {
		expect(written("welcome", {}).text).toMatch(/^Hello Ada,\n\nWelcome!/);
		expect(written("welcome", {}, null).text).toMatch(/^Hello,\n\nWelcome!/);
	});

	it("say the same as text and as HTML, and the heart of it in short", () => {
		const { subject, text, html, short } = written("order-confirmed", ORDER);

		expect(subject).toBe("Your order is confirmed");
		for (const form of [text, html]) {
			expect(form).toContain("Order o-1");
			expect(form).toContain("3 items, 10.50 EUR in total");
		}
		expect(short).toBe("Your order over 10.50 EUR is confirmed.");
	});

	it("make no markup of what somebody typed", () => {
		const reason = `<img src=x onerror="alert('1')"> & more`;
		const { text, html } = written("order-cancelled", { ...ORDER, reason }, "<b>Eve</b>");

		expect(text).toContain(`Reason: ${reason}`);
		expect(html).toContain("Hello &lt;b&gt;Eve&lt;/b&gt;,");
		expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more");
		expect(html).not.toContain("<img");
	});

	it("show an amount with the decimals of its currency", () => {
		const yen = { ...ORDER, totalAmount: 1200, currency: "JPY", units: 1 };

		expect(written("order-confirmed", yen).text).toContain("1 item, 1200 JPY in total");
		expect(written("refund", { orderId: "o-1", amount: 1200, currency: "JPY" }).short).toContain("1200 JPY");
	});

	it("refuse variables that are not their own", () => {
		expect(() => written("order-confirmed", {})).toThrow();
	});
});
