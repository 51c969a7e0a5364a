import { randomFrom } from "../../bin/trial/random.ts";
import type { Subject } from "../cells.ts";
import { emailOf, idOf, PASSWORD, PRODUCTS, SERIES, USERS } from "../seed/shop.ts";
import type { Script } from "./closed-loop.ts";
import { Connection } from "./connection.ts";
import { get, post } from "./request.ts";
import type { Target } from "./request.ts";

/** The most connections that sign in at once. */
const LANES = 128;
const BUYERS = 16;
const ADDRESS = {
	name: "Ada Lovelace",
	line1: "12 St James's Square",
	city: "London",
	postalCode: "SW1Y 4JH",
	country: "GB",
};

const LOGIN = "/auth/login";
const credentialsOf = (user: number): string => JSON.stringify({ email: emailOf(user), password: PASSWORD });

/**
 * The requests of a subject to one of the shops, drawn anew for each call from the same seed: both shops are asked for
 * the same products in the same order.
 *
 * @throws when a buyer cannot sign in
 */
export async function scriptOf(subject: Subject, target: Target): Promise<Script> {
	const pick = picker();
	switch (subject) {
		case "products": {
			const requests = eachProduct((id) => get(target, `/products/${id}`));
			return { next: () => requests[pick(PRODUCTS)] ?? "", expected: 200 };
		}
		case "list": {
			const request = get(target, "/products?page=1&pageSize=20");
			return { next: () => request, expected: 200 };
		}
		case "cached-list": {
			const request = get(target, "/products?page=1&pageSize=20&sort=newest");
			return { next: () => request, expected: 200 };
		}
		case "search": {
			const requests = searches().map((q) => get(target, `/products/search?q=${encodeURIComponent(q)}`));
			return { next: () => requests[pick(requests.length)] ?? "", expected: 200 };
		}
		case "orders": {
			const tokens = await signInBuyers(target);
			const bodies = eachProduct(basketOf);
			return {
				next: () => post(target, "/orders", bodies[pick(PRODUCTS)] ?? "", tokens[pick(BUYERS)]),
				expected: 201,
			};
		}
		case "login": {
			const turns = new Array<number>(LANES).fill(0);
			return { next: (lane) => post(target, LOGIN, credentialsOf(userOf(lane, turns))), expected: 200, refusal: 429 };
		}
		case "login-known":
			return guesses(target, (turn) => emailOf(1 + (turn % USERS)));
		case "login-unknown":
			return guesses(target, (turn) => `nobody-${turn}@example.com`);
	}
}

/** Wrong passwords, each for another account, so that none of them has to wait. */
function guesses(target: Target, emailAt: (turn: number) => string): Script {
	let turn = 0;
	const guess = () => JSON.stringify({ email: emailAt(turn++), password: "not the password" });
	return { next: () => post(target, LOGIN, guess()), expected: 401 };
}

const SEED = 20_260_101;

function picker(): (count: number) => number {
	const random = randomFrom(SEED);
	return (count) => Math.floor(random() * count);
}

const eachProduct = (request: (id: string) => string): string[] =>
	Array.from({ length: PRODUCTS }, (_, index) => request(idOf("product", index + 1)));

/** Each series in the words of its name, in every order: twenty products each, and so many questions that few are kept. */
function searches(): string[] {
	const series = Array.from({ length: SERIES }, (_, index) => `S${index}`);
	return series.flatMap((name) => ordersOf(["product", "series", "plenty", name])).map((words) => words.join(" "));
}

const ordersOf = (words: readonly string[]): string[][] =>
	words.length === 0
		? [[]]
		: words.flatMap((word) => ordersOf(words.filter((other) => other !== word)).map((rest) => [word, ...rest]));

const basketOf = (productId: string): string =>
	JSON.stringify({ items: [{ productId, quantity: 1 }], shippingAddress: ADDRESS, paymentMethod: "pm_card_visa" });

/** Each lane signs in as users of its own, one after the other. */
function userOf(lane: number, turns: number[]): number {
	const turn = turns[lane] ?? 0;
	turns[lane] = turn + 1;
	return 1 + (((lane % LANES) + turn * LANES) % USERS);
}

async function signInBuyers(target: Target): Promise<string[]> {
	const connection = await Connection.open(target.host, target.port);
	const tokens: string[] = [];
	try {
		for (let user = 1; user <= BUYERS; user++) tokens.push(await signIn(connection, target, user));
		return tokens;
	} finally {
		connection.close();
	}
}

async function signIn(connection: Connection, target: Target, user: number): Promise<string> {
	const { status, body } = await connection.send(post(target, LOGIN, credentialsOf(user)));
	if (status !== 200) throw new Error(`A buyer could not sign in: ${status} ${body.toString()}`);
	return (JSON.parse(body.toString()) as { access_token: string }).access_token;
}
