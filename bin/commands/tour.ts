import { randomUUID } from "node:crypto";
import { send } from "../tour/shop-client.ts";
import type { Answer, RequestOptions } from "../tour/shop-client.ts";

const ADDRESS = {
	name: "Ada Lovelace",
	line1: "12 St James's Square",
	city: "London",
	postalCode: "SW1Y 4JH",
	country: "GB",
};

interface Tour {
	/** Takes a step, prints it with its answer, and ends the tour when the answer is not the expected one. */
	readonly step: (
		title: string,
		expected: number,
		method: string,
		path: string,
		options?: RequestOptions,
	) => Promise<Answer>;
}

/** Walks the main job over REST against the running server and prints each step with its answer. */
export async function run(): Promise<void> {
	const gateway = process.env.STOA_URL || `http://localhost:${process.env.API_GATEWAY_PORT || "3000"}`;
	const tour: Tour = { step: (...step) => take(gateway, ...step) };
	console.log(`A tour of ${gateway}\n`);

	const token = await register(tour);
	const product = await browse(tour);
	await order(tour, token, product);
	await refusals(tour, token, product);
	await pendingOrder(tour, token, product);
	console.log("\nEvery step was answered as promised.");
}

async function register({ step }: Tour): Promise<string> {
	const email = `ada.${randomUUID().slice(0, 8)}@example.com`;
	const body = { email, password: "correct horse battery", firstName: "Ada" };
	const { body: account } = await step("Open an account", 201, "POST", "/auth/register", { body });
	const login = { email, password: body.password };
	await step("Sign in", 200, "POST", "/auth/login", { body: login });
	return String(account.access_token);
}

interface Shown {
	readonly id: string;
	readonly stockQuantity: number;
}

async function browse({ step }: Tour): Promise<Shown> {
	const { body } = await step("Browse what is in stock", 200, "GET", "/products?inStock=true&pageSize=3");
	const [first] = body.rows as readonly Shown[];
	if (first === undefined)
		throw new Error("Nothing is in stock: start the server with npm start, which seeds an empty shop.");
	await step("Look at a product", 200, "GET", `/products/${first.id}`);
	return first;
}

const basket = (product: Shown, quantity: number, paymentMethod?: string) => ({
	items: [{ productId: product.id, quantity }],
	shippingAddress: ADDRESS,
	...(paymentMethod !== undefined && { paymentMethod }),
});

async function order({ step }: Tour, token: string, product: Shown): Promise<void> {
	const headers = { "idempotency-key": randomUUID() };
	const body = basket(product, 1, "pm_card_visa");
	const placed = await step("Order it, paid by card", 201, "POST", "/orders", { token, body, headers });
	const again = await step("Send the same request again: the same answer, no second order", 201, "POST", "/orders", {
		token,
		body,
		headers,
	});
	if (again.text !== placed.text) throw new Error("The replayed answer differs from the first one.");

	const path = `/orders/${String(placed.body.id)}`;
	await step("Look at the payment", 200, "GET", `/payments/${String(placed.body.paymentId)}`, { token });
	await step("Cancel the order: stock and money go back", 200, "POST", `${path}/cancel`, { token, body: {} });
	await step("The payment was refunded", 200, "GET", `/payments/${String(placed.body.paymentId)}`, { token });
	await step("The whole history of the order", 200, "GET", `${path}/events`, { token });
}

async function refusals({ step }: Tour, token: string, product: Shown): Promise<void> {
	const declined = basket(product, 1, "pm_card_chargeDeclined");
	await step("Pay with a card that is declined", 402, "POST", "/orders", { token, body: declined });
	const tooMany = basket(product, product.stockQuantity + 1, "pm_card_visa");
	await step("Order more than there is", 409, "POST", "/orders", { token, body: tooMany });
	const withPrice = { ...basket(product, 1, "pm_card_visa"), totalAmount: 0.01 };
	await step("Try to name the price", 422, "POST", "/orders", { token, body: withPrice });
}

async function pendingOrder({ step }: Tour, token: string, product: Shown): Promise<void> {
	const { body } = await step("Order without paying: the stock is held", 201, "POST", "/orders", {
		token,
		body: basket(product, 1),
	});
	const payment = { orderId: String(body.id), paymentMethod: "pm_card_visa" };
	await step("Pay it", 201, "POST", "/payments/process", { token, body: payment });
	await step("My orders", 200, "GET", "/orders?limit=2", { token });
}

async function take(
	gateway: string,
	title: string,
	expected: number,
	method: string,
	path: string,
	options?: RequestOptions,
): Promise<Answer> {
	const answer = await send(gateway, method, path, options).catch((error: unknown) => {
		throw new Error(`${gateway} does not answer. Start the server first: npm start`, { cause: error });
	});
	const mark = answer.status === expected ? "✓" : "✗";
	console.log(`${mark} ${title}\n    ${method} ${path}  →  ${answer.status}\n    ${shown(answer.text)}\n`);
	if (answer.status !== expected) throw new Error(`Expected ${expected}, was answered ${answer.status}.`);
	return answer;
}

const LONGEST_LINE = 220;

const shown = (text: string): string => {
	const safe = text.replace(/"(access|refresh)_token":"[^"]+"/g, '"$1_token":"…"');
	return safe.length > LONGEST_LINE ? `${safe.slice(0, LONGEST_LINE)} …` : safe;
};
