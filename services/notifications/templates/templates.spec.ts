import { describe, expect, it } from "@jest/globals";
import { templateOf } from "./templates.ts";

const ORDER = { orderId: "o-1", totalAmount: 10.5, currency: "EUR", units: 3 };
const ADA = { firstName: "Ada" };

describe("a template", () => {
	it("greets by the first name when there is one", () => {
		expect(templateOf("welcome").write({}, ADA).text).toMatch(/^Hello Ada,\n\nWelcome!/);
		expect(templateOf("welcome").write({}, { firstName: null }).text).toMatch(/^Hello,\n\nWelcome!/);
	});

	it("says the same as text and as HTML", () => {
		const { subject, text, html } = templateOf("order_confirmation").write(ORDER, ADA);

		expect(subject).toBe("Your order is confirmed");
		for (const form of [text, html]) {
			expect(form).toContain("Order o-1");
			expect(form).toContain("3 items, 10.50 EUR in total");
		}
	});

	it("makes no markup of what somebody typed", () => {
		const reason = `<img src=x onerror="alert('1')"> & more`;
		const { text, html } = templateOf("order_cancellation").write({ ...ORDER, reason }, { firstName: "<b>Eve</b>" });

		expect(text).toContain(`Reason: ${reason}`);
		expect(html).toContain("Hello &lt;b&gt;Eve&lt;/b&gt;,");
		expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more");
		expect(html).not.toContain("<img");
	});

	it("shows an amount with the decimals of its currency", () => {
		const yen = { ...ORDER, totalAmount: 1200, currency: "JPY", units: 1 };

		expect(templateOf("order_confirmation").write(yen, ADA).text).toContain("1 item, 1200 JPY in total");
		expect(templateOf("order_cancellation").write(yen, ADA).text).toContain("over 1200 JPY is cancelled");
	});

	it("refuses variables that are not its own", () => {
		expect(() => templateOf("order_confirmation").write({}, ADA)).toThrow();
	});

	it("is refused when nobody knows it, naming those there are", () => {
		expect(() => templateOf("farewell")).toThrow("choose of welcome, order_confirmation, order_cancellation");
	});
});
