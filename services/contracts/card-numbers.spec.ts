import { expect, it } from "@jest/globals";
import { hasCardNumber } from "./card-numbers.ts";
import { PaymentMethod } from "./payments.ts";

it.each([
	"4242424242424242",
	"4242 4242 4242 4242",
	"4242-4242-4242-4242",
	"pm_4242424242424242",
	"378282246310005",
	"6011 1111 1111 1117 exp 12/30",
	"4222222222222",
])("knows a card number in %s", (given) => expect(hasCardNumber(given)).toBe(true));

it.each(["pm_card_visa", "4242424242424241", "424242424242", "pm_1NkXyZ2eZvKYlo2C4242", "+49 30 901820"])(
	"sees none in %s",
	(given) => expect(hasCardNumber(given)).toBe(false),
);

it("is refused as a payment method, even dressed as a token", () => {
	expect(PaymentMethod.safeParse("pm_4242424242424242").success).toBe(false);
	expect(PaymentMethod.safeParse("pm_card_visa").success).toBe(true);
});
