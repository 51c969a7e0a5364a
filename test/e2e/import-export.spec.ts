import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

let shop: Shop;
let admin: Person;
let vera: Person;
let victor: Person;
let ada: Person;
beforeAll(async () => {
	shop = await Shop.open();
	[admin, vera, victor, ada] = await shop.people(["admin", "vendor", "vendor", "customer"]);
});
afterAll(() => shop.close());

interface Report {
	readonly id: string;
	readonly status: string;
	readonly processedRows: number;
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly invalid: number;
	readonly errors: readonly { readonly line: number; readonly code: string }[];
	readonly code?: string;
}

interface Sending {
	readonly as?: Person;
	readonly query?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

async function send(file: string | FormData | Blob, { as = vera, query = "", headers = {} }: Sending = {}) {
	const type = typeof file === "string" ? { "content-type": "text/csv" } : {};
	const response = await fetch(`${shop.gateway}/products/import${query}`, {
		method: "POST",
		headers: { authorization: `Bearer ${as.token}`, ...type, ...headers },
		body: file,
	});
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Report };
}

/** The report of a file, however long it takes. */
async function imported(file: string | FormData, sending: Sending = {}): Promise<Report> {
	const { headers, text } = await send(file, sending);
	if (headers.get("location") === null) throw new Error(text);
	return until(
		async () => {
			const now = await shop.send("GET", String(headers.get("location")), { token: (sending.as ?? vera).token });
			const report = now.body as unknown as Report;
			return report.status === "completed" && report;
		},
		{ timeoutMs: 60_000, everyMs: 50, what: "the import to end" },
	);
}
const exported = async ({ token }: Person) => shop.send("GET", "/products/export", { token });
const tallyOf = ({ created, updated, unchanged, invalid }: Report) => [created, updated, unchanged, invalid];

describe("an import over REST", () => {
	it("answers 201 with its report, at a place of its own", async () => {
		const { status, body, headers } = await send("name,sku,price\nLamp,E2E-1,10.5\nBad,E2E-2,free\n");

		expect([status, headers.get("location")]).toEqual([201, `/products/imports/${body.id}`]);
		expect(tallyOf(body)).toEqual([1, 0, 0, 1]);
		expect(body.errors).toMatchObject([{ line: 3, column: "price", code: "VALIDATION_FAILED" }]);
		expect((await shop.send("GET", String(headers.get("location")), { token: vera.token })).body).toEqual(body);
		expect((await shop.send("GET", String(headers.get("location")), { token: victor.token })).status).toBe(404);
	});

	it("shows at once what it changed: in the product, the list and the journal of its stock", async () => {
		const path = "name,sku,price,stockQuantity\n";
		await imported(`${path}Vase,E2E-SHOWN,5,3`);
		const find = async () =>
			(
				(await shop.send("GET", "/products?pageSize=100")).body.rows as { id: string; sku: string; name: string }[]
			).find(({ sku }) => sku === "E2E-SHOWN");
		const { id } = (await find())!;
		await shop.send("GET", `/products/${id}`);

		await imported(`${path}Bowl,E2E-SHOWN,6,9`);
		await until(async () => (await find())?.name === "Bowl", { what: "the list to show it" });
		expect((await shop.send("GET", `/products/${id}`)).body).toMatchObject({
			name: "Bowl",
			price: 6,
			stockQuantity: 9,
		});
		const { body } = await shop.send("GET", `/inventory/${id}/movements`, { token: vera.token });
		expect(body.rows).toMatchObject([
			{ kind: "adjusted", quantity: 6 },
			{ kind: "initial", quantity: 3 },
		]);
	});

	it("tries a file by ?dryRun=true, and changes nothing", async () => {
		const report = await imported("name,sku,price\nLamp,E2E-TRIAL,1", { query: "?dryRun=true" });
		expect(tallyOf(report)).toEqual([1, 0, 0, 0]);
		expect((await exported(vera)).text).not.toContain("E2E-TRIAL");
	});

	it("takes a file from a form", async () => {
		const form = new FormData();
		form.append("file", new Blob(["name,sku,price\r\nLamp,E2E-FORM,1\r\n"], { type: "text/csv" }), "products.csv");
		expect(tallyOf(await imported(form))).toEqual([1, 0, 0, 0]);
	});

	it("is one import for one Idempotency-Key and file, answered the same to the byte", async () => {
		const sending = { headers: { "idempotency-key": "import-1" } };
		const [first, second] = [
			await send("name,sku,price\nLamp,E2E-KEY,1", sending),
			await send("name,sku,price\nLamp,E2E-KEY,1", sending),
		];
		expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
		expect(second.headers.get("idempotency-replayed")).toBe("true");
		const other = await send("name,sku,price\nLamp,E2E-KEY,2", sending);
		expect([other.status, other.body.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
	});

	it.each([
		["is no CSV", () => send("{}", { headers: { "content-type": "application/json" } }), 415],
		["misses a column", () => send("name,price\nLamp,1"), 422],
		["has an unknown option", () => send("name,sku,price\n", { query: "?force=true" }), 422],
		["is a customer's", () => send("name,sku,price\n", { as: ada }), 403],
	])("is refused when it %s", async (_what, sent, status) => {
		expect((await sent()).status).toBe(status);
	});
});

describe("pain 19: imports hang silently", () => {
	it("of 10,000 rows answer within seconds, tell how far they are, and end", async () => {
		const rows = Array.from({ length: 10_000 }, (_, index) => `Lamp ${index},E2E-LONG-${index},1.5`);
		const startedMs = performance.now();
		const { status, body, headers } = await send(["name,sku,price", ...rows].join("\n"), { as: victor });
		expect(performance.now() - startedMs).toBeLessThan(20_000);
		expect([201, 202]).toContain(status);
		expect(headers.get("location")).toBe(`/products/imports/${body.id}`);

		const seen: number[] = [];
		const report = await until(
			async () => {
				const now = (await shop.send("GET", `/products/imports/${body.id}`, { token: victor.token })).body;
				seen.push(Number(now.processedRows));
				return now.status === "completed" && (now as unknown as Report);
			},
			{ timeoutMs: 90_000, everyMs: 200, what: "the import to end" },
		);
		expect(tallyOf(report)).toEqual([10_000, 0, 0, 0]);
		expect(seen).toEqual([...seen].sort((one, other) => one - other));
	});
});

describe("an export over REST", () => {
	it("is a file that comes in parts, and importing it changes nothing", async () => {
		const { status, headers, text } = await exported(victor);
		expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
		expect(headers.get("content-disposition")).toContain("products.csv");
		expect(text.trimEnd().split("\r\n")).toHaveLength(10_001);
		expect(tallyOf(await imported(text, { as: victor }))).toEqual([0, 0, 10_000, 0]);
	});

	it("holds no formula for a spreadsheet to run, and gives it back when it is imported", async () => {
		const name = `=HYPERLINK("http://evil.example","Free lamp")`;
		const body = { name, sku: "@E2E-FORMULA", price: 1 };
		const { body: product } = await shop.send("POST", "/products", { token: vera.token, body });
		const { text } = await exported(vera);

		expect(text).toContain(`'@E2E-FORMULA,"'=HYPERLINK(""http://evil.example"",""Free lamp"")"`);
		await imported(text.replace("1.00,,0,0,,true", "2.00,,0,0,,true"));
		expect((await shop.send("GET", `/products/${String(product.id)}`)).body).toMatchObject({ name, sku: body.sku });
	});

	it("is a vendor's own, and all of it an admin's; nobody else gets it", async () => {
		const [hers, all] = [await exported(vera), await exported(admin)];
		expect(hers.text).not.toContain("E2E-LONG-0");
		expect(all.text).toContain("E2E-LONG-0");
		expect(all.text).toContain("E2E-FORMULA");
		expect((await exported(ada)).status).toBe(403);
	});
});
